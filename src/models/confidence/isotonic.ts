// Isotonic regression by pooling adjacent violators (Ayer et al. 1955; Barlow et al. 1972): the best rising step of the outcomes. Between its
// points it is read linearly and beyond them it is flat, as scikit-learn's `IsotonicRegression` with `out_of_bounds="clip"`.

/** A rising curve as points; `x` ascends, `y` never falls. At least one point. */
export interface RisingCurve {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Least squares over all rising functions. `weight`: positive, null for all equal. No NaN anywhere, at least one pair. */
export function fitIsotonic(x: Float64Array, y: Float64Array, weight: Float64Array | null): RisingCurve {
  const order = Uint32Array.from(x.keys()).sort((a, b) => (x[a] as number) - (x[b] as number) || (y[a] as number) - (y[b] as number));
  // Blocks of equal x first: they have one value by definition.
  const places = new Float64Array(order.length);
  const mass = new Float64Array(order.length);
  const mean = new Float64Array(order.length);
  let n = 0;
  for (let start = 0; start < order.length; n++) {
    const at = x[order[start] as number] as number;
    let [sum, total] = [0, 0];
    for (; start < order.length && x[order[start] as number] === at; start++) {
      const i = order[start] as number;
      const w = weight === null ? 1 : (weight[i] as number);
      sum += w * (y[i] as number);
      total += w;
    }
    places[n] = at;
    mass[n] = total;
    mean[n] = sum / total;
  }
  // Pool: `level` and `held` are a stack of blocks, `ends[b]` the first place behind block b.
  const level = new Float64Array(n);
  const held = new Float64Array(n);
  const ends = new Uint32Array(n);
  let blocks = 0;
  for (let i = 0; i < n; i++) {
    level[blocks] = mean[i] as number;
    held[blocks] = mass[i] as number;
    ends[blocks] = i + 1;
    for (; blocks > 0 && (level[blocks - 1] as number) >= (level[blocks] as number); blocks--) {
      const together = (held[blocks - 1] as number) + (held[blocks] as number);
      const sum = (level[blocks - 1] as number) * (held[blocks - 1] as number) + (level[blocks] as number) * (held[blocks] as number);
      level[blocks - 1] = sum / together;
      held[blocks - 1] = together;
      ends[blocks - 1] = ends[blocks] as number;
    }
    blocks++;
  }
  // The first and the last place of each block say all.
  const curve: { x: number[]; y: number[] } = { x: [], y: [] };
  for (let b = 0, start = 0; b < blocks; start = ends[b++] as number) {
    const last = (ends[b] as number) - 1;
    for (const place of start === last ? [start] : [start, last]) {
      curve.x.push(places[place] as number);
      curve.y.push(level[b] as number);
    }
  }
  return { x: Float64Array.from(curve.x), y: Float64Array.from(curve.y) };
}

/** The curve at `x`; NaN stays NaN. */
export function readCurve({ x: places, y }: RisingCurve, x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const last = places.length - 1;
  if (x <= (places[0] as number)) return y[0] as number;
  if (x >= (places[last] as number)) return y[last] as number;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const share = (x - (places[low] as number)) / ((places[high] as number) - (places[low] as number));
  return (y[low] as number) + share * ((y[high] as number) - (y[low] as number));
}

/**
 * The curve without certainty. Where all of n outcomes at an end were alike, the best step says 0 or 1, and one surprise would cost without bound:
 * there the next is taken to be as they were with (n + 1) / (n + 2) (rule of succession, Laplace 1774), but never less sure than the step beside it.
 * Weights count by their share of all. `scores` and `weight` are what the curve was fitted to.
 */
export function withoutCertainty({ x, y }: RisingCurve, scores: Float64Array, weight: Float64Array | null): RisingCurve {
  const [low, high] = [y.findIndex((level) => level > 0), y.findIndex((level) => level === 1)];
  const weightOf = (i: number): number => (weight === null ? 1 : (weight[i] as number));
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += weightOf(i);
  const counted = (from: number, to: number): number => {
    let sum = 0;
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i] as number;
      if (score >= from && score <= to) sum += weightOf(i);
    }
    return (sum * scores.length) / total;
  };
  const bounded = y.slice();
  const last = y.length - 1;
  if (y[0] === 0) {
    const end = low < 0 ? last : low - 1;
    bounded.fill(Math.min(1 / (counted(x[0] as number, x[end] as number) + 2), low < 0 ? 1 : (y[low] as number)), 0, end + 1);
  }
  if (y[last] === 1) {
    const beside = high === 0 ? 0 : (y[high - 1] as number);
    bounded.fill(Math.max(1 - 1 / (counted(x[high] as number, x[last] as number) + 2), beside), high);
  }
  return { x, y: bounded };
}
