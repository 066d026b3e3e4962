// The store contract on SQLite, and what only this store promises: triggers, a clear refusal, several processes at once.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { sampleTrial, storeContract } from "#test/contracts/store.js";
import { openStateDatabase } from "./database.js";

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "truewind-state-"));

storeContract({
  name: "sqlite",
  place: async () => {
    const folder = await newFolder();
    return { open: () => openStateDatabase(join(folder, "state.db")), remove: () => rm(folder, { recursive: true }) };
  },
});

describe("the state database", () => {
  it("refuses to change or delete a trial, whoever asks", async () => {
    const folder = await newFolder();
    const path = join(folder, "state.db");
    const state = await openStateDatabase(path);
    await state.trials.record(sampleTrial);
    await state.close();
    const raw = new Database(path);
    expect(() => raw.exec("delete from trials")).toThrow(/never deleted/);
    expect(() => raw.exec("update trials set seed = '9'")).toThrow(/never changed/);
    expect(() => raw.exec("insert or replace into trials select * from trials")).toThrow(/never changed/);
    raw.close();
    const again = await openStateDatabase(path);
    expect(await again.trials.list()).toEqual([sampleTrial]);
    await again.close();
    await rm(folder, { recursive: true });
  });

  it("writes ahead and syncs fully", async () => {
    const folder = await newFolder();
    const path = join(folder, "state.db");
    const state = await openStateDatabase(path);
    const raw = new Database(path);
    expect(JSON.stringify(raw.pragma("journal_mode"))).toContain("wal");
    raw.close();
    await state.close();
    await rm(folder, { recursive: true });
  });

  it("says in words that a file is no database", async () => {
    const folder = await newFolder();
    const path = join(folder, "state.db");
    await writeFile(path, "these are not the bytes of a database, but a text of some length ".repeat(50));
    await expect(openStateDatabase(path)).rejects.toMatchObject({ code: "bad-file" });
    await expect(openStateDatabase(join(folder, "missing", "state.db"))).rejects.toMatchObject({ code: "bad-file" });
    await rm(folder, { recursive: true });
  });

  const built = fileURLToPath(new URL("../../../../dist/src/adapters/stores/sqlite/database.js", import.meta.url));
  it.skipIf(!existsSync(built))("takes the writes of two processes that create it at the same moment (needs the build)", async () => {
    const folder = await newFolder();
    const path = join(folder, "state.db");
    const program = `
      const { openStateDatabase } = await import(${JSON.stringify(built)});
      const state = await openStateDatabase(${JSON.stringify(path)});
      for (let i = 0; i < 50; i++) {
        await state.trials.record({ experimentHash: process.argv[1] + i, dataId: "d1", lineage: "l1", from: 1, to: 2, kind: "fit", codeVersion: "1", seed: "1", recordedAt: 3, outOfSample: new Float64Array(200) });
      }
      await state.close();`;
    const writer = (name: string): Promise<unknown> => promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, name]);
    await Promise.all([writer("a"), writer("b"), writer("c")]);
    const state = await openStateDatabase(path);
    expect(await state.trials.distinctTrials("l1")).toBe(150);
    await state.close();
    await rm(folder, { recursive: true });
  });
});
