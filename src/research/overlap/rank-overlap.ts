// Which features say the same: Spearman's rank correlation of every pair over a sample of rows, and what is left when of each pair that
// agrees too well only the earlier one counts.

export interface Overlap {
  readonly feature: string;
  /** The earlier counted feature with which it agrees most. */
  readonly like: string;
  /** Spearman's correlation with it. */
  readonly correlation: number;
}

export interface OverlapCount {
  /** Features that count, in their order. */
  readonly distinct: readonly string[];
  readonly redundant: readonly Overlap[];
  /** Features with too few known values, or only one value, in the sample: nothing can be said of them. */
  readonly unknown: readonly string[];
}

/** Fewer common rows than this say nothing of a pair. */
const LEAST_ROWS = 100;

/**
 * `columns[f]` holds feature f over the sample's rows, NaN where it is not known. Pairs are compared over the rows where both are known, by
 * the ranks that each has among its own known values (ties share their average rank).
 * A feature is redundant when |correlation| with an earlier distinct one is above `limit`.
 */
export function countDistinct(names: readonly string[], columns: readonly Float64Array[], limit: number): OverlapCount {
  const ranked = columns.map(centeredRanks);
  const distinct: number[] = [];
  const redundant: Overlap[] = [];
  const unknown: string[] = [];
  names.forEach((feature, f) => {
    const own = ranked[f] as Ranked;
    if (own.known < LEAST_ROWS || own.flat) {
      unknown.push(feature);
      return;
    }
    let nearest: Overlap | null = null;
    for (const other of distinct) {
      const correlation = correlate(own, ranked[other] as Ranked);
      if (Math.abs(correlation) > Math.abs(nearest?.correlation ?? limit)) nearest = { feature, like: names[other] as string, correlation };
    }
    if (nearest === null) distinct.push(f);
    else redundant.push(nearest);
  });
  return { distinct: distinct.map((f) => names[f] as string), redundant, unknown };
}

interface Ranked {
  /** Rank less the mean rank; 0 where not known. */
  readonly ranks: Float64Array;
  /** 1 where known. */
  readonly mask: Float64Array;
  readonly known: number;
  readonly flat: boolean;
}

function centeredRanks(column: Float64Array): Ranked {
  const rows = [...column.keys()].filter((row) => !Number.isNaN(column[row]));
  rows.sort((a, b) => (column[a] as number) - (column[b] as number));
  const ranks = new Float64Array(column.length);
  const mask = new Float64Array(column.length);
  const middle = (rows.length - 1) / 2;
  for (let from = 0, to = 0; from < rows.length; from = to) {
    while (to < rows.length && column[rows[to] as number] === column[rows[from] as number]) to++;
    for (let k = from; k < to; k++) {
      ranks[rows[k] as number] = (from + to - 1) / 2 - middle;
      mask[rows[k] as number] = 1;
    }
  }
  const flat = rows.length === 0 || column[rows[0] as number] === column[rows.at(-1) as number];
  return { ranks, mask, known: rows.length, flat };
}

/** Pearson's correlation of the ranks over common rows; 0 when there are too few, or one side does not vary over them. */
function correlate(a: Ranked, b: Ranked): number {
  let n = 0;
  let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (let row = 0; row < a.ranks.length; row++) {
    const both = (a.mask[row] as number) * (b.mask[row] as number);
    const u = (a.ranks[row] as number) * both;
    const v = (b.ranks[row] as number) * both;
    n += both;
    x += u;
    y += v;
    xx += u * u;
    yy += v * v;
    xy += u * v;
  }
  if (n < LEAST_ROWS) return 0;
  const scale = Math.sqrt((xx - (x * x) / n) * (yy - (y * y) / n));
  return scale > 0 ? (xy - (x * y) / n) / scale : 0;
}
