// The market of a simulated world: a few names in minute bars over a few short sessions, on exchange time, and the timers of production.
import { schedule } from "#app/modes/schedule.js";
import type { Rng } from "#base/rng.js";
import type { Delisting, Dividend, Split } from "#domain/corporate-action.js";
import type { TimerFired } from "#domain/event.js";
import type { Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { type BarRow, type MarketSlice, toBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { DAY_US, type IsoDate, type Micros, MINUTE_US, SECOND_US } from "#domain/time.js";
import { USD } from "#test/fixtures/toy-market.js";
import { type SimQuotes, drawQuotes } from "./quotes-law.js";
import type { Setting } from "./setting.js";
import { type SimRules, drawRules } from "./venue-law.js";

export type Action = Split | Dividend | Delisting;

export interface SimMarket {
  readonly instruments: readonly Instrument[];
  readonly sessions: readonly Session[];
  /** One a minute, as the exchange prints them: seen when they end. */
  readonly slices: readonly MarketSlice[];
  readonly timers: readonly TimerFired[];
  /** Splits, dividends and delistings of the nights between. */
  readonly references: readonly Action[];
  /** A few minutes before the first opening. */
  readonly begin: number;
  /** Of the venue; null where it has none. */
  readonly rules: SimRules | null;
  /** Null where orders meet bars. */
  readonly quotes: SimQuotes | null;
  /** What those know who look back; nothing where nobody does. */
  readonly earlier: Earlier;
}

/** Sessions that were over before the world begins, of one bar each, all of them heard. */
export interface Earlier {
  /** Those and the world's own, each a day of its own; and their bars as steps. */
  readonly sessions: readonly Session[];
  readonly steps: readonly Session[];
  readonly slices: readonly MarketSlice[];
}

/** New shares for one old. */
const RATIOS = [2, 3, 1.5, 0.5, 1 / 3];

/** Bars of each session. */
export const SESSION_BARS = 10;
/** Sessions before the world begins. */
export const EARLIER_DAYS = 70;
/** From one opening to the next: the nights are short. */
const PERIOD_US = 30 * MINUTE_US;
const GRACE_US = 10 * SECOND_US;

export function createSimMarket(rng: Rng, days: number, { acts, adjusts, ruled, quoted, losses, optimized }: Setting): SimMarket {
  const names = 2 + rng.int(3);
  const instruments = Array.from(
    { length: names },
    (_, i): Instrument => ({
      id: `S${i}` as InstrumentId,
      venue: "24/7",
      currency: USD,
      tickSize: 0.01,
      relativeTick: null,
      lotSize: 1,
      sector: null,
    }),
  );
  const sessions = Array.from({ length: days }, (_, day): Session => {
    const openAt = 2 * DAY_US + day * PERIOD_US;
    return {
      date: new Date(openAt / 1000).toISOString().slice(0, 10) as IsoDate,
      openAt: openAt as Micros,
      closeAt: (openAt + SESSION_BARS * MINUTE_US) as Micros,
      early: false,
    };
  });
  const price = instruments.map(() => 20 + 60 * rng.next());
  const isAsked = losses !== null || optimized !== null;
  const earlier = isAsked ? earlierOf(rng.fork("earlier"), sessions, price) : { sessions: [], steps: [], slices: [] };
  const cents = (x: number): number => Math.max(0.05, Math.round(x * 100) / 100);
  const slices: MarketSlice[] = [];
  const references: Action[] = [];
  const gone = new Set<number>();
  const actions = rng.fork("actions");
  let nextRow = 0;
  for (const [day, session] of sessions.entries()) {
    const asked = acts && day > 0 ? names : 0;
    for (let i = 0; i < asked; i++) {
      if (gone.has(i)) continue;
      const before = SECOND_US + Math.floor(actions.next() * 4 * MINUTE_US);
      const when = { at: (session.openAt - before) as Micros, seenAt: (session.openAt - before) as Micros, instrument: i as InstrumentIx };
      const named = actions.next() < 0.5 ? { id: `action ${references.length}` } : {};
      const draw = actions.next();
      const last = price[i] as number;
      if (draw < 0.3) {
        const ratio = RATIOS[actions.int(RATIOS.length)] as number;
        price[i] = cents(last / ratio);
        references.push({ kind: "split", ...when, ...named, ratio });
      } else if (draw < 0.6) {
        references.push({ kind: "dividend", ...when, ...named, amount: cents(last * 0.02 * actions.next()) });
      } else if (draw < 0.7 && gone.size < names - 2) {
        gone.add(i);
        references.push({ kind: "delisting", ...when, ...named, finalReturn: actions.next() < 0.5 ? 0 : -0.5 * actions.next() });
      }
    }
    for (let k = 0; k < SESSION_BARS; k++) {
      const openAt = (session.openAt + k * MINUTE_US) as Micros;
      const at = (openAt + MINUTE_US) as Micros;
      const rows: BarRow[] = [];
      instruments.forEach((_, i) => {
        if (gone.has(i)) return;
        const open = cents((price[i] as number) * (1 + 0.002 * rng.normal()));
        const close = cents(open * (1 + 0.004 * rng.normal()));
        const high = cents(Math.max(open, close) * (1 + 0.002 * rng.next()));
        const low = cents(Math.min(open, close) * (1 - 0.002 * rng.next()));
        price[i] = close;
        if (rng.next() < 0.03 && rows.length > 0) return; // a missing bar
        const volume = rng.next() < 0.05 ? 0 : 500 + rng.int(4000);
        rows.push({ instrument: i as InstrumentIx, openAt, at, seenAt: at, open, high, low, close, volume });
      });
      nextRow += rows.length;
      slices.push({ kind: "market", at, seenAt: at, batch: toBarBatch(rows), start: 0, end: rows.length, nextRow });
    }
  }
  const timers = [
    ...schedule({
      sessions,
      barInterval: 60,
      every: 1 + rng.int(4),
      graceUs: GRACE_US,
      phase: 1,
      adjustUs: adjusts ? 2 * MINUTE_US : undefined,
    }),
  ];
  // Long after the last bar, so that whatever is on its way has arrived.
  const last = ((timers.at(-1) as TimerFired).at + 10 * MINUTE_US) as Micros;
  timers.push({ kind: "timer", name: "reconcile", at: last, seenAt: last, since: last });
  references.sort((a, b) => a.at - b.at);
  const rules = ruled ? drawRules(rng.fork("rules"), names, sessions) : null;
  const quotes = quoted ? drawQuotes(rng.fork("quotes"), names, slices) : null;
  return { instruments, sessions, slices, timers, references, begin: 2 * DAY_US - 5 * MINUTE_US, rules, quotes, earlier };
}

/** Names that move together, and now and then further than a normal law knows; they end at the prices that the world begins with. */
function earlierOf(rng: Rng, sessions: readonly Session[], prices: readonly number[]): Earlier {
  const dated = (session: Session, day: number): Session => ({
    ...session,
    date: new Date((day * DAY_US) / 1000).toISOString().slice(0, 10) as IsoDate,
  });
  const first = (sessions[0] as Session).openAt;
  const past = Array.from({ length: EARLIER_DAYS }, (_, day): Session => {
    const openAt = (first - (EARLIER_DAYS - day) * PERIOD_US) as Micros;
    return dated({ date: "" as IsoDate, openAt, closeAt: (openAt + SESSION_BARS * MINUTE_US) as Micros, early: false }, day);
  });
  const own = sessions.map((session, day) => dated(session, EARLIER_DAYS + day));
  const minutes = own.flatMap((session) =>
    Array.from({ length: SESSION_BARS }, (_, k): Session => {
      const openAt = (session.openAt + k * MINUTE_US) as Micros;
      return { ...session, openAt, closeAt: (openAt + MINUTE_US) as Micros };
    }),
  );
  let closes = [...prices];
  const days: BarRow[][] = [];
  for (const { openAt, closeAt: at } of [...past].reverse()) {
    days.push(
      closes.map((close, i) => ({
        instrument: i as InstrumentIx,
        openAt,
        at,
        seenAt: at,
        open: close,
        high: close,
        low: close,
        close,
        volume: 1000,
      })),
    );
    const size = rng.next() < 0.1 ? 3 : 1;
    const common = 0.003 * size * rng.normal();
    closes = closes.map((close) => Math.max(1, close * (1 + common + 0.003 * size * rng.normal())));
  }
  const batch = toBarBatch(days.reverse().flat());
  const slices = past.map(({ closeAt: at }, day): MarketSlice => {
    const start = day * prices.length;
    return { kind: "market", at, seenAt: at, batch, start, end: start + prices.length, nextRow: 0 };
  });
  return { sessions: [...past, ...own], steps: [...past, ...minutes], slices };
}
