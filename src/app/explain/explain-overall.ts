// Which features drove predictions out of sample: SHAP values of a spread of rows, and how much worse the score gets without a feature.
// Each model explains and predicts nothing but the rows of its own test.
import { spearman } from "#base/correlation.js";
import { createRng } from "#base/rng.js";
import { type Micros, utcDate } from "#domain/time.js";
import { type Explainer, knownOf, type Rows, spread, spreadOver } from "#models/explain/explainer.js";
import { accuracyOf, explainerOf, type MethodName } from "#models/explain/explainer-of.js";
import { type Part, permutationImportance } from "#models/explain/permutation.js";
import { rowPredictor } from "#models/explain/row-predictor.js";
import type { TreeShap } from "#models/explain/tree-shap.js";
import { weightedSum } from "#models/explain/weighted-sum.js";
import type { FittedModel } from "#ports/model.js";
import type { ExplanationWay, OverallExplanation } from "../report/explanation.js";

/** Rows out of sample of one model, or of several whose mean is the prediction. */
export interface OverallPart {
  readonly models: readonly FittedModel[];
  readonly rows: Rows;
  /** NaN where not known. */
  readonly labels: Float64Array;
  /** Moment of each row, ascending. */
  readonly moments: Float64Array;
}

export interface OverallOptions {
  readonly features: readonly string[];
  readonly groupOf: (feature: string) => string;
  readonly parts: readonly OverallPart[];
  readonly method: MethodName;
  /** What the rows are, as in "1,000 rows out of sample". */
  readonly sample: string;
  readonly unit: OverallExplanation["unit"];
  readonly onProgress: (step: string, done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Predictions that one feature's permutations may take altogether with all others. */
const PERMUTATION_WORK = 4_000_000;
const REPEATS = 5;
/** Features that are dealt out one by one: the strongest. */
const MOST_DEALT = 40;
const MOST_SHAP_ROWS = 1000;
const FEWEST_SHAP_ROWS = 40;
/** Predictions that SHAP values may take where the model has to be asked. */
const SHAP_WORK = 2_000_000;
const BACKGROUND = 100;
const MOST_POINTS = 400;
const POINTED_FEATURES = 12;
const PAIR_ROWS = 50;
const MOST_PAIRS = 10;
/** Decisions of fewer names have no rank correlation of their own worth a mean. */
const FEW_NAMES = 5;

/** How many rows of its parts `explainOverall` makes use of, for who gathers them. */
export function rowsWanted(features: number): number {
  return Math.max(500, Math.floor(PERMUTATION_WORK / (REPEATS * (Math.min(features, MOST_DEALT) + 10))));
}

export async function explainOverall(options: OverallOptions): Promise<OverallExplanation> {
  const { features, groupOf, parts, signal } = options;
  const k = features.length;
  const shap = await contributionsOf(options);
  const { rows, contributions, values } = shap;
  const meanAbsolute = features.map((_, j) => meanOver(rows, (row) => Math.abs(contributions[row * k + j] as number)));
  const strongest = [...meanAbsolute.keys()].sort((a, b) => (meanAbsolute[b] as number) - (meanAbsolute[a] as number) || a - b);
  const groups = [...new Set(features.map(groupOf))].map((group) => ({
    group,
    members: features.flatMap((feature, j) => (groupOf(feature) === group ? [j] : [])),
  }));
  const dealt = strongest.slice(0, MOST_DEALT);
  const score = scoreOf(parts);
  const importance =
    score === null
      ? null
      : await permutationImportance({
          parts: parts.map((part): Part => ({ ...part.rows, predict: meanPredictor(part) })),
          features: k,
          groups: [...dealt.map((j) => [j]), ...groups.map(({ members }) => members)],
          repeats: REPEATS,
          rng: createRng("permutation"),
          score: score.of,
          onProgress: (done) => options.onProgress("dealing out values", done),
          signal,
        });
  const column = (of: Float32Array | Float64Array, j: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => of[row * k + j] as number);
  const shown = spreadOver(rows, MOST_POINTS);
  return {
    way: shap.way,
    sample: options.sample,
    unit: options.unit,
    from: utcDate(Math.min(...parts.map(({ moments }) => moments[0] ?? Infinity)) as Micros),
    to: utcDate(Math.max(...parts.map(({ moments }) => moments.at(-1) ?? -Infinity)) as Micros),
    rows,
    spread: shap.spread,
    error: shap.error,
    features: strongest.map((j) => ({
      feature: features[j] as string,
      group: groupOf(features[j] as string),
      meanAbsolute: meanAbsolute[j] as number,
      direction: spearman(column(values, j), column(contributions, j)),
      drop: importance?.drops[dealt.indexOf(j)] ?? null,
    })),
    groups: groups
      .map(({ group, members }, g) => ({
        group,
        features: members.length,
        meanAbsolute: meanOver(rows, (row) => Math.abs(members.reduce((sum, j) => sum + (contributions[row * k + j] as number), 0))),
        drop: importance?.drops[dealt.length + g] ?? null,
      }))
      .sort((a, b) => b.meanAbsolute - a.meanAbsolute || (a.group < b.group ? -1 : 1)),
    score: importance === null || score === null ? null : { name: score.name, value: importance.score, rows: score.rows, repeats: REPEATS },
    points: strongest.slice(0, POINTED_FEATURES).map((j) => ({
      feature: features[j] as string,
      values: Array.from(shown, (row) => short(values[row * k + j] as number)),
      adds: Array.from(shown, (row) => short(contributions[row * k + j] as number) ?? 0),
    })),
    pairs: shap.pairs,
  };
}

interface Contributions {
  readonly way: ExplanationWay;
  readonly rows: number;
  /** `[row][feature]` */
  readonly contributions: Float64Array;
  /** `[row][feature]`, of the newest step. */
  readonly values: Float32Array;
  readonly spread: number;
  readonly error: number;
  readonly pairs: OverallExplanation["pairs"];
}

async function contributionsOf({ features, parts, method, onProgress, signal }: OverallOptions): Promise<Contributions> {
  const k = features.length;
  const all = parts.reduce((sum, { rows }) => sum + rows.rows, 0);
  const explainers: Explainer[] = [];
  for (const { models, rows, moments } of parts) {
    const evaluations = Math.floor(SHAP_WORK / FEWEST_SHAP_ROWS);
    explainers.push(await meanExplainer(models, spread(rows, BACKGROUND), (moments[0] ?? 0) as Micros, method, evaluations));
  }
  const dearest = Math.max(1, ...explainers.map(({ workPerRow }) => workPerRow));
  const wanted = Math.max(FEWEST_SHAP_ROWS, Math.min(MOST_SHAP_ROWS, Math.floor(SHAP_WORK / dearest)));
  const found: { contributions: Float64Array; values: Float32Array; rows: number }[] = [];
  let [far, error] = [0, 0];
  const pairs = new Float64Array(k * k);
  let pairRows = 0;
  for (const [p, part] of parts.entries()) {
    signal?.throwIfAborted();
    const explainer = explainers[p] as Explainer;
    const width = part.rows.x.length / Math.max(1, part.rows.rows);
    const rows = knownOf(spread(part.rows, Math.max(1, Math.round((wanted * part.rows.rows) / all))), width);
    const given = await explainer.attribute(rows);
    const values = new Float32Array(rows.rows * k);
    for (let row = 0; row < rows.rows; row++) {
      values.set(rows.x.subarray((row + 1) * width - k, (row + 1) * width), row * k);
      far += Math.abs((given.prediction[row] as number) - explainer.base);
      error = Math.max(error, given.error[row] as number);
    }
    found.push({ contributions: given.contributions, values, rows: rows.rows });
    if ("interactions" in explainer) {
      const few = spread(rows, Math.max(1, Math.round((PAIR_ROWS * rows.rows) / wanted)));
      (explainer as TreeShap).interactions(few).forEach((value, i) => (pairs[i] = (pairs[i] as number) + value * few.rows));
      pairRows += few.rows;
    }
    onProgress("explaining rows", (p + 1) / parts.length);
  }
  const rows = found.reduce((sum, one) => sum + one.rows, 0);
  const contributions = new Float64Array(rows * k);
  const values = new Float32Array(rows * k);
  let at = 0;
  for (const one of found) {
    contributions.set(one.contributions, at);
    values.set(one.values, at);
    at += one.rows * k;
  }
  return {
    way: wayOf(explainers),
    rows,
    contributions,
    values,
    spread: rows === 0 ? 0 : far / rows,
    error,
    pairs: pairRows === 0 ? null : strongestPairs(features, pairs),
  };
}

function strongestPairs(features: readonly string[], strength: Float64Array): OverallExplanation["pairs"] {
  const k = features.length;
  const pairs: { first: string; second: string; share: number }[] = [];
  let total = 0;
  for (let i = 0; i < k; i++) {
    total += strength[i * k + i] as number;
    for (let j = i + 1; j < k; j++) {
      total += strength[i * k + j] as number;
      pairs.push({ first: features[i] as string, second: features[j] as string, share: strength[i * k + j] as number });
    }
  }
  return pairs
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || (a.first < b.first ? -1 : 1))
    .slice(0, MOST_PAIRS)
    .map(({ share, ...pair }) => ({ ...pair, share: share / total }));
}

/** Of the mean of several models' predictions. */
export async function meanExplainer(
  models: readonly FittedModel[],
  background: Rows,
  asOf: Micros,
  method: MethodName,
  evaluations: number,
): Promise<Explainer> {
  const members: Explainer[] = [];
  for (const model of models) {
    members.push(
      await explainerOf(model, {
        method,
        background,
        asOf,
        evaluations,
        rng: createRng("explain"),
      }),
    );
  }
  const [only, second] = members;
  return second === undefined
    ? (only as Explainer)
    : weightedSum(
        members,
        members.map(() => 1 / members.length),
      );
}

export function wayOf(explainers: readonly Explainer[]): ExplanationWay {
  const first = explainers[0] as Explainer;
  return {
    method: first.method,
    accuracy: accuracyOf({ method: first.method, exact: explainers.every(({ exact }) => exact) }),
    baseIs: first.baseIs,
    background: Math.max(...explainers.map(({ background }) => background)),
  };
}

function meanPredictor({ models, moments }: OverallPart): Part["predict"] {
  const members = models.map((model) => rowPredictor(model, (moments[0] ?? 0) as Micros));
  return async (rows) => {
    const sum = new Float64Array(rows.rows);
    for (const predict of members)
      (await predict(rows)).forEach((value, row) => (sum[row] = (sum[row] as number) + value / members.length));
    return sum;
  };
}

/** Mean rank correlation over moments, or over all rows where a moment has few. Null without labels. */
function scoreOf(
  parts: readonly OverallPart[],
): { readonly name: string; readonly rows: number; readonly of: (predictions: readonly Float64Array[]) => number } | null {
  const rows = parts.reduce((sum, { labels }) => sum + labels.filter((label) => !Number.isNaN(label)).length, 0);
  if (rows < 3) return null;
  const starts = parts.map(({ moments }) => [...moments.keys()].filter((i) => i === 0 || moments[i] !== moments[i - 1]));
  const moments = starts.reduce((sum, list) => sum + list.length, 0);
  if (rows / moments < FEW_NAMES) {
    const labels = Float64Array.from(parts.flatMap((part) => [...part.labels]));
    return {
      name: "rank correlation with the label",
      rows,
      of: (predictions) => spearman(Float64Array.from(predictions.flatMap((values) => [...values])), labels) ?? 0,
    };
  }
  return {
    name: "mean rank IC",
    rows,
    of(predictions) {
      let [sum, count] = [0, 0];
      for (const [p, part] of parts.entries()) {
        const from = starts[p] as readonly number[];
        for (const [i, start] of from.entries()) {
          const end = from[i + 1] ?? part.labels.length;
          const ic = spearman((predictions[p] as Float64Array).subarray(start, end), part.labels.subarray(start, end));
          if (ic === null) continue;
          sum += ic;
          count++;
        }
      }
      return count === 0 ? 0 : sum / count;
    },
  };
}

function meanOver(rows: number, of: (row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += of(row);
  return rows === 0 ? 0 : sum / rows;
}

/** Five digits are finer than any picture. */
function short(value: number): number | null {
  return value - value === 0 ? Number(value.toPrecision(5)) : null;
}
