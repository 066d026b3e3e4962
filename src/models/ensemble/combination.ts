// How members' opinions become one: what is learned of them, and how it is applied. Applying is pure: the same opinions give the same bits.
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import type { FittedModel, Opinion } from "#ports/model.js";
import { type Dynamic, moverFor } from "./dynamic.js";
import type { Evidence } from "./evidence.js";
import { weightsOf } from "./hedge.js";

/** What the evidence says of the way one member speaks. */
export interface Voice {
  /** Mean of its predictions, and the factor by which what is above or below it is taken so that all members speak equally loud. */
  readonly level: number;
  readonly gain: number;
  /** Root mean squared error, and the factor by which its own uncertainty must be taken to be as large as its errors. */
  readonly error: number;
  readonly stretch: number;
}

/** All weights are those of members, in their order: not negative, 1 in all. */
export type Combination =
  | { readonly kind: "weights"; readonly weights: readonly number[] }
  /** As they stand at the end of training. `regime`: a feature whose mean over the members of a frame chooses the weights. */
  | { readonly kind: "dynamic"; readonly regime: string | null; readonly dynamic: Dynamic }
  /** By the inverse of the squared uncertainty, name by name. */
  | { readonly kind: "confidence" }
  /** A model that reads the members' predictions. `shares`: of its coefficients, by size. */
  | { readonly kind: "stacking"; readonly meta: FittedModel; readonly shares: readonly number[] };

export interface Combined {
  readonly expectedReturn: Float64Array;
  /** Of a mixture of the members: their errors, and how far they are apart. */
  readonly uncertainty: Float64Array;
  /** Mean weight of each member over the rows that were answered. */
  readonly weights: readonly number[];
}

export const fixedWeights = (weights: readonly number[]): Combination => ({ kind: "weights", weights });

export const equalWeights = (count: number): Combination => fixedWeights(new Array<number>(count).fill(1 / count));

/** Of these members speak with their own voice, the others are brought to one. */
const asSaid = (combination: Combination): boolean => combination.kind === "confidence" || combination.kind === "stacking";

/** One row per name. A row that no member answers is NaN; where some do, the weights of the others are theirs. `regime`: NaN when not known. */
export async function combine(
  combination: Combination,
  voices: readonly Voice[],
  opinions: readonly Opinion[],
  regime: number,
): Promise<Combined> {
  const count = voices.length;
  const rows = (opinions[0] as Opinion).expectedReturn.length;
  const expectedReturn = new Float64Array(rows).fill(Number.NaN);
  const uncertainty = new Float64Array(rows).fill(Number.NaN);
  const asked = combination.kind === "stacking" ? await askMeta(combination.meta, opinions, rows) : null;
  const fixed = weightsNow(combination, regime, count);
  const weightSums = new Float64Array(count);
  const said = new Float64Array(count);
  const deviation = new Float64Array(count);
  const weight = new Float64Array(count);
  let answered = 0;
  for (let row = 0; row < rows; row++) {
    let total = 0;
    let known = 0;
    for (let m = 0; m < count; m++) {
      const { expectedReturn: own, uncertainty: stated } = opinions[m] as Opinion;
      const { level, gain, error, stretch } = voices[m] as Voice;
      const raw = own[row] as number;
      said[m] = asSaid(combination) ? raw : level + gain * (raw - level);
      const told = stated === null ? Number.NaN : (stated[row] as number) * stretch;
      deviation[m] = told > 0 && told < Number.POSITIVE_INFINITY ? told : error;
      weight[m] = 0;
      if (Number.isNaN(raw)) continue;
      known++;
      // A member that never erred on the evidence would take all: its error counts as tiny instead.
      weight[m] = fixed === null ? 1 / Math.max(deviation[m] as number, 1e-12) ** 2 : (fixed[m] as number);
      total += weight[m] as number;
    }
    if (known === 0) continue;
    let mean = 0;
    for (let m = 0; m < count; m++) {
      if (Number.isNaN(said[m] as number)) continue;
      weight[m] = total > 0 ? (weight[m] as number) / total : 1 / known;
      if (weight[m] !== 0) mean += (weight[m] as number) * (said[m] as number);
    }
    const value = asked === null ? mean : (asked[row] as number);
    if (Number.isNaN(value)) continue;
    let variance = 0;
    for (let m = 0; m < count; m++) {
      if (weight[m] === 0) continue;
      variance += (weight[m] as number) * ((deviation[m] as number) ** 2 + ((said[m] as number) - mean) ** 2);
      weightSums[m] = (weightSums[m] as number) + (weight[m] as number);
    }
    expectedReturn[row] = value;
    uncertainty[row] = Math.sqrt(variance);
    answered++;
  }
  return { expectedReturn, uncertainty, weights: Array.from(weightSums, (sum) => (answered === 0 ? 1 / count : sum / answered)) };
}

/** Null: they differ from row to row. */
export function weightsNow(combination: Combination, regime: number, count: number): readonly number[] | null {
  switch (combination.kind) {
    case "weights":
      return combination.weights;
    case "dynamic":
      return weightsOf(moverFor(combination.dynamic, regime).logs);
    case "stacking":
      return combination.shares;
    case "confidence":
      return null;
    default:
      throw new RangeError(`no way to weight ${count} members: ${String(combination satisfies never)}`);
  }
}

async function askMeta(meta: FittedModel, opinions: readonly Opinion[], rows: number): Promise<Float64Array> {
  const k = opinions.length;
  const values = new Float64Array(rows * k);
  opinions.forEach(({ expectedReturn }, m) => expectedReturn.forEach((value, row) => (values[row * k + m] = value)));
  const all = new Uint8Array(rows).fill(1);
  const frame: FeatureFrame = {
    asOf: 0 as Micros,
    instruments: rows,
    features: meta.features,
    values,
    member: all,
    fresh: all,
    history: null,
  };
  return meta.predict(frame);
}

export function voicesOf({ facts: { y }, members }: Evidence): readonly Voice[] {
  const labels = deviationOf(y);
  const spoken = members.map(({ expectedReturn }) => deviationOf(expectedReturn));
  // Nobody can rightly expect returns that differ more than returns do; whoever does speaks in a unit of its own.
  const loud = spoken.map(({ deviation }) => Math.min(deviation, labels.deviation)).filter((deviation) => deviation > 0);
  const common = Math.exp(loud.reduce((sum, deviation) => sum + Math.log(deviation), 0) / Math.max(1, loud.length));
  return members.map(({ expectedReturn, uncertainty }, m) => {
    const { mean, deviation } = spoken[m] as Spread;
    let square = 0;
    let count = 0;
    let ratio = 0;
    let told = 0;
    for (let row = 0; row < y.length; row++) {
      const miss = (y[row] as number) - (expectedReturn[row] as number);
      if (Number.isNaN(miss)) continue;
      square += miss * miss;
      count++;
      const stated = uncertainty?.[row] ?? Number.NaN;
      if (!(stated > 0 && stated < Number.POSITIVE_INFINITY)) continue;
      ratio += (miss / stated) ** 2;
      told++;
    }
    return {
      level: mean,
      gain: deviation > 0 ? common / deviation : 1,
      error: count === 0 ? labels.deviation : Math.sqrt(square / count),
      stretch: told === 0 ? 1 : Math.sqrt(ratio / told),
    };
  });
}

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Of the known values; zeros when there are none. */
function deviationOf(values: Float64Array): Spread {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return { mean: 0, deviation: 0 };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return { mean, deviation: Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) };
}
