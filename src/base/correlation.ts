// Correlations of what was predicted with what came: of the values, and of their ranks. Pairs with a NaN on either side do not count.

/** Ranks from 1, ties get their average rank. No NaN. */
export function ranks(values: Float64Array): Float64Array {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const out = new Float64Array(n);
  for (let start = 0; start < n; ) {
    let end = start + 1;
    const value = values[order[start] as number];
    while (end < n && values[order[end] as number] === value) end++;
    for (let i = start; i < end; i++) out[order[i] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return out;
}

/** Spearman's. In [-1, 1]; null with fewer than three pairs or when one side is constant. */
export function spearman(a: Float64Array, b: Float64Array): number | null {
  const [x, y] = pairs(a, b);
  return correlation(ranks(x), ranks(y));
}

/** Pearson's. In [-1, 1]; null with fewer than three pairs or when one side is constant. */
export function pearson(a: Float64Array, b: Float64Array): number | null {
  return correlation(...pairs(a, b));
}

function pairs(a: Float64Array, b: Float64Array): readonly [Float64Array, Float64Array] {
  const keep: number[] = [];
  for (let i = 0; i < a.length; i++) if (!Number.isNaN(a[i]) && !Number.isNaN(b[i])) keep.push(i);
  return [Float64Array.from(keep, (i) => a[i] as number), Float64Array.from(keep, (i) => b[i] as number)];
}

function correlation(x: Float64Array, y: Float64Array): number | null {
  const n = x.length;
  if (n < 3) return null;
  const xMean = x.reduce((sum, value) => sum + value, 0) / n;
  const yMean = y.reduce((sum, value) => sum + value, 0) / n;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    const dx = (x[i] as number) - xMean;
    const dy = (y[i] as number) - yMean;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}
