import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { inspectCsv } from "./inspect-file.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "truewind-inspect-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function inspect(name: string, bytes: Uint8Array): ReturnType<typeof inspectCsv> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return inspectCsv(path, ",");
}

/** Numbers that do not pack well: over a megabyte packed. */
function largeText(): string {
  const rng = createRng("large");
  return `date,close\n${Array.from({ length: 200_000 }, () => `2015-01-02,${rng.next()}`).join("\n")}\n`;
}

describe("a file is looked at to its end, whole or as a stream", () => {
  const good = { ok: true, header: ["date", "close"], quoted: false };
  const large = Buffer.from(largeText());
  const packed = gzipSync(large);
  const cases: [string, string, Uint8Array, object][] = [
    ["a small text", "a.csv", Buffer.from("date,close\n2015-01-02,1\n"), good],
    ["a small gzip", "a.csv.gz", gzipSync("date,close\n2015-01-02,1\n"), good],
    ["a large text", "large.csv", large, good],
    ["a large gzip", "large.csv.gz", packed, good],
    ["a small gzip that unpacks to a lot", "bomb.csv.gz", gzipSync(`date,close\n${"2015-01-02,1\n".repeat(2_000_000)}`), good],
    ["a large gzip cut short", "cut.csv.gz", packed.subarray(0, packed.length - 9), { ok: false, reason: "the gzip file is truncated" }],
    ["a large text with a broken byte at its end", "byte.csv", Buffer.concat([large, Buffer.from([0xff])]), { ok: false }],
    ["a text called gzip", "text.csv.gz", Buffer.from("date,close\n"), { ok: false, reason: "the name says gzip, the content is not" }],
  ];

  it("the cases are on both sides of the limit", () => {
    expect(packed.length).toBeGreaterThan(1 << 20);
    expect(cases[4]?.[2].length).toBeLessThan(1 << 20);
  });

  it.each(cases)("%s", async (_, name, bytes, expected) => {
    expect(await inspect(name, bytes)).toMatchObject(expected);
  });
});
