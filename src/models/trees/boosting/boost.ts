// Gradient boosting (Friedman 2001; second order as in Chen & Guestrin 2016): tree after tree, each grown from the derivatives of the loss at
// the scores so far. All that happens follows from the seed and the round, so that a fit goes on from its last checkpoint to the same bytes.
import type { Rng } from "#base/rng.js";
import { rankCorrelation } from "#models/samples/moments.js";
import { positions } from "#models/samples/hold-out.js";
import type { FitContext, SampleSource } from "#ports/model.js";
import type { FittedTrees } from "../artifact.js";
import { columnNames } from "../columns.js";
import { draw, encodeState, fingerprintOf, pause, readState, treeSeed } from "../fitting/state.js";
import { createGrower, type TreeGrower } from "../growth/grower.js";
import { type GrownTree, settleValues } from "../growth/growth.js";
import { expectedReturn } from "../link.js";
import { createObjective } from "../objectives/create.js";
import type { Objective, Scores } from "../objectives/objective.js";
import { TreePredictor } from "../predictor.js";
import { type TreeSamples, treeSamples } from "../fitting/samples.js";
import { categoricalColumns, growthOf } from "../fitting/settings.js";
import { type ListedTree, toEnsemble, toTrees } from "../fitting/tree-list.js";
import type { BoostingConfig } from "./config.js";

/** Rounds between two looks at what is dear to know: the training loss, and the rank correlation where it does not tell when to stop. */
const LOOK_EVERY = 10;
const SCORED_AT_ONCE = 4096;

interface Progress {
  round: number;
  /** Trees up to the best round, its score (the lower the better; null before the first) and the rounds since. */
  bestTrees: number;
  bestScore: number | null;
  sinceBest: number;
  loss: number | null;
  validationLoss: number | null;
  ic: number | null;
}

/**
 * `validation`: what the experiment declares; null: the latest part of the training samples, purged. Throws `no-data`, `bad-file`,
 * `bad-config`, `diverged`, `interrupted`, `out-of-memory`, and for a checkpoint that does not fit `data-changed` or `corrupt-artifact`.
 */
export async function fitBoosting(
  config: BoostingConfig,
  source: SampleSource,
  validation: SampleSource | null,
  context: FitContext,
): Promise<FittedTrees> {
  const { steps, leaves, minDataInLeaf, featureFractionByNode } = config;
  const growth = growthOf(config, source.features);
  const categorical = categoricalColumns(config, source.features);
  const samples = treeSamples("boosting", source, validation, config.validation, steps);
  const objective = createObjective(config.objective, samples);
  const { read, rows, trainRows, weight } = samples;
  const grower = await createGrower(
    { x: read, rows, trainRows, features: steps * source.features.length, categorical, weight, outputs: objective.base.length },
    { ...growth, maxLeaves: leaves, minDataInLeaf, columnsByNode: featureFractionByNode, extra: false, threads: context.threads ?? 1 },
  );
  try {
    const trees = await loop(config, samples, objective, grower, context);
    const ensemble = toEnsemble(columnNames(source.features, steps), objective.base, trees);
    return {
      family: "boosting",
      features: source.features,
      steps,
      link: objective.link(() => scoresOf(new TreePredictor(ensemble), samples)),
      ensemble,
    };
  } finally {
    await grower.release();
  }
}

async function loop(
  config: BoostingConfig,
  samples: TreeSamples,
  objective: Objective,
  grower: TreeGrower,
  context: FitContext,
): Promise<readonly ListedTree[]> {
  const { rounds, patience, checkpointEvery } = config;
  const { rows, trainRows, features, steps } = samples;
  const { base } = objective;
  const fingerprint = context.checkpoint === undefined ? "" : fingerprintOf("boosting", config, samples, context.rng);
  const stored = readState<Progress>(context.checkpoint, fingerprint);
  const progress = stored?.progress ?? startProgress();
  const trees: ListedTree[] = stored === null ? [] : [...toTrees(stored.ensemble)];
  grower.scores.forEach((scores, output) => {
    if (stored === null) scores.fill(base[output] as number);
    else scores.set(stored.vectors[output] as Float64Array);
  });
  const state = (): Uint8Array =>
    encodeState(fingerprint, { progress, ensemble: toEnsemble(columnNames(features, steps), base, trees), vectors: grower.scores });
  const round = createRound(config, samples, objective, grower, context.rng);
  const random = config.baggingFraction < 1 || config.featureFraction < 1 || config.featureFractionByNode < 1;

  while (progress.round < rounds && progress.sinceBest < (patience ?? Number.POSITIVE_INFINITY)) {
    await pause(context, progress.round > 0 && progress.round % checkpointEvery === 0, `round ${progress.round} of ${rounds}`, state);
    const grown = round(progress.round);
    trees.push(...grown);
    // Where chance has no part, what cannot be split now never will.
    if (grown.length === 0 && !random) break;
    progress.round++;
    look(progress, config, samples, objective, grower.scores, trees.length);
    context.onProgress(progress.round / rounds, metricsOf(progress, trainRows));
  }
  context.onProgress(1, metricsOf(progress, trainRows));
  return rows > trainRows ? trees.slice(0, progress.bestTrees) : trees;
}

