// The market data feed of a simulated world: bars, splits, dividends and delistings arrive a little after they happened; some never, some twice, some
// late. Who connects again is given first the bars that have been said since the row that he names, and all else that was ever said.
import type { Rng } from "#base/rng.js";
import type { MarketSlice } from "#domain/market.js";
import { MS_US, SECOND_US } from "#domain/time.js";
import { type Mailbox, createMailbox } from "#test/fixtures/fake-venue.js";
import type { Faults } from "./faults.js";
import type { Process } from "./line.js";
import type { Action, SimMarket } from "./market.js";
import type { VirtualTime } from "./virtual-time.js";

type Word = MarketSlice | Action;

export class Feed {
  private readonly said: Word[] = [];
  private subscriber: { readonly mailbox: Mailbox<Word>; readonly process: Process } | null = null;

  constructor(
    { slices, references }: SimMarket,
    private readonly time: VirtualTime,
    private readonly rng: Rng,
    private readonly faults: Faults,
  ) {
    const actions = rng.fork("actions");
    for (const slice of slices) this.plan(slice, rng);
    for (const action of references) this.plan(action, actions);
  }

  connect(process: Process, nextRow: number): AsyncIterable<Word> {
    const mailbox = createMailbox<Word>();
    for (const word of this.said) if (word.kind !== "market" || word.nextRow > nextRow) mailbox.put(word);
    this.subscriber = { mailbox, process };
    return mailbox;
  }

  private plan(word: Word, rng: Rng): void {
    const { time, faults } = this;
    const noisy = word.at < faults.quietFrom;
    // What is no bar is told again to who connects again.
    if (noisy && rng.next() < faults.feed.loss) return void (word.kind !== "market" && time.at(word.at, () => this.said.push(word)));
    const times = noisy && rng.next() < faults.feed.duplication ? 2 : 1;
    for (let copy = 0; copy < times; copy++) {
      const late = noisy && rng.next() < 0.3 ? Math.floor(rng.next() * faults.feed.lateUs) : 0;
      time.at(word.at + (late > 0 ? late : copy * SECOND_US) + 50 * MS_US, () => this.say(word));
    }
    if (
      word.kind !== "split" ||
      !noisy ||
      this.rng.fork(`lie/${word.at}/${word.instrument}`).next() >= faults.lies + faults.feed.duplication / 2
    )
      return;
    time.at(word.at + 5 * SECOND_US, () => this.say({ ...word, ratio: word.ratio * 2 }));
  }

  private say(word: Word): void {
    this.said.push(word);
    if (this.subscriber?.process.alive === true) this.subscriber.mailbox.put(word);
  }
}
