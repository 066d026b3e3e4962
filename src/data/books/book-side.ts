// One side of an order book: price levels in sorted arrays, the best at the end, so that what changes most is found and moved first.
// Keys are ticks for bids and negated ticks for asks: the best is always the greatest. Never holds a level of size 0.

const FIRST_ROOM = 1024;
/** Levels looked at one by one from the best before the search halves: most changes happen here. */
const NEAR = 12;

export class BookSide {
  /** Ascending; the first `count` are in use. */
  private keys: Float64Array = new Float64Array(FIRST_ROOM);
  private sizes: Float64Array = new Float64Array(FIRST_ROOM);
  count = 0;

  /** `sign`: +1 for bids, -1 for asks. */
  constructor(readonly sign: 1 | -1) {}

  /** Sets the total size at a price; 0 takes the level away. */
  set(ticks: number, size: number): void {
    const key = ticks * this.sign;
    const at = this.place(key);
    if (at < this.count && this.keys[at] === key) {
      if (size === 0) this.removeAt(at);
      else this.sizes[at] = size;
    } else if (size !== 0) this.insertAt(at, key, size);
  }

  /** Total size at a price; 0 when there is none. */
  sizeAt(ticks: number): number {
    const key = ticks * this.sign;
    const at = this.place(key);
    return at < this.count && this.keys[at] === key ? (this.sizes[at] as number) : 0;
  }

  /** Ticks of the `rank`-th best level (0 the best); NaN when there is none. */
  ticksOf(rank: number): number {
    const at = this.count - 1 - rank;
    return at < 0 ? Number.NaN : (this.keys[at] as number) * this.sign;
  }

  /** Size of the `rank`-th best level; 0 when there is none. */
  sizeOf(rank: number): number {
    const at = this.count - 1 - rank;
    return at < 0 ? 0 : (this.sizes[at] as number);
  }

  clear(): void {
    this.count = 0;
  }

  /** Takes the best level away. */
  dropBest(): void {
    if (this.count > 0) this.count--;
  }

  /** Ticks and sizes in turn, best first. */
  levels(): number[] {
    const out: number[] = [];
    for (let rank = 0; rank < this.count; rank++) out.push(this.ticksOf(rank), this.sizeOf(rank));
    return out;
  }

  /** Index of the key, or where it would be put. */
  private place(key: number): number {
    const { keys, count } = this;
    const near = count > NEAR ? count - NEAR : 0;
    let at = count;
    while (at > near && (keys[at - 1] as number) >= key) at--;
    if (at > near || near === 0) return at;
    let low = 0;
    let high = near;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insertAt(at: number, key: number, size: number): void {
    if (this.count === this.keys.length) this.grow();
    const { keys, sizes, count } = this;
    // Near the best a loop is quicker than a call.
    if (count - at <= NEAR) {
      for (let k = count; k > at; k--) {
        keys[k] = keys[k - 1] as number;
        sizes[k] = sizes[k - 1] as number;
      }
    } else {
      keys.copyWithin(at + 1, at, count);
      sizes.copyWithin(at + 1, at, count);
    }
    keys[at] = key;
    sizes[at] = size;
    this.count = count + 1;
  }

  private removeAt(at: number): void {
    const { keys, sizes, count } = this;
    if (count - at <= NEAR) {
      for (let k = at + 1; k < count; k++) {
        keys[k - 1] = keys[k] as number;
        sizes[k - 1] = sizes[k] as number;
      }
    } else {
      keys.copyWithin(at, at + 1, count);
      sizes.copyWithin(at, at + 1, count);
    }
    this.count = count - 1;
  }

  private grow(): void {
    const wider = (old: Float64Array): Float64Array => {
      const fresh = new Float64Array(old.length * 2);
      fresh.set(old);
      return fresh;
    };
    this.keys = wider(this.keys);
    this.sizes = wider(this.sizes);
  }
}
