// A paper session as its folder tells it, finished or still running: header, days, alerts, orders. It reads and never writes.
import { existsSync, statSync } from "node:fs";
import { readJournalHeader } from "#adapters/stores/journal/file.js";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { TruewindError } from "#base/errors.js";
import { type TripRecord, tripRecord } from "#domain/breaker.js";
import type { AlertNote, DayNote } from "#domain/session-note.js";
import { utcDate } from "#domain/time.js";
import type { Expectation } from "#monitoring/expectation.js";
import { type CapitalStage, Stages } from "#risk/stages.js";
import { keptAside } from "../paper/quarantine.js";
import type { SessionFacts } from "../paper/session-days.js";
import type { JournalHeader } from "../runs/journal-header.js";
import { EXPECTATION_FILE, JOURNAL_FILE, PAPER_FILE, QUARANTINE_FILE, readJson, type RunFolder } from "../runs/run-folder.js";

export interface SessionRecord {
  readonly run: string;
  readonly header: JournalHeader & { readonly session: SessionFacts };
  readonly simulated: boolean;
  readonly currency: string;
  readonly startingCash: number;
  readonly days: readonly DayNote[];
  /** Of the days, `YYYY-MM-DD` UTC of their marks. */
  readonly dates: readonly string[];
  readonly alerts: readonly AlertNote[];
  /** Breakers that opened, in order; which instrument it was is known once the session has ended. */
  readonly trips: readonly TripRecord[];
  readonly orders: number;
  readonly fills: number;
  readonly cancels: number;
  /** Why trading stopped; null while it goes on. */
  readonly halted: string | null;
  /** How much may be at work; null where all of the equity may. */
  readonly stage: CapitalStage | null;
  /** Lines of the feed that were not taken in, by reason. */
  readonly keptAside: Readonly<Record<string, number>>;
  /** Whether it came to its end. */
  readonly finished: boolean;
  /** Null where nothing was known of the experiment's past. */
  readonly expected: Expectation | null;
}

/** Throws `no-such-run` when the run is not a paper session. */
export function readSession(folder: RunFolder): SessionRecord {
  const path = folder.file(JOURNAL_FILE);
  const header = statSync(path, { throwIfNoEntry: false })?.isFile() === true ? (readJournalHeader(path) as JournalHeader) : null;
  if (header === null || header.session === undefined)
    throw new TruewindError("no-such-run", `Run ${folder.id} is not a paper session: \`truewind runs\` shows which are.`);
  const days: DayNote[] = [];
  const alerts: AlertNote[] = [];
  let trips: TripRecord[] = [];
  let [orders, fills, cancels] = [0, 0, 0];
  let halted: string | null = null;
  const stages = new Stages(header.risk?.stages);
  for (const entry of readJournal(path)) {
    if (entry.kind === "note") {
      if (entry.note.kind === "day") days.push(entry.note);
      else if (entry.note.kind === "alert") alerts.push(entry.note);
    } else if (entry.kind === "decision") {
      orders += entry.decisions.filter(({ verdict }) => verdict !== "refuse").length;
      cancels += entry.cancels.length;
      const opened = entry.trips ?? [];
      trips.push(...opened.map((trip) => tripRecord(trip, [])));
      if (opened.length > 0) stages.tripped();
    } else if (entry.kind === "event" && entry.event.kind === "fill") fills++;
    else if (entry.kind === "event" && entry.event.kind === "command") {
      const { command } = entry.event;
      if (command.kind === "stage") stages.approve(command.stage);
      else if (command.kind === "resume" || (command.kind === "approve" && (command.breaker ?? "kill") === "kill")) halted = null;
      else if (command.kind !== "approve") halted = command.reason;
    }
  }
  const expected = folder.file(EXPECTATION_FILE);
  const finished = existsSync(folder.file(PAPER_FILE));
  // The engine also halts by itself, on what it cannot explain.
  if (finished) {
    const outcome = readJson(folder.file(PAPER_FILE)) as { readonly halted: string | null; readonly trips?: TripRecord[] };
    halted = outcome.halted;
    trips = trips.map((trip, i) => ({ ...trip, instrument: outcome.trips?.[i]?.instrument ?? null }));
  }
  return {
    run: folder.id,
    header: { ...header, session: header.session },
    currency: header.experiment.account.currency,
    startingCash: header.experiment.account.cash,
    days,
    dates: days.map(({ at }) => utcDate(at)),
    alerts,
    trips,
    orders,
    fills,
    cancels,
    simulated: header.session.simulated,
    halted,
    stage: stages.open,
    keptAside: keptAside(folder.file(QUARANTINE_FILE)),
    finished,
    expected: existsSync(expected) ? (readJson(expected) as Expectation | null) : null,
  };
}

/** Net returns per session from equities in cents; the first is over the starting cash. */
export function returnsOf(cents: readonly number[], startingCash: number): number[] {
  return cents.map((value, i) => value / (i === 0 ? startingCash * 100 : (cents[i - 1] as number)) - 1);
}

/** Net returns per session of the paper account and of equal weight. */
export function dailyReturns({ days, startingCash }: Pick<SessionRecord, "days" | "startingCash">): {
  readonly own: number[];
  readonly other: number[];
} {
  const of = (equity: (day: DayNote) => number): number[] => returnsOf(days.map(equity), startingCash);
  return { own: of(({ equity }) => equity), other: of(({ baseline }) => baseline) };
}
