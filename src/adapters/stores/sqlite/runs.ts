// Runs in SQL: one row per run, replaced as its state changes.
import type { Kysely } from "kysely";
import { micros } from "#domain/time.js";
import type { RunRecord, RunStore } from "#ports/store.js";
import type { RunTable, StateTables } from "./schema.js";

export function createRunStore(db: Kysely<StateTables>): RunStore {
  return {
    async save(run) {
      const { id, ...rest } = toRow(run);
      await db
        .insertInto("runs")
        .values({ id, ...rest })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(rest))
        .execute();
    },
    async get(id) {
      const row = await db.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },
    async list() {
      const rows = await db.selectFrom("runs").selectAll().orderBy("started_at", "desc").orderBy("id").execute();
      return rows.map(fromRow);
    },
  };
}

function toRow(run: RunRecord): RunTable {
  return {
    id: run.id,
    name: run.name,
    mode: run.mode,
    experiment_hash: run.experimentHash,
    data_id: run.dataId,
    lineage: run.lineage,
    started_at: run.startedAt,
    state: run.state,
    folder: run.folder,
    verdict: run.verdict,
  };
}

function fromRow(row: RunTable): RunRecord {
  return {
    id: row.id,
    name: row.name,
    mode: row.mode,
    experimentHash: row.experiment_hash,
    dataId: row.data_id,
    lineage: row.lineage,
    startedAt: micros(row.started_at),
    state: row.state,
    folder: row.folder,
    verdict: row.verdict,
  };
}
