// What a person sees of a search that runs: how many trials are done, how many were pruned, and the best so far.
import { type Trial, bestOf } from "#research/tuning/space/trial.js";
import type { Tuning } from "../config/tuning.js";
import type { Progress } from "../modes/study.js";
import { directionOf } from "./objective.js";

export class TuneProgress {
  private readonly started: number;

  constructor(
    private readonly tuning: Pick<Tuning, "trials" | "objective">,
    /** Grows while the study runs. */
    private readonly trials: readonly Trial[],
    private readonly onProgress: Progress,
  ) {
    this.started = trials.length;
  }

  /** Null: nothing is over yet. The bar is of what was left to do at the beginning, so that the time left can be foretold. */
  tell(trial: Trial | null): void {
    const { trials, tuning } = this;
    const best = bestOf(trials, directionOf(tuning.objective))?.value;
    const count = (state: Trial["state"]): number => trials.filter((one) => one.state === state).length;
    const [pruned, failed] = [count("pruned"), count("failed")];
    const left = Math.max(1, tuning.trials - this.started);
    this.onProgress(`trials (${tuning.trials})`, trial === null ? 0 : (trials.length - this.started) / left, {
      done: trials.length,
      pruned,
      ...(failed === 0 ? {} : { failed }),
      ...(best === undefined || best === null ? {} : { best }),
    });
  }
}
