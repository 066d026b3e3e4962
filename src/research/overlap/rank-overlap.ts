// Which features say the same: Spearman's rank correlation of every pair over samples of rows, and what is left when of each pair that
// agrees too well in any of the tables only the earlier one counts. About 1,400 features over 6,000 rows take some seconds a table.

/** A sample of rows: `columns[f]` holds feature `names[f]`, NaN where it is not known. */
export interface OverlapTable {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}

export interface Overlap {
  readonly feature: string;
  /** The earlier counted feature with which it agrees most. */
  readonly like: string;
  /** Spearman's correlation with it, in the table where they agree most. */
  readonly correlation: number;
  /** Index of that table. */
  readonly table: number;
}

export interface OverlapCount {
  /** Features that count, in their order. */
  readonly distinct: readonly string[];
  readonly redundant: readonly Overlap[];
  /** Features with too few known values, or only one value, in every table: nothing can be said of them. */
  readonly unknown: readonly string[];
  /** Per table the number of features of which something can be said there. */
  readonly measured: readonly number[];
}

/** Fewer common rows than this say nothing of a pair. */
const LEAST_ROWS = 100;

/**
 * Pairs are compared over the rows of a table where both are known, by the ranks that each has among its own known values there (ties share
 * their average rank). A feature is redundant when |correlation| with an earlier distinct one is above `limit` in any table.
 * `order`: all features, the one that counts first.
 */
export function countDistinct(order: readonly string[], tables: readonly OverlapTable[], limit: number): OverlapCount {
  const ranked = tables.map(({ names, columns }) => {
    const usable = new Map<string, Ranked>();
    names.forEach((name, f) => {
      const ranks = centeredRanks(columns[f] as Float64Array);
      if (ranks.known >= LEAST_ROWS && !ranks.flat) usable.set(name, ranks);
    });
    return usable;
  });
  const distinct: string[] = [];
  const redundant: Overlap[] = [];
  const unknown: string[] = [];
  for (const feature of order) {
    if (!ranked.some((usable) => usable.has(feature))) {
      unknown.push(feature);
      continue;
    }
    let nearest: Overlap | null = null;
    for (const [table, usable] of ranked.entries()) {
      const own = usable.get(feature);
      if (own === undefined) continue;
      for (const like of distinct) {
        const other = usable.get(like);
        if (other === undefined) continue;
        const correlation = correlate(own, other);
        if (Math.abs(correlation) > Math.abs(nearest?.correlation ?? limit)) nearest = { feature, like, correlation, table };
      }
    }
    if (nearest === null) distinct.push(feature);
    else redundant.push(nearest);
  }
  return { distinct, redundant, unknown, measured: ranked.map(({ size }) => size) };
}

interface Ranked {
  /** Rank less the mean rank; 0 where not known. Half numbers of this size are exact in 32 bits. */
  readonly ranks: Float32Array;
  /** 1 where known. */
  readonly mask: Float32Array;
  readonly known: number;
  readonly flat: boolean;
}

function centeredRanks(column: Float64Array): Ranked {
  const rows = Uint32Array.from([...column.keys()].filter((row) => !Number.isNaN(column[row])));
  rows.sort((a, b) => (column[a] as number) - (column[b] as number));
  const ranks = new Float32Array(column.length);
  const mask = new Float32Array(column.length);
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
  let x = 0;
  let y = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let row = 0; row < a.ranks.length; row++) {
    const u = (a.ranks[row] as number) * (b.mask[row] as number);
    const v = (b.ranks[row] as number) * (a.mask[row] as number);
    n += (a.mask[row] as number) * (b.mask[row] as number);
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
