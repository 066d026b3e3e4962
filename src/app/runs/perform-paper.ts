// The verb behind `truewind paper`: starts a paper session or goes on with the one that was interrupted.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FileJournal } from "#adapters/stores/journal/journal.js";
import type { StateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import type { Session } from "#domain/session.js";
import type { AlertNote } from "#domain/session-note.js";
import { toSchedule } from "#research/walk-forward.js";
import { codeVersion } from "../config/code-version.js";
import { type Experiment, experimentHash } from "../config/experiment.js";
import { type ResolvedRisk, renamedRisk, riskHash, tradingRisk } from "../config/risk-limits.js";
import { toCostModel, withVenue } from "../config/parts.js";
import type { Workspace } from "../config/workspace.js";
import { isSimulated } from "../modes/oracle.js";
import { runPaper } from "../modes/paper.js";
import { decodeSnapshot, encodeSnapshot } from "../modes/paper-snapshot.js";
import { dataIdentity, factsInDoubt } from "../modes/run-facts.js";
import { refuseUnquoted } from "../modes/recorded-quotes.js";
import type { Progress } from "../modes/study.js";
import { type Universe, openUniverse } from "../modes/universe.js";
import { type ExperimentData, aliasFor, openExperiment } from "../names/open-experiment.js";
import { type PolledFeed, refuseFeed, sessionSource } from "../paper/session-feed.js";
import { type SessionDays, type SessionFacts, comingSessions, lastSessions, refuseUntrained } from "../paper/session-days.js";
import { lateSentence, ToldActions } from "../paper/told-actions.js";
import { INBOX_FILE, sendCommand } from "../stop/command-inbox.js";
import { type PaperOutcome, outcomeOf } from "./paper-outcome.js";
import { expectation, fittedModels } from "./session-models.js";
import { SessionControl } from "../stop/session-control.js";
import { openOnlineFeatures } from "../store/online.js";
import { latchesOf, refuseKilled } from "./emergency-stop.js";
import { journalHeader } from "./journal-header.js";
import { recordOf, recordedRun } from "./recorded-run.js";
import {
  ACTIONS_FILE,
  CERTIFICATE_FILE,
  CERTIFICATE_PAGE,
  JOURNAL_FILE,
  PAPER_FILE,
  PAPER_PAGE,
  QUARANTINE_FILE,
  type RunFolder,
  openRunFolder,
  readJson,
  writeWhole,
} from "./run-folder.js";

export interface PaperOptions {
  readonly workspace: Workspace;
  /** Length of the session: counted back from the end of the data, or on from there where a feed is polled. */
  readonly sessions: number;
  /** Sessions a second; null runs as fast as it can. */
  readonly pace: number | null;
  /** A file of limits, in place of what the experiment and the workspace say. */
  readonly risk?: string | undefined;
  /** Times as fast as the data's own time, 1 being real time; null or absent: as fast as it goes. */
  readonly speed?: number | null;
  /** Polled for the bars that follow the data; null or absent: the session is recorded. */
  readonly feed?: PolledFeed | null;
  /** What the paper venue charges, where that is not what the experiment says. */
  readonly venue?: Partial<Experiment["costs"]>;
  /** Told of what is out of the ordinary, as it happens. */
  readonly onAlert?: ((alert: AlertNote) => void) | undefined;
  readonly onProgress: Progress;
  /** Told of what stands in the way and does not stop the session: feature vectors that cannot be written, a feed that does not answer, another session that was left. */
  readonly onTrouble?: ((sentence: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PaperRun {
  readonly folder: RunFolder;
  readonly outcome: PaperOutcome;
  /** True when an interrupted session was taken up again. */
  readonly resumed: boolean;
  /** True when a session on a feed had ended before: nothing was done, since the feed need not tell its bars a second time. */
  readonly ended: boolean;
}

/** Throws `bad-config`, `bad-key`, `bad-usage`, `busy` while another process runs the same session, or `interrupted`. */
export async function performPaper(asked: Experiment, options: PaperOptions): Promise<PaperRun> {
  const { workspace, signal } = options;
  const opened = await openExperiment(workspace, asked);
  const { experiment, dataset, facts } = opened;
  const universe = openUniverse(experiment, dataset, facts);
  const dataId = dataIdentity(dataset.manifest.id, facts);
  const feed = options.feed ?? null;
  const days = feed === null ? lastSessions(universe, options.sessions) : comingSessions(experiment, universe, options.sessions);
  if (feed !== null && facts.quotes !== null)
    throw new TruewindError(
      "bad-config",
      `A feed brings bars alone, and data.quotes ${facts.quotes.manifest.name} is recorded: remove data.quotes from experiment ${experiment.name}, or paper-trade without --feed.`,
    );
  refuseUnquoted(facts.quotes, days.sessions);
  const risk = renamedRisk(tradingRisk(experiment, workspace, options.risk), (mention) => aliasFor(opened.names, mention));
  const key = hashJson({
    experiment: experimentHash(experiment),
    data: dataId,
    code: codeVersion(),
    seed: experiment.seed,
    sessions: options.sessions,
    names: dataset.manifest.names,
    ...(risk.profile === "research" ? {} : { risk: riskHash(risk) }),
    feed: feed?.location,
    venue: options.venue,
  });
  const id = `${experiment.name}-paper-${key.slice(0, 10)}`;
  const folder = openRunFolder(workspace, id);
  const record = recordOf("paper", experiment, { ...dataset.manifest, id: dataId }, id);
  return recordedRun(
    { workspace, folder, record, signal, ifStopped: "Give the same command again: it goes on where it was." },
    async (state) => ({
      verdict: null,
      value: await session(state, { ...opened, universe, days, risk, folder }, options),
    }),
  );
}

interface Opened extends ExperimentData {
  /** Of the dataset. */
  readonly universe: Universe;
  readonly days: SessionDays;
  readonly risk: ResolvedRisk;
  readonly folder: RunFolder;
}

async function session(state: StateDatabase, opened: Opened, options: PaperOptions): Promise<PaperRun> {
  const { experiment, universe, days, risk, folder } = opened;
  const { sessions } = days;
  const { onTrouble = () => undefined, signal } = options;
  const { feed = null } = options;
  const polled = feed !== null;
  const path = folder.file(JOURNAL_FILE);
  const finished = existsSync(folder.file(PAPER_FILE));
  if (polled && finished) return { folder, outcome: readJson(folder.file(PAPER_FILE)) as PaperOutcome, resumed: false, ended: true };
  if (polled && !existsSync(path)) refuseFeed(feed, days, options.speed ?? null);
  const { store } = await openOnlineFeatures(options.workspace, experiment, universe, onTrouble);
  const fitted = await fittedModels(state, experiment, universe, folder, options);
  refuseUntrained(experiment, universe, sessions, fitted[0]?.testFrom);
  const models = toSchedule(fitted);
  const expected = await expectation(experiment, universe, folder, models, risk.limits, sessions[0] as Session, options);
  const snapshotPath = folder.file("snapshot.bin");
  const inbox = folder.file(INBOX_FILE);
  const latches = latchesOf(options.workspace, folder);
  if (finished || !existsSync(path)) refuseKilled(options.workspace, folder);
  const last = [
    path,
    snapshotPath,
    inbox,
    ...[PAPER_FILE, QUARANTINE_FILE, ACTIONS_FILE, CERTIFICATE_FILE, CERTIFICATE_PAGE, PAPER_PAGE].map((name) => folder.file(name)),
  ];
  if (finished || !existsSync(path)) for (const file of last) rmSync(file, { force: true });
  const journalOptions = { referenceBefore: (sessions[0] as Session).openAt, durable: true };
  const resumed = existsSync(path);
  if (!resumed) for (const other of unfinishedBeside(options.workspace, experiment, folder)) onTrouble(leftSentence(other, experiment));
  const from = resumed && existsSync(snapshotPath) ? decodeSnapshot(readFileSync(snapshotPath)) : null;
  const { manifest } = universe.dataset;
  const header = journalHeader("paper", experiment, manifest, universe.facts, folder.id, risk, factsOf(days, options));
  const journal = resumed
    ? FileJournal.resume(path, journalOptions, from?.entries ?? 0).journal
    : FileJournal.create(path, header, journalOptions);
  const actions = polled ? new ToldActions(days.universe.told, universe.dataset.references(), folder.file(ACTIONS_FILE)) : null;
  const traded = actions === null ? days : { ...days, universe: { ...days.universe, told: actions } };
  const control = new SessionControl({ journal: path, inbox, latches }, journal, resumed);
  // A session that begins anew is behind what the one before it has left.
  if (resumed) await store.restore();
  let result: Awaited<ReturnType<typeof runPaper>>;
  try {
    result = await runPaper({
      experiment,
      ...traded,
      source: sessionSource({
        experiment,
        days,
        actions,
        onLate: (action, name) => {
          onTrouble(lateSentence(action, name));
          // What a split changes is on a wrong measure by now: nothing is ordered any more.
          if (action.kind !== "dividend") sendCommand(inbox, { kind: "halt", reason: lateSentence(action, name) });
        },
        names: opened.names,
        feed,
        speed: options.speed ?? null,
        journal: resumed ? path : null,
        repeats: () => journal.isRepeating,
        quarantine: folder.file(QUARANTINE_FILE),
        onTrouble,
        signal,
      }),
      live: polled,
      venueCosts: toCostModel(withVenue(experiment, options.venue)),
      expected,
      models,
      risk,
      journal,
      from,
      control,
      keep: (snapshot) => writeWhole(snapshotPath, encodeSnapshot(snapshot)),
      onMark: (_, done) => {
        options.onProgress("paper session", done);
        // Recorded ground is covered at full speed: nothing new happens on it.
        if (options.pace === null || journal.isRepeating) return undefined;
        return wait(1000 / options.pace, undefined, { signal }).catch(() => undefined);
      },
      onAlert: (alert) => {
        if (!journal.isRepeating) options.onAlert?.(alert);
      },
      onFrame: (frame) => store.publish(frame),
      signal,
    });
  } finally {
    journal.close();
    // What was refused before its first event was no session: nothing stays that one could go on with.
    if (!resumed && journal.entries === 0 && signal?.aborted !== true) rmSync(path, { force: true });
    await store.close();
  }
  const outcome = {
    ...outcomeOf(experiment, folder, result, sessions, risk),
    ...factsInDoubt(universe.facts),
    ...(result.advice === null ? {} : { advice: result.advice }),
    ...(result.answers === null ? {} : { answers: result.answers }),
  };
  writeWhole(folder.file(PAPER_FILE), `${JSON.stringify(outcome, null, 1)}\n`);
  return { folder, outcome, resumed, ended: false };
}

/** Sessions of the experiment that were interrupted and are not this one. */
function unfinishedBeside({ runs }: Workspace, { name }: Experiment, { id }: RunFolder): readonly string[] {
  return readdirSync(runs).filter(
    (run) =>
      run !== id &&
      run.startsWith(`${name}-paper-`) &&
      run.length === id.length && // else it is of an experiment whose name begins so
      existsSync(join(runs, run, JOURNAL_FILE)) &&
      !existsSync(join(runs, run, PAPER_FILE)),
  );
}

function leftSentence(run: string, { name }: Experiment): string {
  return `Session ${run} of ${name} has not ended and stays as it is: its data, code, limits or options are not those of this one, which begins anew.`;
}

function factsOf({ sessions, universe }: SessionDays, { feed, venue }: PaperOptions): SessionFacts {
  const [first, last] = [sessions[0] as Session, sessions.at(-1) as Session];
  return {
    feed: (feed ?? null) === null ? "recorded" : "polled",
    from: first.date,
    to: last.date,
    sessions: sessions.length,
    simulated: isSimulated(universe.dataset),
    venue: venue ?? {},
  };
}
