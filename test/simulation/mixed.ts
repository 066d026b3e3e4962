// Chance without a state: what a stage draws follows from the numbers alone.

/** Uniform in [0, 1) (the finalizer of MurmurHash3). */
export function mixed(...numbers: readonly number[]): number {
  let h = 0x9747b28c;
  for (const number of numbers) {
    h = Math.imul(h ^ number, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return (h >>> 0) / 2 ** 32;
}
