// One model against the baseline, decision by decision: is it better on average, and could one have known beforehand when it would be?
import { dieboldMariano } from "#research/inference/forecasts/diebold-mariano.js";
import { giacominiWhite, lagsForOverlap } from "#research/inference/forecasts/giacomini-white.js";
import { quantileAbove } from "#base/student-t.js";

export interface OverBaseline {
  /** Mean rank IC less the baseline's: above zero the model orders better. */
  readonly difference: number;
  /** 90 % band of the difference, by the error of the test. */
  readonly low: number;
  readonly high: number;
  /** Diebold & Mariano's t with the correction of Harvey, Leybourne & Newbold (1997) and as many lags as labels overlap. */
  readonly statistic: number;
  /** Two-sided: the chance of so large a difference, were both equally good on average. */
  readonly pValue: number;
  /** The same where differences may depend on each other for longer than labels overlap (cosine variance). */
  readonly pValueAnyDependence: number;
  /** Giacomini & White's: the chance of losses as telling, did what was known beforehand not tell which of the two will lose less. */
  readonly conditionalPValue: number;
  /** One-sided: the chance of being called better by luck, with all models counted that were held against the baseline. */
  readonly pValueOfAll: number;
}

/** Losses at the same decisions. `steps`: decisions until a label no longer overlaps with this one's, at least 1. Throws `bad-usage`. */
export function overBaseline(loss: Float64Array, baseline: Float64Array, steps: number): Omit<OverBaseline, "pValueOfAll"> {
  // The baseline's less the model's: above zero where the model is better.
  const { difference, statistic, degrees, pValue } = dieboldMariano(baseline, loss, { horizon: steps, variance: "overlap" });
  const reach = statistic === 0 ? 0 : quantileAbove(0.05, degrees) * Math.abs(difference / statistic);
  return {
    difference,
    low: difference - reach,
    high: difference + reach,
    statistic,
    pValue,
    pValueAnyDependence: dieboldMariano(baseline, loss).pValue,
    conditionalPValue: giacominiWhite(loss, baseline, { horizon: steps, lags: lagsForOverlap(steps) }).pValue,
  };
}
