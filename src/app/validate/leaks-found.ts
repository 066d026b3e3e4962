// What a search of the experiment's own pipeline for leaks says: what counts against the pipeline, and what against its data.
import { existsSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { LeakFinding, LeakKind } from "#research/leaks/finding.js";
import type { Experiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { performLeaks, type LeaksResult, USUAL_SEARCH } from "../leaks/perform-leaks.js";
import type { Progress } from "../modes/study.js";
import { type RunFolder, readJson, writeWhole } from "../runs/run-folder.js";
import type { LeaksFound } from "./validation-result.js";

const LEAKS_FILE = "leaks.json";

export interface LeakContext {
  readonly workspace: Workspace;
  readonly folder: RunFolder;
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Over as many names and runs as `truewind leaks` takes by itself; kept beside the run. Null for bars that are not daily: no world is made of them. */
export async function searchLeaks(
  experiment: Experiment,
  { kind, barInterval }: DatasetManifest,
  { workspace, folder, onProgress, signal }: LeakContext,
): Promise<LeaksFound | null> {
  if (kind !== "bar" || barInterval !== "1d") return null;
  const path = folder.file(LEAKS_FILE);
  if (existsSync(path)) return readJson(path) as LeaksFound;
  const search = { ...USUAL_SEARCH, workspace, signal, onProgress: (step: string, done: number) => onProgress(step, done) };
  const found = leaksFound(await performLeaks(experiment, search).catch(sayHowToGoOn));
  // An interrupted search throws; what else went wrong in it is told in its report.
  if (signal?.aborted === true) throw new TruewindError("interrupted", "Stopped while leaks were searched for; run it again.");
  writeWhole(path, `${JSON.stringify(found)}\n`);
  return found;
}

/** The rest of the validation is kept, and need not wait for what a few names cannot show. */
function sayHowToGoOn(error: unknown): never {
  if (!(error instanceof TruewindError) || (error.code !== "no-data" && error.code !== "bad-config")) throw error;
  throw new TruewindError(
    error.code,
    `The search for leaks over ${USUAL_SEARCH.names} names cannot run: ${error.message} Validate with --no-leaks, and search with more names: truewind leaks --names.`,
    { cause: error },
  );
}

/** Kinds that speak of the data and not of the code. */
const OF_DATA: ReadonlySet<LeakKind> = new Set([
  "survivors-only",
  "universe-of-today",
  "latest-vintage",
  "no-publication-times",
  "adjusted-levels",
  "contradicted-provenance",
]);
/** Of these the stamps of the dataset say as much. */
const STAMPED: ReadonlySet<LeakKind> = new Set(["survivors-only", "latest-vintage", "no-publication-times"]);

/** Notes are held against nobody. */
export function leaksFound({ report, names, ofNames }: LeaksResult): LeaksFound {
  const held = report.findings.filter(({ severity }) => severity !== "note");
  const plain = ({ kind, where, evidence }: LeakFinding): LeaksFound["leaks"][number] => ({ kind, where, evidence });
  const { runs, failedRuns, cuts, decisions, features } = report;
  return {
    leaks: held.filter(({ kind }) => !OF_DATA.has(kind)).map(plain),
    doubts: held.filter(({ kind }) => OF_DATA.has(kind) && !STAMPED.has(kind)).map(plain),
    names,
    ofNames,
    runs,
    failedRuns,
    cuts,
    decisions,
    features,
  };
}
