// Random forests (Breiman 2001) and extremely randomized trees (Geurts, Ernst & Wehenkel 2006): deep trees, each grown for itself, averaged.
// A tree's seed follows from its number, so that a fit goes on from its last checkpoint to the same bytes.
import type { Rng } from "#base/rng.js";
import { TruewindError } from "#base/errors.js";
import { rankCorrelation } from "#models/samples/moments.js";
import type { FitContext, SampleSource } from "#ports/model.js";
import type { FittedTrees } from "../artifact.js";
import { columnNames } from "../columns.js";
import { encodeState, fingerprintOf, pause, readState, treeSeed } from "../fitting/state.js";
import { createGrower, type TreeGrower } from "../growth/grower.js";
import { type GrownTree, settleValues } from "../growth/growth.js";
import type { Link } from "../link.js";
import { meanOver, weightOf } from "../objectives/objective.js";
import { type TreeSamples, treeSamples } from "../fitting/samples.js";
import { categoricalColumns, growthOf } from "../fitting/settings.js";
import { type ListedTree, toEnsemble, toTrees } from "../fitting/tree-list.js";
import type { ForestConfig } from "./config.js";

/** Trees between two looks at the out-of-bag rank correlation. */
const LOOK_EVERY = 10;

type ForestFamily = "extra-trees" | "forest";

interface Task {
  /** What the trees average, per row: the label, or 1 for a rise and 0 else. */
  readonly target: Float64Array;
  readonly mean: number;
  readonly link: Link;
}

/**
 * All samples are learned from; where trees leave some out (`bootstrap`), these score them: out-of-bag R2, or accuracy, and rank correlation
 * (`oobR2`, `oobAccuracy`, `oobIc` of the progress). Leaves hold their mean over the number of trees, above the mean of all. Throws as
 * `fitBoosting` does.
 */
export async function fitForest(
  family: ForestFamily,
  config: ForestConfig,
  source: SampleSource,
  context: FitContext,
): Promise<FittedTrees> {
  const { steps, leaves, minDataInLeaf, featureFractionByNode } = config;
  const growth = growthOf(config, source.features);
  const categorical = categoricalColumns(config, source.features);
  const samples = treeSamples(family, source, null, 0, steps);
  const task = taskOf(family, config, samples);
  const { read, rows, trainRows, weight } = samples;
  const grower = await createGrower(
    { x: read, rows, trainRows, features: steps * source.features.length, categorical, weight, outputs: 1 },
    {
      ...growth,
      maxLeaves: leaves,
      minDataInLeaf,
      columnsByNode: featureFractionByNode,
      extra: family === "extra-trees",
      threads: context.threads ?? 1,
    },
  );
  try {
    const trees = await loop(family, config, samples, task, grower, context);
    const ensemble = toEnsemble(columnNames(source.features, steps), Float64Array.of(task.mean), trees);
    return { family, features: source.features, steps, link: task.link, ensemble };
  } finally {
    await grower.release();
  }
}

function taskOf(family: ForestFamily, { objective }: ForestConfig, samples: TreeSamples): Task {
  const { y, trainRows } = samples;
  const target = objective === "squared" ? y : y.map((label) => (label > 0 ? 1 : 0));
  const mean = meanOver(samples, 0, trainRows, (row) => target[row] as number);
  if (objective === "squared") return { target, mean, link: { kind: "identity" } };
  if (mean === 0 || mean === 1)
    throw new TruewindError(
      "no-data",
      `${family} with the objective binary needs rises and falls, but all ${trainRows} training labels have one sign: use the objective squared, or another label.`,
    );
  return { target, mean, link: { kind: "probability", scale: meanOver(samples, 0, trainRows, (row) => Math.abs(y[row] as number)) } };
}

