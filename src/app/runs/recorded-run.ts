// What surrounds every run: one process at a time, a record of how it ended, and a message that says how to go on after an interruption.
import { systemClock } from "#adapters/clock/system-clock.js";
import { type StateDatabase, openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { RunRecord } from "#ports/store.js";
import { type Experiment, experimentHash } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { acquireRun } from "./lock.js";
import type { RunFolder } from "./run-folder.js";

export interface RecordedRun {
  readonly workspace: Workspace;
  readonly folder: RunFolder;
  readonly record: Omit<RunRecord, "state" | "verdict">;
  readonly signal: AbortSignal | undefined;
  /** What is left and how to go on, when the run is interrupted: one sentence. */
  readonly ifStopped: string;
}

/** The record of a run that starts now. */
export function recordOf(
  mode: RunRecord["mode"],
  experiment: Experiment,
  { id: dataId, lineage }: DatasetManifest,
  id: string,
): RecordedRun["record"] {
  return {
    id,
    name: experiment.name,
    mode,
    experimentHash: experimentHash(experiment),
    dataId,
    lineage,
    startedAt: systemClock.now(),
    folder: `runs/${id}`,
  };
}

export interface Finished<T> {
  readonly verdict: string | null;
  readonly value: T;
}

/** Throws `busy` while another process works on the run, `interrupted` when the signal ended it, and whatever `work` throws. */
export async function recordedRun<T>(
  { workspace, folder, record, signal, ifStopped }: RecordedRun,
  work: (state: StateDatabase) => Promise<Finished<T>>,
): Promise<T> {
  const release = acquireRun(folder);
  try {
    const state = await openStateDatabase(workspace.stateDb);
    try {
      await state.runs.save({ ...record, state: "running", verdict: null });
      const { verdict, value } = await work(state);
      await state.runs.save({ ...record, state: "done", verdict });
      return value;
    } catch (error) {
      const stopped = signal?.aborted === true;
      // The failure itself is what must be told, even when the disk is too full to record it.
      await state.runs.save({ ...record, state: stopped ? "interrupted" : "failed", verdict: null }).catch(() => undefined);
      throw stopped ? new TruewindError("interrupted", `Run ${record.id} was interrupted. ${ifStopped}`, { cause: error }) : error;
    } finally {
      await state.close();
    }
  } finally {
    release();
  }
}
