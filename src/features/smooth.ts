// The recursive average y += alpha (x - y), seeded with the mean of the first `bars` known values (TA-Lib EMA; Wilder's with alpha 1/n).
// A value that is not finite gives NaN at that bar and leaves the memory as it was.
import type { Kernel, Lane, Shape } from "./kernel.js";
import type { Memory, Region } from "./memory.js";

export interface SmoothState {
  /** Values seen while seeding, at most `bars`. */
  readonly count: Region;
  /** The mean of those while seeding, then the average. */
  readonly value: Region;
}

export function claimSmooth(memory: Memory, splitExponent: number): SmoothState {
  return { count: memory.claim(1, 0, 0), value: memory.claim(1, splitExponent, 0) };
}

export class Smooth implements Kernel {
  private readonly width: number;
  private readonly bar: Int32Array;
  private readonly xRing: Float64Array;
  private readonly xMask: number;
  private readonly xLag: number;
  private readonly outRing: Float64Array;
  private readonly outMask: number;
  private readonly count: Float64Array;
  private readonly value: Float64Array;

  constructor(
    private readonly bars: number,
    private readonly alpha: number,
    x: Lane,
    out: Lane,
    state: SmoothState,
    memory: Memory,
    shape: Shape,
  ) {
    this.width = shape.width;
    this.bar = shape.bar;
    this.xRing = x.ring;
    this.xMask = x.mask;
    this.xLag = x.lag;
    this.outRing = out.ring;
    this.outMask = out.mask;
    this.count = memory.view(state.count);
    this.value = memory.view(state.value);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, xRing, xMask, xLag, outRing, outMask, count, value, bars, alpha } = this;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const x = xRing[Math.imul((t - xLag) & xMask, width) + i] as number;
      let y = Number.NaN;
      if (x - x === 0) {
        const last = value[i] as number;
        const seen = count[i] as number;
        // Seeding is a running mean, which cannot overflow as a sum can.
        y = seen === bars ? last + alpha * (x - last) : last + (x - last) / (seen + 1);
        value[i] = y;
        if (seen < bars) {
          count[i] = seen + 1;
          if (seen + 1 < bars) y = Number.NaN;
        }
      }
      outRing[Math.imul(t & outMask, width) + i] = y;
    }
  }
}
