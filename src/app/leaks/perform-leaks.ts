// The verb behind `truewind leaks`: the experiment's whole pipeline, or a program, searched for leaks over a dataset.
import { availableParallelism } from "node:os";
import { TruewindError } from "#base/errors.js";
import { type OpenDataset, openDataset } from "#data/lake/open-dataset.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { DAY_US, isoDateOrThrow, type Micros, utcDate } from "#domain/time.js";
import { detectLeaks } from "#research/leaks/detect-leaks.js";
import type { LeakReport } from "#research/leaks/finding.js";
import { type Experiment, parseExperiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { withoutQuotes } from "../modes/recorded-quotes.js";
import { openRunFacts } from "../modes/run-facts.js";
import { openUniverse } from "../modes/universe.js";
import { openNamed } from "../names/open-experiment.js";
import { experimentSubject } from "./experiment-subject.js";
import { programSubject } from "./program-subject.js";
import { provenanceOf } from "./provenance.js";
import { fitToNames, narrow, sampleNames } from "./sampled.js";
import { worldOfDataset } from "./world-of-dataset.js";

/** How hard leaks are searched for unless somebody says otherwise. */
export const USUAL_SEARCH = { names: 16, runs: 60, seed: "leaks" } as const;

export interface PerformLeaksOptions {
  readonly workspace: Workspace;
  /** Names of the dataset that take part; null for all. */
  readonly names: number | null;
  readonly runs: number;
  readonly seed: string;
  readonly onProgress: (step: string, done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface LeaksResult {
  readonly report: LeakReport;
  /** Names that took part, of all. */
  readonly names: number;
  readonly ofNames: number;
  readonly dataset: string;
}

/** Throws as `performBacktest` for what cannot run. */
export async function performLeaks(asked: Experiment, options: PerformLeaksOptions): Promise<LeaksResult> {
  const { workspace, signal } = options;
  const { experiment: full, dataset: whole, names: aliases } = await openNamed(workspace, asked);
  const all = whole.manifest.instruments.length;
  const names = sampleNames(full, whole, options.names ?? all);
  const dataset = narrow(whole, names);
  // Its worlds have other bars, which nobody quoted.
  const experiment = withoutQuotes(fitToNames(full, names, all));
  const facts = await openRunFacts(workspace.facts, experiment, dataset, aliases);
  const { sessions } = openUniverse(experiment, dataset, facts);
  const provenance = provenanceOf(
    whole.manifest,
    facts.sets.map(({ manifest }) => manifest),
    full,
  );
  const world = await worldOfDataset(whole, names, sessions, facts.tables, provenance);
  const report = await detectLeaks(experimentSubject(experiment, dataset, facts, signal), world, detectOptions(options));
  return { report, names: names.length, ofNames: all, dataset: whole.manifest.name };
}

/** Last digits differ where a library multiplies matrices of another size. */
const PROGRAM_TOLERANCE = 1e-9;

/** The program sees all sessions of the dataset, and no facts but its splits and dividends. */
export async function performProgramLeaks(command: string, name: string, options: PerformLeaksOptions): Promise<LeaksResult> {
  const whole = await openDataset(options.workspace.lake, name);
  const all = whole.manifest.instruments.length;
  const names = sampleNames(
    parseExperiment({ name: "program", data: { dataset: name }, seed: options.seed }, "the program"),
    whole,
    options.names ?? all,
  );
  const world = await worldOfDataset(whole, names, sessionsOf(whole), [], provenanceOf(whole.manifest, [], null));
  const concurrency = availableParallelism();
  const report = await detectLeaks(programSubject(command, options.signal), world, {
    ...detectOptions(options),
    tolerance: PROGRAM_TOLERANCE,
    concurrency,
  });
  return { report, names: names.length, ofNames: all, dataset: name };
}

function detectOptions({ runs, seed, onProgress, signal }: PerformLeaksOptions): Parameters<typeof detectLeaks>[2] {
  return { runs, seed, signal, onProgress: (done) => onProgress("looking for leaks", done) };
}

function sessionsOf({ manifest }: OpenDataset): Parameters<typeof worldOfDataset>[2] {
  if (manifest.from === null || manifest.to === null) throw new TruewindError("no-data", `Dataset ${manifest.name} has no rows.`);
  const day = (at: number) => isoDateOrThrow(utcDate(at as Micros));
  const sessions = calendarByName(manifest.calendar).sessions(day(manifest.from - DAY_US), day(manifest.to + DAY_US));
  return sessions.filter(({ openAt, closeAt }) => closeAt >= (manifest.from as number) && openAt < (manifest.to as number));
}
