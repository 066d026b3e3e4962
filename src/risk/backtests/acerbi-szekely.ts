// Is the expected shortfall large enough? Tests 1 and 2 of Acerbi & Szekely 2014 with p-values from outcomes drawn of the very
// laws that were foretold. Both statistics are near 0 where these hold, and negative where losses were worse.
import { TruewindError } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import { levelOrThrow } from "../measures/tail-risk.js";
import { violationsOf } from "./violations.js";

export interface ShortfallForecasts {
  readonly level: number;
  /** Returns, fractions, in order of time; horizons must not overlap. */
  readonly outcomes: Float64Array;
  /** One for each outcome, known before it, positive for losses; shortfalls above 0. */
  readonly valueAtRisk: Float64Array;
  readonly expectedShortfall: Float64Array;
  /** An outcome from the law that was foretold for number `t`. */
  readonly draw: (t: number, rng: Rng) => number;
}

export interface ShortfallTest {
  /** Null without a violation. */
  readonly statistic: number | null;
  /** One-sided, of "losses are no worse than foretold": the share of drawn histories at or below the statistic, this one counted. Null without a statistic. */
  readonly pValue: number | null;
}

export interface AcerbiSzekely {
  /** Z1: mean size of the violations alone. */
  readonly conditional: ShortfallTest;
  /** Z2: size and number together. */
  readonly unconditional: ShortfallTest;
}

/**
 * `histories`: how many to draw, 999 by default. Throws `bad-usage` for unequal lengths, unknown figures, a shortfall that is not above 0, and a level
 * out of range.
 */
export function acerbiSzekely(
  forecasts: ShortfallForecasts,
  { histories = 999, rng }: { readonly histories?: number; readonly rng: Rng },
): AcerbiSzekely {
  const { level, outcomes, valueAtRisk, expectedShortfall, draw } = forecasts;
  levelOrThrow(level);
  violationsOf(outcomes, valueAtRisk);
  if (expectedShortfall.length !== outcomes.length || expectedShortfall.some((value) => !(value > 0 && value < Number.POSITIVE_INFINITY)))
    throw new TruewindError("bad-usage", "A backtest of expected shortfall needs one above 0 for each outcome.");
  const statistics = (outcome: (t: number) => number): readonly [z1: number | null, z2: number] => {
    let [sum, count] = [0, 0];
    for (let t = 0; t < outcomes.length; t++) {
      const x = outcome(t);
      if (!(-x > (valueAtRisk[t] as number))) continue;
      sum += x / (expectedShortfall[t] as number);
      count++;
    }
    return [count === 0 ? null : sum / count + 1, sum / (outcomes.length * (1 - level)) + 1];
  };
  const [z1, z2] = statistics((t) => outcomes[t] as number);
  let [worse1, known1, worse2] = [1, 1, 1];
  for (let h = 0; h < histories; h++) {
    const [drawn1, drawn2] = statistics((t) => draw(t, rng));
    if (drawn1 !== null) {
      known1++;
      if (z1 !== null && drawn1 <= z1) worse1++;
    }
    if (drawn2 <= z2) worse2++;
  }
  return {
    conditional: { statistic: z1, pValue: z1 === null ? null : worse1 / known1 },
    unconditional: { statistic: outcomes.length === 0 ? null : z2, pValue: outcomes.length === 0 ? null : worse2 / (histories + 1) },
  };
}
