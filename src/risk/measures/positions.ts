// What a position adds to the risk of a portfolio, whatever the measure: by itself, at the margin, as a part of the whole, and if it were sold.
import type { TailRisk } from "./tail-risk.js";

/** `Other` is null as well for a measure that does not apply to every portfolio. */
export interface PositionRisk<Other extends TailRisk | null = TailRisk> {
  /** Of the position alone, the rest in cash. */
  readonly alone: Other;
  /** By how much the whole grows per unit of weight, the money taken from cash (Euler: Tasche 1999, theorem 4.4). */
  readonly marginal: TailRisk;
  /** Weight times marginal; over all positions these add up to the whole. */
  readonly component: TailRisk;
  /** The whole, less the whole with this position sold into cash: negative for a hedge. */
  readonly incremental: Other;
}

/** Of the whole portfolio. Everything as a fraction of its value over the horizon, losses positive; cash earns nothing. */
export interface PortfolioRisk<Other extends TailRisk | null = TailRisk> extends TailRisk {
  /** In the order of the weights. */
  readonly positions: readonly PositionRisk<Other>[];
}

/** `whole`: the risk at these weights; `riskOf`: that of other weights by the same measure; `marginal`: derivatives at these weights. */
export function portfolioRisk<Other extends TailRisk | null>(
  weights: Float64Array,
  { valueAtRisk, expectedShortfall }: TailRisk,
  riskOf: (weights: Float64Array) => Other,
  marginal: readonly TailRisk[],
): PortfolioRisk<Other> {
  const positions = marginal.map((slope, i): PositionRisk<Other> => {
    const weight = weights[i] as number;
    const without = riskOf(weights.map((w, j) => (j === i ? 0 : w)));
    const incremental =
      without === null
        ? null
        : { valueAtRisk: valueAtRisk - without.valueAtRisk, expectedShortfall: expectedShortfall - without.expectedShortfall };
    return {
      alone: riskOf(weights.map((w, j) => (j === i ? w : 0))),
      marginal: slope,
      component: { valueAtRisk: weight * slope.valueAtRisk, expectedShortfall: weight * slope.expectedShortfall },
      incremental: incremental as Other,
    };
  });
  return { valueAtRisk, expectedShortfall, positions };
}
