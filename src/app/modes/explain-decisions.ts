// Why the names of a decision were traded, at a cost that is counted beforehand: what live and paper sessions journal behind their orders.
// The same decision gives the same reasons. What goes wrong here is told in the record and never stops a session.
import { createRng } from "#base/rng.js";
import type { AttributedFeature, AttributedName, DecisionAttribution } from "#domain/attribution.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { RiskDecision } from "#domain/order.js";
import type { EngineParts } from "#engine/engine-parts.js";
import { type Attributions, type Explainer, type Rows, spread } from "#models/explain/explainer.js";
import { explainerOf } from "#models/explain/explainer-of.js";
import { knownRows } from "#models/samples/known-rows.js";
import type { FittedModel, ModelSchedule } from "#ports/model.js";

/** What one decision may cost. */
export interface ExplainBudget {
  /** Names of which reasons are kept. */
  readonly names: number;
  /** Features named per name; the others are summed. */
  readonly features: number;
  /** Predictions of one name, by count. */
  readonly work: number;
  /** Names that the traded ones are compared with, spread over all. */
  readonly background: number;
}

const LIVE_BUDGET: ExplainBudget = { names: 20, features: 8, work: 20_000, background: 64 };

export function explainDecisions(models: ModelSchedule, budget: ExplainBudget = LIVE_BUDGET): NonNullable<EngineParts["explain"]> {
  return (signals, frame, decisions) => {
    const current = models.at(frame.asOf);
    const traded = tradedNames(decisions, signals.expectedReturn);
    if (current === null || traded.length === 0) return null;
    const said: DecisionAttribution = { asOf: frame.asOf, model: current.id, basis: null, names: [], left: traded.length, trouble: null };
    return reasons(current.model, frame, traded, signals.expectedReturn, budget).then(
      (found) => ({ ...said, ...found }),
      (error: unknown) => ({ ...said, trouble: `It could not be explained: ${error instanceof Error ? error.message : String(error)}` }),
    );
  };
}

/** Names with an order that risk let pass and an opinion behind it, those farthest from the mean of all opinions first. */
function tradedNames(decisions: readonly RiskDecision[], expected: Float64Array): readonly InstrumentIx[] {
  const opinions = expected.filter((value) => !Number.isNaN(value));
  const mean = opinions.reduce((sum, value) => sum + value, 0) / opinions.length;
  const far = (instrument: number): number => Math.abs((expected[instrument] as number) - mean);
  const names = decisions.filter(({ verdict }) => verdict !== "refuse").map(({ order }) => order.instrument);
  return [...new Set(names)].filter((name) => !Number.isNaN(expected[name])).sort((a, b) => far(b) - far(a) || a - b);
}

async function reasons(
  model: FittedModel,
  frame: FeatureFrame,
  traded: readonly InstrumentIx[],
  expected: Float64Array,
  budget: ExplainBudget,
): Promise<Pick<DecisionAttribution, "basis" | "names" | "left" | "trouble">> {
  const { instruments, x } = knownRows(model.family, frame, model.steps);
  const all: Rows = { x, rows: instruments.length };
  const wished = traded.slice(0, budget.names);
  const explainer = await explainerOf(model, {
    method: "auto",
    background: spread(all, budget.background),
    asOf: frame.asOf,
    evaluations: Math.floor(budget.work / wished.length),
    rng: createRng("attribution"),
  });
  const affordable = Math.max(0, Math.floor((budget.work - explainer.setupWork) / explainer.workPerRow));
  const names = wished.slice(0, affordable);
  const rows = rowsOf(all, instruments, names);
  const attributions = await explainer.attribute(rows);
  return {
    basis: basisOf(explainer, names.length),
    names: namesOf(model, names, rows, attributions, all, explainer, budget.features, expected),
    left: traded.length - names.length,
    trouble: names.some((name, i) => differs(expected[name] as number, attributions.prediction[i] as number))
      ? "The session expected something else of some names than its model does of each alone, as it was kept: these are the reasons of the latter."
      : names.length < wished.length
        ? `Explaining one name takes ${explainer.workPerRow} predictions, and a decision may cost ${budget.work}: ${wished.length - names.length} names were left out.`
        : null,
  };
}

/** Models that learn while they are used, or look across names, say something else than each row alone has them say. */
function differs(said: number, explained: number): boolean {
  return !(Math.abs(said - explained) <= 1e-4 * Math.max(Math.abs(said), 1e-6));
}

/** Exported for explanations outside of a session, which show the same things of a name. */
export function basisOf(explainer: Explainer, names: number): NonNullable<DecisionAttribution["basis"]> {
  const { method, exact, base, baseIs, background, setupWork, workPerRow } = explainer;
  return { method, exact, base, baseIs, background, work: setupWork + names * workPerRow };
}

/** Windows of some of the instruments. All have one. */
export function rowsOf({ x, rows }: Rows, instruments: Int32Array, names: readonly number[]): Rows {
  const width = x.length / Math.max(1, rows);
  const out = new Float32Array(names.length * width);
  names.forEach((name, i) => {
    const at = instruments.indexOf(name) * width;
    out.set(x.subarray(at, at + width), i * width);
  });
  return { x: out, rows: names.length };
}

/** `all`: rows that values are ranked among; `predictions`: those that the prediction is ranked among. */
export function namesOf(
  { features, steps }: Pick<FittedModel, "features" | "steps">,
  names: readonly InstrumentIx[],
  rows: Rows,
  { prediction, contributions, error }: Attributions,
  all: Rows,
  { base }: Pick<Explainer, "base">,
  most: number,
  predictions: Float64Array,
): readonly AttributedName[] {
  const k = features.length;
  const width = steps * k;
  // The newest step is the one that is shown.
  const valueAt = ({ x }: Rows, row: number, j: number): number => x[(row + 1) * width - k + j] as number;
  return names.map((instrument, row): AttributedName => {
    const adds = contributions.subarray(row * k, (row + 1) * k);
    const order = [...adds.keys()].sort((a, b) => Math.abs(adds[b] as number) - Math.abs(adds[a] as number) || a - b);
    // What adds nothing is not a reason.
    const listed = order.slice(0, most).filter((j) => adds[j] !== 0);
    const sum = listed.reduce((total, j) => total + (adds[j] as number), 0);
    const own = prediction[row] as number;
    return {
      instrument,
      prediction: own,
      predicted: predictions.reduce((count, other) => count + (Number.isNaN(other) ? 0 : 1), 0),
      above: predictions.reduce((count, other) => count + (other > (predictions[instrument] as number) ? 1 : 0), 0),
      features: listed.map((j): AttributedFeature => {
        const value = valueAt(rows, row, j);
        const known = value - value === 0;
        return {
          feature: features[j] as string,
          value: known ? value : null,
          below: known ? shareBelow(all, value, (other) => valueAt(all, other, j)) : null,
          adds: adds[j] as number,
        };
      }),
      rest: own - base - sum,
      others: k - listed.length,
      error: error[row] as number,
    };
  });
}

function shareBelow({ rows }: Rows, value: number, of: (row: number) => number): number | null {
  let [below, equal, known] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const other = of(row);
    if (Number.isNaN(other)) continue;
    known++;
    if (other < value) below++;
    else if (other === value) equal++;
  }
  return known === 0 ? null : (below + equal / 2) / known;
}
