// The days on which a loss exceeded its value at risk: what every backtest of it looks at.
import { TruewindError } from "#base/errors.js";

/**
 * 1 where the loss was larger than the value at risk that was known before, 0 elsewhere; in order of time. Both series are fractions, outcomes as returns,
 * values at risk positive for losses. Horizons must not overlap: violations that share days are not independent. Throws `bad-usage` for unequal
 * lengths and for a value that is not finite.
 */
export function violationsOf(outcomes: Float64Array, valueAtRisk: Float64Array): Uint8Array {
  if (outcomes.length !== valueAtRisk.length)
    throw new TruewindError(
      "bad-usage",
      `There are ${outcomes.length} outcomes and ${valueAtRisk.length} values at risk: one is needed for each.`,
    );
  return Uint8Array.from(outcomes, (outcome, t) => {
    const limit = valueAtRisk[t] as number;
    if (!Number.isFinite(outcome) || !Number.isFinite(limit))
      throw new TruewindError(
        "bad-usage",
        `A backtest needs known figures: number ${t} has outcome ${outcome} and value at risk ${limit}.`,
      );
    return -outcome > limit ? 1 : 0;
  });
}

/** `count` times the logarithm of `share`, where nothing counted adds nothing. */
export function logPower(count: number, share: number): number {
  return count === 0 ? 0 : count * Math.log(share);
}
