// Statistics of the periodogram of a window less its mean; the window's length must be a power of two. NaN without spread.
import { deviations } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { rememberWindow } from "./window-memo.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

/** What a transform of `half` complex numbers needs, and the one of 2 x half real ones that is made of it. */
interface Tables {
  /** Place of each number in the order of reversed bits. */
  readonly reversed: Int32Array;
  /** cos and sin of 2 pi k / (2 half) at k of [0, half]. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
}
const known = new Map<number, Tables>();

function tablesOf(half: number): Tables {
  let tables = known.get(half);
  if (tables === undefined) {
    const bits = Math.log2(half);
    const reverse = (k: number): number => {
      let r = 0;
      for (let b = 0; b < bits; b++) r |= ((k >> b) & 1) << (bits - 1 - b);
      return r;
    };
    tables = {
      reversed: Int32Array.from({ length: half }, (_, k) => reverse(k)),
      cos: Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((Math.PI * k) / half)),
      sin: Float64Array.from({ length: half + 1 }, (_, k) => Math.sin((Math.PI * k) / half)),
      re: new Float64Array(half),
      im: new Float64Array(half),
    };
    known.set(half, tables);
  }
  return tables;
}

/** Transform of `re + i im`, at least four numbers, which stand in the order of reversed bits (Cooley and Tukey 1965). */
function transform({ re, im, cos, sin }: Tables, half: number): void {
  // The first two rounds at once: they need no products.
  for (let p = 0; p < half; p += 4) {
    const ar = (re[p] as number) + (re[p + 1] as number);
    const ai = (im[p] as number) + (im[p + 1] as number);
    const br = (re[p] as number) - (re[p + 1] as number);
    const bi = (im[p] as number) - (im[p + 1] as number);
    const cr = (re[p + 2] as number) + (re[p + 3] as number);
    const ci = (im[p + 2] as number) + (im[p + 3] as number);
    const dr = (re[p + 2] as number) - (re[p + 3] as number);
    const di = (im[p + 2] as number) - (im[p + 3] as number);
    re[p] = ar + cr;
    im[p] = ai + ci;
    re[p + 1] = br + di;
    im[p + 1] = bi - dr;
    re[p + 2] = ar - cr;
    im[p + 2] = ai - ci;
    re[p + 3] = br - di;
    im[p + 3] = bi + dr;
  }
  for (let span = 4; span < half; span *= 2) {
    const step = (half / span) | 0;
    for (let start = 0; start < half; start += 2 * span) {
      for (let k = 0; k < span; k++) {
        const p = start + k;
        const q = p + span;
        const c = cos[k * step] as number;
        const s = sin[k * step] as number;
        const a = (re[q] as number) * c + (im[q] as number) * s;
        const b = (im[q] as number) * c - (re[q] as number) * s;
        re[q] = (re[p] as number) - a;
        im[q] = (im[p] as number) - b;
        re[p] = (re[p] as number) + a;
        im[p] = (im[p] as number) + b;
      }
    }
  }
}

/**
 * Power at frequencies k / n for k of [1, n / 2] as shares of all, at place from + k - 1; both signs of a frequency count. The values at
 * even and odd places are transformed as the two parts of complex numbers (Press et al. 2007, section 12.3).
 */
const powers = rememberWindow((x, from, n, out) => {
  const d = deviations(x, from, n);
  const half = n >> 1;
  const tables = tablesOf(half);
  const { reversed, cos, sin, re, im } = tables;
  for (let k = 0; k < half; k++) {
    const at = from + 2 * (reversed[k] as number);
    re[k] = d[at] as number;
    im[k] = d[at + 1] as number;
  }
  transform(tables, half);
  const last = (re[0] as number) - (im[0] as number);
  let total = last * last;
  out[from + half - 1] = total;
  for (let k = 1; k < half; k++) {
    const m = half - k;
    // Twice the transforms of the even places, e, and of the odd ones, o.
    const er = (re[k] as number) + (re[m] as number);
    const ei = (im[k] as number) - (im[m] as number);
    const or = (im[k] as number) + (im[m] as number);
    const oi = (re[m] as number) - (re[k] as number);
    const c = cos[k] as number;
    const s = sin[k] as number;
    const real = er + c * or + s * oi;
    const imaginary = ei + c * oi - s * or;
    const power = (real * real + imaginary * imaginary) / 2;
    out[from + k - 1] = power;
    total += power;
  }
  for (let k = from; k < from + half; k++) out[k] = (out[k] as number) / total;
});

/** Weights of the log powers at the lowest frequencies in their least-squares slope on log(4 sin^2(pi f)), by `n` / `count`. */
const slopeWeights = new Map<string, Float64Array>();
function slopeWeightsOf(n: number, count: number): Float64Array {
  const key = `${n}/${count}`;
  let weights = slopeWeights.get(key);
  if (weights === undefined) {
    weights = Float64Array.from({ length: count }, (_, k) => Math.log(4 * Math.sin((Math.PI * (k + 1)) / n) ** 2));
    const mean = weights.reduce((sum, u) => sum + u / count, 0);
    const spread = weights.reduce((sum, u) => sum + (u - mean) ** 2, 0);
    weights = weights.map((u) => (u - mean) / spread);
    slopeWeights.set(key, weights);
  }
  return weights;
}

export const spectrumStatistics = {
  /** Entropy of the power over n / 2 + 1 frequencies as a share of its maximum (Inouye et al. 1991; antropy spectral_entropy), in [0, 1]. */
  spectralEntropy: {
    ...plain,
    least: 8,
    value: (x, _, from, n) => {
      const power = powers(x, from, n);
      let sum = 0;
      for (let k = from; k < from + (n >> 1); k++) {
        const p = power[k] as number;
        if (p !== 0) sum -= p * Math.log(p);
      }
      return Math.max(0, Math.min(1, sum / Math.log(n / 2 + 1)));
    },
  },
  /** Share of the power at periods from one length up to another, in bars, ends included; in [0, 1]. */
  bandPower: {
    ...plain,
    least: 8,
    params: ["shortest period", "longest period"],
    value: (x, _, from, n, [shortest = 2, longest = 8]) => {
      const power = powers(x, from, n);
      let sum = 0;
      const end = Math.min(n / 2, n / shortest) | 0;
      for (let k = Math.ceil(n / longest) | 0; k <= end; k++) sum += power[from + k - 1] as number;
      return Math.min(1, sum);
    },
  },
  /** Frequency with the most power, in cycles per bar, in (0, 0.5]. */
  peakFrequency: {
    ...plain,
    least: 8,
    value: (x, _, from, n) => {
      const power = powers(x, from, n);
      let peak = 0;
      for (let k = 1; k < n >> 1; k++) if ((power[from + k] as number) > (power[from + peak] as number)) peak = k;
      return power[from] === power[from] ? (peak + 1) / n : Number.NaN;
    },
  },
  /** Share of the power at its strongest frequency, in (0, 1]: Fisher 1929, the g statistic of periodicity. */
  fisherG: {
    ...plain,
    least: 8,
    value: (x, _, from, n) => {
      const power = powers(x, from, n);
      let peak = 0;
      for (let k = from; k < from + (n >> 1); k++) peak = Math.max(peak, power[k] as number);
      return Math.min(1, peak);
    },
  },
  /**
   * Geweke and Porter-Hudak 1983: memory parameter d, minus the slope of log power on log(4 sin^2(pi f)) over the lowest frequencies.
   * NaN when one of them has no power.
   */
  longMemory: {
    ...plain,
    least: 16,
    params: ["number of frequencies"],
    value: (x, _, from, n, [count = 8]) => {
      const power = powers(x, from, n);
      const weights = slopeWeightsOf(n, count);
      let slope = 0;
      for (let k = 0; k < count; k++) slope += (weights[k] as number) * Math.log(power[from + k] as number);
      return -slope;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
