// Runs a paper session again from its start, beside its journal: fills of the venue, accounts of each day, alerts and decisions must all come out
// as they were recorded, byte for byte. A replay proves that decisions follow from the record; this proves the record itself, as far as models,
// data, what a feed told and what people commanded are as they stand there.
import { FileJournal, RecordEnd } from "#adapters/stores/journal/journal.js";
import { TruewindError } from "#base/errors.js";
import type { Micros } from "#domain/time.js";
import { toSchedule } from "#research/walk-forward.js";
import type { Expectation } from "#monitoring/expectation.js";
import type { Session } from "#domain/session.js";
import { toCostModel, withVenue } from "../config/parts.js";
import { researchRisk } from "../config/risk-limits.js";
import type { Workspace } from "../config/workspace.js";
import { behindHistory } from "../modes/attribute-difference.js";
import type { LiveSource } from "../modes/drive.js";
import { runPaper } from "../modes/paper.js";
import type { Progress } from "../modes/study.js";
import { windowOf } from "../modes/universe.js";
import type { Recorded } from "../paper/polled-source.js";
import { recordedIn } from "../paper/session-feed.js";
import { daysOfSession } from "../paper/session-days.js";
import { ToldActions } from "../paper/told-actions.js";
import { SessionControl } from "../stop/session-control.js";
import type { JournalHeader } from "./journal-header.js";
import { openRecorded } from "./perform-replay.js";
import { ACTIONS_FILE, EXPECTATION_FILE, readJson, readModels } from "./run-folder.js";

/** Of a session that came to its end: why trading stood still then, null where it did not. */
export interface SessionEnd {
  readonly halted: string | null;
}

/**
 * `path`: the folder of a paper session whose dataset and facts are those of its journal, as a replay asks. Null where the record ends before the
 * session. Throws `data-changed` where its quotes are others, and `replay-differs` at the first entry that is another.
 */
export async function repeatSession(path: string, workspace: Workspace, onProgress: Progress): Promise<SessionEnd | null> {
  const { journal: file, header, experiment, universe: now, folder } = await openRecorded(path, workspace);
  refuseOtherQuotes(header, now.facts.quotes?.manifest.id);
  const facts = header.session as NonNullable<JournalHeader["session"]>;
  const { universe, sessions } = daysOfSession(experiment, now, facts);
  const history = now.dataset.source(windowOf(now));
  const polled = facts.feed === "polled";
  const told = polled ? new ToldActions(universe.told, universe.dataset.references(), folder.file(ACTIONS_FILE)) : universe.told;
  const journal = FileJournal.check(file, (sessions[0] as Session).openAt);
  try {
    const { engine } = await runPaper({
      experiment,
      universe: { ...universe, told },
      sessions,
      source: polled ? asTold(recordedIn(file), (slices) => behindHistory(history, slices)) : history,
      live: polled,
      venueCosts: toCostModel(withVenue(experiment, facts.venue)),
      expected: readJson(folder.file(EXPECTATION_FILE)) as Expectation | null,
      models: toSchedule(readModels(folder)),
      risk: header.risk ?? researchRisk(experiment),
      journal,
      from: null,
      control: new SessionControl({ journal: file, inbox: null, latches: [] }, journal, true),
      keep: () => undefined,
      onMark: (_, done) => onProgress("the session again", done),
    });
    return { halted: engine.mode === "running" ? null : engine.reason };
  } catch (error) {
    if (!(error instanceof RecordEnd)) throw error;
    return null;
  } finally {
    journal.close();
  }
}

/** Fills on other quotes would be other fills, and the journal would be blamed for them. */
function refuseOtherQuotes({ quotes }: JournalHeader, id: string | undefined): void {
  if (quotes?.id === id) return;
  throw new TruewindError(
    "data-changed",
    `Quotes ${quotes?.name} are not those of the journal (${id?.slice(0, 12)}, then ${quotes?.id.slice(0, 12)}): import that version again.`,
  );
}

/** Bars when they were told, and the time that passed behind the last of them. */
function asTold({ slices, upTo }: Recorded, behind: (slices: Recorded["slices"]) => ReturnType<typeof behindHistory>): LiveSource {
  return {
    async *batches(fromRow) {
      yield* behind(slices).batches(fromRow);
      if (upTo > 0) yield { kind: "passed", at: (upTo + 1) as Micros };
    },
  };
}
