// Ranks and z-scores over the members of one frame. `column[k]` belongs to instrument `rows[k]`, and its result goes to `out[rows[k]]`.
// Values that are not finite take no part and get no result: the caller fills `out` with NaN beforehand.

/** Eleven bits to a digit, three digits to a key. */
const DIGITS = 2048;

/** Scratch for sorting the positions of up to `capacity` values: faster than the native sort, which moves values only. */
export class Sorter {
  /** Positions in ascending order of value, after `sort`. */
  readonly order: Int32Array;
  private readonly words: Uint32Array;
  private readonly values: Float64Array;
  private readonly keys: Uint32Array;
  private readonly other: Int32Array;
  /** Where the next position with a digit goes. */
  private readonly low = new Int32Array(DIGITS);
  private readonly middle = new Int32Array(DIGITS);
  private readonly high = new Int32Array(DIGITS);

  constructor(capacity: number) {
    this.order = new Int32Array(capacity);
    this.values = new Float64Array(capacity);
    this.words = new Uint32Array(this.values.buffer);
    this.keys = new Uint32Array(capacity);
    this.other = new Int32Array(capacity);
  }

  /**
   * Fills `order` with the positions of the finite values of `column[0..n)` and returns how many there are; equal values in any order.
   * A radix sort of the upper 32 bits (sign, exponent, 20 bits of fraction), then insertion for what these do not tell apart.
   */
  sort(column: Float64Array, n: number): number {
    const { order, values, keys, other, low, middle, high } = this;
    const known = this.count(column, n);
    for (let k = 0; k < n; k++) {
      const v = values[k] as number;
      if (v - v !== 0) continue;
      const digit = (keys[k] as number) & 2047;
      const place = low[digit] as number;
      low[digit] = place + 1;
      order[place] = k;
    }
    for (let k = 0; k < known; k++) {
      const position = order[k] as number;
      const digit = ((keys[position] as number) >>> 11) & 2047;
      const place = middle[digit] as number;
      middle[digit] = place + 1;
      other[place] = position;
    }
    for (let k = 0; k < known; k++) {
      const position = other[k] as number;
      const digit = (keys[position] as number) >>> 22;
      const place = high[digit] as number;
      high[digit] = place + 1;
      order[place] = position;
    }
    for (let k = 1; k < known; k++) {
      const position = order[k] as number;
      const v = values[position] as number;
      let to = k;
      while (to > 0 && (values[order[to - 1] as number] as number) > v) {
        order[to] = order[to - 1] as number;
        to--;
      }
      order[to] = position;
    }
    return known;
  }

  /** Makes unsigned keys that sort as the finite values do, and from their digits the places. */
  private count(column: Float64Array, n: number): number {
    const { values, words, keys, low, middle, high } = this;
    low.fill(0);
    middle.fill(0);
    high.fill(0);
    let known = 0;
    for (let k = 0; k < n; k++) {
      const v = column[k] as number;
      values[k] = v;
      if (v - v !== 0) continue;
      known++;
      const word = words[2 * k + 1] as number;
      const key = word >>> 31 === 1 ? ~word >>> 0 : (word | 0x8000_0000) >>> 0;
      keys[k] = key;
      low[key & 2047] = (low[key & 2047] as number) + 1;
      middle[(key >>> 11) & 2047] = (middle[(key >>> 11) & 2047] as number) + 1;
      high[key >>> 22] = (high[key >>> 22] as number) + 1;
    }
    let lowSum = 0;
    let middleSum = 0;
    let highSum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const lowCount = low[digit] as number;
      const middleCount = middle[digit] as number;
      const highCount = high[digit] as number;
      low[digit] = lowSum;
      middle[digit] = middleSum;
      high[digit] = highSum;
      lowSum += lowCount;
      middleSum += middleCount;
      highSum += highCount;
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
