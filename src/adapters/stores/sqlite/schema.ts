// Tables of the state database and how they came to be. A migration, once released, is never edited: the next one follows it.
import { sql } from "kysely";
import type { Generated, Kysely, Migration, MigrationProvider } from "kysely";

export interface TrialTable {
  readonly id: Generated<number>;
  readonly experiment_hash: string;
  readonly data_id: string;
  readonly lineage: string;
  /** Micros, like every time here. */
  readonly window_from: number;
  readonly window_to: number;
  readonly kind: "fit" | "backtest";
  readonly code_version: string;
  readonly seed: string;
  readonly recorded_at: number;
  /** Little-endian f64 per session. */
  readonly out_of_sample: Uint8Array;
}

export interface RunTable {
  readonly id: string;
  readonly name: string;
  readonly mode: "backtest" | "paper" | "replay";
  readonly experiment_hash: string;
  readonly data_id: string;
  readonly lineage: string;
  readonly started_at: number;
  readonly state: "running" | "done" | "failed" | "interrupted";
  readonly folder: string;
  readonly verdict: string | null;
}

export interface StateTables {
  readonly trials: TrialTable;
  readonly runs: RunTable;
}

const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table trials (
      id integer primary key autoincrement,
      experiment_hash text not null,
      data_id text not null,
      lineage text not null,
      window_from integer not null,
      window_to integer not null,
      kind text not null check (kind in ('fit', 'backtest')),
      code_version text not null,
      seed text not null,
      recorded_at integer not null,
      out_of_sample blob not null
    ) strict`.execute(db);
    await sql`create index trials_by_data on trials (lineage, experiment_hash)`.execute(db);
    // The count of trials decides what a result is worth, so nobody may shorten it.
    await sql`create trigger trials_keep before delete on trials begin select raise(abort, 'trials are never deleted'); end`.execute(db);
    await sql`create trigger trials_fixed before update on trials begin select raise(abort, 'trials are never changed'); end`.execute(db);
    // `insert or replace` deletes without firing delete triggers.
    await sql`create trigger trials_once before insert on trials when exists (select 1 from trials where id = new.id)
      begin select raise(abort, 'trials are never changed'); end`.execute(db);
    await sql`create table runs (
      id text primary key,
      name text not null,
      mode text not null check (mode in ('backtest', 'paper', 'replay')),
      experiment_hash text not null,
      data_id text not null,
      lineage text not null,
      started_at integer not null,
      state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
      folder text not null,
      verdict text
    ) strict`.execute(db);
  },
};

/** Names sort in the order of application. */
export const migrations: MigrationProvider = { getMigrations: async () => ({ "0001-trials-and-runs": first }) };
