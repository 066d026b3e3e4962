// A portfolio and its positions by a measure that looks at four moments: normal, Student's t of given degrees, Cornish-Fisher.
import { type Moments, momentsOf } from "./moments.js";
import { type PortfolioRisk, portfolioRisk } from "./positions.js";
import { outcomesOf, scenariosOf } from "./scenarios.js";
import { type TailRisk, knownOrThrow } from "./tail-risk.js";

/**
 * `series`: returns per session, fractions, one series per asset; `weights`: fractions of the portfolio's value, negative for short. `measure`
 * gives the risk of moments, homogeneous in mean and deviation, as `normalRisk` and its neighbors are, or null where it does not apply.
 * Derivatives by the moments' own (Boudt, Peterson & Croux 2008), those by skewness and kurtosis as differences; components add up because both
 * do not change with the size of a portfolio. Null where the measure does not apply to the portfolio; `alone` and `incremental` are null where
 * it does not apply to what these ask. Throws `bad-usage` for sizes that do not fit and values that are not finite.
 */
export function momentRisk(
  series: readonly Float64Array[],
  weights: Float64Array,
  measure: (moments: Moments) => TailRisk | null,
): PortfolioRisk<TailRisk | null> | null {
  const scenarios = scenariosOf(series);
  knownOrThrow(weights, 1, "weights");
  const outcomes = outcomesOf(scenarios, weights);
  const moments = momentsOf(outcomes);
  const whole = measure(moments);
  const slopes = slopesOf(moments, measure);
  if (whole === null || slopes === null) return null;
  const marginal = series.map((asset) => {
    const by = momentsAlong(outcomes, asset, moments);
    const slope = (of: Slope): number =>
      of.mean * by.mean + of.deviation * by.deviation + of.skewness * by.skewness + of.excessKurtosis * by.excessKurtosis;
    return { valueAtRisk: slope(slopes.valueAtRisk), expectedShortfall: slope(slopes.expectedShortfall) };
  });
  return portfolioRisk<TailRisk | null>(weights, whole, (w) => measure(momentsOf(outcomesOf(scenarios, w))), marginal);
}

type Slope = Moments;

function slopesOf(at: Moments, measure: (moments: Moments) => TailRisk | null): Record<keyof TailRisk, Slope> | null {
  const step = 1e-5;
  const unit = { ...at, mean: 0, deviation: 1 };
  const points = [
    { ...at, mean: 1, deviation: 0 },
    unit,
    { ...unit, skewness: at.skewness + step },
    { ...unit, skewness: at.skewness - step },
    { ...unit, excessKurtosis: at.excessKurtosis + step },
    { ...unit, excessKurtosis: at.excessKurtosis - step },
  ].map(measure);
  if (points.includes(null)) return null;
  const slope = (key: keyof TailRisk): Slope => {
    const [mean, deviation, upS, downS, upK, downK] = points.map((point) => (point as TailRisk)[key]) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const size = at.deviation / (2 * step);
    return { mean, deviation, skewness: (upS - downS) * size, excessKurtosis: (upK - downK) * size };
  };
  return { valueAtRisk: slope("valueAtRisk"), expectedShortfall: slope("expectedShortfall") };
}

/** Derivatives of the portfolio's moments by the weight of an asset. */
function momentsAlong(outcomes: Float64Array, asset: Float64Array, { mean, deviation, skewness, excessKurtosis }: Moments): Moments {
  const n = outcomes.length;
  const assetMean = asset.reduce((sum, r) => sum + r, 0) / n;
  if (deviation === 0) return { mean: assetMean, deviation: 0, skewness: 0, excessKurtosis: 0 };
  let [second, third, fourth] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    const d = (outcomes[t] as number) - mean;
    const own = (asset[t] as number) - assetMean;
    second += (2 * d * own) / n;
    third += (3 * d * d * own) / n;
    fourth += (4 * d * d * d * own) / n;
  }
  const variance = (deviation * deviation * (n - 1)) / n;
  return {
    mean: assetMean,
    deviation: (second / 2 / variance) * deviation,
    skewness: third / variance ** 1.5 - (1.5 * skewness * second) / variance,
    excessKurtosis: fourth / variance ** 2 - (2 * (excessKurtosis + 3) * second) / variance,
  };
}
