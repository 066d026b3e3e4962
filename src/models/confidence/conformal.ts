// How wide an interval must be, in units of the score |outcome - prediction| / scale: from residuals that were out of sample (split conformal
// prediction), and then corrected by what came: never by what is not known yet. Nothing is assumed of the law of returns.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";

export const ADAPTATIONS = ["pid", "aci", "none"] as const;
/**
 * `none`: the width stays (Papadopoulos et al. 2002). `aci`: the level moves (Gibbs & Candes 2021), and the width is a quantile of the
 * residuals of the fit. `pid`: the width itself moves (Angelopoulos, Candes & Tibshirani 2023, quantile tracking and error integration), so
 * that it can also become wider than anything seen before.
 */
export type Adaptation = (typeof ADAPTATIONS)[number];

export interface Conformal {
  readonly coverage: number;
  readonly adaptation: Adaptation;
  /** How far one outcome moves it: of the logarithm of the width (`pid`), or of the level (`aci`). */
  readonly step: number;
  /** Scores of the held-out samples, ascending: all, or `MOST_SCORES` of them at even ranks. */
  readonly scores: Float64Array;
}

const MOST_SCORES = 4096;

/** Steps that hold the coverage of simulated markets with changing regimes: conformal.test.ts. */
export const USUAL_STEP: Readonly<Record<Adaptation, number>> = { pid: 0.2, aci: 0.02, none: 0 };

/** Throws `no-data` when there are too few scores for the coverage. No NaN among the scores. */
export function fitConformal(options: Omit<Conformal, "scores">, scores: Float64Array): Conformal {
  const least = Math.ceil(options.coverage / (1 - options.coverage) - 1e-9);
  if (scores.length < least) {
    throw new TruewindError(
      "no-data",
      `An interval of ${options.coverage} coverage needs ${least} held-out samples with a prediction, and there are ${scores.length}: train on more, hold out more, or ask for less coverage.`,
    );
  }
  const sorted = Float64Array.from(scores).sort();
  if (sorted.length <= MOST_SCORES) return { ...options, scores: sorted };
  const thinned = Float64Array.from({ length: MOST_SCORES }, (_, i) => {
    const rank = Math.ceil(((i + 1) * (sorted.length + 1)) / (MOST_SCORES + 1));
    return sorted[Math.min(rank, sorted.length) - 1] as number;
  });
  return { ...options, scores: thinned };
}

/** The ceil((n + 1) level)-th smallest score: with it a new one of the same law is covered with probability `level` or more. */
function quantile(scores: Float64Array, level: number): number {
  const rank = Math.ceil((scores.length + 1) * level - 1e-9);
  if (rank <= 0) return 0;
  return rank > scores.length ? Number.POSITIVE_INFINITY : (scores[rank - 1] as number);
}

/** Numbers of state of one pool: the moving part, the sum of errors, and how many outcomes it has seen. */
export const POOL_STATE = 3;

/** Before any outcome. */
export function beginPools(conformal: Conformal, pools: number): Float64Array {
  const state = new Float64Array(pools * POOL_STATE);
  const start = conformal.adaptation === "aci" ? 1 - conformal.coverage : logWidth(quantile(conformal.scores, conformal.coverage));
  for (let pool = 0; pool < pools; pool++) state[pool * POOL_STATE] = start;
  return state;
}

/** A width of 0 (all residuals are 0) cannot be tracked in logarithms. */
const logWidth = (width: number): number => Math.log(Math.max(width, 1e-12));

/** Half the width of the interval of a pool, in units of the score; never negative, infinite where nothing is wide enough. */
export function halfWidth(conformal: Conformal, state: Float64Array, pool: number): number {
  const moving = state[pool * POOL_STATE] as number;
  switch (conformal.adaptation) {
    case "none":
      return quantile(conformal.scores, conformal.coverage);
    case "aci":
      return quantile(conformal.scores, 1 - moving);
    case "pid":
      return Math.exp(moving + integrated(state[pool * POOL_STATE + 1] as number, state[pool * POOL_STATE + 2] as number));
    default:
      return conformal.adaptation satisfies never;
  }
}

/**
 * Writes into `state` what a pool learns when a share `missed` of outcomes that ended together, in [0, 1], lay outside. Both rules hold the
 * long-run share near 1 - coverage whatever comes, because each miss widens as much as 1 / (1 - coverage) - 1 hits narrow.
 */
export function learnPool(conformal: Conformal, state: Float64Array, pool: number, missed: number): void {
  const { adaptation, coverage, step } = conformal;
  const at = pool * POOL_STATE;
  const error = missed - (1 - coverage);
  if (adaptation === "pid") state[at] = (state[at] as number) + step * error;
  else if (adaptation === "aci") state[at] = (state[at] as number) - step * error;
  state[at + 1] = (state[at + 1] as number) + error;
  state[at + 2] = (state[at + 2] as number) + 1;
}

/**
 * The part of `pid` that integrates the error: a saturating function of its sum (equation 6 of the paper, tan(x log t / t)), so that an
 * error which persists is answered ever more strongly. The argument stays short of where the tangent has no bound.
 */
function integrated(sum: number, count: number): number {
  if (count === 0) return 0;
  const x = (sum * Math.log(count + 1)) / (count + 1);
  return INTEGRAL_GAIN * Math.tan(Math.max(-1.4, Math.min(1.4, x)));
}

const INTEGRAL_GAIN = 0.5;

export function writeConformal(writer: ByteWriter, { coverage, adaptation, step, scores }: Conformal): void {
  writer.f64(coverage).text(adaptation).f64(step).f64s(scores);
}

export function readConformal(reader: ByteReader): Conformal {
  return { coverage: reader.f64(), adaptation: reader.text() as Adaptation, step: reader.f64(), scores: reader.f64s() };
}
