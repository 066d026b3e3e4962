// What a list of sessions says ahead of time of each of its sessions: its place in week, month, quarter and year, holidays and expiries near it.
// Outside the list every weekday counts as a session (every day, when the venue opens on weekends), so that its ends have values too.
// Ahead stands what was planned: a closing or short day that nobody foresaw is not known before it is there.
import type { Session } from "#domain/session.js";
import { dayNumber, HOUR_US } from "#domain/time.js";

export interface SessionFacts {
  /** Day number (days since 1970-01-01) of the local date. */
  readonly day: number;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly dayOfMonth: number;
  /** 0 on January 1st. */
  readonly dayOfYear: number;
  /** Monday 1 to Sunday 7. */
  readonly weekday: number;
  /** Sessions of the week, month, quarter and year before this one, and after it. */
  readonly week: Place;
  readonly monthly: Place;
  readonly quarterly: Place;
  readonly yearly: Place;
  /** Sessions until the last one before a weekday without session, and since the first one after such a day; at most 20. */
  readonly toHoliday: number;
  readonly sinceHoliday: number;
  /** Hours from the close before to this open, and from this close to the next open. */
  readonly hoursBefore: number;
  readonly hoursAfter: number;
  /** Planned length in hours. */
  readonly hours: number;
  readonly early: boolean;
  readonly nextEarly: boolean;
  /** Sessions until the month's, or quarter's, expiry of listed options: third Friday, or the session before when that is closed. */
  readonly toExpiry: number;
  readonly sinceExpiry: number;
  readonly toQuarterlyExpiry: number;
}

export interface Place {
  readonly before: number;
  readonly after: number;
}

const NEAR = 20;
/** Days before the first and after the last session that may be asked for: a year's, and some. */
const MARGIN = 800;
const kept = new WeakMap<readonly Session[], readonly SessionFacts[]>();

/** One per session. The list may not change: its facts are kept as long as it lives. */
export function factsOfSessions(sessions: readonly Session[]): readonly SessionFacts[] {
  let facts = kept.get(sessions);
  if (facts === undefined) {
    facts = new Ledger(sessions).facts();
    kept.set(sessions, facts);
  }
  return facts;
}

/** Monday 1 to Sunday 7; day 0 was a Thursday. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** Per day from the ledger's origin on: number of open days before it. */
type Tally = Int32Array;

class Ledger {
  private readonly days: readonly number[];
  private readonly weekends: boolean;
  /** Day number of the first entry of the tallies. */
  private readonly origin: number;
  /** As it came: for what lies behind. */
  private readonly held: Tally;
  /** As it was planned, for what lies ahead: with days that were lost, without days that were closed anyway. */
  private readonly planned: Tally;

  constructor(private readonly sessions: readonly Session[]) {
    this.days = sessions.map(({ date }) => dayNumber(date));
    // A special Saturday here and there makes no venue that opens on weekends.
    this.weekends = 7 * this.days.filter((day) => weekdayOf(day) > 5).length > this.days.length;
    this.origin = (this.days[0] ?? 0) - MARGIN;
    const lost = sessions.flatMap(({ unforeseen }, k) => this.lostBefore(this.days[k] as number, unforeseen?.lost ?? 0));
    this.held = this.tallyOf(new Set(this.days));
    this.planned = lost.length === 0 ? this.held : this.tallyOf(new Set([...this.days, ...lost]));
  }

  /** The last `count` usual days before `day`. */
  private lostBefore(day: number, count: number): number[] {
    const lost: number[] = [];
    for (let before = day - 1; lost.length < count; before--) if (this.isUsual(before)) lost.push(before);
    return lost;
  }

  private tallyOf(open: ReadonlySet<number>): Tally {
    const first = this.days[0] ?? 0;
    const last = this.days.at(-1) ?? 0;
    const tally = new Int32Array(last - first + 2 * MARGIN + 1);
    for (let k = 0; k + 1 < tally.length; k++) {
      const day = this.origin + k;
      const counts = day >= first && day <= last ? open.has(day) : this.isUsual(day);
      tally[k + 1] = (tally[k] as number) + (counts ? 1 : 0);
    }
    return tally;
  }

  facts(): readonly SessionFacts[] {
    return this.sessions.map((session, k) => this.factsOf(session, k));
  }

  private isOpen(day: number, tally = this.planned): boolean {
    return this.count(day, day + 1, tally) === 1;
  }

