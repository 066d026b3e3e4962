// The store contract on SQLite, and what only this store promises: triggers, a clear refusal, several processes at once.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Kysely, type Migration, type MigrationProvider, Migrator, SqliteDialect, sql } from "kysely";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { sampleTrial, storeContract } from "#test/contracts/store.js";
import { openStateDatabase } from "./database.js";
import { type StateTables, migrations } from "./schema.js";

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
    const columns =
      "experiment_hash, data_id, lineage, window_from, window_to, kind, code_version, seed, recorded_at, out_of_sample, identity";
    expect(() => raw.exec(`insert or replace into trials (${columns}) select ${columns} from trials`)).toThrow(/never changed/);
    raw.close();
    const again = await openStateDatabase(path);
    expect(await again.trials.list()).toMatchObject([sampleTrial]);
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

  it("keeps the trials of the first schema readable, under identities that two copies share", async () => {
    const folder = await newFolder();
    const [path, copy] = [join(folder, "state.db"), join(folder, "copy.db")];
    const old = new Kysely<StateTables>({ dialect: new SqliteDialect({ database: new Database(path) }) });
    const only: MigrationProvider = {
      getMigrations: async () => ({ "0001-trials-and-runs": (await migrations.getMigrations())["0001-trials-and-runs"] as Migration }),
    };
    expect((await new Migrator({ db: old, provider: only }).migrateToLatest()).error).toBeUndefined();
    for (const hash of ["e1", "e2"])
      await sql`insert into trials (experiment_hash, data_id, lineage, window_from, window_to, kind, code_version, seed, recorded_at,
        out_of_sample) values (${hash}, 'd1', 'l1', 1, 2, 'backtest', '0.1.0', '7', 3, ${Buffer.from(Float64Array.of(0.5).buffer)})`.execute(
        old,
      );
    await old.destroy();
    await copyFile(path, copy);
    const state = await openStateDatabase(path);
    const trials = await state.trials.list();
    expect(trials.map((trial) => [trial.experimentHash, trial.label, trial.measure, trial.outOfSample[0], trial.at.length])).toEqual([
      ["e1", "", "unknown", 0.5, 0],
      ["e2", "", "unknown", 0.5, 0],
    ]);
    await state.trials.record(sampleTrial);
    expect(await state.trials.distinctTrials("l1")).toBe(2);
    const twin = await openStateDatabase(copy);
    expect(await twin.trials.merge(await state.trials.list())).toBe(1);
    await twin.close();
    await state.close();
    const raw = new Database(path);
    expect(() => raw.exec("delete from trials")).toThrow(/never deleted/);
    // An older program that is still at work writes its own columns.
    raw.exec(
      "insert into trials (experiment_hash, data_id, lineage, window_from, window_to, kind, code_version, seed, recorded_at, out_of_sample) values ('e9', 'd1', 'l1', 1, 2, 'fit', '0', '1', 3, x'')",
    );
    raw.close();
    const again = await openStateDatabase(path);
    expect(new Set((await again.trials.list()).map((trial) => trial.identity)).size).toBe(4);
    await again.close();
    await rm(folder, { recursive: true });
  });

  it("says that a newer program wrote the file", async () => {
    const folder = await newFolder();
    const path = join(folder, "state.db");
    await (await openStateDatabase(path)).close();
    const raw = new Database(path);
    raw.exec("insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2040-01-01')");
    raw.close();
    await expect(openStateDatabase(path)).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/newer Truewind: update/),
    });
    await rm(folder, { recursive: true });
  });

  it("says that a series is damaged, and which", async () => {
    const folder = await newFolder();
    const path = join(folder, "state.db");
    const state = await openStateDatabase(path);
    await state.trials.record(sampleTrial);
    const raw = new Database(path);
    raw.exec("drop trigger trials_fixed");
    raw.exec("update trials set out_of_sample = x'0102'");
    raw.close();
    await expect(state.trials.list()).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/damaged .*trial 1 is cut off/),
    });
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
        await state.trials.record({ experimentHash: process.argv[1] + i, dataId: "d1", lineage: "l1", from: 1, to: 2, kind: "fit", codeVersion: "1", seed: "1", recordedAt: 3, label: "", family: null, study: null, measure: "unknown", outOfSample: new Float64Array(200), at: new Float64Array(0) });
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
