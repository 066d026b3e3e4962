// Asks the venue for its book until it holds still, books the fills and postings that we were not told, and compares. Nothing is ordered meanwhile,
// because the session waits; so what still moves is what the market does to orders that rest.
import type { EngineEvent } from "#domain/event.js";
import type { Micros } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import type { Engine } from "#engine/engine.js";
import type { Clock } from "#ports/clock.js";
import type { ExecutionVenue, VenueSnapshot } from "#ports/venue.js";
import type { LiveQueue } from "./live-queue.js";
import { compareWithVenue, isCashOurs, missingFills, missingPostings } from "./venue-difference.js";

/** `silent`: no answer in time. `restless`: each answer was out of date when it was there. */
export type Verdict = { readonly kind: "agreed" | "silent" | "restless" } | { readonly kind: "differs"; readonly why: string };

export interface AgreementParts {
  readonly engine: Engine;
  readonly venue: ExecutionVenue;
  readonly clock: Clock;
  readonly queue: LiveQueue;
  readonly sleepUntil: (at: Micros, signal: AbortSignal) => Promise<void>;
  readonly stop: AbortSignal;
  readonly cashTolerance: number;
  /** Wall time from which ages of orders can be believed. */
  readonly agesFrom: () => number;
  /** Steps what is in line, and says whether the venue was heard with what the fills at hand do not tell. */
  readonly drain: (told: ReadonlySet<string>) => Promise<boolean>;
}

interface Answer {
  readonly askedAt: Micros;
  readonly since: Micros;
  readonly agesFrom: number;
  readonly snapshot: VenueSnapshot;
  readonly fills: readonly Fill[];
}

const TRIES = 5;

export async function agreeWithVenue(parts: AgreementParts): Promise<Verdict> {
  const { engine, queue, venue } = parts;
  const { account } = engine;
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await ask(parts);
    if (typeof answer === "string") return { kind: answer };
    const told = new Set(answer.fills.map((fill) => fill.fillId));
    if (await parts.drain(told)) continue;
    // A mark has passed: the list reaches behind what is remembered, and fills that were booked would be taken for missing.
    const isForgotten = (): boolean => engine.now !== 0 && account.orders.knownSince > answer.since;
    if (isForgotten()) continue;
    for (const fill of missingFills(account, answer.fills)) queue.push(fill);
    if (await parts.drain(told)) continue;
    if (isCashOurs(account, answer.snapshot) !== true) {
      const postings = isForgotten() ? [] : await within(parts, venue.postingsSince(answer.since));
      if (postings === null) return { kind: "silent" };
      const missing = missingPostings(account, postings);
      for (const posting of missing) queue.push(posting);
      if ((await parts.drain(new Set(missing.map(({ postingId }) => postingId)))) || missing.length > 0) continue; // the book that was read is older
    }
    // A cancellation that was lost is none.
    for (const { id } of answer.snapshot.open) if (account.orders.find(id)?.recalled === true) venue.cancel(id);
    const how = {
      askedAt: answer.askedAt,
      agesFrom: answer.agesFrom,
      graceUs: venue.capabilities.answerWithinUs ?? 0,
      cashTolerance: parts.cashTolerance,
    };
    const { unexplained, reports } = compareWithVenue(account, answer.snapshot, how);
    if (unexplained.length > 0) return { kind: "differs", why: `The venue's book is not ours: ${unexplained.slice(0, 5).join("; ")}.` };
    for (const report of reports) queue.push(report);
    return { kind: "agreed" };
  }
  return { kind: "restless" };
}

/** Fills from before the moment that we were not told; none where the venue does not answer in time. */
export async function fillsBefore(
  parts: Omit<AgreementParts, "queue" | "cashTolerance" | "agesFrom" | "drain">,
  moment: Micros,
): Promise<readonly Fill[]> {
  const { engine, venue } = parts;
  if (engine.now === 0) return [];
  const fills = await within(parts, venue.fillsSince(engine.account.orders.knownSince));
  return fills === null ? [] : missingFills(engine.account, fills).filter(({ at }) => at < moment);
}

/** The book between two equal lists of fills: no fill can have happened while it was read. */
async function ask(parts: AgreementParts): Promise<Answer | "silent" | "restless"> {
  const { engine, venue, clock } = parts;
  const askedAt = clock.now();
  const agesFrom = parts.agesFrom();
  const since = engine.now === 0 ? askedAt : engine.account.orders.knownSince;
  let before = await within(parts, venue.fillsSince(since));
  for (let tries = 0; tries < TRIES && before !== null; tries++) {
    const snapshot = await within(parts, venue.snapshot());
    const fills = await within(parts, venue.fillsSince(since));
    if (snapshot === null || fills === null) return "silent";
    if (fills.length === before.length) return { askedAt, since, agesFrom, snapshot, fills };
    before = fills;
  }
  return before === null ? "silent" : "restless";
}

/** What the promise gives, or null when it fails, takes longer than the venue promised, or the session stops. */
async function within<T>(
  { venue, clock, sleepUntil, stop }: Pick<AgreementParts, "venue" | "clock" | "sleepUntil" | "stop">,
  promise: Promise<T>,
): Promise<T | null> {
  const over = new AbortController();
  const { signal } = over;
  const end = (): void => over.abort(null); // without a reason Node makes an error with its stack, each time
  stop.addEventListener("abort", end, { once: true });
  if (stop.aborted) end();
  const { answerWithinUs } = venue.capabilities;
  const late =
    answerWithinUs === null
      ? new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }))
      : sleepUntil((clock.now() + answerWithinUs) as Micros, signal);
  const result = await Promise.race([promise.catch(() => null), late.then(() => null)]);
  stop.removeEventListener("abort", end);
  end();
  return result;
}

/** Whether the event is the venue's, and not one of the fills or postings; or one that changes both books, so that the answer may be of before it. */
export function isNews(event: EngineEvent, told: ReadonlySet<string>): boolean {
  switch (event.kind) {
    case "fill":
      return !told.has(event.fillId);
    case "cash":
      return !told.has(event.postingId);
    case "order-accepted":
    case "order-triggered":
    case "order-rejected":
    case "order-cancelled":
    case "order-expired":
    case "cancel-rejected":
    case "connection":
    case "split":
    case "dividend":
    case "delisting":
      return true;
    default:
      return false;
  }
}
