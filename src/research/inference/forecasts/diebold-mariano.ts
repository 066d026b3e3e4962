// Which of two forecasters was better on average? Diebold & Mariano (1995), with corrections for short and for dependent records.
import { TruewindError } from "#base/errors.js";
import { cosineVariance, mean } from "#research/metrics/long-run-variance.js";
import { upperTail } from "#base/student-t.js";
import { lossDifferences } from "./loss-differences.js";

export interface DieboldMariano {
  /** Mean loss of the first minus that of the second; below zero the first is better. */
  readonly difference: number;
  /** Follows Student's t with `degrees` where both are equally good. */
  readonly statistic: number;
  readonly degrees: number;
  /** Two-sided; 1 where the losses never differ. */
  readonly pValue: number;
}

export interface DieboldMarianoOptions {
  /** Steps ahead, 1 by default: errors of forecasts h steps ahead overlap h - 1 steps. */
  readonly horizon?: number;
  /**
   * `cosine` (the default) allows for any dependence of the differences (Lazarus, Lewis, Stock & Watson 2018; Coroneo & Iacone 2020 for
   * this test). `overlap` trusts that dependence ends after h - 1 steps, as it does for the best forecasts: Harvey, Leybourne & Newbold
   * (1997), eq. 5 to 9.
   */
  readonly variance?: "cosine" | "overlap";
}

/** Losses of two forecasters at the same moments, in time order. Throws `bad-usage`. */
export function dieboldMariano(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  { horizon = 1, variance = "cosine" }: DieboldMarianoOptions = {},
): DieboldMariano {
  if (!Number.isSafeInteger(horizon) || horizon < 1)
    throw new TruewindError("bad-usage", `A horizon of ${horizon} steps is none: give a whole number from 1 up.`);
  const differences = lossDifferences(first, second, Math.max(10, 3 * horizon));
  const difference = mean(differences);
  const { perMean, degrees } = variance === "overlap" ? ofOverlap(differences, difference, horizon) : ofCosines(differences);
  if (differences.every((value) => value === 0)) return { difference, statistic: 0, degrees, pValue: 1 };
  if (differences.every((value) => Math.abs(value - difference) <= 1e-12 * Math.abs(difference)))
    throw new TruewindError("bad-usage", "One forecaster is better by the same amount every time, which leaves nothing to test.");
  const statistic = difference / Math.sqrt(perMean);
  return { difference, statistic, degrees, pValue: 2 * upperTail(Math.abs(statistic), degrees) };
}

interface OfMean {
  /** Variance of the mean. */
  readonly perMean: number;
  readonly degrees: number;
}

function ofCosines(differences: Float64Array): OfMean {
  const { variance, degrees } = cosineVariance(differences);
  return { perMean: variance / differences.length, degrees };
}

/** Autocovariances up to h - 1 with equal weights, and the correction of eq. 9. Where these come out negative, Bartlett's weights. */
function ofOverlap(differences: Float64Array, center: number, horizon: number): OfMean {
  const n = differences.length;
  const sum = (weight: (lag: number) => number): number => {
    let total = 0;
    for (let lag = 0; lag < horizon; lag++) {
      let products = 0;
      for (let t = lag; t < n; t++) products += ((differences[t] as number) - center) * ((differences[t - lag] as number) - center);
      total += ((lag === 0 ? 1 : 2 * weight(lag)) * products) / n;
    }
    return total;
  };
  const plain = sum(() => 1);
  const variance = plain > 0 ? plain : sum((lag) => 1 - lag / horizon);
  const correction = (n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n;
  return { perMean: variance / n / correction, degrees: n - 1 };
}
