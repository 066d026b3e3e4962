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
