// Where a user's data, runs and state live: one folder, `.truewind` in the current folder unless told otherwise.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

export interface Workspace {
  readonly root: string;
  readonly lake: string;
  readonly runs: string;
  /** Experiment files that the demo wrote. */
  readonly experiments: string;
  readonly stateDb: string;
}

/** `path` wins over the variable TRUEWIND_HOME, which wins over the default. The folders are made. */
export function openWorkspace(path?: string): Workspace {
  const root = resolve(path ?? process.env["TRUEWIND_HOME"] ?? ".truewind");
  const workspace = { root, lake: join(root, "lake"), runs: join(root, "runs"), experiments: join(root, "experiments"), stateDb: join(root, "state.db") };
  mkdirSync(workspace.lake, { recursive: true });
  mkdirSync(workspace.runs, { recursive: true });
  mkdirSync(workspace.experiments, { recursive: true });
  return workspace;
}
