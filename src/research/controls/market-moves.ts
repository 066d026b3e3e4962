// A market of daily bars taken apart into moves: what each name did in each session, relative to its last close and free of splits and
// dividends. Whole sessions can then be dealt out anew, and `rebuildMarket` makes bars of them again.
// Columns are `[session][name]` on shared memory, so that worker threads read one copy. NaN: the name has no such value there.
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { type Session, firstSessionFrom, sessionEndingAt } from "#domain/session.js";
import type { MarketDataSource } from "#ports/market-data.js";
import { tradedLevel } from "./traded-level.js";

/** What a name did in a session; each a simple ratio to the last close before, in total return. */
export interface Moves {
  /** First price less 1. */
  readonly overnight: Float64Array;
  /** Last price less 1. */
  readonly move: Float64Array;
  /** How far the highest price lay above the higher of first and last, and the lowest below the lower of them; >= 0. */
  readonly up: Float64Array;
  readonly down: Float64Array;
  /** Traded value over the name's usual one of the time; 0 when nothing traded, NaN when not reported. */
  readonly surprise: Float64Array;
}

export interface MarketMoves extends Moves {
  readonly sessions: readonly Session[];
  readonly names: number;
  /** When the bars of each session are seen, Micros. */
  readonly seenAt: Float64Array;
  /** 1 where the name has a bar. */
  readonly present: Uint8Array;
  /** Usual traded value of the time, currency. */
  readonly level: Float64Array;
  /** Session of each name's first bar (it has no move); -1 for a name without bars. */
  readonly first: Int32Array;
  /** Open, high, low, close and volume of the first bars, five a name. */
  readonly firstBar: Float64Array;
  readonly references: readonly ReferenceEvent[];
  /** Shares that one has become and cash (over the last close) it has brought since the last bar, by `session * names + name`. */
  readonly actions: ReadonlyMap<number, Action>;
  /** Amount of each dividend over the last close before it, by place among `references`; NaN for those that nothing precedes. */
  readonly dividendRates: Float64Array;
}

export interface Action {
  readonly shares: number;
  readonly cash: number;
}

export const sharedDoubles = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length));

export function createMoves(cells: number, value = Number.NaN): Moves {
  const column = (): Float64Array => sharedDoubles(cells).fill(value);
  return { overnight: column(), move: column(), up: column(), down: column(), surprise: column() };
}

/** `references` as of the dataset. Throws `bad-config` for bars shorter than a session. */
export async function readMarketMoves(
  source: MarketDataSource,
  {
    sessions,
    names,
    references,
  }: { readonly sessions: readonly Session[]; readonly names: number; readonly references: readonly ReferenceEvent[] },
): Promise<MarketMoves> {
  const cells = sessions.length * names;
  const moves = createMoves(cells);
  const { overnight, move, up, down } = moves;
  const present = new Uint8Array(new SharedArrayBuffer(cells));
  const traded = sharedDoubles(cells).fill(Number.NaN);
  const seenAt = sharedDoubles(sessions.length);
  sessions.forEach(({ closeAt }, t) => (seenAt[t] = closeAt));
  const first = new Int32Array(new SharedArrayBuffer(4 * names)).fill(-1);
  const firstBar = sharedDoubles(5 * names);
  const ledger = createActionLedger(sessions, names, references);
  const lastClose = new Float64Array(names).fill(Number.NaN);
  let guess = 0;
  for await (const batch of source.batches(0)) {
    if (batch.kind !== "bar") continue;
    for (let row = 0; row < batch.length; row++) {
      const t = sessionEndingAt(sessions, batch.at[row] as number, guess);
      if (t < 0) continue;
      guess = t;
      const i = batch.instrument[row] as number;
      const cell = t * names + i;
      if (present[cell] === 1)
        throw new TruewindError("bad-config", "Controls need daily bars: this dataset has several bars of a name in one session.");
      present[cell] = 1;
      seenAt[t] = Math.max(seenAt[t] as number, batch.seenAt[row] as number);
      const bar = [batch.open[row], batch.high[row], batch.low[row], batch.close[row], batch.volume[row]] as number[];
      const [open, high, low, close, volume] = bar as [number, number, number, number, number];
      traded[cell] = volume * close;
      if (first[i] === -1) {
        first[i] = t;
        firstBar.set(bar, 5 * i);
        ledger.skip(i, t);
      } else {
        const { shares, cash } = ledger.take(i, t, lastClose[i] as number);
        const over = (price: number): number => (shares * price) / (lastClose[i] as number) + cash - 1;
        const [atOpen, atClose] = [over(open), over(close)];
        overnight[cell] = atOpen;
        move[cell] = atClose;
        up[cell] = Math.max(0, over(high) - Math.max(atOpen, atClose));
        down[cell] = Math.max(0, Math.min(atOpen, atClose) - over(low));
      }
      lastClose[i] = close;
    }
  }
  const level = tradedLevel(traded, present, names);
  for (let cell = 0; cell < cells; cell++) {
    moves.surprise[cell] = traded[cell] === 0 ? 0 : (traded[cell] as number) / (level[cell] as number);
  }
  const { actions, dividendRates } = ledger;
  return { ...moves, sessions, names, seenAt, present, level, first, firstBar, references, actions, dividendRates };
}

/** Splits and dividends, kept until the next bar of their name. */
function createActionLedger(sessions: readonly Session[], names: number, references: readonly ReferenceEvent[]) {
  const waiting = new Map<number, { readonly place: number; readonly session: number }[]>();
  references.forEach((event, place) => {
    if (event.kind !== "split" && event.kind !== "dividend") return;
    const list = waiting.get(event.instrument) ?? [];
    list.push({ place, session: firstSessionFrom(sessions, event.at) });
    waiting.set(event.instrument, list);
  });
  const actions = new Map<number, Action>();
  const dividendRates = new Float64Array(references.length).fill(Number.NaN);
  const due = (name: number, session: number): readonly number[] => {
    const list = waiting.get(name) ?? [];
    let count = 0;
    while ((list[count]?.session ?? Number.POSITIVE_INFINITY) <= session) count++;
    return list.splice(0, count).map(({ place }) => place);
  };
  return {
    actions,
    dividendRates,
    /** What happened before the first bar concerns nobody. */
    skip: (name: number, session: number): void => void due(name, session),
    take(name: number, session: number, lastClose: number): Action {
      const places = due(name, session);
      if (places.length === 0) return { shares: 1, cash: 0 };
      let shares = 1;
      let cash = 0;
      for (const place of places) {
        const event = references[place] as ReferenceEvent;
        if (event.kind === "split") shares *= event.ratio;
        if (event.kind !== "dividend") continue;
        dividendRates[place] = event.amount / lastClose;
        cash += (shares * event.amount) / lastClose;
      }
      const action = { shares, cash };
      actions.set(session * names + name, action);
      return action;
    },
  };
}
