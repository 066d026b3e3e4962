// Sorts positions by their values, for ranks. Values that are spread evenly enough go into one bucket each, more or less; for all others
// (a few far out, as after a spike) a radix sort. Both are faster than the native sort, which moves values only.

/** Bits to a digit of the radix sort, which takes three. */
const BITS = 11;

/** Squares of bucket sizes, per value, up to which insertion within buckets is cheaper than a radix sort. */
const CROWDED = 12;

/** Scratch for up to `capacity` values. */
export class Sorter {
  /** Positions in ascending order of value, after `sort`. */
  order: Int32Array;
  private other: Int32Array;
  private readonly values: Float64Array;
  private readonly words: Uint32Array;
  private readonly keys: Uint32Array;
  private readonly counts: Int32Array;

  constructor(capacity: number) {
    this.order = new Int32Array(capacity);
    this.other = new Int32Array(capacity);
    this.values = new Float64Array(capacity);
    this.words = new Uint32Array(this.values.buffer);
    this.keys = new Uint32Array(capacity);
    this.counts = new Int32Array(Math.max(capacity, 1 << BITS));
  }

  /** Fills `order` with the positions of the finite values of `column[0..n)` and returns how many there are; equal values in any order. */
  sort(column: Float64Array, n: number): number {
    const { values, order } = this;
    let known = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < n; k++) {
      const v = column[k] as number;
      values[k] = v;
      if (v - v !== 0) continue;
      order[known++] = k;
      if (v < least) least = v;
      if (v > most) most = v;
    }
    if (!this.intoBuckets(known, least, most)) this.byDigits(known);
    this.insert(known);
    return known;
  }

  /** As many buckets of equal width as there are values. Changes nothing and returns false when too many would share one. */
  private intoBuckets(known: number, least: number, most: number): boolean {
    const { values, keys, order, counts } = this;
    const scale = (known - 1) / (most - least);
    // All equal, or so far apart that their distance is no number.
    if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return false;
    counts.fill(0, 0, known);
    let squares = 0;
    for (let k = 0; k < known; k++) {
      const position = order[k] as number;
      // Rounds alike for all, so a larger value is never in a lower bucket.
      const bucket = (((values[position] as number) - least) * scale) | 0;
      keys[position] = bucket;
      const count = counts[bucket] as number;
      squares += 2 * count + 1;
      counts[bucket] = count + 1;
    }
    if (squares > CROWDED * known) return false;
    this.place(known, known, 0, -1);
    return true;
  }

  /** By the upper 32 bits (sign, exponent, 20 bits of fraction), of which the highest three digits that differ. */
  private byDigits(known: number): void {
    const { words, keys, order, counts } = this;
    let least = 0xffff_ffff;
    let most = 0;
    for (let k = 0; k < known; k++) {
      const position = order[k] as number;
      // Unsigned keys that sort as the values do.
      const word = words[2 * position + 1] as number;
      const key = word >>> 31 === 1 ? ~word >>> 0 : (word | 0x8000_0000) >>> 0;
      keys[position] = key;
      if (key < least) least = key;
      if (key > most) most = key;
    }
    for (let k = 0; k < known; k++) {
      const position = order[k] as number;
      keys[position] = (keys[position] as number) - least;
    }
    const digits = 1 << BITS;
    for (let shift = 0; shift < 32 - Math.clz32(most - least); shift += BITS) {
      counts.fill(0, 0, digits);
      for (let k = 0; k < known; k++) {
        const digit = ((keys[this.order[k] as number] as number) >>> shift) & (digits - 1);
        counts[digit] = (counts[digit] as number) + 1;
      }
      this.place(known, digits, shift, digits - 1);
    }
  }

  /** From the counts of the digits `key >>> shift & mask`: a stable pass. */
  private place(known: number, digits: number, shift: number, mask: number): void {
    const { keys, counts, order, other } = this;
    for (let digit = 0, sum = 0; digit < digits; digit++) {
      const count = counts[digit] as number;
      counts[digit] = sum;
      sum += count;
    }
    for (let k = 0; k < known; k++) {
      const position = order[k] as number;
      const digit = ((keys[position] as number) >>> shift) & mask;
      const place = counts[digit] as number;
      counts[digit] = place + 1;
      other[place] = position;
    }
    this.order = other;
    this.other = order;
  }

  /** What the passes do not tell apart. */
  private insert(known: number): void {
    const { order, values } = this;
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
  }
}
