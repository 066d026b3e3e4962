// The live mode against a venue that answers late, twice and out of order, and against sources that fail: it trades on, or it halts with a reason.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sleepBy } from "#app/modes/live.js";
import type { Command } from "#domain/event.js";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { MarketSlice } from "#domain/market.js";
import type { OrderId } from "#domain/order.js";
import { DAY_US, type Micros, SECOND_US } from "#domain/time.js";
import { approve } from "#risk/approve.js";
import type { FakeTime } from "#test/fixtures/fake-time.js";
import { type FakeVenue, type Mailbox, createMailbox } from "#test/fixtures/fake-venue.js";
import { type LiveSetting, type LiveVariation, liveSession, sameBook } from "#test/fixtures/live-session.js";

describe("a live session", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "live-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const session = (variation?: LiveVariation): ReturnType<typeof liveSession> => liveSession(folder, variation);

  const agrees = (live: Pick<LiveSetting, "engine" | "venue">): void => {
    expect(sameBook(live)).toBe(true);
  };

  it("trades, and ends with its schedule and the venue's positions", async () => {
    const live = await session();
    expect(live.report).toMatchObject({ ended: "schedule", mode: "running", reason: "" });
    expect(live.venue.submitted.length).toBeGreaterThan(3);
    agrees(live);
  });

  it("does not start unless it is enabled", async () => {
    const { engine } = await session();
    expect(engine.mode).toBe("running");
    await expect(session({ change: () => ({ enabled: false }) })).rejects.toMatchObject({ code: "live-disabled", exitCode: 2 });
  });

  it("takes acknowledgments that come late, in parts and out of order", async () => {
    const live = await session({ venue: { delays: () => [90 * SECOND_US, 5, 30 * SECOND_US] } });
    expect(live.report.mode).toBe("running");
    agrees(live);
  });

  it("books a message that is said three times once", async () => {
    const live = await session({ venue: { times: 3 } });
    expect(live.report.mode).toBe("running");
    expect(live.venue.submitted.length).toBeGreaterThan(3);
    agrees(live);
  });

  it("orders nothing twice while answers take longer than a session", async () => {
    const slow = await session({ venue: { delays: () => [1.5 * DAY_US] } });
    const ids = slow.venue.submitted.map((order) => order.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [i, lots] of slow.venue.positions())
      expect(Math.abs(lots)).toBeLessThanOrEqual(2 * Math.abs(slow.engine.account.desired[i] as number) + 1);
    expect(slow.report.mode).toBe("running");
  });

  it("halts on a fill that belongs to no order, and counts it", async () => {
    const live = await session({
      prepare: ({ time, venue }) =>
        void time.sleep(5 * DAY_US, 3).then(() =>
          venue.say({
            kind: "fill",
            at: time.now(),
            seenAt: time.now(),
            fillId: "stray",
            order: "nobody" as OrderId,
            instrument: 1 as InstrumentIx,
            lots: 7 as Lots,
            price: 100 as Ticks,
            feeMicro: 0n,
          }),
        ),
    });
    expect(live.report).toMatchObject({ ended: "schedule", mode: "halted" });
    expect(live.report.reason).toContain("stray");
    expect(live.engine.account.lots[1]).toBe((live.venue.positions().get(1 as InstrumentIx) ?? 0) + 7);
    expect(live.venue.submitted.every((order) => order.createdAt < 5 * DAY_US)).toBe(true);
  });

  it("does not start trading when the venue holds what we do not know", async () => {
    const live = await session({
      change: (_, { venue }) => ({
        venue: Object.assign(Object.create(venue) as FakeVenue, {
          snapshot: () => Promise.resolve({ open: [], positions: [{ instrument: 0 as InstrumentIx, lots: 5 as Lots }] }),
        }),
      }),
    });
    expect(live.report).toMatchObject({ mode: "halted", reason: "The venue's book is not ours: we hold 0 lots of T0, the venue says 5." });
    expect(live.venue.submitted).toEqual([]);
  });

  it("does not start trading when the venue works an order that we do not know", async () => {
    const live = await session({
      prepare: ({ venue }) =>
        venue.submit(
          approve({
            id: "theirs" as OrderId,
            instrument: 2 as InstrumentIx,
            lots: 3 as Lots,
            type: "limit",
            limit: 1 as Ticks,
            createdAt: 0 as Micros,
          }),
        ),
    });
    expect(live.report.mode).toBe("halted");
    expect(live.report.reason).toContain("works order theirs for 3 lots of T2");
  });

  it("forgets an order that never reached the venue, and orders what is missing", async () => {
    const live = await session({
      prepare: ({ engine }) =>
        engine.account.orders.add(
          approve({
            id: "lost" as OrderId,
            instrument: 0 as InstrumentIx,
            lots: 9 as Lots,
            type: "market",
            limit: null,
            createdAt: 0 as Micros,
          }),
        ),
      replayable: false, // the order stems from before this record
    });
    expect(live.report.mode).toBe("running");
    expect(live.engine.account.orders.list()).toEqual([]);
    expect(live.venue.submitted.map((order) => order.id)).not.toContain("lost");
    agrees(live);
  });

  it.each([
    ["feed", "The market data feed ended"],
    ["venueEvents", "The venue's stream ended"],
    ["commands", "The stream of commands ended"],
  ] as const)("halts when the %s ends before the session", async (source, reason) => {
    const over = createMailbox<never>();
    over.end();
    const live = await session({ change: () => ({ [source]: over }) });
    expect(live.report).toMatchObject({ ended: "schedule", mode: "halted", reason });
    expect(live.venue.submitted).toEqual([]);
  });

  it("halts when the feed fails, with the feed's words", async () => {
    const failing: AsyncIterable<MarketSlice> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("socket closed")) }),
    };
    const live = await session({ change: () => ({ feed: failing }) });
    expect(live.report).toMatchObject({ mode: "halted", reason: "The market data feed failed: socket closed" });
  });

  const say = (commands: Mailbox<Command>, time: FakeTime, when: number, command: Command): void =>
    void time.sleep(when, 0).then(() => commands.put(command));

  it("obeys halt and resume", async () => {
    const live = await session({
      prepare: ({ time, commands }) => {
        say(commands, time, 4.5 * DAY_US, { kind: "halt", reason: "lunch" });
        say(commands, time, 8.5 * DAY_US, { kind: "resume", by: "me", reason: "back" });
      },
    });
    expect(live.report.mode).toBe("running");
    const created = live.venue.submitted.map((order) => order.createdAt / DAY_US);
    expect(created.filter((day) => day > 4.5 && day < 8.5)).toEqual([]);
    expect(created.filter((day) => day > 8.5).length).toBeGreaterThan(0);
    expect(created.filter((day) => day < 4.5).length).toBeGreaterThan(0);
    agrees(live);
  });

  it("does not resume while the books differ", async () => {
    const live = await session({
      venue: { silent: "always" },
      prepare: ({ time, commands }) => {
        say(commands, time, 7.5 * DAY_US, { kind: "halt", reason: "where are our fills?" });
        say(commands, time, 8.5 * DAY_US, { kind: "resume", by: "me", reason: "hope" });
      },
    });
    expect(live.report.mode).toBe("halted");
    expect(live.report.reason).toContain("The venue's book is not ours");
  });

  it("flattens at once, stays flat, and hears no signal until resumed", async () => {
    const live = await session({
      prepare: ({ time, commands }) => say(commands, time, 5.2 * DAY_US, { kind: "flatten", reason: "enough" }),
    });
    expect(live.report).toMatchObject({ mode: "flattening", reason: "enough" });
    agrees(live);
    expect([...live.engine.account.lots]).toEqual([0, 0, 0]);
    const after = live.venue.submitted.filter((order) => order.createdAt >= 5.2 * DAY_US);
    expect(after.length).toBeGreaterThan(0);
    expect(after.every((order) => order.createdAt === 5.2 * DAY_US && order.lots < 0)).toBe(true);
  });

  it("stops between two events when it is asked to", async () => {
    const stop = new AbortController();
    const live = await session({
      prepare: ({ time }) => void time.sleep(6.1 * DAY_US, 0).then(() => stop.abort()),
      change: () => ({ signal: stop.signal }),
    });
    expect(live.report.ended).toBe("interrupted");
    expect(live.engine.now).toBeLessThan(6.1 * DAY_US);
  });

  it("sleeps by the given clock: not at all for what is due, and until it is told to stop", async () => {
    let now = 0;
    const sleep = sleepBy({ now: () => (now += 600) as Micros });
    await sleep(0 as Micros, new AbortController().signal);
    expect(now).toBe(600); // looked once
    await sleep(2000 as Micros, new AbortController().signal);
    expect(now).toBeGreaterThanOrEqual(2000);
    const stop = new AbortController();
    const endless = sleep((60 * DAY_US) as Micros, stop.signal);
    stop.abort();
    await endless;
    expect(now).toBeLessThan(60 * DAY_US);
  });
});
