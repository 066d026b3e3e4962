// Which parameters mattered: a forest is fitted to the values of the trials, and each parameter's main effect in it is measured.
import { createRng } from "#base/rng.js";
import { samplesOf } from "#models/samples/windows.js";
import { parseForestConfig } from "#models/trees/forest/config.js";
import { fitForest } from "#models/trees/forest/grow-forest.js";
import { axisOf } from "../space/axis.js";
import { type Choice, type Parameter, type Params, type Space, groupsOf } from "../space/parameter.js";
import type { Trial } from "../space/trial.js";
import { type Dimension, mainEffects } from "./fanova.js";

export interface Importance {
  readonly name: string;
  /** Share of the variance that it explains alone, in [0, 1]; of those trials in which it has a value. */
  readonly share: number;
  /** Trials that it is judged by. */
  readonly trials: number;
}

/** Fewer complete trials say nothing. */
const FEWEST = 10;
const TREES = 64;

/**
 * Largest share first. A parameter that hangs on a choice is judged among the trials that made it. One that cannot be judged, for want of
 * complete trials or of any difference, is left out.
 */
export async function importancesOf(space: Space, trials: readonly Trial[], seed: string): Promise<readonly Importance[]> {
  const found: Importance[] = [];
  for (const group of groupsOf(space)) {
    const [first] = group as readonly [Parameter, ...Parameter[]];
    const judged = trials.filter(({ value, params }) => value !== null && first.name in params);
    if (judged.length < FEWEST) continue;
    const together = space.filter(({ name }) => judged.every(({ params }) => name in params));
    const shares = await sharesOf(together, judged, `${seed}/${first.name}`);
    if (shares === null) continue;
    for (const { name } of group) found.push({ name, share: shares.get(name) as number, trials: judged.length });
  }
  return found.sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}

async function sharesOf(space: Space, trials: readonly Trial[], seed: string): Promise<ReadonlyMap<string, number> | null> {
  const { width, dimensions } = layOut(space);
  const x = new Float32Array(trials.length * width);
  trials.forEach(({ params }, row) => encode(space, dimensions, params, x.subarray(row * width, (row + 1) * width)));
  const y = Float64Array.from(trials, ({ value }) => value as number);
  const spread = Math.max(...y) - Math.min(...y);
  if (!(spread > 0)) return null;
  const train = {
    features: Array.from({ length: width }, (_, column) => `column ${column}`),
    rows: trials.length,
    x,
    // Shares do not depend on the unit; kernels keep fewer digits of what is far from 1.
    y: y.map((value) => (value - Math.min(...y)) / spread),
    asOf: Float64Array.from(trials.keys()),
    labelEndAt: Float64Array.from(trials.keys()),
    weight: null,
    past: null,
  };
  const config = parseForestConfig({ trees: TREES, leaves: 4096, minDataInLeaf: 1, featureFractionByNode: 1 });
  const context = { rng: createRng(seed), onProgress: () => undefined };
  const { ensemble } = await fitForest("forest", config, samplesOf(train), context);
  const shares = mainEffects(ensemble, dimensions);
  return shares === null ? null : new Map(space.map(({ name }, d) => [name, shares[d] as number]));
}

function layOut(space: Space): { readonly width: number; readonly dimensions: readonly Dimension[] } {
  let width = 0;
  const dimensions = space.map((parameter): Dimension => {
    const column = width;
    const choices = parameter.kind === "categorical" ? parameter.choices.length : null;
    width += choices ?? 1;
    return { column, choices };
  });
  return { width, dimensions };
}

function encode(space: Space, dimensions: readonly Dimension[], params: Params, out: Float32Array): void {
  space.forEach((parameter, d) => {
    const value = params[parameter.name] as Choice;
    const { column } = dimensions[d] as Dimension;
    if (parameter.kind === "categorical") {
      out[column + parameter.choices.indexOf(value)] = 1;
      return;
    }
    const axis = axisOf(parameter);
    out[column] = (axis.place(value as number) - axis.low) / (axis.high - axis.low);
  });
}
