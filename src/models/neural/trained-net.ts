// What training hands over to whoever makes a model of it.
import type { Values } from "./blocks/build.js";
import type { NeuralConfig } from "./config.js";
import type { Normalization } from "./normalize-input.js";
import type { EpochRecord } from "./training/epoch-record.js";

export interface TrainedNet {
  readonly config: NeuralConfig;
  /** In the order in which the net reads them. */
  readonly features: readonly string[];
  /** Of the best epoch, averaged where the settings ask for it. */
  readonly values: Values;
  readonly normalization: Normalization;
  readonly history: readonly EpochRecord[];
  /** Weighted mean of the absolute training labels: what a direction is worth, in units of the label. */
  readonly labelMagnitude: number;
}
