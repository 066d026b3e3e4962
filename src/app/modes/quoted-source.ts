// Bars for the engine and, before them, the quotes of the same time for its venues. What a venue is told lies at or before the moment of the bars
// that follow; the engine, its journal and so a replay never hear of a quote.
import { sliceBatch } from "#data/books/batch-writer.js";
import type { EventBatch, QuoteBatch } from "#domain/market.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import type { LiveSource, TimePassed } from "./drive.js";
import type { QuoteFeed } from "./recorded-quotes.js";

/** Quotes that venues may have in hand before bars are cut short for them: bounds the memory, changes nothing else. */
const AHEAD_ROWS = 131_072;

/** A venue that goes on from a snapshot is told from the row at which it was. Without quotes: the source itself. */
export function withQuotes(
  source: LiveSource | MarketDataSource,
  quotes: Pick<QuoteFeed, "source"> | null,
  venues: readonly SimulatedVenue[],
): LiveSource | MarketDataSource {
  if (quotes === null) return source;
  return {
    async *batches(fromRow) {
      const teller = new Teller(quotes.source, venues);
      try {
        for await (const batch of source.batches(fromRow)) {
          if (batch.kind === "passed") {
            if (!teller.told(batch.at)) await teller.tell(batch.at);
            yield batch;
          } else yield* besideQuotes(batch, teller);
        }
        await teller.tell(Number.POSITIVE_INFINITY);
      } finally {
        await teller.close();
      }
    },
  };
}

async function* besideQuotes(batch: EventBatch, teller: Teller): AsyncGenerator<EventBatch | TimePassed> {
  const { seenAt } = batch;
  let start = 0;
  for (let row = 0; row < batch.length; row++) {
    const moment = seenAt[row] as number;
    if (!teller.told(moment)) await teller.tell(moment);
    if (teller.ahead < AHEAD_ROWS || seenAt[row + 1] === moment) continue;
    yield sliceBatch(batch, start, row + 1);
    teller.ahead = 0;
    start = row + 1;
  }
  if (start < batch.length) yield start === 0 ? batch : sliceBatch(batch, start, batch.length);
  teller.ahead = 0;
}

class Teller {
  /** Rows told since it was last set to 0. */
  ahead = 0;
  private readonly batches: AsyncIterator<EventBatch>;
  private batch: QuoteBatch | null = null;
  private start = 0;
  /** Of the source: the row at `start`. */
  private row: number;
  private ended = false;

  constructor(
    source: MarketDataSource,
    private readonly venues: readonly SimulatedVenue[],
  ) {
    this.row = Math.min(...venues.map((venue) => venue.nextQuote));
    this.batches = source.batches(this.row)[Symbol.asyncIterator]();
  }

  /** Whether the venues know all that was quoted by then. */
  told(moment: number): boolean {
    return this.ended || (this.batch !== null && (this.batch.at[this.start] as number) > moment);
  }

  async tell(moment: number): Promise<void> {
    while (!this.told(moment)) {
      if (this.batch === null) {
        const read = await this.batches.next();
        if (read.done === true) this.ended = true;
        else if (read.value.kind === "quote") this.batch = read.value;
        continue;
      }
      const end = firstAfter(this.batch, moment);
      const told = sliceBatch(this.batch, this.start, end);
      for (const venue of this.venues) venue.quote(told, this.row);
      this.row += told.length;
      this.ahead += told.length;
      this.start = end;
      if (end < this.batch.length) return;
      this.batch = null;
      this.start = 0;
    }
  }

  async close(): Promise<void> {
    await this.batches.return?.();
  }
}

/** The first row of the batch that was quoted after the moment. */
function firstAfter({ at, length }: QuoteBatch, moment: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] as number) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
