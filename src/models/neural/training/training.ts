// All that a training is made of. The loop knows graphs and vectors, and nothing of blocks and heads.
import type { Graph } from "#models/tensor/graph.js";
import type { SampleSource } from "#ports/model.js";
import { type Batches, momentBatches, sampleBatches } from "./batches.js";
import type { Score } from "./evaluator.js";
import type { LearningGraph, Specs, Vectors } from "./learner.js";
import type { Scales } from "./scales.js";
import type { TrainingConfig } from "./schema.js";

export interface Training {
  readonly config: TrainingConfig;
  readonly source: SampleSource;
  /** Positions of the samples that are learned from, in the order of time. */
  readonly samples: Int32Array;
  /** What tells when to stop; null: every epoch is trained, and the last one is kept. */
  readonly held: Held | null;
  /** Decisions that the net looks back on. */
  readonly steps: number;
  readonly scales: Scales;
  /** Standardizes `[row][feature]` in place. */
  readonly standardize: (rows: Float32Array) => void;
  readonly specs: Specs;
  /** Draws the starting values. */
  readonly start: () => Vectors;
  /** Graphs for a given number of samples. */
  readonly learning: (batch: number) => LearningGraph;
  readonly evaluation: (batch: number) => Graph;
  readonly score: Score;
  /** Whether a step learns from whole decision moments. */
  readonly batching: "moments" | "shuffled";
  /** Whether the loss of a batch is the mean of the losses of its samples: then threads may share the batch. */
  readonly divisible: boolean;
  readonly threads: number;
  /** Of settings, data and seed: a checkpoint with another one is refused. */
  readonly fingerprint: string;
}

export interface Held {
  readonly source: SampleSource;
  /** In the order of time. */
  readonly samples: Int32Array;
}

/** Batches over some of the samples of a source, as the losses need them. */
export function batchesOf({ batching, config }: Training, samples: Int32Array, { asOf }: SampleSource): Batches {
  return batching === "moments" ? momentBatches(samples, asOf, config.batch) : sampleBatches(samples, config.batch);
}