async function loop(
  family: ForestFamily,
  config: ForestConfig,
  samples: TreeSamples,
  task: Task,
  grower: TreeGrower,
  context: FitContext,
): Promise<readonly ListedTree[]> {
  const { trees: total, bootstrap, checkpointEvery } = config;
  const { rows, features, steps } = samples;
  const base = Float64Array.of(task.mean);
  const fingerprint = context.checkpoint === undefined ? "" : fingerprintOf(family, config, samples, context.rng);
  const stored = readState<{ readonly grown: number }>(context.checkpoint, fingerprint);
  const trees: ListedTree[] = stored === null ? [] : [...toTrees(stored.ensemble)];
  /** Sum of the leaves that did not learn from a row, and their number. */
  const [sum, count] = stored?.vectors ?? [new Float64Array(rows), new Float64Array(rows)];
  const bag = { sum: sum as Float64Array, count: count as Float64Array };
  const state = (): Uint8Array =>
    encodeState(fingerprint, {
      progress: { grown },
      ensemble: toEnsemble(columnNames(features, steps), base, trees),
      vectors: [bag.sum, bag.count],
    });
  const drawn = bootstrap ? new Int32Array(rows) : null;
  const metrics: Record<string, number> = {};
  let grown = stored?.progress.grown ?? 0;
  for (; grown < total; ) {
    await pause(context, grown > 0 && grown % checkpointEvery === 0, `tree ${grown} of ${total}`, state);
    const tree = growOne(samples, task, grower, context.rng, grown, drawn);
    if (drawn !== null) addOutOfBag(tree, grower, drawn, bag);
    share(tree, total);
    trees.push({ tree, output: 0 });
    grown++;
    if (drawn !== null) Object.assign(metrics, outOfBag(config, samples, task, bag, grown % LOOK_EVERY === 0 || grown === total));
    context.onProgress(grown / total, { tree: grown, samples: grown * rows, ...metrics });
  }
  context.onProgress(1, { tree: grown, samples: grown * rows, ...metrics });
  return trees;
}

/** Squared error around the mean: gradient mean - target and curvature 1, times weight and how often the row was drawn. */
function growOne(
  samples: TreeSamples,
  { target, mean }: Task,
  grower: TreeGrower,
  rng: Rng,
  tree: number,
  drawn: Int32Array | null,
): GrownTree {
  const { trainRows, weight } = samples;
  const { gradient, hessian } = grower;
  const inBag = drawn === null ? null : bootstrapSample(rng.fork(`bag ${tree}`), drawn);
  for (let row = 0; row < trainRows; row++) {
    const w = weightOf(samples, row) * (drawn === null ? 1 : (drawn[row] as number));
    gradient[row] = w * (mean - (target[row] as number));
    hessian[row] = w;
  }
  const curved = weight !== null || drawn !== null;
  return grower.grow({ gradient, hessian: curved ? hessian : null, rows: inBag, columns: null, seed: treeSeed(rng, tree) });
}

/** Writes how often each row is drawn, and returns the rows that are, ascending. */
function bootstrapSample(rng: Rng, drawn: Int32Array): Int32Array {
  const rows = drawn.length;
  drawn.fill(0);
  let different = 0;
  for (let i = 0; i < rows; i++) {
    const row = rng.int(rows);
    if (drawn[row] === 0) different++;
    drawn[row] = (drawn[row] as number) + 1;
  }
  const out = new Int32Array(different);
  for (let row = 0, kept = 0; row < rows; row++) if ((drawn[row] as number) > 0) out[kept++] = row;
  return out;
}

interface Bag {
  readonly sum: Float64Array;
  readonly count: Float64Array;
}

function addOutOfBag(tree: GrownTree, grower: TreeGrower, drawn: Int32Array, { sum, count }: Bag): void {
  const leaf = grower.assign();
  for (let row = 0; row < drawn.length; row++) {
    if (drawn[row] !== 0) continue;
    sum[row] = (sum[row] as number) + (tree.value[leaf[row] as number] as number);
    count[row] = (count[row] as number) + 1;
  }
}

/** A forest is a sum of trees: each holds its part of the average. */
function share(tree: GrownTree, total: number): void {
  for (let node = 0; node < tree.nodes; node++) tree.value[node] = (tree.value[node] as number) / total;
  settleValues(tree);
}

/** Over the rows that some tree has left out. */
function outOfBag(
  { objective }: ForestConfig,
  samples: TreeSamples,
  { target, mean }: Task,
  { sum, count }: Bag,
  ranked: boolean,
): Readonly<Record<string, number>> {
  const scored = Int32Array.from(count.keys()).filter((row) => (count[row] as number) > 0);
  const predicted = Float64Array.from(scored, (row) => mean + (sum[row] as number) / (count[row] as number));
  let mass = 0;
  let error = 0;
  let spread = 0;
  let right = 0;
  for (let i = 0; i < scored.length; i++) {
    const row = scored[i] as number;
    const w = weightOf(samples, row);
    const actual = target[row] as number;
    mass += w;
    error += w * (actual - (predicted[i] as number)) ** 2;
    spread += w * (actual - mean) ** 2;
    right += (predicted[i] as number) > 0.5 === (actual === 1) ? w : 0;
  }
  if (mass === 0) return {};
  const score = objective === "binary" ? { oobAccuracy: right / mass } : spread > 0 ? { oobR2: 1 - error / spread } : {};
  const ic = ranked ? rankCorrelation(samples, scored, predicted) : null;
  return ic === null ? score : { ...score, oobIc: ic };
}
