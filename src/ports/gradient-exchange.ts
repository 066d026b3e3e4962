// Several processes that train one net together: each learns from its share of every batch, and all take the same step.

export interface GradientExchange {
  /** 0 to `workers - 1`; the process of rank 0 keeps the checkpoint. */
  readonly rank: number;
  readonly workers: number;
  /**
   * Replaces `gradient` by the mean over all processes, each counting by its `weight` (0: not at all; all 0: zeros), summed in the order of
   * ranks, so that it has the same bits everywhere and on every run. Returns the total weight. All processes must call it equally often
   * with equally many values. Throws `worker-lost` when one of them is gone.
   */
  average(gradient: Float32Array, weight: number): Promise<number>;
}
