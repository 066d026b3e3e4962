// Predictions for rows of a table: one frame per moment, with all rows of that moment and nothing but the past of each.
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { orderByTime } from "#data/table/order-by-time.js";
import type { Table } from "#data/table/row-file.js";
import type { DateRange } from "#data/table/samples.js";
import type { Windows } from "#data/table/windows.js";
import { DAY_US, utcMidnight } from "#domain/time.js";
import { opinionOf } from "#models/samples/opine-samples.js";
import type { FittedModel, Opinion } from "#ports/model.js";

/** Rows of the table by (time, instrument); all without a range. */
export function rowsInTime(table: Table, range?: DateRange): Int32Array {
  const from = range === undefined ? Number.NEGATIVE_INFINITY : utcMidnight(range.from);
  const to = range === undefined ? Number.POSITIVE_INFINITY : utcMidnight(range.to) + DAY_US;
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => (table.times[row] as number) >= from && (table.times[row] as number) < to,
  );
  return Int32Array.from(orderByTime(Float64Array.from(rows, (row) => table.times[row] as number)), (i) => rows[i] as number);
}

/**
 * One array per model, one prediction per row; NaN where nothing of its past is there. `rows` as `rowsInTime` gives them: a moment is always
 * predicted whole, so that the same rows and pasts give the same bits in whatever file they stand.
 */
export async function scoreRows(
  table: Table,
  windows: Windows,
  rows: Int32Array,
  models: readonly FittedModel[],
  onProgress: (done: number) => void,
  signal?: AbortSignal,
): Promise<readonly Float64Array[]> {
  const out = models.map(() => new Float64Array(rows.length).fill(Number.NaN));
  await eachMoment(table, windows, rows, models, onProgress, signal, async (model, frame, m, start) => {
    (out[m] as Float64Array).set(await model.predict(frame), start);
  });
  return out;
}

/** As `scoreRows`, with what models say of how sure they are. */
export async function opineRows(
  table: Table,
  windows: Windows,
  rows: Int32Array,
  models: readonly FittedModel[],
  onProgress: (done: number) => void,
  signal?: AbortSignal,
): Promise<readonly Opinion[]> {
  const unknown = (): Float64Array => new Float64Array(rows.length).fill(Number.NaN);
  const out = models.map(() => ({ expectedReturn: unknown(), uncertainty: unknown(), confidence: unknown() }));
  const told = models.map(() => ({ uncertainty: false, confidence: false }));
  await eachMoment(table, windows, rows, models, onProgress, signal, async (model, frame, m, start) => {
    const said = await opinionOf(model, frame);
    out[m]?.expectedReturn.set(said.expectedReturn, start);
    for (const name of ["uncertainty", "confidence"] as const) {
      const values = said[name];
      if (values === null) continue;
      out[m]?.[name].set(values, start);
      (told[m] as Record<typeof name, boolean>)[name] = true;
    }
  });
  return out.map((opinion, m) => ({
    ...opinion,
    uncertainty: told[m]?.uncertainty === true ? opinion.uncertainty : null,
    confidence: told[m]?.confidence === true ? opinion.confidence : null,
  }));
}

/** Calls `ask` for each model and moment, with the moment's rows as a frame and the position of its first row. */
async function eachMoment(
  table: Table,
  windows: Windows,
  rows: Int32Array,
  models: readonly FittedModel[],
  onProgress: (done: number) => void,
  signal: AbortSignal | undefined,
  ask: (model: FittedModel, frame: FeatureFrame, m: number, start: number) => Promise<void>,
): Promise<void> {
  const k = table.features.length;
  const steps = models.reduce((most, model) => Math.max(most, model.steps), 1);
  for (let start = 0; start < rows.length; ) {
    signal?.throwIfAborted();
    const time = table.times[rows[start] as number] as number;
    let end = start + 1;
    while (end < rows.length && table.times[rows[end] as number] === time) end++;
    const frame = frameOf(table, windows, rows.subarray(start, end), steps);
    for (const [m, model] of models.entries())
      await ask(model, model.steps === 1 ? frame : { ...frame, history: historyOf(frame, steps, model.steps, k) }, m, start);
    start = end;
    onProgress(start / rows.length);
  }
}

function frameOf(table: Table, windows: Windows, rows: Int32Array, steps: number): FeatureFrame {
  const k = table.features.length;
  const history = new Float32Array(rows.length * steps * k);
  const values = new Float64Array(rows.length * k);
  const member = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    windows.write(row, steps, history, i * steps * k);
    values.set(history.subarray(((i + 1) * steps - 1) * k, (i + 1) * steps * k), i * k);
    member[i] = windows.newest(row) === null ? 0 : 1;
  });
  return {
    asOf: (table.times[rows[0] as number] ?? 0) as Micros,
    instruments: rows.length,
    features: table.features,
    values,
    fresh: member,
    member,
    history: { steps, values: history },
  };
}

/** The last `wanted` of the steps of a frame. */
function historyOf(frame: FeatureFrame, steps: number, wanted: number, k: number): FeatureFrame["history"] {
  if (wanted === steps) return frame.history;
  const values = new Float32Array(frame.instruments * wanted * k);
  for (let i = 0; i < frame.instruments; i++) {
    values.set(
      (frame.history as { values: Float32Array }).values.subarray(((i + 1) * steps - wanted) * k, (i + 1) * steps * k),
      i * wanted * k,
    );
  }
  return { steps: wanted, values };
}
