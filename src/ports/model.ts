// Models. `fit` returns another type than the family: "predict before fit" does not compile.
import type { Rng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";

/** Samples of one training set, ordered by (asOf, instrument). */
export interface TrainingSet {
  readonly features: readonly string[];
  readonly rows: number;
  /** Row-major `[row][feature]`; NaN means not known. */
  readonly x: Float32Array;
  /** Label per row: a return as a fraction. Never NaN. */
  readonly y: Float64Array;
  /** Decision time of each row, Micros. */
  readonly asOf: Float64Array;
  /** Sample weight per row, positive; null means all equal. */
  readonly weight: Float64Array | null;
}

export interface FitContext {
  readonly rng: Rng;
  /** `done` in [0, 1]. */
  readonly onProgress: (done: number, metrics: Readonly<Record<string, number>>) => void;
}

/** Cannot exist unfitted. */
export interface FittedModel {
  readonly family: string;
  readonly features: readonly string[];
  /** One expected return per instrument of the frame; NaN for rows that are not members. Pure: same frame, same bits. */
  predict(frame: FeatureFrame): Float64Array | Promise<Float64Array>;
  save(): Uint8Array;
}

export interface ModelFamily<Config> {
  readonly name: string;
  /** Throws `bad-config` naming every problem. */
  parseConfig(raw: unknown): Config;
  fit(config: Config, train: TrainingSet, context: FitContext): Promise<FittedModel>;
  /** Throws `corrupt-artifact`. */
  load(artifact: Uint8Array): FittedModel;
}

/** Walk-forward gives the engine its models through this port. */
export interface ModelSchedule {
  /** The model that may be used at this moment; null before the first. */
  at(asOf: Micros): { readonly id: string; readonly model: FittedModel } | null;
}