  /** A day on which the venue opens unless it is a holiday. */
  private isUsual(day: number): boolean {
    return this.weekends || weekdayOf(day) <= 5;
  }

  private factsOf(session: Session, k: number): SessionFacts {
    const day = this.days[k] as number;
    const date = new Date(day * 86_400_000);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth() + 1;
    const before = this.sessions[k - 1];
    const after = this.sessions[k + 1];
    const weekday = weekdayOf(day);
    const quarter = month - ((month - 1) % 3);
    const monthStart = dayOf(year, month);
    const expiry = this.nextExpiry(day, 1);
    const { openAt, closeAt } = session.unforeseen ?? session;
    const hours = (closeAt - openAt) / HOUR_US;
    return {
      day,
      year,
      month,
      dayOfMonth: day - monthStart + 1,
      dayOfYear: day - dayOf(year, 1),
      weekday,
      week: this.place(day, day - weekday + 1, day - weekday + 8),
      monthly: this.place(day, monthStart, dayOf(year, month + 1)),
      quarterly: this.place(day, dayOf(year, quarter), dayOf(year, quarter + 3)),
      yearly: this.place(day, dayOf(year, 1), dayOf(year + 1, 1)),
      toHoliday: this.towardsHoliday(day, 1),
      sinceHoliday: this.towardsHoliday(day, -1),
      hoursBefore: before === undefined ? this.usualHours(day, -1) - hours : (session.openAt - before.closeAt) / HOUR_US,
      hoursAfter: this.hoursAhead(day, closeAt, hours, after),
      hours,
      early: session.unforeseen === undefined && session.early,
      nextEarly: after?.unforeseen === undefined && after?.early === true,
      toExpiry: this.count(day + 1, expiry + 1),
      sinceExpiry: this.count(this.lastExpiry(day) + 1, day + 1, this.held),
      toQuarterlyExpiry: this.count(day + 1, this.nextExpiry(day, 3) + 1),
    };
  }

  /** From the planned close to the next opening, as it was planned. */
  private hoursAhead(day: number, closeAt: number, hours: number, after: Session | undefined): number {
    if (after === undefined || (after.unforeseen?.lost ?? 0) > 0) return this.usualHours(day, 1) - hours;
    return ((after.unforeseen ?? after).openAt - closeAt) / HOUR_US;
  }

  /** Hours to the same time of the next, or last, open day. */
  private usualHours(from: number, step: 1 | -1): number {
    let day = from + step;
    while (!this.isOpen(day)) day += step;
    return 24 * Math.abs(day - from);
  }

  /** Sessions on days from `from` to before `to`. */
  private count(from: number, to: number, tally = this.planned): number {
    return (tally[to - this.origin] as number) - (tally[from - this.origin] as number);
  }

  private place(day: number, from: number, to: number): Place {
    return { before: this.count(from, day, this.held), after: this.count(day + 1, to) };
  }

  /** Sessions that follow in direction `step` before a usual day that is closed; at most 20. */
  private towardsHoliday(from: number, step: 1 | -1): number {
    const tally = step > 0 ? this.planned : this.held;
    let n = 0;
    for (let day = from + step; n < NEAR; day += step) {
      if (this.isOpen(day, tally)) n++;
      else if (this.isUsual(day)) return n;
    }
    return NEAR;
  }

  /** The day of the first expiry on or after `day` in a month whose number `every` divides. */
  private nextExpiry(day: number, every: number): number {
    const date = new Date(day * 86_400_000);
    for (let month = date.getUTCMonth() + 1; ; month++) {
      if (month % every !== 0) continue;
      const expiry = this.expiryOf(date.getUTCFullYear(), month);
      if (expiry >= day) return expiry;
    }
  }

  /** The day of the last expiry on or before `day`. */
  private lastExpiry(day: number): number {
    const date = new Date(day * 86_400_000);
    const expiry = this.expiryOf(date.getUTCFullYear(), date.getUTCMonth() + 1);
    return expiry <= day ? expiry : this.expiryOf(date.getUTCFullYear(), date.getUTCMonth());
  }

  private expiryOf(year: number, month: number): number {
    const first = dayOf(year, month);
    let day = first + ((5 - weekdayOf(first) + 7) % 7) + 14;
    while (!this.isOpen(day) && day > first) day--;
    return day;
  }
}

/** Day number of a month's first day; months beyond 1 to 12 belong to the years around. */
function dayOf(year: number, month: number): number {
  return Date.UTC(year, month - 1, 1) / 86_400_000;
}
