// When the engine's timers fire: at the end of each session (or bar) plus a grace for late data, the same way in every mode.
import type { TimerFired } from "#domain/event.js";
import type { Session } from "#domain/session.js";
import { type Micros, SECOND_US } from "#domain/time.js";

export interface ScheduleOptions {
  /** Sessions in order. */
  readonly sessions: readonly Session[];
  /** `1d`: one bar per session; else the length of a bar in seconds. */
  readonly barInterval: "1d" | number;
  /** Decide every so many sessions (`1d`) or bars. */
  readonly every: number;
  /** Wait after the close (or the bar's end) for late data. */
  readonly graceUs: number;
  /** Sessions or bars between the first and the first decision, so that an experiment's folds and a run agree on the days. */
  readonly phase: number;
  /** Adjust between decisions whenever so much of a session has passed: whole bars, µs; left out: never. Not with `1d`. */
  readonly adjustUs?: number | undefined;
}

/**
 * Phase by which decisions over the sessions `earlier` fall into one rhythm with those that `options` (of phase 0) begins right after them.
 */
export function phaseBefore(options: ScheduleOptions, earlier: readonly Session[]): number {
  return [...schedule({ ...options, sessions: earlier, phase: 0 })].filter((timer) => timer.name !== "mark").length % options.every;
}

/**
 * The schedule of a trading part (of phase 0), and before it the moments of decision that models of so many steps look back on: they are
 * observed, so that the first decision sees the same history as in research. `all`: the sessions with data, those of the part included.
 */
export function* tradingSchedule(options: ScheduleOptions, all: readonly Session[], steps: number): Generator<TimerFired, void> {
  if (steps > 1) {
    const first = (options.sessions[0] as Session).openAt;
    const earlier = all.filter((session) => session.openAt < first);
    const phase = phaseBefore(options, earlier);
    const before = [...schedule({ ...options, sessions: earlier, phase })].filter((timer) => timer.name === "decide");
    for (const { at, since } of before.slice(1 - steps)) yield timer("observe", at, since);
  }
  yield* schedule(options);
}

/** Timers in order. At the end of a session the account is marked first, then decisions follow. */
export function schedule(options: ScheduleOptions): Generator<TimerFired, void> {
  return options.barInterval === "1d" ? daily(options) : intraday(options, options.barInterval * SECOND_US);
}

function* daily({ sessions, every, graceUs, phase }: ScheduleOptions): Generator<TimerFired, void> {
  for (let i = 0; i < sessions.length; i++) {
    const { openAt, closeAt } = sessions[i] as Session;
    const at = closeAt + graceUs;
    yield timer("mark", at, openAt);
    yield timer(i >= phase && (i - phase) % every === 0 ? "decide" : "reconcile", at, openAt);
  }
}

function* intraday(
  { sessions, every, graceUs, phase, adjustUs = Number.POSITIVE_INFINITY }: ScheduleOptions,
  interval: number,
): Generator<TimerFired, void> {
  let bar = 0;
  for (const { openAt, closeAt } of sessions) {
    // Shorter than one bar: nothing to decide, but a session ends.
    if (openAt + interval > closeAt) yield timer("mark", closeAt + graceUs, openAt);
    for (let end = openAt + interval; end <= closeAt; end += interval, bar++) {
      const at = end + graceUs;
      if (end + interval > closeAt) yield timer("mark", at, end - interval);
      const between = (end - openAt) % adjustUs === 0 ? "adjust" : "reconcile";
      yield timer(bar >= phase && (bar - phase) % every === 0 ? "decide" : between, at, end);
    }
  }
}

function timer(name: TimerFired["name"], at: number, since: number): TimerFired {
  return { kind: "timer", name, at: at as Micros, seenAt: at as Micros, since: since as Micros };
}
