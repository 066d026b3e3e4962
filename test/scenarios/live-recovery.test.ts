// What a live session does when the line, the venue's words or an order are lost: it asks, books what it was not told, and never orders twice.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { LIVE_START } from "#app/modes/recover.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { Currency, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import { DAY_US, type Micros, SECOND_US } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import { approve } from "#risk/approve.js";
import { type FakeVenue, createMailbox } from "#test/fixtures/fake-venue.js";
import { USD } from "#test/fixtures/toy-market.js";
import { type LiveSetting, type LiveVariation, liveSession, sameBook } from "#test/fixtures/live-session.js";

const ANSWERS = { answerWithinUs: 10 * SECOND_US };

/** The feed, and beside it what is said on these days. */
async function* withWords<T>(feed: AsyncIterable<T>, { time }: LiveSetting, days: readonly number[], word: () => T): AsyncGenerator<T> {
  const all = createMailbox<T>();
  for (const day of days) void time.sleep(day * DAY_US, 3).then(() => all.put(word()));
  void (async () => {
    for await (const each of feed) all.put(each);
  })();
  yield* all;
}

const STRAY: Fill = {
  kind: "fill",
  at: 0 as Micros,
  seenAt: 0 as Micros,
  fillId: "",
  order: "?" as OrderId,
  instrument: 0 as InstrumentIx,
  lots: 1 as Lots,
  price: 1 as Ticks,
  feeMicro: 0n,
};

