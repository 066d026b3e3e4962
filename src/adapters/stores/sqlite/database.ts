// The state database: one SQLite file (libsql) with the trial ledger and the runs, in write-ahead mode with full sync.
// Several processes may use it at once; a writer waits up to ten seconds for another.
import { setTimeout as wait } from "node:timers/promises";
import { Kysely, Migrator, SqliteDialect } from "kysely";
import Database from "libsql";
import { TruewindError } from "#base/errors.js";
import type { RunStore, TrialLedger } from "#ports/store.js";
import { createRunStore } from "./runs.js";
import { migrations } from "./schema.js";
import type { StateTables } from "./schema.js";
import { createTrialLedger } from "./trials.js";

const BUSY_MS = 10_000;
const RETRY_MS = 20;

export interface StateDatabase {
  readonly trials: TrialLedger;
  readonly runs: RunStore;
  close(): Promise<void>;
}

/** Opens or creates the file; its folder must exist. Throws `bad-file` when it is no such database and `busy` when it stays locked. */
export async function openStateDatabase(path: string): Promise<StateDatabase> {
  let raw: Database.Database | null = null;
  try {
    raw = new Database(path, { timeout: BUSY_MS });
    raw.exec(`pragma busy_timeout = ${BUSY_MS}`);
    await writeAhead(raw);
    raw.exec("pragma synchronous = full");
    const db = new Kysely<StateTables>({ dialect: new SqliteDialect({ database: raw }) });
    await migrate(raw, db);
    return { trials: createTrialLedger(db, (cause) => explain(cause, path)), runs: createRunStore(db), close: () => db.destroy() };
  } catch (cause) {
    if (raw?.open === true) raw.close();
    throw explain(cause, path);
  }
}

/** Two processes that switch a new file at once would wait for each other, so SQLite refuses one without waiting: it asks again. */
async function writeAhead(raw: Database.Database): Promise<void> {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      raw.exec("pragma journal_mode = wal");
      return;
    } catch (cause) {
      if (waited >= BUSY_MS || !/busy|locked/i.test(String(cause))) throw cause;
    }
    await wait(RETRY_MS);
  }
}

/** Under one write lock from its first to its last statement: a second process waits and finds it done, and a death leaves none of it. */
async function migrate(raw: Database.Database, db: Kysely<StateTables>): Promise<void> {
  raw.exec("begin immediate");
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error !== undefined) throw new Error(error instanceof Error ? error.message : "migration failed", { cause: error });
  raw.exec("commit");
}

function explain(cause: unknown, path: string): TruewindError {
  const text = String(cause instanceof Error ? cause.message : cause);
  const file = (what: string): TruewindError => new TruewindError("bad-file", `The state database ${path} ${what}`, { cause });
  if (/busy|locked/i.test(text))
    return new TruewindError("busy", `The state database ${path} is in use by another process; try again in a moment.`, { cause });
  if (/previously executed migration/i.test(text))
    return file("was written by a newer Truewind: update Truewind, or name another workspace.");
  if (/malformed|corrupt/i.test(text)) return file(`is damaged (${text}): put back a copy of it, or name another workspace.`);
  if (/full/i.test(text)) return file(`cannot grow (${text}): make room on the disk.`);
  return file(`cannot be opened (${text}): move it away or name another workspace.`);
}
