// What a venue has said and nobody has heard yet, in the order in which it is heard; at one moment in the order in which it was said.
import { Heap } from "#base/heap.js";
import type { Micros } from "#domain/time.js";
import type { VenueEvent } from "#domain/venue-event.js";

export interface Queued {
  readonly event: VenueEvent;
  readonly sequence: number;
}

/** In the order in which they were said. */
export interface OutboxState {
  readonly queued: readonly Queued[];
  readonly sequence: number;
}

export class Outbox {
  private readonly heap = new Heap<Queued>(
    (a, b) => a.event.seenAt < b.event.seenAt || (a.event.seenAt === b.event.seenAt && a.sequence < b.sequence),
  );
  private sequence = 0;

  say(event: VenueEvent): void {
    this.heap.push({ event, sequence: ++this.sequence });
  }

  peek(): VenueEvent | undefined {
    return this.heap.peek()?.event;
  }

  take(): VenueEvent | undefined {
    return this.heap.pop()?.event;
  }

  /** What would be heard later is heard at the moment `by`, but not before it happened. */
  settle(by: number): void {
    const { queued, sequence } = this.save();
    if (!queued.some(({ event }) => event.seenAt > by)) return;
    const early = queued.map((one) =>
      one.event.seenAt > by ? { ...one, event: { ...one.event, seenAt: Math.max(by, one.event.at) as Micros } } : one,
    );
    this.load({ queued: early, sequence });
  }

  save(): OutboxState {
    return { queued: [...this.heap.toArray()].sort((a, b) => a.sequence - b.sequence), sequence: this.sequence };
  }

  load({ queued, sequence }: OutboxState): void {
    while (this.heap.size > 0) this.heap.pop();
    for (const one of queued) this.heap.push(one);
    this.sequence = sequence;
  }
}
