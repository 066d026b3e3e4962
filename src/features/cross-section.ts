// Ranks and z-scores over the members of one frame. `column[k]` belongs to instrument `rows[k]`, and its result goes to `out[rows[k]]`.
// Values that are not finite take no part and get no result: the caller fills `out` with NaN beforehand.

/** Scratch for sorting up to `capacity` values with their positions. */
export class Sorter {
  private readonly keys: Float64Array;
  private readonly words: Uint32Array;
  /** Low bits of a key that give way to the position. */
  private readonly positionMask: number;
  readonly order: Int32Array;

  constructor(capacity: number) {
    this.keys = new Float64Array(capacity);
    this.words = new Uint32Array(this.keys.buffer);
    this.order = new Int32Array(capacity);
    this.positionMask = 2 ** Math.ceil(Math.log2(Math.max(2, capacity))) - 1;
  }

  /**
   * Fills `order` with the positions of the finite values in ascending order and returns how many there are; equal values in any order.
   * The native sort moves bare numbers only, so each carries its position in its lowest bits; what that blurs is put right after.
   */
  sort(column: Float64Array, n: number): number {
    const { keys, words, positionMask, order } = this;
    let known = 0;
    for (let k = 0; k < n; k++) {
      const v = column[k] as number;
      if (v - v !== 0) continue;
      keys[known] = v;
      words[2 * known] = (((words[2 * known] as number) & ~positionMask) | k) >>> 0;
      known++;
    }
    keys.subarray(0, known).sort();
    for (let k = 0; k < known; k++) {
      const position = (words[2 * k] as number) & positionMask;
      const v = column[position] as number;
      let to = k;
      while (to > 0 && (column[order[to - 1] as number] as number) > v) {
        order[to] = order[to - 1] as number;
        to--;
      }
      order[to] = position;
    }
    return known;
  }
}

/** Percentiles in [-0.5, 0.5]: (average rank - 0.5) / n - 0.5 with ranks 1..n; ties share their average rank. */
export function writeRanks(column: Float64Array, rows: Int32Array, n: number, out: Float64Array, sorter: Sorter): void {
  const known = sorter.sort(column, n);
  const { order } = sorter;
  for (let from = 0; from < known; ) {
    const v = column[order[from] as number] as number;
    let to = from + 1;
    while (to < known && column[order[to] as number] === v) to++;
    // The average of ranks from+1 .. to, less a half.
    const percentile = (from + to) / (2 * known) - 0.5;
    for (; from < to; from++) out[rows[order[from] as number] as number] = percentile;
  }
}

/** (x - mean) / population standard deviation; two passes in row order, so the bits depend on nothing but the values. */
export function writeZscores(column: Float64Array, rows: Int32Array, n: number, out: Float64Array): void {
  let known = 0;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const v = column[k] as number;
    if (v - v !== 0) continue;
    known++;
    sum += v;
  }
  const mean = sum / known;
  let squares = 0;
  for (let k = 0; k < n; k++) {
    const d = (column[k] as number) - mean;
    if (d - d === 0) squares += d * d;
  }
  const deviation = Math.sqrt(squares / known);
  for (let k = 0; k < n; k++) {
    const v = column[k] as number;
    if (v - v === 0 && deviation > 0) out[rows[k] as number] = (v - mean) / deviation;
  }
}
