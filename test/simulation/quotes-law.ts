// What is quoted in the world that has quotes, drawn from the seed along its bars, and the law of fills on them: nobody trades at a better price than the
// one that was displayed, nor takes more than that; the quote that stands is looked up row by row.
import type { Rng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, type MarketSlice, type QuoteBatch, createQuoteBatch } from "#domain/market.js";
import type { ApprovedOrder } from "#domain/order.js";
import type { Session } from "#domain/session.js";
import { SECOND_US } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";

export interface SimQuotes {
  /** 1 where orders meet quotes. */
  readonly quoted: Uint8Array;
  /** In the order of exchange time. */
  readonly batch: QuoteBatch;
}

const CENT = 0.01;
const CLOSE = 1e-6;
/** Rows of each name in a minute. */
const A_MINUTE = 6;

export function drawQuotes(rng: Rng, names: number, slices: readonly MarketSlice[]): SimQuotes {
  const quoted = Uint8Array.from({ length: names }, (_, i) => (i === 0 || rng.next() < 0.7 ? 1 : 0));
  const rows: { at: number; instrument: number; bid: number; ask: number; bidSize: number; askSize: number }[] = [];
  for (const { batch, start, end } of slices) {
    const bars = batch as BarBatch;
    for (let k = 0; k < A_MINUTE; k++)
      for (let row = start; row < end; row++) {
        const instrument = bars.instrument[row] as number;
        if (quoted[instrument] === 0) continue;
        const at = (bars.openAt[row] as number) + k * 10 * SECOND_US + Math.floor(rng.next() * 9 * SECOND_US);
        const [open, close] = [bars.open[row] as number, bars.close[row] as number];
        const middle = open + ((close - open) * (k + rng.next())) / A_MINUTE;
        const bid = Math.max(1, Math.round(middle / CENT) - rng.int(3)) * CENT;
        const ask = bid + (rng.next() < 0.03 ? -1 : 1 + rng.int(4)) * CENT; // now and then crossed
        const size = (): number => (rng.next() < 0.1 ? Number.NaN : rng.int(1500));
        const shown = (price: number): number => (rng.next() < 0.03 ? Number.NaN : Math.max(CENT, Math.round(price / CENT) * CENT));
        rows.push({ at, instrument, bid: shown(bid), ask: shown(ask), bidSize: size(), askSize: size() });
      }
  }
  rows.sort((a, b) => a.at - b.at || a.instrument - b.instrument);
  const batch = createQuoteBatch(rows.length);
  rows.forEach(({ at, instrument, bid, ask, bidSize, askSize }, row) => {
    [batch.at[row], batch.seenAt[row], batch.instrument[row]] = [at, at, instrument];
    [batch.bid[row], batch.ask[row], batch.bidSize[row], batch.askSize[row]] = [bid, ask, bidSize, askSize];
  });
  return { quoted, batch };
}

/** What is wrong with a fill on quotes, in words; null when nothing is, and where its name is not quoted. `basis`: no split has moved limits. */
export function wrongOnQuotes(
  { quoted, batch }: SimQuotes,
  sessions: readonly Session[],
  { instrument, at, lots, price, order: id }: Fill,
  order: ApprovedOrder,
  basis: boolean,
): string | null {
  if (quoted[instrument] !== 1) return null;
  let row = -1;
  for (let k = 0; k < batch.length && (batch.at[k] as number) <= at; k++) if (batch.instrument[k] === (instrument as InstrumentIx)) row = k;
  const session = sessions.find(({ openAt, closeAt }) => at >= openAt && at <= closeAt);
  if (row < 0 || session === undefined || (batch.at[row] as number) < session.openAt)
    return `order ${id} was filled at ${at}, and nothing was quoted`;
  const [bid, ask] = [batch.bid[row] as number, batch.ask[row] as number];
  const [near, far, size] = lots > 0 ? [bid, ask, batch.askSize[row] as number] : [ask, bid, batch.bidSize[row] as number];
  const side = Math.sign(lots);
  const paid = price * CENT;
  // Crossed: the worse of the two.
  const displayed = side * (near - far) > 0 ? near : far;
  if (!(side * (paid - far) > -CLOSE)) return `order ${id} of ${lots} lots was filled at ${paid}, better than ${far}`;
  const rests = order.limit !== null && (!basis || Math.abs(order.limit * CENT - paid) < CLOSE);
  if (!rests && Math.abs(paid - displayed) > CLOSE)
    return `order ${id} of ${lots} lots was filled at ${paid}, and ${displayed} was displayed`;
  if (Math.abs(lots) > size) return `order ${id} took ${lots} lots, and ${size} were displayed`;
  return null;
}
