// What the command and the threads that run its trials tell each other.
import type { ErrorCode } from "#base/errors.js";
import type { Device } from "#models/tensor/runtime.js";
import type { TrialRun } from "#research/tuning/run-study.js";
import type { Experiment } from "../config/experiment.js";
import type { Tuning } from "../config/tuning.js";
import type { StudyData } from "../modes/study.js";
import type { DataPlaces } from "../names/open-experiment.js";
import type { MeasuredTrial } from "./trial-bench.js";

export interface TunerSetup {
  /** That of the search: it ends before the first test of the user's. */
  readonly experiment: Experiment;
  readonly tuning: Pick<Tuning, "objective" | "pruner" | "seeds">;
  readonly places: DataPlaces;
  readonly data: StudyData;
  /** One Int32: 1 when trials shall stop. */
  readonly stop: SharedArrayBuffer;
  readonly device: Device;
}

export type ToTuner =
  | { readonly kind: "run"; readonly run: Omit<TrialRun, "gate"> }
  /** The answer to a `gate`. */
  | { readonly kind: "pass"; readonly number: number; readonly ends: boolean };

export type FromTuner =
  | { readonly kind: "gate"; readonly number: number; readonly step: number; readonly value: number }
  | { readonly kind: "done"; readonly number: number; readonly trial: MeasuredTrial }
  | {
      readonly kind: "broken";
      readonly number: number;
      readonly code: ErrorCode | null;
      readonly message: string;
      readonly stack: string | null;
    };
