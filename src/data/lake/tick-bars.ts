// Bars from trades or quotes. A bar holds the rows of its interval alone: of trades their prices and sizes, of quotes the middle of rows that show
// both sides, and no volume. Intervals begin with the session; the last one ends with it. Rows outside of sessions make no bars.
import { type BarBatch, type BarRow, type EventBatch, toBarBatch } from "#domain/market.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { type Session, firstSessionFrom } from "#domain/session.js";
import type { Micros } from "#domain/time.js";

/** Bars per batch, at least. */
const BATCH = 8192;

interface OpenBar {
  readonly open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** `batches`: trades or quotes in order of exchange time; `everyUs`: length of an interval. Bars come in the order (seenAt, instrument). */
export async function* tickBars(
  batches: AsyncIterable<EventBatch>,
  sessions: readonly Session[],
  everyUs: number,
): AsyncGenerator<BarBatch> {
  const open = new Map<number, OpenBar>();
  let done: BarRow[] = [];
  let [startsAt, endsAt, delay] = [0, Number.NEGATIVE_INFINITY, 0];
  const close = (): void => {
    const [openAt, at, seenAt] = [startsAt, endsAt, endsAt + delay] as [Micros, Micros, Micros];
    for (const [instrument, bar] of [...open].sort((a, b) => a[0] - b[0]))
      done.push({ instrument: instrument as InstrumentIx, openAt, at, seenAt, ...bar });
    open.clear();
  };
  for await (const batch of batches) {
    if (batch.kind !== "trade" && batch.kind !== "quote") continue;
    for (let row = 0; row < batch.length; row++) {
      const at = batch.at[row] as number;
      if (at >= endsAt || at < startsAt) {
        close();
        const session = sessions[firstSessionFrom(sessions, at + 1) - 1];
        if (session === undefined || at >= session.closeAt) continue;
        startsAt = session.openAt + Math.floor((at - session.openAt) / everyUs) * everyUs;
        endsAt = Math.min(startsAt + everyUs, session.closeAt);
        delay = (batch.seenAt[row] as number) - at;
      }
      const price = batch.kind === "trade" ? (batch.price[row] as number) : ((batch.bid[row] as number) + (batch.ask[row] as number)) / 2;
      if (Number.isNaN(price)) continue;
      const i = batch.instrument[row] as number;
      const size = batch.kind === "trade" ? (batch.size[row] as number) : Number.NaN;
      const bar = open.get(i);
      if (bar === undefined) {
        open.set(i, { open: price, high: price, low: price, close: price, volume: size });
        continue;
      }
      bar.high = Math.max(bar.high, price);
      bar.low = Math.min(bar.low, price);
      bar.close = price;
      bar.volume += size;
    }
    if (done.length >= BATCH) {
      yield toBarBatch(done);
      done = [];
    }
  }
  close();
  if (done.length > 0) yield toBarBatch(done);
}
