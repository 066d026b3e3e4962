// Which sessions a paper session consists of, and the universe that reaches over them: the last ones of a dataset, or those that follow it.
import { TruewindError } from "#base/errors.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { Session } from "#domain/session.js";
import { DAY_US, type Micros, SECOND_US, isoDateOrThrow, utcDate } from "#domain/time.js";
import type { Experiment } from "../config/experiment.js";
import { openUniverse, type Universe } from "../modes/universe.js";

/** What a paper session is beyond its experiment and data. */
export interface SessionFacts {
  /** `recorded`: the last sessions of the dataset; `polled`: bars that came after it. */
  readonly feed: "recorded" | "polled";
  /** Days of its sessions, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
  /** The data come from the market simulator. */
  readonly simulated: boolean;
  /** What the paper venue charges and how late it hears, where that is not what the experiment says. */
  readonly venue: Readonly<Partial<Experiment["costs"]>>;
}

export interface SessionDays {
  /** With the sessions to come. */
  readonly universe: Universe;
  readonly sessions: readonly Session[];
}

/** The last `count` sessions. Throws `bad-usage` when there are fewer. */
export function lastSessions(universe: Universe, count: number): SessionDays {
  const { sessions, dataset } = universe;
  if (count < sessions.length) return { universe, sessions: sessions.slice(-count) };
  throw new TruewindError(
    "bad-usage",
    `A paper session of ${count} sessions is longer than the data: ${dataset.manifest.name} has ${sessions.length} in this experiment. Ask for fewer with --sessions.`,
  );
}

/** The first `count` sessions of the calendar after the dataset's end. Throws `bad-config` where the experiment ends the data before. */
export function comingSessions(experiment: Experiment, universe: Universe, count: number): SessionDays {
  const { manifest } = universe.dataset;
  if (experiment.data.to !== null)
    throw new TruewindError(
      "bad-config",
      `Experiment ${experiment.name} ends its data at ${experiment.data.to} (data.to), and a feed goes on from the end of ${manifest.name}: remove data.to.`,
    );
  const last = universe.sessions.at(-1) as Session;
  // Weekends and holidays: never more than ten days without a session.
  const end = utcDate((last.closeAt + (10 + 2 * count) * DAY_US) as Micros);
  const from = utcDate((last.closeAt - DAY_US) as Micros);
  const coming = calendarByName(manifest.calendar)
    .sessions(isoDateOrThrow(from), isoDateOrThrow(end))
    .filter((session) => session.openAt >= last.closeAt)
    .slice(0, count);
  const to = (coming.at(-1) as Session).closeAt;
  const dataset = { ...universe.dataset, manifest: { ...manifest, to } };
  return { universe: openUniverse(experiment, dataset, universe.facts), sessions: coming };
}

/** The days of a journaled session. */
export function daysOfSession(experiment: Experiment, universe: Universe, { feed, from, to, sessions: count }: SessionFacts): SessionDays {
  if (feed === "polled") return comingSessions(experiment, universe, count);
  return { universe, sessions: universe.sessions.filter(({ date }) => date >= from && date <= to) };
}

/** Before its first model a session could only wait. */
export function refuseUntrained(
  { rebalance }: Experiment,
  universe: Universe,
  sessions: readonly Session[],
  trainedFrom: number | undefined,
): void {
  const first = sessions[0] as Session;
  const lastMoment = (session: Session): number => session.closeAt + rebalance.graceSeconds * SECOND_US;
  if (trainedFrom === undefined || lastMoment(first) >= trainedFrom) return;
  const allowed = universe.sessions.filter((session) => lastMoment(session) >= trainedFrom).length;
  throw new TruewindError(
    "bad-usage",
    `A paper session from ${first.date} on would begin before its first model is trained: ask for at most ${allowed} sessions with --sessions.`,
  );
}
