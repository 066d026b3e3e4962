// What one epoch came to.

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Steps taken so far, over all epochs. */
  readonly steps: number;
  /** Weighted mean of the training loss over the steps of the epoch, each with the parameters that it met. */
  readonly loss: number;
  /** Null where nothing is held out. */
  readonly validationLoss: number | null;
  /** Mean over the decision moments of the rank correlation of prediction and label on what is held out; null where there is none. */
  readonly ic: number | null;
}
