// Models. `fit` returns another type than the family: "predict before fit" does not compile.
import type { Rng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Outcome } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import type { GradientExchange } from "./gradient-exchange.js";

/** What is known of every sample, however its features are kept. Ordered by (asOf, instrument). */
export interface SampleFacts {
  readonly features: readonly string[];
  readonly rows: number;
  /** Label per row: a return as a fraction. Never NaN. */
  readonly y: Float64Array;
  /** Decision time of each row, Micros. */
  readonly asOf: Float64Array;
  /** When the label of each row ends, Micros: what splits within the training set purge by. */
  readonly labelEndAt: Float64Array;
  /** Sample weight per row, positive; null means all equal. */
  readonly weight: Float64Array | null;
}

/** Samples of one training set, in memory. */
export interface TrainingSet extends SampleFacts {
  /** Row-major `[row][feature]`; NaN means not known. */
  readonly x: Float32Array;
  /** Decisions up to each sample, for models that look back; null when only models of one decision will read the set. */
  readonly past: PastFrames | null;
}

/** All frames up to the samples, as plain data that threads can share. A sample's past is its instrument at the decisions before. */
export interface PastFrames {
  /** Row-major `[row][feature]` over all rows of all decisions, samples or not. */
  readonly x: Float32Array;
  readonly instruments: number;
  /** Row of `x` per `[decision][instrument]`; -1 where the instrument was no member. */
  readonly rowOf: Int32Array;
  /** Per sample `decision * instruments + instrument`. */
  readonly cell: Int32Array;
}

/** Samples that are read by position, from memory or from disk: never a copy of every window. */
export interface SampleSource extends SampleFacts {
  /**
   * Writes the last `steps` decisions of each of the given samples, oldest first and its own last, as `[sample][step][feature]` into
   * `out`; NaN where the instrument was not there or a value is not known.
   */
  gather(samples: Int32Array, steps: number, out: Float32Array): void;
}

export interface FitContext {
  readonly rng: Rng;
  /** `done` in [0, 1]. A metric called `samples` counts the samples read so far: whoever shows progress makes samples per second of it. */
  readonly onProgress: (done: number, metrics: Readonly<Record<string, number>>) => void;
  /** Raised when the fit shall stop: it writes its checkpoint, if it keeps one, and throws `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** Threads that the fit may use; 1 when left out. The bytes of a model may depend on it. */
  readonly threads?: number | undefined;
  /** Where a long fit keeps its state, so that it goes on after a crash; short fits ignore it. */
  readonly checkpoint?: CheckpointStore | undefined;
  /** The other processes that fit the same model; families that fit alone ignore it. */
  readonly exchange?: GradientExchange | undefined;
}

/** One place for the state of one fit. A state is written whole or not at all. */
export interface CheckpointStore {
  /** Where it is, for messages. */
  readonly name: string;
  /** Null when there is none. */
  read(): Uint8Array | null;
  write(state: Uint8Array): void;
  /** By the caller, once it keeps the fitted model: a fit that ends and is lost goes on from here. */
  remove(): void;
}

/** Cannot exist unfitted. */
export interface FittedModel {
  readonly family: string;
  readonly features: readonly string[];
  /** Decisions that a prediction looks back on, its own included; 1: the frame alone. */
  readonly steps: number;
  /** One expected return per instrument of the frame; NaN for rows that are not members. Pure: same frame, same bits. */
  predict(frame: FeatureFrame): Float64Array | Promise<Float64Array>;
  /** Models that say how sure they are give this too: its expected returns are those of `predict`, bit for bit. */
  readonly opine?: (frame: FeatureFrame) => Opinion | Promise<Opinion>;
  /** Models that go on learning while they are used; `opine` alone is what they say before any outcome. */
  readonly online?: OnlineModel;
  save(): Uint8Array;
}

/** What a model learns from outcomes, as plain numbers that are handed to it and handed back: the model itself stays as it was fitted. */
export interface OnlineModel {
  /** The state before any outcome. `before`: that of the model which it takes over from; null at the first. */
  begin(instruments: number, before: Float64Array | null): Float64Array;
  /** Pure: same frame and state, same bits. */
  opine(frame: FeatureFrame, state: Float64Array): Opinion | Promise<Opinion>;
  /** The state after an outcome, which may be of a model before. It changes nothing that it is given. */
  learn(state: Float64Array, outcome: Outcome): Float64Array;
}

/** One number per instrument of the frame each; NaN where there is no opinion. */
export interface Opinion {
  readonly expectedReturn: Float64Array;
  /** Standard error of the expected return, as a fraction; null when the model gives none. */
  readonly uncertainty: Float64Array | null;
  /** Calibrated probability that the sign of the expected return is right, in [0, 1]; null when the model gives none. */
  readonly confidence: Float64Array | null;
  /** Share of training rows that lie nearer to what was trained on, in [0, 1]; left out when the model does not tell. */
  readonly outOfDomain?: Float64Array;
  /** Of models that go on learning: numbers that they want to be told again with the outcome. */
  readonly recall?: Float64Array;
}

export interface ModelFamily<Config> {
  readonly name: string;
  /** Throws `bad-config` naming every problem. */
  parseConfig(raw: unknown): Config;
  /** `steps` of the models that this configuration makes. */
  steps(config: Config): number;
  fit(config: Config, train: TrainingSet, context: FitContext): Promise<FittedModel>;
  /**
   * Like `fit`, from samples that are read by position: tables larger than memory, with the validation samples that the experiment
   * declares (for early stopping; null: the family splits its own off the training's end). Families without it get all samples in memory.
   */
  readonly fitSamples?: (config: Config, train: SampleSource, validation: SampleSource | null, context: FitContext) => Promise<FittedModel>;
  /** Throws `corrupt-artifact`. */
  load(artifact: Uint8Array): FittedModel;
}

/** Walk-forward gives the engine its models through this port. */
export interface ModelSchedule {
  /** The model that may be used at this moment; null before the first. */
  at(asOf: Micros): { readonly id: string; readonly model: FittedModel } | null;
  /** Whether any of its models goes on learning. */
  readonly learns?: boolean;
  /** Most decisions that any of its models looks back on, at least 1: what a plan must remember. */
  readonly steps: number;
}
