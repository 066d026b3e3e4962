// How far a step may go from a point within bounds, and what it makes of the products of distances and multipliers.
// A direction may be part of one and the rest of another: first + share x (second - first).

/** One direction: of the variables, and of the multipliers of their lower and upper bounds. */
export interface Direction {
  readonly dx: Float64Array;
  readonly dzl: Float64Array;
  readonly dzu: Float64Array;
}

/** `length` up to 1; `at` is the variable whose distance or multiplier (`dual`) from its lower or `upper` bound ends there, -1 for none. */
export interface Reach {
  length: number;
  at: number;
  upper: boolean;
  dual: boolean;
}

export class BoundedPoint {
  constructor(
    readonly low: Float64Array,
    readonly high: Float64Array,
    readonly hasLow: Uint8Array,
    readonly hasHigh: Uint8Array,
    readonly x: Float64Array,
    readonly zl: Float64Array,
    readonly zu: Float64Array,
  ) {}

  reach(first: Direction, second: Direction, share: number): Reach {
    const { low, high, hasLow, hasHigh, x, zl, zu } = this;
    let length = 1;
    const found: Reach = { length, at: -1, upper: false, dual: false };
    const end = (until: number, at: number, upper: boolean, dual: boolean): void => {
      length = until;
      found.at = at;
      found.upper = upper;
      found.dual = dual;
    };
    for (let j = 0; j < x.length; j++) {
      const step = (first.dx[j] as number) + share * ((second.dx[j] as number) - (first.dx[j] as number));
      if (hasLow[j] === 1) {
        const [room, z] = [(x[j] as number) - (low[j] as number), zl[j] as number];
        const dz = (first.dzl[j] as number) + share * ((second.dzl[j] as number) - (first.dzl[j] as number));
        if (room + length * step < 0) end(-room / step, j, false, false);
        if (z + length * dz < 0) end(-z / dz, j, false, true);
      }
      if (hasHigh[j] === 1) {
        const [room, z] = [(high[j] as number) - (x[j] as number), zu[j] as number];
        const dz = (first.dzu[j] as number) + share * ((second.dzu[j] as number) - (first.dzu[j] as number));
        if (room - length * step < 0) end(room / step, j, true, false);
        if (z + length * dz < 0) end(-z / dz, j, true, true);
      }
    }
    found.length = length;
    return found;
  }

  /** The sum of the products after a step of this length. */
  products({ dx, dzl, dzu }: Direction, length: number): number {
    const { low, high, hasLow, hasHigh, x, zl, zu } = this;
    let sum = 0;
    for (let j = 0; j < x.length; j++) {
      const at = (x[j] as number) + length * (dx[j] as number);
      if (hasLow[j] === 1) sum += ((zl[j] as number) + length * (dzl[j] as number)) * (at - (low[j] as number));
      if (hasHigh[j] === 1) sum += ((zu[j] as number) + length * (dzu[j] as number)) * ((high[j] as number) - at);
    }
    return sum;
  }

  /**
   * The part of a reach at which the product of what ends there is `target`, so that it does not fall far behind the others (Mehrotra 1992): 1
   * where nothing ends.
   */
  part({ dx, dzl, dzu }: Direction, { length, at, upper, dual }: Reach, target: number): number {
    if (at < 0) return 1;
    const room = upper ? (this.high[at] as number) - (this.x[at] as number) : (this.x[at] as number) - (this.low[at] as number);
    const step = upper ? -(dx[at] as number) : (dx[at] as number);
    const z = (upper ? this.zu[at] : this.zl[at]) as number;
    const dz = (upper ? dzu[at] : dzl[at]) as number;
    return dual ? (target / (room + length * step) - z) / (length * dz) : (target / (z + length * dz) - room) / (length * step);
  }
}
