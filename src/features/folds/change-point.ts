// Bayesian online detection of change points (Adams and MacKay 2007, algorithm 1): the distribution of the number of bars since the mean and
// variance of a series last changed, for a standardised input. Normal values whose mean and variance are unknown; prior normal-inverse-gamma
// with mean 0, weight 1, shape 1 and scale 1 (Murphy 2007, section 3); a change at each bar with the same probability.
//
// Truncated: run lengths of `longest - 1` bars and more are one hypothesis. Its statistics are the mixture of the two that flow into it,
// with the weight of the prior held at that length, so that it forgets like an exponential average.
import type { Fold } from "./fold.js";

/** Lanczos approximation (g = 7, nine terms), relative error below 1e-14 for x > 0. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012,
    9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  let sum = 0.9999999999998099;
  terms.forEach((term, k) => {
    sum += term / (x + k);
  });
  const t = x + 6.5;
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Density of the Student distribution that predicts the next value after `run` bars: its constant, by `run`. */
const constants: number[] = [];
function constantOf(run: number): number {
  for (let r = constants.length; r <= run; r++) {
    const shape = 1 + r / 2;
    const weight = 1 + r;
    const factor = weight / (2 * Math.PI * (weight + 1));
    constants.push(Math.exp(logGamma(shape + 0.5) - logGamma(shape)) * Math.sqrt(factor));
  }
  return constants[run] as number;
}

/** `base` to a whole power above 0, by squaring. */
function wholePower(base: number, power: number): number {
  let result = 1;
  for (let square = base, left = power; ; square *= square) {
    if (left & 1) result *= square;
    left >>= 1;
    if (left === 0) return result;
  }
}

const RECENT = 5;
let masses = new Float64Array(128);

export const changePointFolds = {
  /**
   * Cells: 1 when begun, then probability, mean and scale less 1 of each run length. Outputs: expected run length over the longest, in
   * [0, 1); probability of fewer than five bars; surprise, minus the log of the density that was predicted for the value.
   */
  runLength: {
    inputs: 1,
    outputs: [[0], [0], [0]],
    params: ["bars between changes on average", "longest run length, 8 to 120"],
    cells: ([, longest = 8]) => Array.from({ length: 1 + 3 * longest }, () => [0]),
    warmup: () => 0,
    memory: ([, longest = 8]) => 30 * longest,
    step: (cells, x, out, [between = 100, longest = 8]) => {
      const v = x[0] as number;
      const probability = 1;
      const mean = 1 + longest;
      const scale = 1 + 2 * longest;
      if (cells[0] === 0) {
        cells[0] = 1;
        cells[probability] = 1;
      }
      if (masses.length < longest) masses = new Float64Array(2 * longest);
      let evidence = 0;
      for (let run = 0; run < longest; run++) {
        const weight = 1 + run;
        const d = v - (cells[mean + run] as number);
        const b = 1 + (cells[scale + run] as number);
        const grown = b + (d * d * weight) / (2 * (weight + 1));
        // The Student density's power is a whole number of halves.
        const density = (constantOf(run) * wholePower(Math.sqrt(b / grown), run + 3)) / Math.sqrt(b);
        const mass = (cells[probability + run] as number) * density;
        masses[run] = mass;
        evidence += mass;
        // What this hypothesis has learned from the value.
        cells[mean + run] = (cells[mean + run] as number) + d / (weight + 1);
        cells[scale + run] = grown - 1;
      }
      const survive = 1 - 1 / between;
      if (!(evidence > 1e-300 && evidence < Number.POSITIVE_INFINITY)) {
        // No hypothesis holds: a new beginning.
        cells.fill(0, 0, 1 + 3 * longest);
        out.fill(Number.NaN, 0, 3);
        return;
      }
      merge(cells, mean, scale, longest);
      for (let run = longest - 1; run > 0; run--) {
        const stays = run === longest - 1 ? (masses[run] as number) : 0;
        cells[probability + run] = (survive * ((masses[run - 1] as number) + stays)) / evidence;
        if (run === longest - 1) continue;
        cells[mean + run] = cells[mean + run - 1] as number;
        cells[scale + run] = cells[scale + run - 1] as number;
      }
      cells[probability] = 1 / between;
      cells[mean] = cells[scale] = 0;
      let expected = 0;
      let recent = 0;
      for (let run = 1; run < longest; run++) {
        const p = cells[probability + run] as number;
        expected += run * p;
        if (run < RECENT) recent += p;
      }
      out[0] = expected / longest;
      out[1] = Math.min(1, recent + 1 / between);
      out[2] = -Math.log(evidence);
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;

/** Puts the mixture of the last two run lengths into the last. */
function merge(cells: Float64Array, mean: number, scale: number, longest: number): void {
  const grown = longest - 2;
  const old = longest - 1;
  const share = (masses[grown] as number) / ((masses[grown] as number) + (masses[old] as number) || 1);
  cells[mean + old] = share * (cells[mean + grown] as number) + (1 - share) * (cells[mean + old] as number);
  // The last hypothesis has seen one value more than its weight tells: its scale fades by as much.
  const kept = ((cells[scale + old] as number) * (longest - 1)) / longest;
  cells[scale + old] = share * (cells[scale + grown] as number) + (1 - share) * kept;
}
