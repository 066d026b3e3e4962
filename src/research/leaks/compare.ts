// What moved: two outputs of one pipeline, of worlds that are the same up to a moment. Nothing that was decided, predicted or filled by then
// may differ.
import type { PipelineOutput } from "./subject.js";

export interface Difference {
  /** Decision in the first output. */
  readonly decision: number;
  readonly symbol: number;
  readonly before: number;
  readonly after: number;
}

export interface Moved {
  /** Cells that had a value in both outputs, and another one. */
  readonly changed: number;
  /** Cells that have a value in one of the outputs only. */
  readonly appeared: number;
  /** Cells compared. */
  readonly cells: number;
  /** The earliest changed cell, or the earliest that appeared when none changed; null when nothing moved. */
  readonly first: Difference | null;
}

export interface Comparison {
  readonly features: ReadonlyMap<string, Moved>;
  readonly predictions: Moved | null;
  /** Labels that had ended. */
  readonly labels: Moved | null;
  /** Moments of decision up to the cut that only one of the outputs has. */
  readonly decisions: readonly number[];
  /** Fills up to the cut that only one of the outputs has; indices into the first output's fills, -1 for one that only the second has. */
  readonly fills: readonly number[];
}

export interface CompareOptions {
  /** Numbers that differ by no more than this share of the larger one, or of the column's root mean square, are the same. 0: to the bit. */
  readonly tolerance: number;
  /** Number of symbols of the second world; its first ones are the first world's. */
  readonly width: number;
  /** Cells of predictions that are not to be compared, by index in the first output. */
  readonly exempt: ((cell: number) => boolean) | null;
  /** From when on a fill done at the moment must stand: at the open at once, within a bar when the bar has closed (it is made of the whole bar). */
  readonly settledAt: (at: number) => number;
}

/** `symbols`: of the first world. Decisions up to `moment` are compared; fills when they were done by then; labels when they had ended. */
export function compareOutputs(
  base: PipelineOutput,
  other: PipelineOutput,
  moment: number,
  symbols: number,
  options: CompareOptions,
): Comparison {
  const places = new Map(other.decisions.map((at, d) => [at as number, d]));
  const pairs: [number, number][] = [];
  const missing: number[] = [];
  base.decisions.forEach((at, d) => {
    if (at > moment) return;
    const place = places.get(at);
    if (place === undefined) missing.push(at);
    else pairs.push([d, place]);
  });
  const known = new Set<number>(base.decisions);
  for (const at of other.decisions) if (at <= moment && !known.has(at)) missing.push(at);

  const column = (a: Float64Array, b: Float64Array | undefined, skip: ((cell: number) => boolean) | null): Moved => {
    let [changed, appeared, cells] = [0, 0, 0];
    let first: Difference | null = null;
    let firstAppeared: Difference | null = null;
    const floor = options.tolerance === 0 ? 0 : rootMeanSquare(a);
    for (const [d, e] of pairs) {
      for (let i = 0; i < symbols; i++) {
        const cell = d * symbols + i;
        if (skip?.(cell) === true) continue;
        cells++;
        const before = a[cell] as number;
        const after = b === undefined ? Number.NaN : (b[e * options.width + i] as number);
        if (before === after || (Number.isNaN(before) && Number.isNaN(after))) continue;
        const difference = { decision: d, symbol: i, before, after };
        if (Number.isNaN(before) !== Number.isNaN(after)) {
          appeared++;
          firstAppeared ??= difference;
        } else if (!(Math.abs(before - after) <= options.tolerance * Math.max(Math.abs(before), Math.abs(after), floor))) {
          changed++;
          first ??= difference;
        }
      }
    }
    return { changed, appeared, cells, first: first ?? firstAppeared };
  };

  const names = new Set([...base.features.keys(), ...other.features.keys()]);
  const empty = new Float64Array(base.decisions.length * symbols).fill(Number.NaN);
  const { labels } = base;
  return {
    features: new Map([...names].map((name) => [name, column(base.features.get(name) ?? empty, other.features.get(name), null)])),
    predictions: base.predictions === null ? null : column(base.predictions, other.predictions ?? undefined, options.exempt),
    labels: labels === null ? null : column(labels.value, other.labels?.value, (cell) => !((labels.endAt[cell] as number) <= moment)),
    decisions: missing.sort((a, b) => a - b),
    fills: compareFills(base, other, moment, symbols, options),
  };
}

function compareFills(base: PipelineOutput, other: PipelineOutput, moment: number, symbols: number, options: CompareOptions): number[] {
  const { exempt, settledAt } = options;
  // What follows from exempt predictions is as exempt as they are.
  const excused = new Set<number>();
  if (exempt !== null) for (const [d, at] of base.decisions.entries()) if (anyCell(d, symbols, exempt)) excused.add(at);
  const counts = (output: PipelineOutput, fill: PipelineOutput["fills"][number]): boolean =>
    settledAt(fill.at) <= moment && !excused.has(output.decisions[fill.decision] as number);
  const key = (output: PipelineOutput, { decision, symbol, at, price }: PipelineOutput["fills"][number]): string =>
    `${output.decisions[decision]} ${symbol} ${at} ${price}`;
  const count = new Map<string, number>();
  for (const fill of other.fills) {
    if (!counts(other, fill)) continue;
    const name = key(other, fill);
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  const differing: number[] = [];
  base.fills.forEach((fill, f) => {
    if (!counts(base, fill)) return;
    const name = key(base, fill);
    const left = count.get(name) ?? 0;
    if (left === 0) differing.push(f);
    else count.set(name, left - 1);
  });
  for (const left of count.values()) for (let k = 0; k < left; k++) differing.push(-1);
  return differing;
}

function anyCell(decision: number, symbols: number, which: (cell: number) => boolean): boolean {
  for (let i = 0; i < symbols; i++) if (which(decision * symbols + i)) return true;
  return false;
}

function rootMeanSquare(column: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of column) {
    if (!Number.isFinite(value)) continue;
    sum += value * value;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}
