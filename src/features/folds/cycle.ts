// The dominant cycle by a Hilbert transform (Ehlers 2001, Rocket Science for Traders, chapters 6 and 7), step by step as in TA-Lib.
import type { Fold } from "./fold.js";

const DEGREES = 180 / Math.PI;
/** Values of the smoothed price before the transform starts, as TA-Lib. */
const SILENT = 9;
/** Where histories begin in the cells: smoothed price (7), detrended price (7), quadrature (7), in-phase (7), newest first. */
const SMOOTH = 7;
const DETRENDER = 14;
const Q1 = 21;
const I1 = 28;
const CELLS = 35;

const num = (cells: Float64Array, k: number): number => cells[k] as number;

/** Moves a history of 7 by one and puts the new value in front. */
function push(cells: Float64Array, from: number, v: number): void {
  cells.copyWithin(from + 1, from, from + 6);
  cells[from] = v;
}

/** Truncated Hilbert transform of a history: weights 0.0962 and 0.5769 at 0, 2, 4 and 6 bars back. */
function hilbert(cells: Float64Array, from: number): number {
  return 0.0962 * (num(cells, from) - num(cells, from + 6)) + 0.5769 * (num(cells, from + 2) - num(cells, from + 4));
}

export const cycleFolds = {
  /**
   * Input: the price smoothed by weights 4, 3, 2, 1. Outputs: smoothed dominant period in bars, in [0, 50]; in-phase and quadrature
   * component. Scale-free: price x 8 leaves the period as it is.
   */
  hilbert: {
    inputs: 1,
    outputs: [[0], [1], [1]],
    params: [],
    // 0 bars seen; 1 period; 2 smoothed period; 3, 4 smoothed I2, Q2; 5, 6 smoothed Re, Im; then the histories.
    cells: () => Array.from({ length: CELLS }, (_, k) => [k <= 2 ? 0 : k === 5 || k === 6 ? 2 : 1]),
    warmup: () => 29,
    memory: () => 600,
    step: (cells, x, out) => {
      const seen = num(cells, 0);
      if (seen < 29) cells[0] = seen + 1;
      if (seen < SILENT) {
        out.fill(Number.NaN, 0, 3);
        return;
      }
      const before = num(cells, 1);
      const gain = 0.075 * before + 0.54;
      push(cells, SMOOTH, num(x, 0));
      const detrender = hilbert(cells, SMOOTH) * gain;
      push(cells, DETRENDER, detrender);
      const quadrature = hilbert(cells, DETRENDER) * gain;
      push(cells, Q1, quadrature);
      const inPhase = num(cells, DETRENDER + 3);
      push(cells, I1, inPhase);
      const jI = hilbert(cells, I1) * gain;
      const jQ = hilbert(cells, Q1) * gain;
      const i2Before = num(cells, 3);
      const q2Before = num(cells, 4);
      const i2 = 0.2 * (inPhase - jQ) + 0.8 * i2Before;
      const q2 = 0.2 * (quadrature + jI) + 0.8 * q2Before;
      const re = 0.2 * (i2 * i2Before + q2 * q2Before) + 0.8 * num(cells, 5);
      const im = 0.2 * (i2 * q2Before - q2 * i2Before) + 0.8 * num(cells, 6);
      let period = re !== 0 && im !== 0 ? 360 / (Math.atan(im / re) * DEGREES) : before;
      period = Math.max(Math.min(period, 1.5 * before), 0.67 * before);
      period = 0.2 * Math.min(Math.max(period, 6), 50) + 0.8 * before;
      if (!Number.isFinite(re + im + period)) {
        // Prices so large that their squares overflow: begin anew.
        cells.fill(0);
        out.fill(Number.NaN, 0, 3);
        return;
      }
      cells[1] = period;
      cells[2] = 0.33 * period + 0.67 * num(cells, 2);
      cells[3] = i2;
      cells[4] = q2;
      cells[5] = re;
      cells[6] = im;
      const silent = seen < 29;
      out[0] = silent ? Number.NaN : num(cells, 2);
      out[1] = silent ? Number.NaN : inPhase;
      out[2] = silent ? Number.NaN : quadrature;
    },
  },
  /**
   * Trend (1) or cycle (0) (Ehlers 2001, chapter 11; TA-Lib HT_TRENDMODE). Inputs: sine, lead sine, smoothed period, phase in degrees,
   * trend line, smoothed price.
   */
  trendMode: {
    inputs: 6,
    outputs: [[0, 0, 0, 0, 0, 0]],
    params: [],
    // Bars since the sines crossed, sine, lead sine and phase before.
    cells: () => Array.from({ length: 4 }, () => [0, 0, 0, 0, 0, 0]),
    warmup: () => 0,
    memory: () => 300,
    step: (cells, x, out) => {
      const [sine, lead, period, phase, line, price] = [num(x, 0), num(x, 1), num(x, 2), num(x, 3), num(x, 4), num(x, 5)];
      const crossed = (sine > lead && num(cells, 1) <= num(cells, 2)) || (sine < lead && num(cells, 1) >= num(cells, 2));
      const days = crossed ? 1 : Math.min(num(cells, 0) + 1, 100);
      const turn = phase - num(cells, 3);
      const cyclic = crossed || days < 0.5 * period || (turn > (0.67 * 360) / period && turn < (1.5 * 360) / period);
      const far = line !== 0 && Math.abs((price - line) / line) >= 0.015;
      cells[0] = days;
      cells[1] = sine;
      cells[2] = lead;
      cells[3] = phase;
      out[0] = far || !cyclic ? 1 : 0;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
