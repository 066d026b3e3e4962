// The line between one process and the exchange, and the exchange's adapter in that process. Messages are lost, doubled, late and out of turn,
// and the line is cut; but what arrives arrives within the time that the adapter promises, or never.
import type { Rng } from "#base/rng.js";
import { type Micros, MS_US, SECOND_US } from "#domain/time.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { CashPosted, Fill, VenueEvent } from "#domain/venue-event.js";
import type { ExecutionVenue, VenueCapabilities, VenueSnapshot } from "#ports/venue.js";
import { SIMULATED_CAPABILITIES } from "#simulation/venue/capabilities.js";
import { type Mailbox, createMailbox } from "#test/fixtures/fake-venue.js";
import type { Exchange } from "./exchange.js";
import type { Faults } from "./faults.js";
import { lieAbout, lieOfBook } from "./liar.js";
import type { VirtualTime } from "./virtual-time.js";

/** Longest time from a submission to the answer's arrival. */
export const ANSWER_US = 8 * SECOND_US;
/** Longest way in one direction. */
const LONGEST_US = 3 * SECOND_US;

export interface Process {
  alive: boolean;
}

/** What the adapter asks and tells the rest of the world. */
export interface LineParts {
  readonly time: VirtualTime;
  readonly rng: Rng;
  readonly faults: Faults;
  readonly exchange: Exchange;
  readonly process: Process;
  readonly onSent: (order: ApprovedOrder) => void;
  readonly onLie: () => void;
}

export class Line implements ExecutionVenue {
  readonly capabilities: VenueCapabilities = { ...SIMULATED_CAPABILITIES, answerWithinUs: ANSWER_US };
  readonly events: Mailbox<VenueEvent> = createMailbox();
  /** Orders on their way to the exchange, and how many messages carry each. */
  readonly onTheWay = new Map<OrderId, number>();
  private up = true;
  /** Messages of an earlier connection do not arrive. */
  private connection = 0;
  private lastArrival = { there: 0, back: 0 };

  constructor(private readonly parts: LineParts) {}

  submit(order: ApprovedOrder): void {
    if (!this.parts.process.alive) return;
    this.parts.onSent(order);
    this.send(
      () => this.parts.exchange.submit(order),
      (by) => this.count(order.id, by),
    );
  }

  cancel(id: OrderId): void {
    if (this.parts.process.alive) this.send(() => this.parts.exchange.cancel(id));
  }

  snapshot(): Promise<VenueSnapshot> {
    return this.ask(async () => {
      const book = await this.parts.exchange.snapshot();
      return this.lies() ? lieOfBook(book, this.parts.exchange.names, this.parts.rng) : book;
    });
  }

  fillsSince(at: Micros): Promise<readonly Fill[]> {
    return this.ask(() => Promise.resolve(this.parts.exchange.fillsSince(at)));
  }

  postingsSince(at: Micros): Promise<readonly CashPosted[]> {
    return this.ask(() => Promise.resolve(this.parts.exchange.postingsSince(at)));
  }

  /** What the exchange says to this account. */
  hear(event: VenueEvent): void {
    if (!this.up) return;
    const said = event.kind === "fill" && this.lies() ? lieAbout(event, this.parts.exchange.names, this.parts.rng) : [event];
    for (const word of said) this.deliver("back", () => this.events.put(word));
  }

  private lies(): boolean {
    const { time, rng, faults, onLie } = this.parts;
    if (faults.lies === 0 || time.now >= faults.quietFrom || rng.next() >= faults.lies) return false;
    onLie();
    return true;
  }

  cut(): void {
    if (!this.up) return;
    this.up = false;
    this.connection++;
    this.onTheWay.clear();
    this.say("lost");
  }

  join(): void {
    if (this.up) return;
    this.up = true;
    this.say("restored");
  }

  private say(state: "lost" | "restored"): void {
    const at = this.parts.time.wall.now();
    this.events.put({ kind: "connection", at, seenAt: at, state, reason: "the line" });
  }

  private count(id: OrderId, by: number): void {
    const left = (this.onTheWay.get(id) ?? 0) + by;
    if (left > 0) this.onTheWay.set(id, left);
    else this.onTheWay.delete(id);
  }

  private send(arrive: () => void, counted: (by: number) => void = () => undefined): void {
    if (this.up) this.deliver("there", arrive, counted);
  }

  /** Requests and their answers are lost and late like all else; who asks has to stop waiting. */
  private ask<T>(answer: () => Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      this.send(() => void answer().then((value) => this.up && this.deliver("back", () => resolve(value))));
    });
  }

  /** Not lost while the world is quiet; in turn unless they are reordered. */
  private deliver(way: "there" | "back", arrive: () => void, counted: (by: number) => void = () => undefined): void {
    const { time, rng, faults, process } = this.parts;
    const noisy = time.now < faults.quietFrom;
    if (noisy && rng.next() < faults.loss) return;
    const copies = noisy && rng.next() < faults.duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const extra = noisy ? rng.next() * faults.delayUs : 0;
      let at = Math.floor(time.now + 20 * MS_US + extra);
      if (noisy && rng.next() < faults.reordering) at += Math.floor(rng.next() * 2 * SECOND_US);
      else at = this.lastArrival[way] = Math.max(at, this.lastArrival[way]);
      at = Math.min(at, time.now + LONGEST_US);
      const { connection } = this;
      counted(1);
      time.at(at, () => {
        if (connection !== this.connection) return;
        counted(-1);
        // What is on its way to the exchange arrives, whatever has become of the process.
        if (way === "there" || process.alive) arrive();
      });
    }
  }
}
