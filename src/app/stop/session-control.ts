// How other processes reach a paper session: commands out of its inbox, and the latch before its venue. What came in once comes in again at the
// same place when the session repeats its record: the record says what and where, not the files, which may have changed since.
import type { FileJournal } from "#adapters/stores/journal/journal.js";
import { readJournal } from "#adapters/stores/journal/journal.js";
import type { CommandReceived } from "#domain/event.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { OrderRejected } from "#domain/venue-event.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { CommandInbox } from "./command-inbox.js";
import { behindLatch, type Latch, latchAt } from "./kill-latch.js";

/** Why the latch has not passed an order on. */
export const LATCHED = "the emergency stop is set";

export interface ControlFiles {
  readonly journal: string;
  /** Null: no command comes but those of the record. */
  readonly inbox: string | null;
  readonly latches: readonly string[];
}

/** What the journal of an interrupted session says of the outside. */
interface Before {
  readonly taken: number;
  readonly refused: ReadonlySet<OrderId>;
  /** Of the last decision, where no event follows it: nobody knows whether they were sent. */
  readonly unsure: ReadonlySet<OrderId>;
}

const NOTHING: Before = { taken: 0, refused: new Set(), unsure: new Set() };

export class SessionControl {
  private readonly inbox: CommandInbox | null;
  private readonly before: Before;
  private readonly refused: OrderId[] = [];

  /** `journal`: the session's own, open; `resumed`: it has a record to repeat. */
  constructor(
    private readonly files: ControlFiles,
    private readonly journal: FileJournal,
    resumed: boolean,
  ) {
    this.before = resumed ? said(files.journal) : NOTHING;
    this.inbox = files.inbox === null ? null : new CommandInbox(files.inbox, this.before.taken);
  }

  /** `mayPass`: whether an order belongs to the way to zero that the stop itself has asked for. */
  guard(venue: ExecutionVenue, mayPass: (latch: Latch) => boolean): ExecutionVenue {
    return behindLatch(
      venue,
      ({ id }) => {
        if (this.journal.isRepeating && !this.before.unsure.has(id)) return this.before.refused.has(id);
        const latch = latchAt(this.files.latches);
        return latch !== null && !mayPass(latch);
      },
      ({ id }: ApprovedOrder) => void this.refused.push(id),
    );
  }

  waiting(): boolean {
    if (!this.journal.isRepeating) return this.refused.length > 0 || this.inbox?.waiting() === true;
    const next = this.journal.nextRecorded;
    return next !== null && isFromOutside(next);
  }

  take(seenAt: Micros): CommandReceived | OrderRejected {
    const recorded = this.journal.nextRecorded;
    if (recorded !== null && isFromOutside(recorded)) {
      if (recorded.kind === "order-rejected") this.refused.splice(this.refused.indexOf(recorded.order), 1);
      return recorded;
    }
    const order = this.refused.shift();
    if (order !== undefined) return { kind: "order-rejected", at: seenAt, seenAt, order, reason: LATCHED };
    return { kind: "command", at: seenAt, seenAt, command: (this.inbox as CommandInbox).take() };
  }
}

function isFromOutside(event: { readonly kind: string; readonly reason?: string }): event is CommandReceived | OrderRejected {
  return event.kind === "command" || (event.kind === "order-rejected" && event.reason === LATCHED);
}

function said(path: string): Before {
  let taken = 0;
  const refused = new Set<OrderId>();
  const unsure = new Set<OrderId>();
  for (const entry of readJournal(path)) {
    if (entry.kind === "event") {
      unsure.clear();
      if (entry.event.kind === "command") taken++;
      if (entry.event.kind === "order-rejected" && entry.event.reason === LATCHED) refused.add(entry.event.order);
    } else if (entry.kind === "decision") for (const { order } of entry.decisions) unsure.add(order.id);
  }
  return { taken, refused, unsure };
}
