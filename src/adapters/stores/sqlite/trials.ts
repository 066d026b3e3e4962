// The trial ledger in SQL. Rows are only ever added; triggers in the schema refuse everything else.
import { type Kysely, type Selectable, type Transaction, sql } from "kysely";
import { micros } from "#domain/time.js";
import type { RecordedTrial, Trial, TrialLedger } from "#ports/store.js";
import type { StateTables, TrialTable } from "./schema.js";

type Row = Selectable<TrialTable>;

/** `explain` puts what the database says into a sentence. */
export function createTrialLedger(db: Kysely<StateTables>, explain: (cause: unknown) => Error): TrialLedger {
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw explain(cause);
    }
  };
  return {
    record: (trial) => asked(async () => void (await db.insertInto("trials").values(toRow(trial)).execute())),
    distinctTrials: (lineage) =>
      asked(async () => {
        const row = await db
          .selectFrom("trials")
          .select(({ fn }) => fn.count<number>("experiment_hash").distinct().as("count"))
          .where("lineage", "=", lineage)
          .executeTakeFirstOrThrow();
        return Number(row.count);
      }),
    list: (dataId) =>
      asked(async () => {
        const all = db.selectFrom("trials").selectAll().orderBy("id");
        return (await (dataId === undefined ? all : all.where("data_id", "=", dataId)).execute()).map(fromRow);
      }),
    lineages: () =>
      asked(async () => {
        const rows = await db
          .selectFrom("trials")
          .select("lineage")
          .groupBy("lineage")
          .orderBy(({ fn }) => fn.min("id"))
          .execute();
        return rows.map((row) => row.lineage);
      }),
    representatives: (lineage) =>
      asked(async () => {
        const ranked = db
          .selectFrom("trials")
          .select(["id"])
          .select(
            sql<number>`row_number() over (partition by experiment_hash order by
            length(value_at) = 0, case kind when 'backtest' then 0 when 'tuning' then 1 else 2 end, id desc)`.as("place"),
          )
          .where("lineage", "=", lineage);
        const rows = await db
          .selectFrom("trials")
          .selectAll()
          .where("id", "in", (build) => build.selectFrom(ranked.as("ranked")).select("id").where("place", "=", 1))
          .orderBy("id")
          .execute();
        return rows.map(fromRow);
      }),
    merge: (trials) =>
      asked(() =>
        db.transaction().execute(async (transaction) => {
          let added = 0;
          for (const trial of trials) added += await addUnlessKnown(transaction, trial);
          return added;
        }),
      ),
  };
}

/** One statement, because a transaction that has read and then writes would fail where another process has written in between. */
async function addUnlessKnown(db: Transaction<StateTables>, trial: RecordedTrial): Promise<number> {
  const row = { ...toRow(trial), identity: trial.identity };
  const columns = Object.keys(row) as (keyof typeof row)[];
  const values = sql.join(columns.map((column) => sql`${row[column]}`));
  const { numAffectedRows } = await sql`insert into trials (${sql.join(columns.map((column) => sql.ref(column)))})
    select ${values} where not exists (select 1 from trials where identity = ${trial.identity})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

function toRow(trial: Trial): Omit<Row, "id" | "identity"> {
  return {
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
    label: trial.label,
    family: trial.family,
    study: trial.study,
    measure: trial.measure,
    value_at: toBlob(trial.at),
  };
}

function fromRow(row: Row): RecordedTrial {
  return {
    experimentHash: row.experiment_hash,
    dataId: row.data_id,
    lineage: row.lineage,
    from: micros(row.window_from),
    to: micros(row.window_to),
    kind: row.kind,
    codeVersion: row.code_version,
    seed: row.seed,
    recordedAt: micros(row.recorded_at),
    label: row.label,
    family: row.family,
    study: row.study,
    measure: row.measure,
    outOfSample: fromBlob(row.out_of_sample, row.id),
    at: fromBlob(row.value_at, row.id),
    identity: row.identity,
  };
}

function toBlob(values: Float64Array): Buffer {
  const blob = Buffer.alloc(values.length * 8);
  values.forEach((value, i) => blob.writeDoubleLE(value, i * 8));
  return blob;
}

function fromBlob(bytes: Uint8Array, id: number): Float64Array {
  const blob = Buffer.from(bytes);
  if (blob.length % 8 !== 0) throw new Error(`malformed: the series of trial ${id} is cut off`);
  return Float64Array.from({ length: blob.length / 8 }, (_, i) => blob.readDoubleLE(i * 8));
}
