// What one share bought at a session's open was worth at a later open: splits multiply it, dividends add cash, a delisting ends it.
import type { Delisting, ReferenceEvent } from "#domain/corporate-action.js";
import { firstSessionFrom, type Session } from "#domain/session.js";
import type { PricePanel } from "./price-panel.js";

export interface TotalReturns {
  /**
   * Return from the open of session `from` to the open of session `to`, a fraction; NaN when it could not be bought at `from`.
   * Dividends are added without reinvestment. With no price at `to` the holding counts at its last known price before it;
   * a name that was delisted on the way ends at its last price times (1 + final return). It is never left out.
   */
  between(instrument: number, from: number, to: number): number;
  /**
   * What one share held since the open of session `from` is worth in session `at` at a price of that session: splits and dividends since
   * then, those of the session's own open included.
   */
  worth(instrument: number, from: number, at: number, price: number): number;
  /** Session at whose open the holding ends with the name, if it leaves the market after the open of `from`; null when it does not. */
  endOf(instrument: number, from: number): number | null;
}

/**
 * `actions`: splits, dividends and delistings of the instruments, ordered by time; FX is ignored. An action is in force from the first
 * open at or after its `at`. For prices already adjusted for an action, leave that action out.
 */
export function createTotalReturns(panel: PricePanel, actions: readonly ReferenceEvent[]): TotalReturns {
  const { sessions, instruments, open, close } = panel;
  // Per instrument, the sessions at which shares or cash change; few, so they are kept sparse.
  const changes = new Map<number, { readonly session: number; readonly ratio: number; readonly amount: number }[]>();
  const delistings = new Map<number, Delisting>();
  for (const action of actions) {
    if (action.kind === "fx") continue;
    if (action.kind === "delisting") {
      delistings.set(action.instrument, action);
      continue;
    }
    const change = {
      session: firstSessionFrom(sessions, action.at),
      ratio: action.kind === "split" ? action.ratio : 1,
      amount: action.kind === "dividend" ? action.amount : 0,
    };
    const list = changes.get(action.instrument);
    if (list === undefined) changes.set(action.instrument, [change]);
    else list.push(change);
  }

  const lastSession = new Map<number, number>();
  /** The last session in which the instrument had a price; -1 when it never had one. */
  const lastTraded = (instrument: number): number => {
    let session = lastSession.get(instrument);
    if (session !== undefined) return session;
    session = sessions.length - 1;
    while (session >= 0 && !((close[session * instruments + instrument] as number) > 0)) session--;
    lastSession.set(instrument, session);
    return session;
  };

  /** Shares that one share of session `from` has become by the open of `to`, and cash received on the way. */
  const held = (instrument: number, from: number, to: number): { shares: number; cash: number } => {
    let shares = 1;
    let cash = 0;
    for (const change of changes.get(instrument) ?? []) {
      if (change.session <= from || change.session > to) continue;
      cash += shares * change.amount;
      shares *= change.ratio;
    }
    return { shares, cash };
  };

  return {
    between(instrument, from, to) {
      const start = open[from * instruments + instrument] as number;
      if (!(start > 0)) return Number.NaN;
      const delisting = delistings.get(instrument);
      // A delisting is told sessions after the last price: a holding that ends in that silence has ended with the name.
      const gone =
        delisting !== undefined &&
        delisting.at > (sessions[from] as Session).openAt &&
        (delisting.at <= (sessions[to] as Session).openAt || to > lastTraded(instrument));
      const last = gone ? Math.min(to, firstSessionFrom(sessions, delisting.at)) : to;
      const price = gone ? Number.NaN : (open[to * instruments + instrument] as number);
      if (price > 0) {
        const { shares, cash } = held(instrument, from, to);
        return (shares * price + cash) / start - 1;
      }
      // The last price known before the end; splits and dividends since then still count.
      let session = last - 1;
      while (session >= from && !((close[session * instruments + instrument] as number) > 0)) session--;
      const known = session >= from ? (close[session * instruments + instrument] as number) : start;
      const at = Math.max(session, from);
      const sharesThen = held(instrument, from, at).shares;
      const { cash } = held(instrument, from, last);
      return (sharesThen * known * (gone ? 1 + delisting.finalReturn : 1) + cash) / start - 1;
    },
    worth(instrument, from, at, price) {
      const { shares, cash } = held(instrument, from, at);
      return shares * price + cash;
    },
    endOf(instrument, from) {
      const delisting = delistings.get(instrument);
      return delisting === undefined || delisting.at <= (sessions[from] as Session).openAt
        ? null
        : firstSessionFrom(sessions, delisting.at);
    },
  };
}
