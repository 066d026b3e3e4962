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
import { engineParts } from "../modes/paper.js";
import { type ReplayReport, type ReplayWatch, replayJournal } from "../modes/replay.js";
import type { RunFacts } from "../modes/run-facts.js";
import type { Progress } from "../modes/study.js";
import { openUniverse, windowOf } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import type { JournalHeader } from "./journal-header.js";
import { JOURNAL_FILE, readModels } from "./run-folder.js";

/** `path`: a journal, or the folder of a run. Throws `replay-differs`, `data-changed`, `bad-key`, `corrupt-journal` or `no-such-file`. */
export async function performReplay(
  path: string,
  workspace: Workspace,
  onProgress: Progress,
  watch?: ReplayWatch,
): Promise<ReplayReport & { readonly header: JournalHeader }> {
  const journal = existsSync(join(path, JOURNAL_FILE)) ? join(path, JOURNAL_FILE) : path;
  if (statSync(journal, { throwIfNoEntry: false })?.isFile() !== true)
    throw new TruewindError("no-such-file", `There is no journal at ${path}: give a journal file or the folder of a run.`);
  const header = readJournalHeader(journal) as JournalHeader;
  const { dataset: name, dataId } = header;
  const { manifest } = await openDataset(workspace.lake, name);
  if (manifest.id !== dataId) {
    throw new TruewindError(
      "data-changed",
      `Dataset ${name} is not the one of the journal (${manifest.id.slice(0, 12)}, then ${dataId.slice(0, 12)}): import that version again.`,
    );
  }
  const { experiment, dataset, facts } = await openExperiment(workspace, header.experiment, header.names);
  refuseOtherFacts(header, facts);
  const universe = openUniverse(experiment, dataset, facts);
  const folder = { id: basename(dirname(journal)), path: dirname(journal), file: (name: string) => join(dirname(journal), name) };
  const models = toSchedule(readModels(folder));
  const total = eventsIn(journal);
  const report = await replayJournal(
    journal,
    engineParts(experiment, universe, models, header.risk ?? researchRisk(experiment)),
    dataset.source(windowOf(universe)),
    (events) => onProgress("replay", events / total),
    undefined,
    watch,
  );
  return { ...report, header };
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
