// One side of a book by price, for speed: sizes in a flat array around the best price, a bit per level to find the next one, and a map for
// levels far from it. Keys are ticks for bids and negated ticks for asks, so that the best is always the greatest.

/** Levels within the array: half of them better than where it was centered. */
const WIDTH = 1 << 16;
const QUARTER = WIDTH >> 2;

export class Ladder {
  /** Key of the best level that is shown; -Infinity when there is none. */
  best = Number.NEGATIVE_INFINITY;
  private sizes = new Float64Array(WIDTH);
  private bits = new Int32Array(WIDTH >> 5);
  /** Key of the array's first place; NaN before the first level. */
  private base = Number.NaN;
  private readonly far = new Map<number, number>();
  private near = 0;

  /** `sign`: +1 for bids, -1 for asks. */
  constructor(readonly sign: 1 | -1) {}

  /** Ticks of the best level; NaN when there is none. */
  get bestTicks(): number {
    return this.best === Number.NEGATIVE_INFINITY ? Number.NaN : this.best * this.sign;
  }

  /** Total size at a key; 0 when there is no level. */
  at(key: number): number {
    const place = key - this.base;
    if (place >= 0 && place < WIDTH) return this.sizes[place] as number;
    return this.far.get(key) ?? 0;
  }

  /** Sets the total size at a key and returns the size before; 0 takes the level away. */
  set(key: number, size: number): number {
    const place = key - this.base;
    // Written so that NaN, an empty ladder, goes the long way.
    if (!(place >= 0 && place < WIDTH)) return this.setFar(key, size);
    const before = this.sizes[place] as number;
    this.sizes[place] = size;
    if (size > 0) {
      if (before === 0) {
        this.near++;
        this.bits[place >> 5] = (this.bits[place >> 5] as number) | (1 << (place & 31));
      }
      if (key > this.best) {
        this.best = key;
        if (place < QUARTER || place >= WIDTH - QUARTER) this.center(key);
      }
    } else {
      if (before > 0) {
        this.near--;
        this.bits[place >> 5] = (this.bits[place >> 5] as number) & ~(1 << (place & 31));
      }
      if (key === this.best) this.best = this.below(key);
    }
    return before;
  }

  /** The best level below a key that holds something; -Infinity when there is none. */
  below(key: number): number {
    const place = Math.min(key - this.base, WIDTH) - 1;
    const found = this.near > 0 && place >= 0 ? this.lastBit(place) : -1;
    const nearest = found < 0 ? Number.NEGATIVE_INFINITY : this.base + found;
    // Far levels are better than those of the array only where the key lies above it.
    if (this.far.size === 0 || (found >= 0 && key <= this.base + WIDTH)) return nearest;
    return Math.max(nearest, this.bestFar(key));
  }

  /** Levels at or above a key are no longer shown: the other side has gone through them. They keep their sizes until told otherwise. */
  hideFrom(key: number): void {
    if (this.best >= key) this.best = this.below(key);
  }

  clear(): void {
    this.best = Number.NEGATIVE_INFINITY;
    if (this.near > 0) {
      this.sizes.fill(0);
      this.bits.fill(0);
    }
    this.near = 0;
    this.far.clear();
    this.base = Number.NaN;
  }

  private setFar(key: number, size: number): number {
    if (Number.isNaN(this.base)) {
      if (size === 0) return 0;
      this.base = key - (WIDTH >> 1);
      return this.set(key, size);
    }
    const before = this.far.get(key) ?? 0;
    if (size > 0) this.far.set(key, size);
    else this.far.delete(key);
    if (size > 0 && key > this.best) {
      this.best = key;
      this.center(key);
    } else if (size === 0 && key === this.best) this.best = this.below(key);
    return before;
  }

  /** Last set bit at or before a place; -1 when there is none. */
  private lastBit(place: number): number {
    let word = place >> 5;
    let held = (this.bits[word] as number) & (-1 >>> (31 - (place & 31)));
    while (held === 0) {
      if (--word < 0) return -1;
      held = this.bits[word] as number;
    }
    return (word << 5) + 31 - Math.clz32(held);
  }

  private bestFar(key: number): number {
    let best = Number.NEGATIVE_INFINITY;
    for (const other of this.far.keys()) if (other < key && other > best) best = other;
    return best;
  }

  /** Moves the array so that a key lies in its middle. */
  private center(key: number): void {
    const { sizes, base } = this;
    const fresh = key - (WIDTH >> 1);
    const moved = new Float64Array(WIDTH);
    for (let place = 0; place < WIDTH; place++) {
      const size = sizes[place] as number;
      if (size === 0) continue;
      const to = base + place - fresh;
      if (to >= 0 && to < WIDTH) moved[to] = size;
      else this.far.set(base + place, size);
    }
    for (const [other, size] of this.far) {
      const to = other - fresh;
      if (to < 0 || to >= WIDTH) continue;
      moved[to] = size;
      this.far.delete(other);
    }
    this.base = fresh;
    this.sizes = moved;
    this.bits.fill(0);
    this.near = 0;
    for (let place = 0; place < WIDTH; place++) {
      if (moved[place] === 0) continue;
      this.near++;
      this.bits[place >> 5] = (this.bits[place >> 5] as number) | (1 << (place & 31));
    }
  }
}
