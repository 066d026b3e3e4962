// The verdict on one out-of-sample record: edge, no edge, or not enough evidence, each with its reason in words.
// Declared beforehand: level 1 %, at least 252 sessions, and an information ratio of 0.5 as the least that would be worth having.
// It assumes returns net of all costs; it never looks at how many strategies were tried: `adjustForTrials` does.
import { invariant } from "#base/errors.js";
import type { Verdict } from "#domain/run-result.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { sessionsPerYear } from "#research/metrics/performance.js";
import { quantileAbove } from "#base/student-t.js";
import { type Studentised, studentise } from "#research/metrics/studentise.js";
import { LEAST_SESSIONS, WORTHWHILE_SHARPE } from "./thresholds.js";
import { reason } from "./words.js";

export interface VerdictInput {
  /** Out-of-sample sessions, `YYYY-MM-DD`, ascending. The three series have the same length. */
  readonly dates: readonly string[];
  /** Net returns per session, fractions; no NaN. */
  readonly strategyReturns: readonly number[];
  /** Net returns of equal weight over the same point-in-time universe. */
  readonly baselineReturns: readonly number[];
  readonly cashReturns: readonly number[];
  /** What the portfolio rule holds by design: 1 for long-only, 0 for long-short neutral. Declared, never estimated. */
  readonly marketExposure: 0 | 1;
  /** Level of the one-sided tests, in (0, 0.5). */
  readonly level: number;
}

/**
 * The active return of a session is r - b x baseline - (1 - b) x cash. "Edge" needs two one-sided tests to reject at `level`:
 * mean active return > 0, and alpha > 0 in the regression of (r - cash) on (baseline - cash). As both must reject, the chance of a false
 * "edge" is at most `level` (intersection-union test, Berger 1982). The first stops a strategy with little market risk
 * from passing on alpha alone while it earned less than its baseline; the second stops leverage (beta) from passing as skill.
 * "No edge": the active return is not above zero, or its information ratio is below 0.5 with 95 % confidence.
 */
export function judge(input: VerdictInput): Verdict {
  const { strategyReturns: r, baselineReturns: w, cashReturns: cash, marketExposure: b } = input;
  const sessions = r.length;
  invariant(
    w.length === sessions && cash.length === sessions && input.dates.length === sessions,
    "the series of a verdict differ in length",
  );
  const active = activeReturns(input);
  invariant(
    active.every((value, i) => Number.isFinite(value) && Number.isFinite(w[i]) && Number.isFinite(cash[i])),
    "a return in a verdict is not a number",
  );
  const perYear = sessionsPerYear(input.dates);
  const activeMean = sessions === 0 ? 0 : mean(active);
  const activeTest = studentise(
    activeMean,
    active.map((value) => value - activeMean),
  );
  const line = regress(
    r.map((value, i) => value - (cash[i] as number)),
    w.map((value, i) => value - (cash[i] as number)),
  );
  const reach = activeTest.error * quantileAbove(0.05, activeTest.degrees);
  const information = informationRatio(active, activeMean, perYear);
  const figures = {
    over: b === 1 ? ("equal weight" as const) : ("cash" as const),
    level: input.level,
    pValue: activeTest.pValue,
    activeReturn: activeMean * perYear,
    activeReturnLow: (activeMean - reach) * perYear,
    activeReturnHigh: (activeMean + reach) * perYear,
    activeSharpe: information?.value ?? null,
    alphaPValue: line.test.pValue,
    alpha: line.alpha * perYear,
    beta: line.beta,
    sessions,
  };
  const decision = decide(figures, information?.high ?? null);
  return { decision, because: reason(decision, figures, information?.high ?? null), ...figures };
}

/** Net return of each session less its yardstick's. */
export function activeReturns({
  strategyReturns,
  baselineReturns,
  cashReturns,
  marketExposure: b,
}: Pick<VerdictInput, "strategyReturns" | "baselineReturns" | "cashReturns" | "marketExposure">): readonly number[] {
  return strategyReturns.map((value, i) => value - b * (baselineReturns[i] as number) - (1 - b) * (cashReturns[i] as number));
}

function decide(figures: Omit<Verdict, "decision" | "because">, sharpeHigh: number | null): Verdict["decision"] {
  if (figures.sessions < LEAST_SESSIONS) return "not enough evidence";
  if (figures.activeReturn <= 0 || (sharpeHigh !== null && sharpeHigh < WORTHWHILE_SHARPE)) return "no edge";
  return figures.pValue <= figures.level && figures.alphaPValue <= figures.level ? "edge" : "not enough evidence";
}

/** Ordinary least squares of y on (1, x); the intercept is tested through its influence values, so residuals may be heteroskedastic and dependent. */
function regress(y: readonly number[], x: readonly number[]): { alpha: number; beta: number; test: Studentised } {
  if (y.length === 0) return { alpha: 0, beta: 0, test: studentise(0, []) };
  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0;
  let xy = 0;
  x.forEach((value, i) => {
    xx += (value - meanX) ** 2;
    xy += (value - meanX) * ((y[i] as number) - meanY);
  });
  const beta = xx > 1e-18 * x.length ? xy / xx : 0;
  const alpha = meanY - beta * meanX;
  const tilt = xx > 1e-18 * x.length ? (meanX * x.length) / xx : 0;
  const influence = x.map((value, i) => ((y[i] as number) - alpha - beta * value) * (1 - tilt * (value - meanX)));
  return { alpha, beta, test: studentise(alpha, influence) };
}

/** Annual Sharpe ratio of the active return and its one-sided 95 % upper bound (delta method, Lo 2002, with a robust variance); null when it does not vary. */
function informationRatio(active: readonly number[], centre: number, perYear: number): { value: number; high: number } | null {
  const deviation = standardDeviation(active);
  if (!(deviation > 1e-12)) return null;
  const ratio = centre / deviation;
  const influence = active.map((value) => {
    const z = (value - centre) / deviation;
    return z - (ratio / 2) * (z * z - 1);
  });
  const { error, degrees } = studentise(ratio, influence);
  const scale = Math.sqrt(perYear);
  return { value: ratio * scale, high: (ratio + error * quantileAbove(0.05, degrees)) * scale };
}
