// What a portfolio may lose: value at risk and shortfall by every method, each position's part, and stress. Pure figures of a subject.
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { type MethodRisk, everyMethod } from "#risk/measures/every-method.js";
import { factorBetas, shockLoss } from "#risk/stress/factor-stress.js";
import { type StressLoss, stretchLoss, worstStretch } from "#risk/stress/historical-stress.js";
import { standIn } from "#risk/stress/stand-in.js";
import type { RiskFile } from "../config/risk-schema.js";
import { FEWEST_SESSIONS, factorReturns, meanReturns, shockFactors } from "../config/shock-factors.js";
import { windowIn } from "../config/stress-window.js";
import type { RiskSubject } from "./risk-subject.js";

/** Sessions ahead, and levels, that are measured unless others are asked for. */
export const HORIZONS: readonly number[] = [1, 5];
export const LEVELS: readonly number[] = [0.95, 0.99];
/** Scenarios times positions that are drawn at most: beyond, fewer paths. */
const MOST_CELLS = 1_000_000;

export interface RiskReport {
  readonly name: string;
  readonly currency: string;
  readonly asOf: string;
  readonly equity: number;
  /** Long plus short, of equity. */
  readonly gross: number;
  readonly positions: readonly { readonly name: string; readonly sector: string | null; readonly weight: number }[];
  /** Returns that the measures and the betas look at. */
  readonly window: number;
  readonly from: string;
  /** What was held for too short a time for the window, and the sessions that its beta stands in for. */
  readonly stoodIn: readonly { readonly name: string; readonly sessions: number }[];
  /** Every method at every horizon (sessions) and level, with its positions in the order above. Fractions of equity, losses positive. */
  readonly measures: readonly MethodRisk[];
  readonly stress: readonly StressRow[];
}

export interface StressRow {
  readonly kind: "worst" | "window" | "shock";
  readonly name: string;
  /** Dates of the first and the last session; null of shocks, and of windows outside the data. */
  readonly from: string | null;
  readonly to: string | null;
  /** Fraction of equity, positive for a loss; null where it cannot be told. */
  readonly loss: number | null;
  /** In the order of the positions; they add up to the loss. */
  readonly positions: readonly number[] | null;
  /** Why there is no loss; null where there is one. */
  readonly why: string | null;
}

export interface RiskReportOptions {
  /** Sessions back. */
  readonly window: number;
  /** Sessions ahead, each above 0 and below the window. */
  readonly horizons?: readonly number[];
  readonly levels?: readonly number[];
}

/** Throws `no-data` with fewer than 60 sessions, `bad-usage` where fewer are asked for and for a horizon as long as the window, and `bad-config` for a shock to what the dataset does not know. */
export function riskReport(
  subject: RiskSubject,
  stress: RiskFile["stress"],
  { window, horizons = HORIZONS, levels = LEVELS }: RiskReportOptions,
): RiskReport {
  const { name, currency, asOf, equity, instruments, dates } = subject;
  const weightOf = (i: number): number => subject.weights[i] as number;
  const rows = Array.from(subject.weights.keys()).filter((i) => weightOf(i) !== 0);
  const held = rows.sort((a, b) => Math.abs(weightOf(b)) - Math.abs(weightOf(a)) || a - b);
  const sessions = Math.min(window, dates.length);
  if (sessions < FEWEST_SESSIONS)
    throw window < FEWEST_SESSIONS
      ? new TruewindError(
          "bad-usage",
          `A window of ${window} sessions is too short: risk needs the returns of at least ${FEWEST_SESSIONS}.`,
        )
      : new TruewindError("no-data", `Risk needs the returns of ${FEWEST_SESSIONS} sessions; up to ${asOf} there are ${sessions}.`);
  const horizon = Math.max(...horizons);
  if (horizon >= sessions)
    throw new TruewindError(
      "bad-usage",
      `A horizon of ${horizon} sessions needs a window that is longer, and it has ${sessions}: ask for fewer sessions ahead or for a longer window.`,
    );
  const market = meanReturns(subject.returns, subject.market, dates.length);
  const weights = Float64Array.from(held, weightOf);
  const whole = held.map((i) => standIn(subject.returns[i] as Float64Array, market).returns);
  const recent = held.map((i) => standIn(tail(subject.returns[i] as Float64Array, sessions), tail(market, sessions)));
  const series = recent.map(({ returns }) => returns);
  const nameOf = (i: number): string => instruments[i]?.id ?? "";
  return {
    name,
    currency,
    asOf,
    equity,
    gross: weights.reduce((sum, weight) => sum + Math.abs(weight), 0),
    positions: held.map((i, k) => ({ name: nameOf(i), sector: instruments[i]?.sector ?? null, weight: weights[k] as number })),
    window: sessions,
    from: dates.at(-sessions) as string,
    stoodIn: held.flatMap((i, k) => {
      const stood = recent[k]?.stoodIn ?? 0;
      return stood === 0 ? [] : [{ name: nameOf(i), sessions: stood }];
    }),
    measures:
      held.length === 0
        ? []
        : everyMethod(series, weights, {
            horizons,
            levels,
            paths: Math.min(10_000, Math.max(1_000, Math.floor(MOST_CELLS / held.length))),
            rng: (draw) => createRng(`risk ${draw}`),
          }),
    stress: [
      ...stress.lengths.map((length): StressRow => {
        const common = { kind: "worst", name: `worst ${length === 1 ? "session" : `${length} sessions`}` } as const;
        const worst = held.length === 0 ? null : worstStretch(whole, weights, length);
        if (worst === null) return none(common, held.length === 0 ? "nothing is held" : `the data have ${dates.length} sessions`);
        return { ...common, from: dates[worst.first] as string, to: dates[worst.last] as string, ...told(worst) };
      }),
      ...stress.windows.map((asked): StressRow => {
        const common = { kind: "window", name: asked.name } as const;
        if (held.length === 0) return none(common, "nothing is held");
        // A part of a window would be told as if it were all of it.
        const found = windowIn(asked, dates);
        if (found === null) return none(common, `the data begin on ${dates[0]} and end on ${dates.at(-1)}`);
        const { first, last } = found;
        return { ...common, from: dates[first] as string, to: dates[last] as string, ...told(stretchLoss(whole, weights, first, last)) };
      }),
      ...stress.shocks.map((shock): StressRow => shocked(subject, shock, market, series, weights, sessions)),
    ],
  };
}

type Common = Pick<StressRow, "kind" | "name">;

function none(common: Common, why: string): StressRow {
  return { ...common, from: null, to: null, loss: null, positions: null, why };
}

function told({ loss, positions }: StressLoss): Pick<StressRow, "loss" | "positions" | "why"> {
  return { loss, positions: [...positions], why: null };
}

function shocked(
  subject: RiskSubject,
  shock: RiskFile["stress"]["shocks"][number],
  market: Float64Array,
  series: readonly Float64Array[],
  weights: Float64Array,
  sessions: number,
): StressRow {
  const common = { kind: "shock", name: shock.name } as const;
  const factors = shockFactors(shock, subject.instruments, subject.nameOf);
  if (weights.length === 0) return none(common, "nothing is held");
  const past = factors.map((factor) => tail(factorReturns(factor, subject.returns, market), sessions));
  const betas = factorBetas(series, past);
  if (betas === null) return none(common, "what it moves did not move apart in these sessions: name fewer");
  const moves = Float64Array.from(factors, (factor) => factor.shock);
  return { ...common, from: null, to: null, ...told(shockLoss(betas, moves, weights)) };
}

const tail = (series: Float64Array, length: number): Float64Array => series.slice(series.length - length);
