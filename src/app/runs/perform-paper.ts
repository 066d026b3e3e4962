// The verb behind `truewind paper`: starts a paper session or goes on with the one that was interrupted.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { FileJournal, readJournal } from "#adapters/stores/journal/journal.js";
import type { StateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import { hashJson, sha256 } from "#base/hash.js";
import { type TripRecord, tripRecord } from "#domain/breaker.js";
import type { AdviceResult } from "#domain/confidence-result.js";
import type { Session } from "#domain/session.js";
import type { AlertNote } from "#domain/session-note.js";
import type { ModelSchedule } from "#ports/model.js";
import type { StepCount } from "#ports/stages.js";
import { toSchedule } from "#research/walk-forward.js";
import { codeVersion } from "../config/code-version.js";
import type { Expectation } from "#monitoring/expectation.js";
import { type Experiment, experimentHash } from "../config/experiment.js";
import { type ResolvedRisk, renamedRisk, riskHash, tradingRisk } from "../config/risk-limits.js";
import { toCostModel, withVenue } from "../config/parts.js";
import type { Workspace } from "../config/workspace.js";
import { expectationBefore } from "../modes/expectation.js";
import { isSimulated } from "../modes/oracle.js";
import { isUnborrowed } from "../modes/order-log.js";
import { type PaperResult, runPaper } from "../modes/paper.js";
import { decodeSnapshot, encodeSnapshot } from "../modes/paper-snapshot.js";
import { dataIdentity, factsInDoubt } from "../modes/run-facts.js";
import { refuseUnquoted } from "../modes/recorded-quotes.js";
import { type Progress, runStudy } from "../modes/study.js";
import { type Universe, openUniverse } from "../modes/universe.js";
import { type ExperimentData, aliasFor, openExperiment } from "../names/open-experiment.js";
import { type PolledFeed, sessionSource } from "../paper/session-feed.js";
import { type SessionDays, type SessionFacts, comingSessions, lastSessions, refuseUntrained } from "../paper/session-days.js";
import { INBOX_FILE } from "../stop/command-inbox.js";
import { SessionControl } from "../stop/session-control.js";
import { openOnlineFeatures } from "../store/online.js";
import { latchesOf, refuseKilled } from "./emergency-stop.js";
import { journalHeader } from "./journal-header.js";
import { keepModels } from "./keep-models.js";
import { recordOf, recordedRun } from "./recorded-run.js";
import {
  CERTIFICATE_FILE,
  CERTIFICATE_PAGE,
  EXPECTATION_FILE,
  JOURNAL_FILE,
  PAPER_FILE,
  PAPER_PAGE,
  QUARANTINE_FILE,
  type RunFolder,
  openRunFolder,
  readJson,
  readModels,
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
  /** Told when the feature vectors that the session publishes cannot be written somewhere, and when they can again. */
  readonly onTrouble?: ((sentence: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a session came to. All of it is the same however often it was interrupted. */
export interface PaperOutcome {
  readonly run: string;
  readonly from: string;
  readonly to: string;
  readonly decisions: number;
  readonly orders: number;
  readonly refused: number;
  readonly fills: number;
  /** Orders that met a halt and waited for its end; absent where none did. */
  readonly metHalt?: number;
  /** Shorts that nobody lent the shares for: cut by the portfolio, one per name and decision, or refused by the venue. Absent where none was. */
  readonly unborrowed?: number;
  readonly equity: number;
  /** Of the equity. */
  readonly currency: string;
  /** Micro-units of each currency. */
  readonly cashMicro: Readonly<Record<string, string>>;
  readonly positions: Readonly<Record<string, number>>;
  /** SHA-256 over all decisions and fills of the journal. */
  readonly hash: string;
  /** Why trading stopped; null when it did not. */
  readonly halted: string | null;
  /** Where the limits come from, and their hash. */
  readonly risk: { readonly profile: string; readonly hash: string };
  /** Breakers that opened, in order; `instrument` is null for those that close the whole account. */
  readonly trips: readonly TripRecord[];
  /** Breakers that are open at the end: only reductions pass until a person approves. */
  readonly open: readonly string[];
  /** The stage of capital at the end; absent where there are none. */
  readonly stage?: string;
  /** Of a portfolio of signals: what its rule said at the last decision. */
  readonly advice?: AdviceResult;
  /** Of an optimized portfolio: which step of its chain answered, and how often. */
  readonly answers?: readonly StepCount[];
  /** Sets of facts that are not as they were known then -> in what way; absent when there are none. */
  readonly factsInDoubt?: Readonly<Record<string, string>>;
}

export interface PaperRun {
  readonly folder: RunFolder;
  readonly outcome: PaperOutcome;
  /** True when an interrupted session was taken up again. */
  readonly resumed: boolean;
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
  const { store } = await openOnlineFeatures(options.workspace, experiment, universe, onTrouble);
  const fitted = await fittedModels(state, experiment, universe, folder, options);
  refuseUntrained(experiment, universe, sessions, fitted[0]?.testFrom);
  const models = toSchedule(fitted);
  const expected = await expectation(opened, models, options);
  const path = folder.file(JOURNAL_FILE);
  const snapshotPath = folder.file("snapshot.bin");
  const inbox = folder.file(INBOX_FILE);
  const latches = latchesOf(options.workspace, folder);
  const finished = existsSync(folder.file(PAPER_FILE));
  if (finished || !existsSync(path)) refuseKilled(folder, latches);
  const last = [
    path,
    snapshotPath,
    inbox,
    ...[PAPER_FILE, QUARANTINE_FILE, CERTIFICATE_FILE, CERTIFICATE_PAGE, PAPER_PAGE].map((name) => folder.file(name)),
  ];
  if (finished) for (const file of last) rmSync(file, { force: true });
  const journalOptions = { referenceBefore: (sessions[0] as Session).openAt, durable: true };
  const resumed = existsSync(path);
  const from = resumed && existsSync(snapshotPath) ? decodeSnapshot(readFileSync(snapshotPath)) : null;
  const { manifest } = universe.dataset;
  const header = journalHeader("paper", experiment, manifest, universe.facts, folder.id, risk, factsOf(days, options));
  const journal = resumed
    ? FileJournal.resume(path, journalOptions, from?.entries ?? 0).journal
    : FileJournal.create(path, header, journalOptions);
  const control = new SessionControl({ journal: path, inbox, latches }, journal, resumed);
  // A session that begins anew is behind what the one before it has left.
  if (resumed) await store.restore();
  let result: Awaited<ReturnType<typeof runPaper>>;
  try {
    result = await runPaper({
      experiment,
      ...days,
      source: sessionSource({
        experiment,
        days,
        names: opened.names,
        feed: options.feed ?? null,
        speed: options.speed ?? null,
        journal: resumed ? path : null,
        repeats: () => journal.isRepeating,
        quarantine: folder.file(QUARANTINE_FILE),
        onTrouble,
        signal,
      }),
      live: (options.feed ?? null) !== null,
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
    await store.close();
  }
  const outcome = {
    ...outcomeOf(experiment, folder, result, sessions, risk),
    ...factsInDoubt(universe.facts),
    ...(result.advice === null ? {} : { advice: result.advice }),
    ...(result.answers === null ? {} : { answers: result.answers }),
  };
  writeWhole(folder.file(PAPER_FILE), `${JSON.stringify(outcome, null, 1)}\n`);
  return { folder, outcome, resumed };
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

/** Measured once and kept: what is watched for must not change on the way. */
async function expectation({ experiment, universe, days, risk, folder }: Opened, models: ModelSchedule, options: PaperOptions) {
  const path = folder.file(EXPECTATION_FILE);
  if (!existsSync(path)) {
    const found = await expectationBefore(
      experiment,
      universe,
      models,
      risk.limits,
      days.sessions[0] as Session,
      options.onProgress,
      options.signal,
    );
    writeWhole(path, `${JSON.stringify(found)}\n`);
  }
  return readJson(path) as Expectation | null;
}

/** Trained once and kept: a session that goes on must not depend on training again. */
export async function fittedModels(
  state: StateDatabase,
  experiment: Experiment,
  universe: Universe,
  folder: RunFolder,
  options: Pick<PaperOptions, "onProgress" | "signal">,
) {
  if (existsSync(folder.file("models/schedule.json"))) return readModels(folder);
  const { manifest } = universe.dataset;
  const study = await runStudy(experiment, universe, options.onProgress, options.signal);
  await keepModels(state, folder, experiment, { ...manifest, id: dataIdentity(manifest.id, universe.facts) }, study);
  return readModels(folder);
}

function outcomeOf(
  experiment: Experiment,
  folder: RunFolder,
  { engine, venue, unborrowed: cut }: PaperResult,
  sessions: readonly Session[],
  risk: ResolvedRisk,
): PaperOutcome {
  let [decisions, orders, refused, fills, unborrowed] = [0, 0, 0, 0, cut];
  const lines: string[] = [];
  const trips: TripRecord[] = [];
  const { account } = engine;
  for (const entry of readJournal(folder.file(JOURNAL_FILE))) {
    if (entry.kind === "decision") {
      decisions++;
      trips.push(...(entry.trips ?? []).map((trip) => tripRecord(trip, account.instruments)));
      for (const { verdict, order } of entry.decisions) {
        if (verdict === "refuse") refused++;
        else orders++;
        lines.push(`${verdict} ${order.id} ${order.lots}`);
      }
    } else if (entry.kind === "event" && entry.event.kind === "fill") {
      fills++;
      lines.push(`fill ${entry.event.order} ${entry.event.lots} ${entry.event.price} ${entry.event.feeMicro}`);
    } else if (entry.kind === "event" && isUnborrowed(entry.event)) unborrowed++;
  }
  const positions: Record<string, number> = {};
  account.instruments.forEach((instrument, i) => {
    if (account.lots[i] !== 0) positions[instrument.id] = account.lots[i] as number;
  });
  const cashMicro = Object.fromEntries(
    [...account.holdings.ledger.totals().keys()].map((currency) => [currency, String(account.holdings.ledger.balance(currency))]),
  );
  return {
    run: folder.id,
    from: (sessions[0] as Session).date,
    to: (sessions.at(-1) as Session).date,
    decisions,
    orders,
    refused,
    fills,
    ...(venue.haltedOrders === 0 ? {} : { metHalt: venue.haltedOrders }),
    ...(unborrowed === 0 ? {} : { unborrowed }),
    equity: account.equity,
    currency: experiment.account.currency,
    cashMicro,
    positions,
    hash: sha256(lines.join("\n")),
    halted: engine.mode === "running" ? null : engine.reason,
    risk: { profile: risk.profile, hash: riskHash(risk) },
    trips,
    open: [...new Set(engine.breakers.open.map(({ breaker }) => breaker))],
    ...(engine.stages.open === null ? {} : { stage: engine.stages.open.name }),
  };
}
