// What the values of each feature are like, counted row by row: the yardstick against which later vectors are held.
// One row after the other (Welford 1962), so that a run that goes on has the bits of one that never stopped.

/** Of one feature over all stored rows. Mean, deviation, least and most are of the known values; null when there is none. */
export interface FeatureStatistics {
  readonly rows: number;
  readonly known: number;
  readonly mean: number | null;
  /** Population standard deviation. */
  readonly deviation: number | null;
  readonly least: number | null;
  readonly most: number | null;
  /** Known values outside the declared range. */
  readonly outside: number;
}

/** Inclusive; null: unbounded. */
type Range = readonly [number | null, number | null];

const [KNOWN, MEAN, SQUARES, LEAST, MOST, OUTSIDE, CELLS] = [0, 1, 2, 3, 4, 5, 6];
/** The registry's own slack. */
const SLACK = 1e-12;
const slackOf = (bound: number): number => SLACK * Math.max(1, Math.abs(bound));

export class RunningStatistics {
  readonly cells: Float64Array;
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  constructor(ranges: readonly Range[], cells?: Float64Array) {
    this.low = Float64Array.from(ranges, ([low]) => (low === null ? Number.NEGATIVE_INFINITY : low - slackOf(low)));
    this.high = Float64Array.from(ranges, ([, high]) => (high === null ? Number.POSITIVE_INFINITY : high + slackOf(high)));
    this.cells = new Float64Array(ranges.length * CELLS);
    if (cells !== undefined) this.cells.set(cells);
    else {
      for (let f = 0; f < ranges.length; f++) {
        this.cells[f * CELLS + LEAST] = Number.POSITIVE_INFINITY;
        this.cells[f * CELLS + MOST] = Number.NEGATIVE_INFINITY;
      }
    }
  }

  /** Takes the row that begins at `from`. */
  add(values: Float64Array, from: number): void {
    const { cells, low, high } = this;
    for (let f = 0, cell = 0; f < low.length; f++, cell += CELLS) {
      const v = values[from + f] as number;
      if (v - v !== 0) continue;
      const n = (cells[cell + KNOWN] as number) + 1;
      cells[cell + KNOWN] = n;
      const d = v - (cells[cell + MEAN] as number);
      const mean = (cells[cell + MEAN] as number) + d / n;
      cells[cell + MEAN] = mean;
      cells[cell + SQUARES] = (cells[cell + SQUARES] as number) + d * (v - mean);
      if (v < (cells[cell + LEAST] as number)) cells[cell + LEAST] = v;
      if (v > (cells[cell + MOST] as number)) cells[cell + MOST] = v;
      if (v < (low[f] as number) || v > (high[f] as number)) cells[cell + OUTSIDE] = (cells[cell + OUTSIDE] as number) + 1;
    }
  }
}

/** Of several parts with the same features: counts are added, moments pooled (Chan, Golub and LeVeque 1983), in the order given. */
export function poolStatistics(
  parts: readonly { readonly rows: number; readonly cells: Float64Array }[],
  features: number,
): readonly FeatureStatistics[] {
  return Array.from({ length: features }, (_, f) => {
    let [rows, known, mean, squares, least, most, outside] = [0, 0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const { rows: n, cells } of parts) {
      const cell = (index: number): number => cells[f * CELLS + index] as number;
      rows += n;
      const k = cell(KNOWN);
      if (k === 0) continue;
      const d = cell(MEAN) - mean;
      squares += cell(SQUARES) + (d * d * known * k) / (known + k);
      known += k;
      mean += (d * k) / known;
      least = Math.min(least, cell(LEAST));
      most = Math.max(most, cell(MOST));
      outside += cell(OUTSIDE);
    }
    const finite = (v: number): number | null => (known > 0 && Number.isFinite(v) ? v : null);
    return {
      rows,
      known,
      mean: finite(mean),
      deviation: finite(Math.sqrt(squares / known)),
      least: finite(least),
      most: finite(most),
      outside,
    };
  });
}
