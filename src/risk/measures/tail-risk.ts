// What every measure of risk here says of a law of outcomes, and what it asks of its inputs. Outcomes are simple returns over the horizon,
// as fractions of the portfolio's value; losses are positive.
import { TruewindError } from "#base/errors.js";

export interface TailRisk {
  /** The loss that is exceeded with probability 1 - level: a fraction, negative where even that outcome is a gain. */
  readonly valueAtRisk: number;
  /** The mean loss in the worst 1 - level of outcomes, a fraction, never below the value at risk (Acerbi & Tasche 2002, definition 2.6). */
  readonly expectedShortfall: number;
}

export interface RiskOptions {
  /** Confidence, in [1e-9, 1 - 1e-9]; 0.99 looks at the worst hundredth of outcomes. */
  readonly level: number;
  /** Sessions ahead, a whole number of at least 1, which is the default. */
  readonly horizon?: number;
}

/** The horizon of options that are in range. Throws `bad-usage` for others. */
export function horizonOrThrow({ level, horizon = 1 }: RiskOptions): number {
  levelOrThrow(level);
  if (!Number.isInteger(horizon) || horizon < 1)
    throw new TruewindError("bad-usage", `The horizon of a measure of risk is a whole number of sessions from 1 on, not ${horizon}.`);
  return horizon;
}

/** Throws `bad-usage` unless the level is in range. */
export function levelOrThrow(level: number): number {
  if (!(level >= 1e-9 && level <= 1 - 1e-9))
    throw new TruewindError("bad-usage", `The level of a measure of risk lies between 0 and 1, such as 0.99, and is not ${level}.`);
  return level;
}

/** Throws `bad-usage` for fewer than `fewest` values, and for one that is not finite: an unknown return is nobody's zero. */
export function knownOrThrow(values: Float64Array, fewest: number, what: string): void {
  if (values.length < fewest)
    throw new TruewindError("bad-usage", `A measure of risk needs at least ${fewest} ${what} and was given ${values.length}.`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new TruewindError("bad-usage", `A measure of risk needs known ${what}: number ${at} is ${values[at]}; leave such rows out.`);
}
