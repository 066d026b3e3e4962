// Whether anything linear can be foretold in a market: ridge on what is known of the last sessions, fitted on the first half with all that
// half holds, judged on the second. Two questions: which names will do better than others, and whether the market will rise.
import { cosineVariance, mean } from "#research/metrics/long-run-variance.js";
import { solveInPlace } from "#models/linear/cholesky.js";
import type { Moves } from "./market-moves.js";
import { LOOK_BACK, PREDICTORS, createPredictors } from "./predictors.js";

export interface OracleFinding {
  /** Mean over sessions of the correlation (names) or product (market) of what was predicted with what came. */
  readonly strength: number;
  /** Studentised by the cosine estimator; 0 where nothing varies. */
  readonly tStat: number;
  readonly degrees: number;
}

export interface OracleFindings {
  readonly names: OracleFinding;
  readonly market: OracleFinding;
}

/** Ridge penalty by observation: enough to hold collinear predictors. */
const PENALTY = 1e-4;
const FEWEST_NAMES = 5;
const MARKET_LAGS = 5;

export function findLinear(moves: Moves, names: number, tradable: Uint8Array): OracleFindings {
  const sessions = moves.move.length / names;
  return { names: acrossNames(moves, names, sessions, tradable), market: ofMarket(moves, names, sessions, tradable) };
}

function acrossNames(moves: Moves, names: number, sessions: number, tradable: Uint8Array): OracleFinding {
  const k = PREDICTORS;
  const middle = Math.floor(sessions / 2);
  const show = createPredictors(moves, names, tradable);
  const rows = new Float64Array(names * k);
  const target = new Float64Array(names);
  const gram = new Float64Array(k * k);
  const cross = new Float64Array(k);
  let observations = 0;
  let weights: Float64Array | null = null;
  const daily: number[] = [];
  for (let t = LOOK_BACK; t < sessions; t++) {
    const count = show(t, rows, target);
    if (count < FEWEST_NAMES) continue;
    if (t < middle) {
      observations += count;
      for (let r = 0; r < count; r++) {
        for (let a = 0; a < k; a++) {
          const value = rows[r * k + a] as number;
          cross[a] = (cross[a] as number) + value * (target[r] as number);
          for (let b = a; b < k; b++) gram[a * k + b] = (gram[a * k + b] as number) + value * (rows[r * k + b] as number);
        }
      }
      continue;
    }
    weights ??= solve(gram, cross, observations);
    daily.push(correlation(rows, target, weights, count));
  }
  return studentised(daily);
}

/** Prediction and target both have mean zero over names only nearly: the correlation subtracts what is left. */
function correlation(rows: Float64Array, target: Float64Array, weights: Float64Array, count: number): number {
  const k = weights.length;
  const predicted = Float64Array.from({ length: count }, (_, r) => weights.reduce((sum, w, a) => sum + w * (rows[r * k + a] as number), 0));
  const came = target.subarray(0, count);
  const [pMean, cMean] = [mean(predicted), mean(came)];
  let [pp, cc, pc] = [0, 0, 0];
  for (let r = 0; r < count; r++) {
    const [p, c] = [(predicted[r] as number) - pMean, (came[r] as number) - cMean];
    pp += p * p;
    cc += c * c;
    pc += p * c;
  }
  return pp > 0 && cc > 0 ? pc / Math.sqrt(pp * cc) : 0;
}

/** The mean move of all names, from its own last values. */
function ofMarket(moves: Moves, names: number, sessions: number, tradable: Uint8Array): OracleFinding {
  const market = Float64Array.from({ length: sessions }, (_, t) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < names; i++) {
      const value = moves.move[t * names + i] as number;
      if (tradable[i] === 1 && !Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
    }
    return count === 0 ? 0 : sum / count;
  });
  const middle = Math.floor(sessions / 2);
  const [before, after] = [market.subarray(0, middle), market.subarray(middle)];
  // Each half is seen against its own mean, that a lasting rise is not taken for a prediction.
  const [early, late] = [mean(before), mean(after)];
  const centred = market.map((value, t) => value - (t < middle ? early : late));
  const k = MARKET_LAGS;
  const gram = new Float64Array(k * k);
  const cross = new Float64Array(k);
  for (let t = 1 + k; t < middle; t++) {
    for (let a = 0; a < k; a++) {
      cross[a] = (cross[a] as number) + (centred[t - 1 - a] as number) * (centred[t] as number);
      for (let b = a; b < k; b++)
        gram[a * k + b] = (gram[a * k + b] as number) + (centred[t - 1 - a] as number) * (centred[t - 1 - b] as number);
    }
  }
  const deviation = Math.sqrt(mean(before.map((_, t) => (centred[t] as number) ** 2))) || 1;
  const weights = solve(gram, cross, middle * deviation * deviation);
  const products: number[] = [];
  for (let t = middle + k; t < sessions; t++) {
    const predicted = weights.reduce((sum, w, a) => sum + w * (centred[t - 1 - a] as number), 0);
    products.push((predicted * (centred[t] as number)) / (deviation * deviation));
  }
  return studentised(products);
}

function solve(gram: Float64Array, cross: Float64Array, scale: number): Float64Array {
  const k = cross.length;
  const a = gram.slice();
  const weights = cross.slice();
  for (let j = 0; j < k; j++) a[j * k + j] = (a[j * k + j] as number) + PENALTY * scale + 1e-300;
  return solveInPlace(a, weights) ? weights : new Float64Array(k);
}

function studentised(values: readonly number[]): OracleFinding {
  if (values.length < 10) return { strength: 0, tStat: 0, degrees: 1 };
  const centre = mean(values);
  const { variance, degrees } = cosineVariance(values);
  const error = Math.sqrt(variance / values.length);
  return { strength: centre, tStat: error > 1e-15 ? centre / error : 0, degrees };
}
