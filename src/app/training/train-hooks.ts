// What a training tells while it runs, and how it is stopped.

export interface TrainHooks {
  /** `done` in [0, 1] of the named step. */
  readonly onProgress: (step: string, done: number, metrics: Readonly<Record<string, number>>) => void;
  readonly signal: AbortSignal;
}
