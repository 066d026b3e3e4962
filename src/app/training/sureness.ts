// What several fits of one model say of how sure they are, as one.
import type { Opinion } from "#ports/model.js";

export interface Sureness {
  /** Probability that the sign of the mean prediction is right; null when no fit tells it, NaN where there is no prediction. */
  readonly confidence: Float64Array | null;
  /** Standard error of the mean prediction, in its unit. */
  readonly uncertainty: Float64Array | null;
}

/**
 * `mean`: of the fits' predictions. Their probabilities of a rise are averaged. Their errors are nearly the same error, so that the mean is as
 * uncertain as they are on average.
 */
export function surenessOf(opinions: readonly Opinion[], mean: Float64Array): Sureness {
  const rises = opinions.flatMap(({ expectedReturn, confidence }) =>
    confidence === null ? [] : [confidence.map((sure, i) => ((expectedReturn[i] as number) >= 0 ? sure : 1 - sure))],
  );
  const errors = opinions.flatMap(({ uncertainty }) => uncertainty ?? []);
  const rise = averageOf(rises);
  return {
    confidence: rise?.map((p, i) => ((mean[i] as number) >= 0 ? p : 1 - p)) ?? null,
    uncertainty: averageOf(errors),
  };
}

function averageOf(all: readonly Float64Array[]): Float64Array | null {
  const [first, ...others] = all;
  if (first === undefined) return null;
  return first.map((value, i) => others.reduce((sum, other) => sum + (other[i] as number), value) / all.length);
}
