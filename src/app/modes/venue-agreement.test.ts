import { describe, expect, it } from "vitest";
import type { EngineEvent } from "#domain/event.js";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill } from "#domain/venue-event.js";
import { Account } from "#engine/account.js";
import type { Engine } from "#engine/engine.js";
import { approve } from "#risk/approve.js";
import { SIMPLE_VENUE } from "#test/fixtures/fake-venue.js";
import { USD, toyMarket } from "#test/fixtures/toy-market.js";
import { agreeWithVenue } from "./venue-agreement.js";

const instrument = 0 as InstrumentIx;
const order = approve({
  id: "10.0" as OrderId,
  instrument,
  lots: 7 as Lots,
  type: "market",
  limit: null,
  createdAt: 10 as Micros,
});
const fill: Fill = {
  kind: "fill",
  at: 20 as Micros,
  seenAt: 20 as Micros,
  fillId: "f1",
  order: order.id,
  instrument,
  lots: 7 as Lots,
  price: 100 as Ticks,
  feeMicro: 0n,
};

type Asked = Parameters<typeof agreeWithVenue>[0];

/** The question at 40 of an engine at 30; `booked` has what was put in line. */
function asked(
  account: Account,
  booked: EngineEvent[],
  venue: Pick<Asked["venue"], "snapshot" | "fillsSince" | "postingsSince">,
  drain: Asked["drain"],
): Asked {
  return {
    engine: { now: 30 as Micros, account } as unknown as Engine,
    venue: { capabilities: SIMPLE_VENUE, submit: () => undefined, cancel: () => undefined, ...venue },
    clock: { now: () => 40 as Micros },
    queue: {
      push: (event) => {
        booked.push(event);
        return event;
      },
      shift: () => undefined,
      arrival: () => Promise.resolve(),
      wake: () => undefined,
    },
    sleepUntil: () => new Promise(() => undefined),
    stop: new AbortController().signal,
    cashTolerance: 0,
    agesFrom: () => 0,
    drain,
  };
}

describe("agreement with the venue", () => {
  it("is asked for anew when a mark has passed meanwhile: fills that were forgotten with it are not taken for missing", async () => {
    const account = new Account(toyMarket({ seed: "agree", days: 2, names: 1 }).instruments, USD, 1_000_000_000n);
    account.orders.begin(1 as Micros);
    account.orders.add(order);
    const told = (event: Fill): string | null => account.fill(event);
    const complaint = told(fill);
    const mark = (at: number): void => {
      account.revalue(at as Micros);
      account.mark(true);
    };
    mark(30);
    const [since, booked]: [number[], EngineEvent[]] = [[], []];
    let drained = 0;
    const verdict = await agreeWithVenue(
      asked(
        account,
        booked,
        {
          snapshot: () => Promise.resolve({ open: [], positions: [{ instrument, lots: 7 as Lots }] }),
          fillsSince: (at) => {
            since.push(at);
            return Promise.resolve(fill.at >= at ? [fill] : []);
          },
          postingsSince: () => Promise.resolve([]),
        },
        // The end of a session stood in line.
        () => {
          if (drained++ === 0) mark(35);
          return Promise.resolve(false);
        },
      ),
    );
    expect(complaint).toBeNull();
    expect(verdict).toEqual({ kind: "agreed" });
    expect(booked).toEqual([]);
    expect(since).toEqual([1, 1, 30, 30]);
  });

  it("asks for postings where the cash is not ours, books those that are missing once, and reads the book again", async () => {
    const account = new Account(toyMarket({ seed: "agree", days: 2, names: 1 }).instruments, USD, 1_000_000_000n);
    account.orders.begin(1 as Micros);
    const posting = (postingId: string, at: number): CashPosted => ({
      kind: "cash",
      at: at as Micros,
      seenAt: at as Micros,
      postingId,
      reason: "interest",
      currency: USD,
      amountMicro: 5n,
    });
    account.posted(posting("known", 5));
    const line: EngineEvent[] = [];
    let [times, read] = [0, 0];
    const verdict = await agreeWithVenue(
      asked(
        account,
        line,
        {
          fillsSince: () => Promise.resolve([]),
          snapshot: () => {
            read++;
            return Promise.resolve({ open: [], positions: [], cash: [{ currency: USD, amountMicro: 1_000_000_015n }] });
          },
          postingsSince: () => {
            times++;
            return Promise.resolve([posting("late", 20), posting("known", 5), posting("early", 10)]);
          },
        },
        () => {
          for (const event of line.splice(0)) if (event.kind === "cash") account.posted(event);
          return Promise.resolve(false);
        },
      ),
    );
    expect([verdict, times, read]).toEqual([{ kind: "agreed" }, 1, 2]);
    expect(account.holdings.ledger.balance(USD)).toBe(1_000_000_015n);
  });
});
