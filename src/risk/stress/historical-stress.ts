// What a portfolio as it is held now would have lost in stretches of the past: the worst of a length, or one that is named. Bought at its begin and
// held, as in `historicalScenarios`. Nothing is estimated, and nothing worse than what was seen can be found.
import { TruewindError } from "#base/errors.js";

/** Fractions of the portfolio's value, losses positive. */
export interface StressLoss {
  readonly loss: number;
  /** Of each position, in the order of the weights; they add up to the loss. */
  readonly positions: Float64Array;
}

export interface Stretch extends StressLoss {
  /** Rows of the series, both included. */
  readonly first: number;
  readonly last: number;
}

/** `series`: returns per session, fractions, one per asset; `weights`: fractions of the portfolio's value. Throws `bad-usage` for a stretch outside. */
export function stretchLoss(series: readonly Float64Array[], weights: Float64Array, first: number, last: number): Stretch {
  const rows = series[0]?.length ?? 0;
  if (!(first >= 0 && first <= last && last < rows))
    throw new TruewindError("bad-usage", `A stretch lies within the ${rows} sessions of the data; ${first} to ${last} does not.`);
  const positions = weights.map((weight, i) => {
    let wealth = 1;
    for (let t = first; t <= last; t++) wealth *= 1 + ((series[i] as Float64Array)[t] as number);
    return weight * (1 - wealth);
  });
  return { first, last, loss: positions.reduce((sum, loss) => sum + loss, 0), positions };
}

/** The stretch of `length` sessions with the largest loss, the earliest of equal ones; null where there are fewer sessions. */
export function worstStretch(series: readonly Float64Array[], weights: Float64Array, length: number): Stretch | null {
  const rows = series[0]?.length ?? 0;
  let worst: Stretch | null = null;
  for (let first = 0; first + length <= rows; first++) {
    const stretch = stretchLoss(series, weights, first, first + length - 1);
    if (worst === null || stretch.loss > worst.loss) worst = stretch;
  }
  return worst;
}
