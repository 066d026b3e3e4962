// A mirror in a file: newest of each name, whole or not at all, and a folder that cannot be written.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileMirror } from "./file-mirror.js";

const bytes = (text: string): Uint8Array => Buffer.from(text);

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truewind-latest-"));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(file = join(folder, "deep", "latest")): FileMirror {
  return new FileMirror({ file, say: (sentence) => said.push(sentence), everyMs: 10 });
}

async function kept(): Promise<Record<string, string>> {
  return Object.fromEntries([...(await open().load())].map(([name, value]) => [name, Buffer.from(value).toString()]));
}

describe("a mirror in a file", () => {
  it("keeps the newest of each name, and what it read back stays", async () => {
    expect(await kept()).toEqual({});
    const first = open();
    for (let round = 0; round < 100; round++) for (const name of ["A", "B"]) first.put(name, bytes(`${name}${round}`));
    await first.close();
    expect(await kept()).toEqual({ A: "A99", B: "B99" });
    expect(first.counters).toMatchObject({ written: 2, superseded: 198, waiting: 0, trouble: null });
    const second = open();
    await second.load();
    second.put("A", bytes("a2"));
    await second.close();
    expect(await kept()).toEqual({ A: "a2", B: "B99" });
  });

  it("writes in the background", async () => {
    const mirror = open();
    mirror.put("A", bytes("a1"));
    while (mirror.counters.waiting > 0) await wait(5);
    mirror.put("A", bytes("a2"));
    while (mirror.counters.written < 2) await wait(5);
    expect(await kept()).toEqual({ A: "a2" });
    await mirror.close();
  });

  it("gives what is whole of a file that ends early, and nothing of a strange one", async () => {
    const mirror = open();
    mirror.put("A", bytes("a1"));
    mirror.put("B", bytes("b1"));
    await mirror.close();
    const file = join(folder, "deep", "latest");
    truncateSync(file, readFileSync(file).length - 1);
    expect(await kept()).toEqual({ A: "a1" });
    writeFileSync(file, "something else");
    expect(await kept()).toEqual({});
  });

  it("says once that it cannot write, goes on, and heals", async () => {
    const file = join(folder, "taken");
    mkdirSync(file);
    writeFileSync(join(file, "in-the-way"), "");
    const mirror = open(file);
    mirror.put("A", bytes("a1"));
    while (mirror.counters.failures < 3) await wait(5);
    expect(said).toEqual([expect.stringContaining("The run goes on without it")]);
    expect(mirror.counters.waiting).toBe(1);
    rmSync(file, { recursive: true });
    while (mirror.counters.trouble !== null) await wait(5);
    await mirror.close();
    expect(said).toHaveLength(2);
    expect([...(await open(file).load()).keys()]).toEqual(["A"]);
  });
});