describe("a live session that loses something", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "live-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const session = (variation: LiveVariation): ReturnType<typeof liveSession> => liveSession(folder, variation);
  const later = ({ time }: LiveSetting, day: number, act: () => void): void => void time.sleep(day * DAY_US, 3).then(act);
  const days = ({ venue }: LiveSetting): number[] => venue.submitted.map((order) => order.createdAt / DAY_US);
  const events = (kind: string): unknown[] =>
    [...readJournal(join(folder, "journal"))].flatMap((entry) =>
      entry.kind === "event" && entry.event.kind === kind ? [entry.event] : [],
    );
  /** No order twice, and no more than one at work for the same wish. */
  const noneTwice = ({ venue }: LiveSetting): void => {
    const ids = venue.submitted.map((order) => order.id);
    expect(new Set(ids).size).toBe(ids.length);
  };

  it("its line: orders nothing meanwhile, and finds the fills that were told to nobody", async () => {
    const live = await session({
      venue: { capabilities: ANSWERS, delays: () => [0.1 * DAY_US], acknowledgeAfter: SECOND_US },
      prepare: (setting) => {
        // Orders leave soon after 4.0; their fills are told at 4.1, when nobody listens.
        later(setting, 4.1, () => setting.venue.disconnect());
        later(setting, 7.5, () => setting.venue.reconnect());
      },
    });
    expect(live.report.mode).toBe("running");
    expect(live.engine.connected).toBe(true);
    expect(sameBook(live)).toBe(true);
    expect(days(live).filter((day) => day > 4.1 && day < 7.5)).toEqual([]);
    expect(days(live).filter((day) => day > 7.5).length).toBeGreaterThan(0);
    expect(events("connection").map((e) => (e as { state: string }).state)).toEqual(["lost", "restored"]);
    noneTwice(live);
  });

  it("fills that the venue never tells of its own accord: they are fetched, and booked once", async () => {
    const live = await session({ venue: { silent: "until-asked" } });
    expect(live.report.mode).toBe("running");
    expect(sameBook(live)).toBe(true);
    const ids = (events("fill") as Fill[]).map((fill) => fill.fillId);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
    noneTwice(live);
  });

  it("an order on its way: unknown first, then gone, then ordered anew, and never twice", async () => {
    let lost: OrderId | null = null;
    const live = await session({
      venue: {
        capabilities: ANSWERS,
        acknowledgeAfter: SECOND_US,
        transit: (order) => ((lost ??= order.id) === order.id ? Number.POSITIVE_INFINITY : 0),
      },
      change: () => ({ compareEveryUs: 1000 * DAY_US }),
    });
    expect(live.report.mode).toBe("running");
    expect(events("order-unanswered")).toEqual([expect.objectContaining({ order: lost })]);
    expect(events("order-cancelled")).toEqual([expect.objectContaining({ order: lost, reason: "the venue does not know it" })]);
    const [unanswered] = events("order-unanswered") as { at: number }[];
    expect(unanswered?.at).toBeLessThanOrEqual((live.venue.submitted[0]?.createdAt ?? 0) + 10 * SECOND_US);
    expect(sameBook(live)).toBe(true);
    noneTwice(live);
  });

  it("the acknowledgment of an order: it is asked for, found at work, and neither repeated nor given up", async () => {
    const live = await session({ venue: { capabilities: ANSWERS, delays: () => [0.3 * DAY_US] } });
    expect(live.report.mode).toBe("running");
    expect(events("order-unanswered").length).toBeGreaterThan(0);
    expect(events("order-cancelled")).toEqual([]);
    expect(sameBook(live)).toBe(true);
    noneTwice(live);
  });

  it("the venue from the start: nothing is ordered until it has told its book", async () => {
    const live = await session({
      venue: { capabilities: ANSWERS, acknowledgeAfter: SECOND_US },
      prepare: (setting) => {
        setting.venue.disconnect();
        later(setting, 6.4, () => setting.venue.reconnect());
      },
    });
    expect(live.report.mode).toBe("running");
    expect(days(live).length).toBeGreaterThan(0);
    expect(days(live).every((day) => day > 6.4)).toBe(true);
    expect(sameBook(live)).toBe(true);
  });

  it("the venue for good: it ends without having ordered, and says why it does not resume", async () => {
    const live = await session({
      venue: { capabilities: ANSWERS },
      prepare: (setting) => {
        setting.venue.disconnect();
        later(setting, 5, () => setting.commands.put({ kind: "resume", by: "me", reason: "hope" }));
      },
    });
    expect(live.venue.submitted).toEqual([]);
    expect(live.report).toMatchObject({ mode: "halted", reason: "Not resumed. The venue does not tell its book." });
    expect(live.engine.connected).toBe(false);
  });

  it("a book that holds still: nothing is ordered on one that moved each time while it was read", async () => {
    let fills = 0;
    const live = await session({
      change: (_, { venue }) => ({
        venue: Object.assign(Object.create(venue) as FakeVenue, {
          fillsSince: () => Promise.resolve(Array.from({ length: ++fills }, (_each, i) => ({ ...STRAY, fillId: `s${i}` }))),
        }),
      }),
    });
    expect(live.venue.submitted).toEqual([]);
    expect(live.engine.connected).toBe(false);
    expect(events("fill")).toEqual([]); // what was read in pieces is not booked
  });

  it("its grip on the account: what somebody else trades there is found in between, and halts", async () => {
    const live = await session({
      prepare: (setting) =>
        later(setting, 5.6, () => {
          const positions = setting.venue.positions() as Map<InstrumentIx, number>;
          positions.set(1 as InstrumentIx, (positions.get(1 as InstrumentIx) ?? 0) + 7);
        }),
    });
    expect(live.report.mode).toBe("halted");
    expect(live.report.reason).toMatch(/The venue's book is not ours: we hold \d+ lots of T1/);
    expect(days(live).every((day) => day < 6)).toBe(true);
  });

  it.each([
    ["within", 0.004, "running"],
    ["beyond", 0.02, "halted"],
  ])("money, %s the tolerance: %d of it, and it is %s", async (_, missing, mode) => {
    const live = await session({
      venue: {
        price: () => 5000,
        cash: (fills) => {
          const spent = fills.reduce((sum, fill) => sum + BigInt(fill.lots) * 50_000_000n, 0n);
          return [{ currency: "USD" as Currency, amountMicro: 100_000_000_000n - spent - BigInt(missing * 1e6) }];
        },
      },
      change: (_parts, { engine }) => {
        expect(engine.account.instruments.every((each) => each.tickSize * each.lotSize === 0.01)).toBe(true);
        return {};
      },
    });
    expect(live.report.mode).toBe(mode);
    if (mode === "halted") expect(live.report.reason).toMatch(/in cash, the venue says/);
  });

  it("the last word on a dividend: one that is told again as the feed connects anew is booked once", async () => {
    const at = (4.4 * DAY_US) as Micros;
    const again = (): Dividend => ({ kind: "dividend", at, seenAt: at, instrument: 0 as InstrumentIx, amount: 0.5 });
    const live = await session({ change: ({ feed }, setting) => ({ feed: withWords(feed, setting, [5.6, 5.6, 8.6], again) }) });
    const { engine, report } = live;
    const held = (events("dividend") as Dividend[]).length;
    expect([report.mode, held]).toEqual(["running", 1]);
    expect(engine.account.holdings.ledger.totals().get(USD)?.dividend).toBeGreaterThan(0n);
  });

  it("the moment of a split: one that is told behind bars of its new basis halts", async () => {
    const at = (4.4 * DAY_US) as Micros;
    const late = (): Split => ({ kind: "split", at, seenAt: at, instrument: 0 as InstrumentIx, ratio: 1 });
    const live = await session({ change: ({ feed }, setting) => ({ feed: withWords(feed, setting, [5.99], late) }) });
    expect(live.report).toMatchObject({ mode: "halted", reason: expect.stringMatching(/^the split of T0 was told after bars/) as string });
  });

  it("no order that is still on its way when the books are compared: it is not taken for gone", async () => {
    const plain = await session({ venue: { capabilities: ANSWERS, acknowledgeAfter: SECOND_US } });
    const first = plain.venue.submitted[0]?.createdAt ?? 0;
    rmSync(join(folder, "journal"));
    const live = await session({
      venue: { capabilities: ANSWERS, acknowledgeAfter: SECOND_US, transit: () => 4 * SECOND_US },
      // A person resumes while the first orders travel.
      prepare: (setting) =>
        later(setting, (first + SECOND_US) / DAY_US, () => setting.commands.put({ kind: "resume", by: "me", reason: "" })),
    });
    expect(live.report.mode).toBe("running");
    expect(events("order-cancelled")).toEqual([]);
    expect(sameBook(live)).toBe(true);
    noneTwice(live);
  });

  it.each([
    ["told again under its id", SECOND_US, true],
    ["left to the venue's book once it had its time to be answered", 11 * SECOND_US, false],
  ])("its process, and starts again: an order that may not have left is %s", async (_, ago, again) => {
    const live = await session({
      replayable: false, // the order is put into the book by hand
      venue: { capabilities: ANSWERS, acknowledgeAfter: SECOND_US },
      prepare: ({ engine, time }) => {
        const createdAt = (time.now() - ago) as Micros;
        const order = { id: "durable" as OrderId, instrument: 0 as InstrumentIx, lots: 5 as Lots, createdAt };
        engine.account.orders.add(approve({ ...order, type: "market", limit: null }));
      },
      change: () => ({ from: LIVE_START }),
    });
    expect(live.report.mode).toBe("running");
    expect(live.venue.submitted.filter((order) => order.id === "durable").length).toBe(again ? 1 : 0);
    expect(sameBook(live)).toBe(true);
    noneTwice(live);
  });

  it("its sense of time: orders on their way when somebody sets the clock forwards are not taken for gone", async () => {
    let [offset, orders] = [0, 0];
    const live = await session({
      venue: {
        capabilities: ANSWERS,
        acknowledgeAfter: SECOND_US,
        transit: () => {
          orders++;
          return 4 * SECOND_US;
        },
      },
      change: (parts, { time }) => ({
        clock: {
          now: () => {
            if (orders > 0) offset = 240 * SECOND_US;
            return (time.now() + offset) as Micros;
          },
        },
        elapsedUs: time.now,
        sleepUntil: (at, signal) => parts.sleepUntil((at - offset) as Micros, signal),
      }),
    });
    expect(live.report.mode).toBe("running");
    expect(events("order-unanswered").length).toBeGreaterThan(0);
    expect(events("order-cancelled")).toEqual([]);
    expect(sameBook(live)).toBe(true);
    noneTwice(live);
  });

  it("its memory of what was told: fills that come again after they were fetched are no news", async () => {
    const live = await session({ venue: { delays: () => [0.4 * DAY_US, 0.9 * DAY_US], times: 2 } });
    expect(live.report.mode).toBe("running");
    expect(sameBook(live)).toBe(true);
    const told = events("fill") as Fill[];
    expect(told.length).toBeGreaterThan(new Set(told.map((fill) => fill.fillId)).size);
  });
});
