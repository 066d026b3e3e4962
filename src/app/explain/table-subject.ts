// What is explained of a model of tables: rows of a file, each from the rows before it, compared with rows spread over the whole file.
import type { Table } from "#data/table/row-file.js";
import { createWindows, instrumentOf, type PastRows, type Windows } from "#data/table/windows.js";
import type { FeatureFrame } from "#domain/frame.js";
import { type Micros, utcDate } from "#domain/time.js";
import { isKnownRow, knownOf, type Rows, spreadOver } from "#models/explain/explainer.js";
import type { FittedModel } from "#ports/model.js";
import { rowsInTime } from "../training/score-rows.js";
import { type OverallPart, rowsWanted } from "./explain-overall.js";
import type { Moment } from "./moments.js";

export interface TableSubject {
  readonly table: Table;
  readonly windows: Windows;
  readonly models: readonly FittedModel[];
  /** All rows by time. */
  readonly rows: Int32Array;
}

const BACKGROUND = 200;

export function openTableSubject(
  table: Table,
  lag: number,
  past: ReadonlyMap<string, PastRows>,
  models: readonly FittedModel[],
): TableSubject {
  return { table, windows: createWindows(table, lag, past), models, rows: rowsInTime(table) };
}

/** Rows spread over the file, as many as are made use of; those behind the last day of training, where the file has such. */
export function overallPartOf(subject: TableSubject, trainedTo: string | null): { readonly part: OverallPart; readonly sample: string } {
  const { table, models, rows } = subject;
  const later = trainedTo === null ? rows : rows.filter((row) => utcDate(table.times[row] as Micros) > trainedTo);
  const chosen = spreadOf(later.length > 0 ? later : rows, rowsWanted(table.features.length));
  const part = {
    models,
    rows: windowsOf(subject, chosen),
    labels: Float64Array.from(chosen, (row) => table.labels?.[row] ?? Number.NaN),
    moments: Float64Array.from(chosen, (row) => table.times[row] as number),
  };
  const sample =
    trainedTo === null
      ? "of the file"
      : later.length > 0
        ? "of the file, all after its training"
        : "of the file, the model was trained on them";
  return { part, sample };
}

export function backgroundOf(subject: TableSubject): { readonly rows: Rows; readonly called: string } {
  const all = windowsOf(subject, spreadOf(subject.rows, BACKGROUND));
  const rows = knownOf(all, all.x.length / Math.max(1, all.rows));
  return { rows, called: `${rows.rows} rows of the file` };
}

export function momentsOf({ table, rows }: TableSubject): readonly Moment[] {
  const times = [...new Set(Array.from(rows, (row) => table.times[row] as number))];
  return times.map((at) => ({ at: at as Micros, day: utcDate(at as Micros) }));
}

/** All rows of a moment as instruments of one frame; `ids` are their names. */
export function frameAt(subject: TableSubject, at: Micros): { readonly frame: FeatureFrame; readonly ids: readonly string[] } {
  const { table, models, rows } = subject;
  const own = rows.filter((row) => table.times[row] === at);
  const steps = models[0]?.steps ?? 1;
  const k = table.features.length;
  const { x } = windowsOf(subject, own);
  const values = new Float64Array(own.length * k);
  for (let i = 0; i < own.length; i++) values.set(x.subarray(((i + 1) * steps - 1) * k, (i + 1) * steps * k), i * k);
  const member = Uint8Array.from(own, (_, i) => (isKnownRow(x, i, steps * k) ? 1 : 0));
  const history = steps === 1 ? null : { steps, values: x };
  return {
    frame: { asOf: at, instruments: own.length, features: table.features, values, fresh: member, member, history },
    ids: Array.from(own, (row) => table.instruments[instrumentOf(table, row)] as string),
  };
}

function windowsOf({ table, windows, models }: TableSubject, rows: Int32Array): Rows {
  const width = (models[0]?.steps ?? 1) * table.features.length;
  const x = new Float32Array(rows.length * width);
  rows.forEach((row, i) => windows.write(row, width / table.features.length, x, i * width));
  return { x, rows: rows.length };
}

function spreadOf(rows: Int32Array, most: number): Int32Array {
  return spreadOver(rows.length, most).map((i) => rows[i] as number);
}
