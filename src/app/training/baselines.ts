// What a model must beat to be worth its trouble: ridge on the newest row, ridge on the whole window laid out as columns, and no model.
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Table } from "#data/table/row-file.js";
import { type TableSamples, sampleSourceOf, trainingSetOf } from "#data/table/samples.js";
import type { Windows } from "#data/table/windows.js";
import { ridge } from "#models/linear/family.js";
import type { LinearModel } from "#models/linear/predict.js";
import type { FittedModel, ModelFamily } from "#ports/model.js";

/** 400 MB of windows. Above it the second ridge is not worth its memory. */
const MOST_VALUES = 100_000_000;
const MOST_COLUMNS = 1000;

/** Ridge that chooses its penalty itself, on the latest part of its training samples; 1 where they are too few to compare on. */
export const ridgeBaseline: ModelFamily<unknown> = {
  ...(ridge as ModelFamily<unknown>),
  async fit(_, train, context) {
    try {
      return await ridge.fit({ alpha: "auto", positive: false }, train, context);
    } catch (error) {
      if (error instanceof TruewindError && error.code === "no-data") return ridge.fit({ alpha: 1, positive: false }, train, context);
      throw error;
    }
  },
};

export interface Baseline {
  readonly name: string;
  readonly model: FittedModel;
}

export interface Baselines {
  readonly ridges: readonly Baseline[];
  /** Mean training label: the majority class where labels are directions. */
  readonly constant: number;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export async function fitBaselines(table: Table, all: TableSamples, windows: Windows, lag: number, steps: number): Promise<Baselines> {
  // Ridge reads its samples from memory, where a large table does not fit: an even part of it says the same.
  const stride = Math.ceil((all.rows * table.features.length) / MOST_VALUES);
  const samples = everyNth(all, stride);
  const context = { rng: createRng("baselines"), onProgress: (): void => undefined };
  const newest = await ridgeBaseline.fit({}, trainingSetOf(table, samples, windows, lag, 1), context);
  const ridges: Baseline[] = [{ name: "ridge, newest row", model: newest }];
  const notes: string[] = [];
  const penalties = [`${penaltyOf(newest)} on the newest row`];
  if (stride > 1) notes.push(`Ridge was fitted on every ${stride}th of the ${all.rows} samples, as many as it holds in memory.`);
  const columns = steps * table.features.length;
  if (steps > 1 && columns <= MOST_COLUMNS && columns * samples.rows <= MOST_VALUES) {
    const x = new Float32Array(samples.rows * columns);
    sampleSourceOf(samples, windows).gather(
      Int32Array.from({ length: samples.rows }, (_, i) => i),
      steps,
      x,
    );
    const features = Array.from({ length: columns }, (_, i) => `${i}`);
    const flat = await ridgeBaseline.fit({}, { ...samples, features, x, past: null }, context);
    ridges.push({ name: `ridge, window of ${steps} rows`, model: onWindows(flat, steps) });
    penalties.push(`${penaltyOf(flat)} on the window`);
  } else if (steps > 1)
    notes.push(`Ridge on the whole window was left out: ${samples.rows} samples of ${columns} values are too many for it.`);
  notes.push(`Ridge chose its penalty on the latest training samples: ${penalties.join(", ")}.`);
  return { ridges, constant: all.y.reduce((sum, label) => sum + label, 0) / all.rows, notes };
}

const penaltyOf = (model: FittedModel): number => (model as LinearModel).parameters.penalty;

function everyNth(samples: TableSamples, n: number): TableSamples {
  if (n === 1) return samples;
  const { y, asOf, labelEndAt, weight, labelRow } = samples;
  const kept = (_: number, i: number): boolean => i % n === 0;
  return {
    ...samples,
    rows: Math.ceil(samples.rows / n),
    y: y.filter(kept),
    asOf: asOf.filter(kept),
    labelEndAt: labelEndAt.filter(kept),
    weight: weight?.filter(kept) ?? null,
    labelRow: labelRow.filter(kept),
  };
}

function onWindows(flat: FittedModel, steps: number): FittedModel {
  return {
    ...flat,
    steps,
    predict: (frame: FeatureFrame) =>
      flat.predict({ ...frame, features: flat.features, values: Float64Array.from(frame.history?.values ?? []), history: null }),
  };
}
