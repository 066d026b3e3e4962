// The verdict's reasons as plain sentences with their numbers. Formatting only: nothing is decided here.
import type { Verdict } from "#domain/run-result.js";
import { LEAST_SESSIONS, WORTHWHILE_SHARPE } from "./thresholds.js";

type Figures = Omit<Verdict, "decision" | "because">;

/** `sharpeHigh`: one-sided 95 % upper bound of the active Sharpe ratio; null when it does not vary. */
export function reason(decision: Verdict["decision"], f: Figures, sharpeHigh: number | null): string {
  const { over } = f;
  const earned =
    `Net of costs the strategy earned on average ${percent(Math.abs(f.activeReturn))} a year ${f.activeReturn < 0 ? "less" : "more"} than ${over} ` +
    `over ${f.sessions} sessions (90% band ${percent(f.activeReturnLow)} to ${percent(f.activeReturnHigh)}).`;
  if (f.sessions < LEAST_SESSIONS)
    return `Only ${f.sessions} sessions: with less than a year (${LEAST_SESSIONS}) nothing is judged.${f.sessions > 1 ? ` ${earned}` : ""}`;
  if (decision === "edge") {
    return (
      `${earned} With no edge so much would come up with a chance of ${chance(f.pValue)}, and ${chance(f.alphaPValue)} once ` +
      `the market's part (beta ${f.beta.toFixed(2)}) is taken out; both are within the declared ${percent(f.level)}.`
    );
  }
  if (decision === "no edge") {
    if (f.activeReturn <= 0)
      return f.activeReturn === 0 ? `The strategy earned just what ${over} did over ${f.sessions} sessions.` : earned;
    return `${earned} Even the favorable end of what the record allows (95%) is a Sharpe ratio over ${over} of ${(sharpeHigh as number).toFixed(2)}, below the ${WORTHWHILE_SHARPE} worth having.`;
  }
  const failed = [
    f.pValue > f.level ? `luck alone gives so much with a chance of ${chance(f.pValue)}` : null,
    f.alphaPValue > f.level
      ? `once the market's part (beta ${f.beta.toFixed(2)}) is taken out ${percent(f.alpha)} a year is left, for which luck needs a chance of ${chance(f.alphaPValue)}`
      : null,
  ].filter((text) => text !== null);
  return `${earned} That is not enough: ${failed.join(", and ")}, where ${percent(f.level)} was declared as the limit.`;
}

/** A fraction as a percentage with one decimal and a true minus sign: `−3.2%`. */
export function percent(fraction: number): string {
  const text = (100 * fraction).toFixed(1);
  return `${text === "-0.0" ? "0.0" : text.replace("-", "−")}%`;
}

/** A probability in percent, never as zero. */
export function chance(p: number): string {
  if (p < 0.0001) return "less than 0.01%";
  return `${(100 * p).toFixed(p < 0.01 ? 2 : p < 0.1 ? 1 : 0)}%`;
}
