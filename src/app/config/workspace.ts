// Where a user's data, runs and state live: one folder, `.truewind` in the current folder unless told otherwise.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { TruewindError } from "#base/errors.js";

export interface Workspace {
  readonly root: string;
  readonly lake: string;
  /** Sets of facts. */
  readonly facts: string;
  /** Keys of anonymized names. */
  readonly names: string;
  readonly runs: string;
  /** Experiment files that the demo wrote. */
  readonly experiments: string;
  readonly stateDb: string;
}

/** The layout of the folder. A program refuses a workspace whose number is above its own. */
const LAYOUT = 1;
const MARK = "workspace.json";

/** `path` wins over the variable TRUEWIND_HOME, which wins over the default. The folders are made. Throws `bad-config` when that cannot be. */
export function openWorkspace(path?: string): Workspace {
  const root = resolve(path ?? process.env["TRUEWIND_HOME"] ?? ".truewind");
  const workspace = {
    root,
    lake: join(root, "lake"),
    facts: join(root, "facts"),
    names: join(root, "names"),
    runs: join(root, "runs"),
    experiments: join(root, "experiments"),
    stateDb: join(root, "state.db"),
  };
  try {
    for (const folder of [workspace.lake, workspace.facts, workspace.runs, workspace.experiments]) mkdirSync(folder, { recursive: true });
    const mark = join(root, MARK);
    if (existsSync(mark)) refuseNewer(root, readFileSync(mark, "utf8"));
    else writeFileSync(mark, `${JSON.stringify({ layout: LAYOUT })}\n`);
  } catch (cause) {
    if (cause instanceof TruewindError) throw cause;
    const why = REASONS[(cause as NodeJS.ErrnoException).code ?? ""] ?? (cause as Error).message;
    throw new TruewindError(
      "bad-config",
      `${root} cannot be the workspace: ${why}. Name a folder that you may write with --workspace or TRUEWIND_HOME.`,
      { cause },
    );
  }
  return workspace;
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: "there is a file where a folder is needed",
  ENOTDIR: "there is a file where a folder is needed",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "it is on a file system that is read only",
  ENOSPC: "the disk is full",
};

function refuseNewer(root: string, mark: string): void {
  let layout: unknown;
  try {
    layout = (JSON.parse(mark) as { layout?: unknown } | null)?.layout;
  } catch {
    layout = undefined;
  }
  if (typeof layout !== "number") {
    throw new TruewindError(
      "bad-config",
      `${join(root, MARK)} is damaged: delete that file if this is a workspace of Truewind, or name another with --workspace.`,
    );
  }
  if (layout > LAYOUT) {
    throw new TruewindError(
      "bad-config",
      `The workspace ${root} was made by a newer Truewind (layout ${layout}, this one knows ${LAYOUT}): update Truewind, or name another with --workspace.`,
    );
  }
}
