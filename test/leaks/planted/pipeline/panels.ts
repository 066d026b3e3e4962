// Session x symbol panels from bars, each row made from that row and earlier ones. NaN where too little is known.
import type { World } from "#research/leaks/subject.js";

const MAX_CARRIED = 8;

/** The last value of each name, carried over at most eight sessions without a trade. */
export function carried(world: World, values: Float64Array, limit = MAX_CARRIED): Float64Array {
  const width = world.symbols.length;
  const panel = Float64Array.from(values);
  const age = new Int32Array(width);
  for (let cell = width; cell < panel.length; cell++) {
    const i = cell % width;
    age[i] = Number.isNaN(panel[cell]) ? (age[i] as number) + 1 : 0;
    if ((age[i] as number) > 0 && (age[i] as number) <= limit) panel[cell] = panel[cell - width] as number;
  }
  return panel;
}

export function logChange(panel: Float64Array, width: number, lag: number): Float64Array {
  return panel.map((value, cell) => (cell < lag * width ? Number.NaN : Math.log(value / (panel[cell - lag * width] as number))));
}

/** A figure of the finite values among the last `window` rows of each name, where there are at least half of them. */
export function rolling(panel: Float64Array, width: number, window: number, figure: (values: readonly number[]) => number): Float64Array {
  const out = new Float64Array(panel.length).fill(Number.NaN);
  const values: number[] = []; // one for all rows: there are many, and figures keep nothing
  for (let i = 0; i < width; i++)
    for (let cell = i; cell < panel.length; cell += width) {
      values.length = 0;
      for (let back = Math.max(cell - (window - 1) * width, i); back <= cell; back += width)
        if (Number.isFinite(panel[back])) values.push(panel[back] as number);
      if (values.length >= Math.max(window / 2, 1)) out[cell] = figure(values);
    }
  return out;
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] as number;
  return values.length === 0 ? Number.NaN : sum / values.length;
}

export function deviation(values: ArrayLike<number>): number {
  const center = mean(values);
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += ((values[k] as number) - center) ** 2;
  return values.length < 2 ? Number.NaN : Math.sqrt(sum / (values.length - 1));
}

/** The value below which a share of the values lies; by interpolation between ranks. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const here = sorted[low] as number;
  return here + (place - low) * ((sorted[Math.min(low + 1, sorted.length - 1)] as number) - here);
}

export function finite(values: Iterable<number>): number[] {
  const out: number[] = [];
  for (const value of values) if (Number.isFinite(value)) out.push(value);
  return out;
}

/** Pearson's correlation of the pairs where both are finite; NaN with fewer than eight. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let n = 0;
  let sa = 0;
  let sb = 0;
  let saa = 0;
  let sbb = 0;
  let sab = 0;
  for (let k = 0; k < a.length; k++) {
    const x = a[k] as number;
    const y = b[k] as number;
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    n++;
    sa += x;
    sb += y;
    saa += x * x;
    sbb += y * y;
    sab += x * y;
  }
  const spread = (saa - (sa * sa) / n) * (sbb - (sb * sb) / n);
  return n < 8 || !(spread > 0) ? Number.NaN : (sab - (sa * sb) / n) / Math.sqrt(spread);
}
