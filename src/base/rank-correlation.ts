// Spearman's rank correlation: how well an order was predicted. Pairs with a NaN on either side do not count.

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

/** In [-1, 1]; null with fewer than three pairs or when one side is constant. */
export function spearman(a: Float64Array, b: Float64Array): number | null {
  const keep: number[] = [];
  for (let i = 0; i < a.length; i++) if (!Number.isNaN(a[i]) && !Number.isNaN(b[i])) keep.push(i);
  const n = keep.length;
  if (n < 3) return null;
  const x = ranks(Float64Array.from(keep, (i) => a[i] as number));
  const y = ranks(Float64Array.from(keep, (i) => b[i] as number));
  const centre = (n + 1) / 2;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    const dx = (x[i] as number) - centre;
    const dy = (y[i] as number) - centre;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}
