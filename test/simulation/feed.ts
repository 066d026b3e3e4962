// The market data feed of a simulated world: slices arrive a little after the exchange printed them; some never, some twice, some late.
// Who connects again is given first what has been said since the row that he names.
import type { Rng } from "#base/rng.js";
import type { MarketSlice } from "#domain/market.js";
import { MS_US, SECOND_US } from "#domain/time.js";
import { type Mailbox, createMailbox } from "#test/fixtures/fake-venue.js";
import type { Faults } from "./faults.js";
import type { Process } from "./line.js";
import type { SimMarket } from "./market.js";
import type { VirtualTime } from "./virtual-time.js";

export class Feed {
  private readonly said: MarketSlice[] = [];
  private subscriber: { readonly mailbox: Mailbox<MarketSlice>; readonly process: Process } | null = null;

  constructor(market: SimMarket, time: VirtualTime, rng: Rng, faults: Faults) {
    for (const slice of market.slices) {
      const noisy = slice.at < faults.quietFrom;
      if (noisy && rng.next() < faults.feed.loss) continue;
      const times = noisy && rng.next() < faults.feed.duplication ? 2 : 1;
      for (let copy = 0; copy < times; copy++) {
        const late = noisy && rng.next() < 0.3 ? Math.floor(rng.next() * faults.feed.lateUs) : 0;
        time.at(slice.at + (late > 0 ? late : copy * SECOND_US) + 50 * MS_US, () => this.say(slice));
      }
    }
  }

  connect(process: Process, nextRow: number): AsyncIterable<MarketSlice> {
    const mailbox = createMailbox<MarketSlice>();
    for (const slice of this.said) if (slice.nextRow > nextRow) mailbox.put(slice);
    this.subscriber = { mailbox, process };
    return mailbox;
  }

  private say(slice: MarketSlice): void {
    this.said.push(slice);
    if (this.subscriber?.process.alive === true) this.subscriber.mailbox.put(slice);
  }
}
