// Returns of several names over the same sessions: what every estimate of their covariance starts from. Nothing is ever filled in.
import { TruewindError } from "#base/errors.js";

export interface ReturnsPanel {
  readonly sessions: number;
  readonly names: number;
  /** Row-major `[session][name]`, simple returns as fractions, finite; sessions in time order. */
  readonly values: Float64Array;
}

/**
 * `series[i][t]`: return of name i in session t, the same sessions of all. Throws `bad-usage` where a value is missing (NaN): a covariance of
 * pairs that were seen on different days need not be one. Leave out the name or the session.
 */
export function returnsPanel(series: readonly ArrayLike<number>[]): ReturnsPanel {
  const names = series.length;
  const sessions = series[0]?.length ?? 0;
  if (names === 0) throw usage("No name was given: a covariance needs the returns of at least one.");
  if (sessions < 2) throw usage(`There are ${sessions} sessions: a covariance needs at least 2.`);
  const values = new Float64Array(sessions * names);
  series.forEach((returns, i) => {
    if (returns.length !== sessions)
      throw usage(`Name ${i} has ${returns.length} sessions and name 0 has ${sessions}: give the same sessions of all.`);
    for (let t = 0; t < sessions; t++) {
      const value = returns[t] as number;
      if (!Number.isFinite(value)) throw usage(`Name ${i} has no number in session ${t}: leave out the name or the session.`);
      values[t * names + i] = value;
    }
  });
  return { sessions, names, values };
}

/** The same less the mean of each name. */
export function centeredValues({ sessions, names, values }: ReturnsPanel): Float64Array {
  const mean = new Float64Array(names);
  for (let t = 0; t < sessions; t++) for (let i = 0; i < names; i++) mean[i] = (mean[i] as number) + (values[t * names + i] as number);
  return values.map((value, at) => value - (mean[at % names] as number) / sessions);
}

function usage(message: string): TruewindError {
  return new TruewindError("bad-usage", message);
}
