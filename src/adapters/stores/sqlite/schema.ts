// Tables of the state database and how they came to be. A migration, once released, is never edited: the next one follows it.
import { sql } from "kysely";
import type { Generated, Kysely, Migration, MigrationProvider } from "kysely";
import type { Trial, TrialMeasure } from "#ports/store.js";

export interface TrialTable {
  readonly id: Generated<number>;
  readonly experiment_hash: string;
  readonly data_id: string;
  readonly lineage: string;
  /** Micros, like every time here. */
  readonly window_from: number;
  readonly window_to: number;
  readonly kind: Trial["kind"];
  readonly code_version: string;
  readonly seed: string;
  readonly recorded_at: number;
  /** Little-endian f64 per value. */
  readonly out_of_sample: Uint8Array;
  /** By chance, when the row is written; of older rows made of what they hold. */
  readonly identity: Generated<string>;
  readonly label: Generated<string>;
  readonly family: string | null;
  readonly study: string | null;
  readonly measure: Generated<TrialMeasure>;
  /** Little-endian f64 micros per value; empty when they were not recorded. */
  readonly value_at: Generated<Uint8Array>;
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
    await keepTrials(db);
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

/** The count of trials decides what a result is worth, so nobody may shorten it. */
async function keepTrials(db: Kysely<unknown>): Promise<void> {
  await sql`create trigger trials_keep before delete on trials begin select raise(abort, 'trials are never deleted'); end`.execute(db);
  await sql`create trigger trials_fixed before update on trials begin select raise(abort, 'trials are never changed'); end`.execute(db);
  // `insert or replace` deletes without firing delete triggers.
  await sql`create trigger trials_once before insert on trials when exists (select 1 from trials where id = new.id)
    begin select raise(abort, 'trials are never changed'); end`.execute(db);
}

/**
 * Trials of a search; series with their times; names for people; an identity that an export carries. A check cannot be altered, so the rows
 * move to a new table under their old numbers. Columns have defaults because an older program may still be writing.
 */
const second: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table trials_new (
      id integer primary key autoincrement,
      experiment_hash text not null,
      data_id text not null,
      lineage text not null,
      window_from integer not null,
      window_to integer not null,
      kind text not null check (kind in ('fit', 'backtest', 'tuning')),
      code_version text not null,
      seed text not null,
      recorded_at integer not null,
      out_of_sample blob not null,
      identity text not null default (lower(hex(randomblob(16)))),
      label text not null default '',
      family text,
      study text,
      measure text not null default 'unknown' check (measure in ('active return', 'rank IC', 'right calls', 'unknown')),
      value_at blob not null default (x'')
    ) strict`.execute(db);
    await sql`insert into trials_new (id, experiment_hash, data_id, lineage, window_from, window_to, kind, code_version, seed, recorded_at,
      out_of_sample, identity) select id, experiment_hash, data_id, lineage, window_from, window_to, kind, code_version, seed, recorded_at,
      out_of_sample, 'first-' || id || '-' || recorded_at || '-' || experiment_hash from trials order by id`.execute(db);
    await sql`drop table trials`.execute(db);
    await sql`alter table trials_new rename to trials`.execute(db);
    await sql`create index trials_by_data on trials (lineage, experiment_hash)`.execute(db);
    await sql`create unique index trials_by_identity on trials (identity)`.execute(db);
    await keepTrials(db);
    await sql`create trigger trials_known before insert on trials when exists (select 1 from trials where identity = new.identity)
      begin select raise(abort, 'trials are never changed'); end`.execute(db);
  },
};

/** Names sort in the order of application. */
export const migrations: MigrationProvider = {
  getMigrations: async () => ({ "0001-trials-and-runs": first, "0002-series-with-times": second }),
};
