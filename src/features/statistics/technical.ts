// Statistics of windows that chart indicators need beyond moments and extremes.
import type { Statistic } from "./statistic.js";

const at = (x: Float64Array, k: number): number => x[k] as number;

const waves: Float64Array[] = [];

/** Sine and cosine of k / bars of a turn, for k from 0: made once for each length. */
function waveOf(bars: number): Float64Array {
  let wave = waves[bars];
  if (wave === undefined) {
    wave = new Float64Array(2 * bars);
    for (let k = 0; k < bars; k++) {
      wave[2 * k] = Math.sin((2 * Math.PI * k) / bars);
      wave[2 * k + 1] = Math.cos((2 * Math.PI * k) / bars);
    }
    waves[bars] = wave;
  }
  return wave;
}

export const technicalStatistics = {
  /** Bars since the highest value; of equal ones the latest (TA-Lib AROON, MAXINDEX). */
  sinceHighest: {
    series: 1,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      let best = from;
      for (let k = from + 1; k < from + n; k++) if (at(x, k) >= at(x, best)) best = k;
      return from + n - 1 - best;
    },
  },
  /** Bars since the lowest value; of equal ones the latest (TA-Lib AROON, MININDEX). */
  sinceLowest: {
    series: 1,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      let best = from;
      for (let k = from + 1; k < from + n; k++) if (at(x, k) <= at(x, best)) best = k;
      return from + n - 1 - best;
    },
  },
  /** Mean absolute deviation from the mean (Lambert 1980; TA-Lib AVGDEV). */
  averageDeviation: {
    series: 1,
    least: 2,
    powers: [1, 0],
    params: [],
    value: (x, _, from, n) => {
      let sum = 0;
      for (let k = from; k < from + n; k++) sum += at(x, k);
      const mean = sum / n;
      let away = 0;
      for (let k = from; k < from + n; k++) away += Math.abs(at(x, k) - mean);
      return away / n;
    },
  },
  /** Mean of the latest p values of `x`, p the latest `y` cut to a whole number within [least, n] (TA-Lib MAVP with plain averages). */
  variableMean: {
    series: 2,
    least: 2,
    powers: [1, 0],
    params: ["least"],
    value: (x, y, from, n, [least = 2]) => {
      const bars = Math.min(Math.max(Math.trunc(at(y, from + n - 1)), least), n);
      let sum = 0;
      for (let k = from + n - bars; k < from + n; k++) sum += at(x, k);
      return sum / bars;
    },
  },
  /**
   * Phase of the dominant cycle in degrees, in [-45, 315] (Ehlers 2001, chapter 9; TA-Lib HT_DCPHASE): `x` is the smoothed price, the
   * latest `y` the smoothed period. NaN without a period.
   */
  cyclePhase: {
    series: 2,
    least: 50,
    powers: [0, 0],
    params: [],
    value: (x, y, from, n) => {
      const last = from + n - 1;
      const period = at(y, last);
      const bars = Math.min(Math.floor(period + 0.5), n);
      if (bars < 1) return Number.NaN;
      let real = 0;
      let imaginary = 0;
      const wave = waveOf(bars);
      for (let k = 0; k < bars; k++) {
        real += at(wave, 2 * k) * at(x, last - k);
        imaginary += at(wave, 2 * k + 1) * at(x, last - k);
      }
      let phase = 90 + 360 / period;
      if (imaginary !== 0) phase += (Math.atan(real / imaginary) * 180) / Math.PI;
      else phase += 90 * Math.sign(real);
      if (imaginary < 0) phase += 180;
      if (phase > 315) phase -= 360;
      return phase;
    },
  },
  /** Sine of the latest value plus `offset`, both in degrees (TA-Lib HT_SINE). */
  sine: {
    series: 1,
    least: 1,
    powers: [0, 0],
    params: ["offset"],
    value: (x, _, from, n, [offset = 0]) => Math.sin(((at(x, from + n - 1) + offset) * Math.PI) / 180),
  },
  /** Share of the window's earlier values that are below the latest one (Connors 2012; TA-Lib PERCENTRANK / 100). */
  shareBelow: {
    series: 1,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      const last = from + n - 1;
      let below = 0;
      for (let k = from; k < last; k++) below += Number(at(x, k) < at(x, last));
      return below / (n - 1);
    },
  },
  /** Root mean square of the drawdowns from the highest value of the window so far (Martin and McCann 1989, ulcer index). */
  ulcer: {
    series: 1,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      let top = at(x, from);
      let squares = 0;
      for (let k = from; k < from + n; k++) {
        const v = at(x, k);
        if (v > top) top = v;
        if (top <= 0) return Number.NaN;
        squares += (v / top - 1) ** 2;
      }
      return Math.sqrt(squares / n);
    },
  },
  /** Ehlers' center of gravity (2002): bars back at which the window balances, less the middle, in units of the window: in [-0.5, 0.5]. */
  balance: {
    series: 1,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      let sum = 0;
      let moment = 0;
      for (let k = from; k < from + n; k++) {
        sum += at(x, k);
        moment += at(x, k) * (k - from - (n - 1) / 2);
      }
      return sum > 0 ? moment / sum / n : Number.NaN;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
