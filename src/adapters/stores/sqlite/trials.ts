// The trial ledger in SQL. Rows are only ever added; triggers in the schema refuse everything else.
import type { Kysely } from "kysely";
import { micros } from "#domain/time.js";
import type { Trial, TrialLedger } from "#ports/store.js";
import type { StateTables } from "./schema.js";

export function createTrialLedger(db: Kysely<StateTables>): TrialLedger {
  return {
    async record(trial) {
      await db
        .insertInto("trials")
        .values({
          experiment_hash: trial.experimentHash,
          data_id: trial.dataId,
          lineage: trial.lineage,
          window_from: trial.from,
          window_to: trial.to,
          kind: trial.kind,
          code_version: trial.codeVersion,
          seed: trial.seed,
          recorded_at: trial.recordedAt,
          out_of_sample: toBlob(trial.outOfSample),
        })
        .execute();
    },
    async distinctTrials(lineage) {
      const row = await db
        .selectFrom("trials")
        .select(({ fn }) => fn.count<number>("experiment_hash").distinct().as("count"))
        .where("lineage", "=", lineage)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async list(dataId) {
      const all = db.selectFrom("trials").selectAll().orderBy("id");
      const rows = await (dataId === undefined ? all : all.where("data_id", "=", dataId)).execute();
      return rows.map(
        (row): Trial => ({
          experimentHash: row.experiment_hash,
          dataId: row.data_id,
          lineage: row.lineage,
          from: micros(row.window_from),
          to: micros(row.window_to),
          kind: row.kind,
          codeVersion: row.code_version,
          seed: row.seed,
          recordedAt: micros(row.recorded_at),
          outOfSample: fromBlob(row.out_of_sample),
        }),
      );
    },
  };
}

function toBlob(values: Float64Array): Buffer {
  const blob = Buffer.alloc(values.length * 8);
  values.forEach((value, i) => blob.writeDoubleLE(value, i * 8));
  return blob;
}

function fromBlob(bytes: Uint8Array): Float64Array {
  const blob = Buffer.from(bytes);
  return Float64Array.from({ length: blob.length / 8 }, (_, i) => blob.readDoubleLE(i * 8));
}
