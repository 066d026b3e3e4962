// The verb behind `truewind replay`: everything it needs stands in the journal's header and beside the journal.
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readJournalHeader } from "#adapters/stores/journal/file.js";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { TruewindError } from "#base/errors.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { toSchedule } from "#research/walk-forward.js";
import { researchRisk } from "../config/risk-limits.js";
import type { Workspace } from "../config/workspace.js";
import type { Experiment } from "../config/experiment.js";
import { type Difference, attributeDifference } from "../modes/attribute-difference.js";
import { engineParts } from "../modes/paper.js";
import { type ReplayReport, type ReplayWatch, replayJournal } from "../modes/replay.js";
import type { RunFacts } from "../modes/run-facts.js";
import type { Progress } from "../modes/study.js";
import { openUniverse, type Universe, windowOf } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import { daysOfSession } from "../paper/session-days.js";
import type { JournalHeader } from "./journal-header.js";
import { JOURNAL_FILE, type RunFolder, readModels } from "./run-folder.js";

/** A run by its journal, with the data as they are now. */
export interface RecordedJournal {
  readonly journal: string;
  readonly header: JournalHeader;
  readonly experiment: Experiment;
  readonly universe: Universe;
  readonly facts: RunFacts;
  readonly folder: RunFolder;
  /** The dataset is not the one of the journal: in what way, one sentence; null where it is. */
  readonly changed: string | null;
}

/** `path`: a journal, or the folder of a run. Throws `no-such-file`, `bad-key` or `corrupt-journal`. */
export async function openRecorded(path: string, workspace: Workspace): Promise<RecordedJournal> {
  const journal = existsSync(join(path, JOURNAL_FILE)) ? join(path, JOURNAL_FILE) : path;
  if (statSync(journal, { throwIfNoEntry: false })?.isFile() !== true)
    throw new TruewindError("no-such-file", `There is no journal at ${path}: give a journal file or the folder of a run.`);
  const header = readJournalHeader(journal) as JournalHeader;
  const { dataset: name, dataId } = header;
  const { manifest } = await openDataset(workspace.lake, name);
  const changed =
    manifest.id === dataId
      ? null
      : `Dataset ${name} is not the one of the journal (${manifest.id.slice(0, 12)}, then ${dataId.slice(0, 12)}): import that version again.`;
  const { experiment, dataset, facts } = await openExperiment(workspace, header.experiment, header.names);
  const universe = openUniverse(experiment, dataset, facts);
  const folder = { id: basename(dirname(journal)), path: dirname(journal), file: (name: string) => join(dirname(journal), name) };
  return { journal, header, experiment, universe, facts, folder, changed };
}

/** `path`: a journal, or the folder of a run. Throws `replay-differs`, `data-changed`, `bad-key`, `corrupt-journal` or `no-such-file`. */
export async function performReplay(
  path: string,
  workspace: Workspace,
  onProgress: Progress,
  watching?: (universe: Universe, experiment: Experiment) => ReplayWatch,
): Promise<ReplayReport & { readonly header: JournalHeader }> {
  const opened = await openRecorded(path, workspace);
  const { journal, header, experiment, facts, folder } = opened;
  if (opened.changed !== null) throw new TruewindError("data-changed", opened.changed);
  refuseOtherFacts(header, facts);
  const { universe } = header.session === undefined ? opened : daysOfSession(experiment, opened.universe, header.session);
  const models = toSchedule(readModels(folder));
  const total = eventsIn(journal);
  const report = await replayJournal({
    path: journal,
    parts: engineParts(experiment, universe, models, header.risk ?? researchRisk(experiment)),
    source: opened.universe.dataset.source(windowOf(opened.universe)),
    watch: watching?.(universe, experiment),
    onProgress: (events) => onProgress("replay", events / total),
  });
  return { ...report, header };
}

export interface SessionDifference extends Difference {
  readonly header: JournalHeader;
  readonly currency: string;
  /** Whether the dataset, or its quotes, have changed since the session: its history, too, is then as it is now. */
  readonly revised: boolean;
}

/**
 * A paper session beside a backtest of the same days, as the dataset has them now. Throws `no-such-run` when the journal is not of a paper
 * session, and `no-data` while the dataset does not reach over its days.
 */
export async function performDifference(path: string, workspace: Workspace, onProgress: Progress): Promise<SessionDifference> {
  const { journal, header, experiment, universe, folder, changed } = await openRecorded(path, workspace);
  const { session } = header;
  if (session === undefined) throw new TruewindError("no-such-run", `${folder.id} is not a paper session: there is nothing to compare.`);
  const last = universe.sessions.at(-1)?.date ?? "";
  if (last < session.to)
    throw new TruewindError(
      "no-data",
      `Dataset ${header.dataset} ends at ${last} and the session at ${session.to}: update it to those days, then compare.`,
    );
  const difference = await attributeDifference({
    experiment,
    universe,
    models: toSchedule(readModels(folder)),
    risk: header.risk ?? researchRisk(experiment),
    journal,
    live: session.feed === "polled",
    venue: session.venue,
    onProgress: (done) => onProgress("worlds between", done),
  });
  const revised = changed !== null || universe.facts.quotes?.manifest.id !== header.quotes?.id;
  return { ...difference, header, currency: experiment.account.currency, revised };
}

function refuseOtherFacts(header: JournalHeader, { sets }: RunFacts): void {
  for (const { manifest } of sets) {
    const then = header.facts?.find(({ name }) => name === manifest.name)?.id ?? "none";
    if (then === manifest.id) continue;
    throw new TruewindError(
      "data-changed",
      `The facts ${manifest.name} are not those of the journal (${manifest.id.slice(0, 12)}, then ${then.slice(0, 12)}): import that version again.`,
    );
  }
}

/** Reading is fast beside repeating, and it finds a damaged journal before the work begins. */
function eventsIn(journal: string): number {
  let events = 0;
  for (const entry of readJournal(journal)) if (entry.kind === "event") events++;
  return events;
}
