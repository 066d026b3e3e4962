// The regime at a decision: the level of one feature over all names, and the part of its range that the level lies in.

/** Mean over rows of what is finite; NaN where nothing is. */
export function meanOfKnown(rows: Int32Array, valueOf: (row: number) => number): number {
  let sum = 0;
  let known = 0;
  for (const row of rows) {
    const value = valueOf(row);
    if (value - value !== 0) continue;
    sum += value;
    known++;
  }
  return known === 0 ? Number.NaN : sum / known;
}

/** Values that part the known ones into thirds; fewer where they are equal. */
export function thirds(values: Float64Array): readonly number[] {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  if (known.length === 0) return [];
  const cuts = [1, 2].map((third) => known[Math.floor((third * known.length) / 3)] as number);
  return [...new Set(cuts)].filter((cut) => cut > (known[0] as number));
}

/** The part that a value lies in, from 0 on; -1 for one that is not known. A cut belongs to the part above it. */
export function regimeIn(cuts: readonly number[], value: number): number {
  return Number.isNaN(value) ? -1 : cuts.filter((cut) => value >= cut).length;
}
