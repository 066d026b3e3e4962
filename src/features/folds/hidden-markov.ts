// Filtered probabilities of hidden states of a Gaussian Markov-switching model with declared parameters (Hamilton 1989, equation 11): what is
// known at the bar itself, never smoothed with later ones. They start from the chain's stationary probabilities. The input is a
// standardised value; an unlikely one is weighed relative to the likeliest state, so that nothing underflows.
import type { Fold } from "./fold.js";

/** Bars until what is left of the start is below 1e-11: each step shrinks Hilbert's distance by at least `rate` (Birkhoff 1957). */
const fading = (rate: number): number => Math.ceil(Math.log(1e-12) / Math.log(rate));

/** Log density of the normal distribution without its constant. */
function logDensity(x: number, mean: number, deviation: number): number {
  return -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation);
}

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;
const weights = new Float64Array(3);
const prior = new Float64Array(3);

export const hiddenMarkovFolds = {
  /**
   * Two states. Outputs: probability of the second; surprise, minus the log density of the value as predicted at the bar before.
   */
  twoStates: {
    inputs: 1,
    outputs: [[0], [0]],
    params: ["mean of the first", "deviation of the first", "mean of the second", "deviation of the second", "first stays", "second stays"],
    cells: () => [[0], [0]],
    warmup: () => 0,
    memory: ([, , , , stayA = 0, stayB = 0]) => {
      const odds = (stayA * stayB) / ((1 - stayA) * (1 - stayB));
      return fading(Math.tanh(Math.log(odds) / 4));
    },
    step: (cells, x, out, [meanA = 0, deviationA = 1, meanB = 0, deviationB = 1, stayA = 0, stayB = 0]) => {
      const v = x[0] as number;
      const before = cells[0] === 1 ? (cells[1] as number) : (1 - stayA) / (2 - stayA - stayB);
      const second = cells[0] === 1 ? before * stayB + (1 - before) * (1 - stayA) : before;
      const a = logDensity(v, meanA, deviationA);
      const b = logDensity(v, meanB, deviationB);
      const top = Math.max(a, b);
      const up = second * Math.exp(b - top);
      const all = up + (1 - second) * Math.exp(a - top);
      const probability = up / all;
      cells[0] = 1;
      cells[1] = probability;
      out[0] = probability;
      out[1] = HALF_LOG_TWO_PI - top - Math.log(all);
    },
  },
  /**
   * Three states: falling, calm, rising; a state that is left goes to either other one alike. Outputs: probability of falling, of rising;
   * entropy of the three over log 3.
   */
  threeStates: {
    inputs: 1,
    outputs: [[0], [0], [0]],
    params: ["mean when falling", "deviation then", "deviation when calm", "mean when rising", "deviation then", "stays"],
    cells: () => [[0], [0], [0], [0]],
    warmup: () => 0,
    // Of the chain itself: the largest cross ratio of its matrix is (stay / move)^2.
    memory: ([, , , , , stay = 0]) => fading(Math.tanh(Math.log((2 * stay) / (1 - stay)) / 2)),
    step: (cells, x, out, [meanDown = 0, deviationDown = 1, deviationCalm = 1, meanUp = 0, deviationUp = 1, stay = 0]) => {
      const v = x[0] as number;
      const move = (1 - stay) / 2;
      for (let s = 0; s < 3; s++) prior[s] = cells[0] === 1 ? move + (stay - move) * (cells[s + 1] as number) : 1 / 3;
      weights[0] = logDensity(v, meanDown, deviationDown);
      weights[1] = logDensity(v, 0, deviationCalm);
      weights[2] = logDensity(v, meanUp, deviationUp);
      const top = Math.max(weights[0] as number, weights[1] as number, weights[2] as number);
      let all = 0;
      for (let s = 0; s < 3; s++) {
        weights[s] = (prior[s] as number) * Math.exp((weights[s] as number) - top);
        all += weights[s] as number;
      }
      let entropy = 0;
      for (let s = 0; s < 3; s++) {
        const p = (weights[s] as number) / all;
        cells[s + 1] = p;
        if (p > 0) entropy -= p * Math.log(p);
      }
      cells[0] = 1;
      out[0] = cells[1] as number;
      out[1] = cells[3] as number;
      out[2] = entropy / Math.log(3);
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