function startProgress(): Progress {
  return { round: 0, bestTrees: 0, bestScore: null, sinceBest: 0, loss: null, validationLoss: null, ic: null };
}

/** Grows the trees of one round and adds them to the scores; those that cannot be split are left out. */
function createRound(
  config: BoostingConfig,
  samples: TreeSamples,
  objective: Objective,
  grower: TreeGrower,
  rng: Rng,
): (round: number) => readonly ListedTree[] {
  const { baggingFraction, featureFraction, learningRate } = config;
  const { trainRows, steps, features } = samples;
  const outputs = objective.base.length;
  const columns = steps * features.length;
  const room = (own: Float32Array): readonly Float32Array[] =>
    Array.from({ length: outputs }, () => (outputs === 1 ? own : new Float32Array(trainRows)));
  const gradient = room(grower.gradient);
  const hessian = room(grower.hessian);
  return (round) => {
    objective.derive(grower.scores, gradient, hessian);
    const bag =
      baggingFraction < 1 ? draw(rng.fork(`bag ${round}`), trainRows, Math.max(1, Math.round(baggingFraction * trainRows))) : null;
    const grown: ListedTree[] = [];
    for (let output = 0; output < outputs; output++) {
      const index = round * outputs + output;
      const asked =
        featureFraction < 1 ? draw(rng.fork(`columns ${index}`), columns, Math.max(1, Math.round(featureFraction * columns))) : null;
      const tree = grower.grow({
        gradient: gradient[output] as Float32Array,
        hessian: objective.curved ? (hessian[output] as Float32Array) : null,
        rows: bag,
        columns: asked,
        seed: treeSeed(rng, index),
      });
      if (tree.leaves < 2) continue;
      settle(tree, objective, grower, output, learningRate);
      grower.addTo(tree, output);
      grown.push({ tree, output });
    }
    return grown;
  };
}

/** Gives the leaves their last values: the loss's own constant where it has one, within the bounds of constraints, times the learning rate. */
function settle(tree: GrownTree, { refit }: Objective, grower: TreeGrower, output: number, learningRate: number): void {
  const { feature, value, bounds } = tree;
  for (let node = 0; node < tree.nodes; node++) {
    if ((feature[node] as number) >= 0) continue;
    let leaf = value[node] as number;
    if (refit !== null) leaf = refit(grower.scores[output] as Float64Array, grower.leafRows(node));
    if (bounds !== null) leaf = Math.max(bounds[2 * node] as number, Math.min(bounds[2 * node + 1] as number, leaf));
    value[node] = learningRate * leaf;
  }
  settleValues(tree);
}

function look(
  progress: Progress,
  { monitor, rounds }: BoostingConfig,
  samples: TreeSamples,
  objective: Objective,
  scores: Scores,
  trees: number,
): void {
  const { rows, trainRows } = samples;
  const due = progress.round % LOOK_EVERY === 0 || progress.round === 1 || progress.round === rounds;
  if (due) progress.loss = objective.loss(scores, 0, trainRows);
  if (rows === trainRows) return;
  progress.validationLoss = objective.loss(scores, trainRows, rows);
  if (due || monitor === "ic") progress.ic = heldCorrelation(samples, objective, scores);
  // Predictions that rank nothing are as bad as any.
  const score = monitor === "loss" ? progress.validationLoss : -(progress.ic ?? -1);
  if (progress.bestScore === null || score < progress.bestScore)
    Object.assign(progress, { bestScore: score, bestTrees: trees, sinceBest: 0 });
  else progress.sinceBest++;
}

function heldCorrelation(samples: TreeSamples, objective: Objective, scores: Scores): number | null {
  const { rows, trainRows } = samples;
  const first = (scores[0] as Float64Array).subarray(trainRows);
  // One score orders as its return does.
  const link = scores.length === 1 ? null : objective.link(() => scores);
  const of = new Float64Array(scores.length);
  const predictions =
    link === null
      ? first
      : first.map((_, i) => {
          for (let output = 0; output < of.length; output++) of[output] = scores[output]?.[trainRows + i] as number;
          return expectedReturn(link, of);
        });
  return rankCorrelation(samples, positions(trainRows, rows), predictions);
}

function metricsOf({ round, loss, validationLoss, ic }: Progress, trainRows: number): Readonly<Record<string, number>> {
  const known = Object.entries({ loss, validationLoss, ic }).filter((entry): entry is [string, number] => entry[1] !== null);
  return { round, samples: round * trainRows, ...Object.fromEntries(known) };
}

/** Of an ensemble over all rows, `[output][row]`. */
function scoresOf(predictor: TreePredictor, { read, rows, steps, features }: TreeSamples): Scores {
  const { outputs } = predictor;
  const out = Array.from({ length: outputs }, () => new Float64Array(rows));
  const x = new Float32Array(SCORED_AT_ONCE * steps * features.length);
  const scores = new Float64Array(SCORED_AT_ONCE * outputs);
  for (let from = 0; from < rows; from += SCORED_AT_ONCE) {
    const count = Math.min(SCORED_AT_ONCE, rows - from);
    read(from, count, x);
    predictor.rows(x, count, scores);
    out.forEach((one, output) => {
      for (let i = 0; i < count; i++) one[from + i] = scores[i * outputs + output] as number;
    });
  }
  return out;
}
