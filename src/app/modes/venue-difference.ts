// Compares the engine's book with what the venue believes, once all fills that the venue knows have been booked.
// What the venue says of an order settles what we did not know; what cannot be explained is a reason to stop, not to guess.
import { type Instrument, type InstrumentIx } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill, OrderReport } from "#domain/venue-event.js";
import type { Account } from "#engine/account.js";
import type { VenueSnapshot } from "#ports/venue.js";

export interface VenueDifference {
  /** One sentence per difference; empty when the books agree. */
  readonly unexplained: readonly string[];
  /** What the venue's book says of orders whose fate we did not know: they work, or they are gone without a further fill. */
  readonly reports: readonly OrderReport[];
}

export interface Comparison {
  /** When the venue was asked. */
  readonly askedAt: Micros;
  /** An order younger than this may still be on its way to the venue: that the venue does not know it says nothing. µs. */
  readonly graceUs: number;
  /** Wall time: when the clock was last set; an order is no older than that. */
  readonly agesFrom: number;
  /** Largest difference in cash that is passed over, base currency; interest and fees may be posted at other moments. */
  readonly cashTolerance: number;
}

/** The fills that we were not told, oldest first. The venue's list has to reach back to `account.orders.knownSince`, and no further. */
export function missingFills(account: Account, fills: readonly Fill[]): readonly Fill[] {
  return fills.filter(({ fillId }) => !account.orders.knows(fillId)).sort((a, b) => a.at - b.at);
}

/** Likewise. */
export function missingPostings(account: Account, postings: readonly CashPosted[]): readonly CashPosted[] {
  return postings.filter(({ postingId }) => !account.orders.knowsPosting(postingId)).sort((a, b) => a.at - b.at);
}

/** To the micro-unit; null where the venue does not tell. */
export function isCashOurs({ holdings }: Account, { cash }: VenueSnapshot): boolean | null {
  if (cash === undefined) return null;
  const theirs = new Map(cash.map(({ currency, amountMicro }) => [currency, amountMicro]));
  for (const currency of holdings.ledger.totals().keys()) if (!theirs.has(currency)) theirs.set(currency, 0n);
  return [...theirs].every(([currency, amount]) => holdings.ledger.balance(currency) === amount);
}

export function compareWithVenue(account: Account, venue: VenueSnapshot, how: Comparison): VenueDifference {
  const { instruments } = account;
  const unexplained = [...positionsThatDiffer(account, venue), ...cashThatDiffers(account, venue, how.cashTolerance)];
  const name = (i: InstrumentIx): string => (instruments[i] as Instrument | undefined)?.id ?? `instrument ${i}`;
  const at = how.askedAt;
  const open = new Map(venue.open.map((order) => [order.id, order]));
  const reports: OrderReport[] = [];
  for (const { order, remaining, state } of account.orders.list()) {
    const theirs = open.get(order.id);
    open.delete(order.id);
    if (theirs === undefined) {
      if (Math.max(order.createdAt, how.agesFrom) + how.graceUs > at) continue;
      reports.push({ kind: "order-cancelled", at, seenAt: at, order: order.id, reason: "the venue does not know it" });
    } else if (theirs.remaining !== remaining || theirs.instrument !== order.instrument) {
      unexplained.push(`${remaining} lots of order ${order.id} are left by our book, ${theirs.remaining} by the venue's`);
    } else if (state === "unknown" || state === "submitted") {
      reports.push({ kind: "order-accepted", at, seenAt: at, order: order.id });
    }
  }
  for (const order of open.values())
    unexplained.push(`the venue works order ${order.id} for ${order.remaining} lots of ${name(order.instrument)}, which we do not know`);
  return { unexplained, reports };
}

function positionsThatDiffer({ instruments, lots: ours }: Account, venue: VenueSnapshot): string[] {
  const unexplained: string[] = [];
  const theirs = new Float64Array(instruments.length);
  for (const { instrument, lots } of venue.positions) {
    if (instrument < theirs.length) theirs[instrument] = (theirs[instrument] as number) + lots;
    else unexplained.push(`the venue holds ${lots} lots of an instrument that this session does not know`);
  }
  theirs.forEach((lots, i) => {
    if (lots !== ours[i]) unexplained.push(`we hold ${ours[i]} lots of ${(instruments[i] as Instrument).id}, the venue says ${lots}`);
  });
  return unexplained;
}

function cashThatDiffers({ holdings }: Account, venue: VenueSnapshot, tolerance: number): string[] {
  if (venue.cash === undefined) return [];
  let theirs = 0;
  for (const { currency, amountMicro } of venue.cash) theirs += (Number(amountMicro) / 1e6) * holdings.rate(currency);
  const difference = theirs - holdings.cash();
  if (Math.abs(difference) <= tolerance) return [];
  return [`we have ${holdings.cash().toFixed(2)} ${holdings.base} in cash, the venue says ${theirs.toFixed(2)}`]; // a rate that is not known differs, too
}
