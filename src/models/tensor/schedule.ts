// The learning rate over the steps of training.

export interface LearningRateConfig {
  /** At its highest, behind the warm-up. */
  readonly learningRate: number;
  /** Steps over which it rises linearly (Goyal et al. 2017, section 2.2). */
  readonly warmup: number;
  /** Behind the warm-up: as it is, or half a cosine down to 0 (Loshchilov & Hutter 2017, eq. 5, without restarts). */
  readonly schedule: "constant" | "cosine";
}

/** Learning rate of a step, from 0; the cosine ends at step `total`. */
export function learningRateAt(step: number, total: number, { learningRate, warmup, schedule }: LearningRateConfig): number {
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  if (schedule === "constant") return learningRate;
  const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}
