// When a pipeline decides, and what has closed by then. A desk is a world seen at a row of decisions; sheets are decision x symbol, panels
// are session x symbol, both row by row.
import { HOUR_US, type Micros, MINUTE_US } from "#domain/time.js";
import type { World } from "#research/leaks/subject.js";
import { weekOf } from "../worlds/calendar.js";

/** At the close, in the evening after it, on the morning before the open, or in the middle of the session. */
export type Moment = "close" | "evening" | "morning" | "midday";

export interface Schedule {
  readonly moment: Moment;
  /** Every so many sessions, or on the first session of each week. */
  readonly every: number | "new-week";
  /** Sessions before the first decision. */
  readonly warmUp: number;
}

export interface Decision {
  readonly at: Micros;
  /** The last session closed by then. The next one is the one traded in: it has opened only for a decision at midday. */
  readonly closed: number;
}

export interface Desk {
  readonly world: World;
  readonly schedule: Schedule;
  readonly decisions: readonly Decision[];
  /** Numbers of sessions and of symbols. */
  readonly count: number;
  readonly width: number;
}

export function openDesk(world: World, schedule: Schedule): Desk {
  const decisions: Decision[] = [];
  for (const [s, { date, openAt, closeAt }] of world.sessions.entries()) {
    if (s < schedule.warmUp || !isDue(world, schedule, s, date)) continue;
    if (schedule.moment === "close") decisions.push({ at: closeAt, closed: s });
    else if (schedule.moment === "evening") decisions.push({ at: (closeAt + 2.5 * HOUR_US) as Micros, closed: s });
    else if (schedule.moment === "morning") decisions.push({ at: (openAt - 45 * MINUTE_US) as Micros, closed: s - 1 });
    else decisions.push({ at: (openAt + 2 * HOUR_US) as Micros, closed: s - 1 });
  }
  return { world, schedule, decisions, count: world.sessions.length, width: world.symbols.length };
}

/** Looks back only: whether a session is the last of its week is not known from bars. */
function isDue(world: World, { every, warmUp }: Schedule, s: number, date: string): boolean {
  if (every !== "new-week") return (s - warmUp) % every === 0;
  return s > 0 && weekOf(date) !== weekOf((world.sessions[s - 1] as World["sessions"][number]).date);
}

export function blankSheet(desk: Desk): Float64Array {
  return new Float64Array(desk.decisions.length * desk.width).fill(Number.NaN);
}

/** The row of a panel that had closed at each decision. */
export function atDecisions(desk: Desk, panel: Float64Array): Float64Array {
  const sheet = blankSheet(desk);
  for (const [d, { closed }] of desk.decisions.entries())
    if (closed >= 0) sheet.set(panel.subarray(closed * desk.width, (closed + 1) * desk.width), d * desk.width);
  return sheet;
}

/** A cell at a time: what a formula gives for a decision and a symbol. */
export function sheetOf(desk: Desk, formula: (decision: Decision, symbol: number, d: number) => number): Float64Array {
  const sheet = blankSheet(desk);
  for (const [d, decision] of desk.decisions.entries())
    for (let i = 0; i < desk.width; i++) sheet[d * desk.width + i] = formula(decision, i, d);
  return sheet;
}
