// The memory of a plan: one Float64Array, state first (what a snapshot holds), scratch behind it. Regions are claimed before it exists.
// A region is `[slot][instrument]`, or `[instrument][slot]` where all of an instrument's slots are read together; it begins as NaN ("not
// known"), and a split multiplies it by ratio to its exponent.

export interface Region {
  readonly slots: number;
  readonly splitExponent: number;
  readonly fill: number;
  readonly scratch: boolean;
  /** One exponent per slot where all of an instrument's slots are together. */
  readonly byInstrument: readonly number[] | null;
  /** First element in the memory; set when the memory is made. */
  offset: number;
}

export class Memory {
  private readonly regions: Region[] = [];
  private data = new Float64Array(0);
  /** Elements of state, at the front. */
  private stateLength = 0;

  constructor(readonly instruments: number) {}

  claim(slots: number, splitExponent: number, fill = Number.NaN): Region {
    return this.add({ slots, splitExponent, fill, scratch: false, byInstrument: null, offset: 0 });
  }

  /** `[instrument][slot]`, as many slots as exponents. */
  claimByInstrument(exponents: readonly number[], fill: number): Region {
    return this.add({ slots: exponents.length, splitExponent: 0, fill, scratch: false, byInstrument: exponents, offset: 0 });
  }

  /** Recomputed for each frame: in no snapshot, untouched by splits. */
  claimScratch(fill = Number.NaN): Region {
    return this.add({ slots: 1, splitExponent: 0, fill, scratch: true, byInstrument: null, offset: 0 });
  }

  /** Makes the memory. Views can be taken from here on. */
  allocate(): void {
    let at = 0;
    for (const scratch of [false, true]) {
      for (const region of this.regions) {
        if (region.scratch !== scratch) continue;
        region.offset = at;
        at += region.slots * this.instruments;
      }
      if (!scratch) this.stateLength = at;
    }
    this.data = new Float64Array(at);
    for (const region of this.regions) this.view(region).fill(region.fill);
  }

  /** All of it. */
  get all(): Float64Array {
    return this.data;
  }

  view(region: Region): Float64Array {
    return this.data.subarray(region.offset, region.offset + region.slots * this.instruments);
  }

  get state(): Float64Array {
    return this.data.subarray(0, this.stateLength);
  }

  /** Rescales all state of one instrument as if its earlier bars had been quoted on the basis after the split. */
  split(instrument: number, ratio: number): void {
    const { data, instruments } = this;
    for (const { slots, offset, splitExponent, byInstrument } of this.regions) {
      if (byInstrument !== null) {
        const first = offset + instrument * slots;
        for (let k = 0; k < slots; k++) {
          if (byInstrument[k] !== 0) data[first + k] = (data[first + k] as number) * ratio ** (byInstrument[k] as number);
        }
      } else if (splitExponent !== 0) {
        const factor = ratio ** splitExponent;
        const end = offset + slots * instruments;
        for (let at = offset + instrument; at < end; at += instruments) data[at] = (data[at] as number) * factor;
      }
    }
  }

  private add(region: Region): Region {
    this.regions.push(region);
    return region;
  }
}
