// Statistics of the periodogram of a window less its mean; the window's length must be a power of two. NaN without spread.
import { centered } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { rememberWindow } from "./window-memo.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

const re = new Float64Array(1024);
const im = new Float64Array(1024);
const cosines = new Map<number, Float64Array>();

/** cos(2 pi k / n) at k of [0, n). */
function cosineTable(n: number): Float64Array {
  const known = cosines.get(n);
  if (known !== undefined) return known;
  const table = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  cosines.set(n, table);
  return table;
}

/** In-place radix-2 transform of `re + i im` (Cooley and Tukey 1965). */
function transform(n: number): void {
  for (let k = 1, j = 0; k < n; k++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (k < j) {
      const [a, b] = [re[k] as number, im[k] as number];
      re[k] = re[j] as number;
      im[k] = im[j] as number;
      re[j] = a;
      im[j] = b;
    }
  }
  const table = cosineTable(n);
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const step = n / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) {
        const c = table[k * step] as number;
        const s = table[(k * step + (3 * n) / 4) % n] as number;
        const [p, q] = [start + k, start + k + half];
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

/** Power at frequencies k / n for k of [1, n / 2] as shares of all, at place from + k - 1; both signs of a frequency count. */
const powers = rememberWindow((x, from, n, out) => {
  const d = centered(x, from, n);
  for (let k = 0; k < n; k++) {
    re[k] = d[k] as number;
    im[k] = 0;
  }
  transform(n);
  let total = 0;
  for (let k = 1; k <= n / 2; k++) {
    const power = ((re[k] as number) ** 2 + (im[k] as number) ** 2) * (k < n / 2 ? 2 : 1);
    out[from + k - 1] = power;
    total += power;
  }
  for (let k = 0; k < n / 2; k++) out[from + k] = (out[from + k] as number) / total;
});

export const spectrumStatistics = {
  /** Entropy of the power over n / 2 + 1 frequencies as a share of its maximum (Inouye et al. 1991; antropy spectral_entropy), in [0, 1]. */
  spectralEntropy: {
    ...plain,
    least: 8,
    value: (x, _, from, n) => {
      const power = powers(x, from, n);
      let sum = 0;
      for (let k = from; k < from + n / 2; k++) {
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
      for (let k = Math.ceil(n / longest); k <= Math.min(n / 2, n / shortest); k++) sum += power[from + k - 1] as number;
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
      for (let k = 1; k < n / 2; k++) if ((power[from + k] as number) > (power[from + peak] as number)) peak = k;
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
      for (let k = from; k < from + n / 2; k++) peak = Math.max(peak, power[k] as number);
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
      let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
      for (let k = 1; k <= count; k++) {
        const u = Math.log(4 * Math.sin((Math.PI * k) / n) ** 2);
        const v = Math.log(power[from + k - 1] as number);
        sx += u;
        sy += v;
        sxx += u * u;
        sxy += u * v;
      }
      return -(count * sxy - sx * sy) / (count * sxx - sx * sx);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
