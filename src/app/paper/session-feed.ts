// Where the bars of a paper session come from: what is recorded, at any pace, or what a feed is polled for.
import { existsSync } from "node:fs";
import { createTail } from "#adapters/feeds/poll/tail.js";
import { systemClock } from "#adapters/clock/system-clock.js";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { TruewindError } from "#base/errors.js";
import type { SymbolNames } from "#data/names/name-key.js";
import type { Instrument } from "#domain/instrument.js";
import type { MarketSlice } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { SECOND_US } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { Experiment } from "../config/experiment.js";
import type { LiveSource } from "../modes/drive.js";
import { windowOf } from "../modes/universe.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { pacedSource } from "./paced-source.js";
import { type Recorded, polledSource } from "./polled-source.js";
import { Quarantine } from "./quarantine.js";
import type { SessionDays } from "./session-days.js";
import type { Action, ToldActions } from "./told-actions.js";

export interface PolledFeed {
  /** A file, a folder, or an address (http, https). */
  readonly location: string;
  readonly everySeconds: number;
}

export interface FeedParts {
  readonly experiment: Experiment;
  readonly days: SessionDays;
  readonly names: SymbolNames | null;
  /** Null: what is recorded. */
  readonly feed: PolledFeed | null;
  /** Times as fast as the data's own time; null: as fast as it goes. */
  readonly speed: number | null;
  /** The session's, where one is taken up again; else null. */
  readonly journal: string | null;
  readonly repeats: () => boolean;
  readonly quarantine: string;
  /** What the session is told besides bars; the feed adds to it. Null: what is recorded. */
  readonly actions: ToldActions | null;
  /** Told of an action that came too late to be told, with its instrument's name. */
  readonly onLate: (action: Action, name: string) => void;
  readonly onTrouble: (sentence: string) => void;
  readonly signal: AbortSignal | undefined;
}

export function sessionSource(parts: FeedParts): LiveSource | MarketDataSource {
  const { universe, sessions } = parts.days;
  const { feed, speed, signal, experiment } = parts;
  const recorded = universe.dataset.source(windowOf(universe));
  if (feed === null || parts.actions === null)
    return speed === null
      ? recorded
      : pacedSource(recorded, { speed, from: (sessions[0] as Session).openAt, repeats: parts.repeats, signal });
  const rows = new Map(universe.instruments.map((instrument, row) => [instrument.id as string, row]));
  return polledSource({
    history: recorded,
    tail: createTail(feed.location),
    sessions,
    graceUs: Math.round(experiment.rebalance.graceSeconds * SECOND_US),
    calendar: calendarByName(universe.dataset.manifest.calendar),
    barInterval: universe.dataset.manifest.barInterval ?? "1d",
    rowOf: (symbol) => rows.get(parts.names?.aliasOf(symbol) ?? symbol) ?? -1,
    nameOf: (row) => (universe.instruments[row] as Instrument).id,
    recorded: parts.journal === null ? null : recordedIn(parts.journal),
    speed,
    everyMs: feed.everySeconds * 1000,
    actions: parts.actions,
    quarantine: new Quarantine(parts.quarantine),
    onLate: parts.onLate,
    onTrouble: parts.onTrouble,
    signal,
  });
}

/**
 * Asked before a session on a feed has a journal: once there is one, the same command goes on with it. Throws `no-such-file` where no feed is, and `bad-usage`
 * where its bars would all come late.
 */
export function refuseFeed({ location }: PolledFeed, { sessions, universe }: SessionDays, speed: number | null): void {
  if (!/^https?:/.test(location) && !existsSync(location))
    throw new TruewindError("no-such-file", `There is no feed at ${location}: name a file, a folder, or an address (http, https).`);
  if (speed === 1) refusePast(sessions[0] as Session, universe.dataset.manifest.name);
}

/** In real time, bars of the past would all come late. */
function refusePast(first: Session, dataset: string): void {
  if (systemClock.now() <= first.closeAt) return;
  throw new TruewindError(
    "bad-usage",
    `The feed goes on from ${first.date}, which is past: update ${dataset} first, or run faster with --speed (a number above 1, or max).`,
  );
}

/** Market rows that stand in the journal in full, and when its last event was seen. */
export function recordedIn(path: string): Recorded {
  const slices: MarketSlice[] = [];
  let upTo = 0;
  for (const entry of readJournal(path)) {
    if (entry.kind !== "event") continue;
    upTo = entry.event.seenAt;
    if (entry.event.kind === "market") slices.push(entry.event);
  }
  return { slices, upTo };
}
