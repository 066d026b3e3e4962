// One market through backtest, paper (durable journal), live (a venue that answers asynchronously with the same fills) and replay:
// the same orders, to the last lot and id.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileJournal, readJournal } from "#adapters/stores/journal/journal.js";
import { runLive } from "#app/modes/live.js";
import { replayJournal } from "#app/modes/replay.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { type EngineEvent, eventClass } from "#domain/event.js";
import type { MarketSlice } from "#domain/market.js";
import type { OrderId } from "#domain/order.js";
import { DAY_US, type Micros } from "#domain/time.js";
import type { VenueEvent } from "#domain/venue-event.js";
import { Engine } from "#engine/engine.js";
import { SIMULATED_CAPABILITIES } from "#simulation/venue/capabilities.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { createTopK } from "#portfolio/top-k.js";
import { createRiskEngine } from "#risk/review.js";
import { createFakeTime } from "#test/fixtures/fake-time.js";
import { createMailbox, onTime, SIMPLE_VENUE } from "#test/fixtures/fake-venue.js";
import { toyKinds } from "#test/fixtures/toy-look-back.js";
import { type ToyMarket, USD, toyMarket, toySource } from "#test/fixtures/toy-market.js";
import { TOY_LIMITS, type ToyRunOptions, toyRun } from "#test/fixtures/toy-run.js";

const CASH = 100_000_000_000n;
const EVERYTHING_IN_FULL = { referenceBefore: 0, durable: true };

const plain = toyKinds["on the frame alone"];

type Kind = Pick<ToyRunOptions, "label" | "execution" | "protection" | "rules"> & typeof plain;

const parts = (market: ToyMarket, { plan, strategy, builder, label, execution, protection }: Kind = plain) => ({
  instruments: market.instruments,
  plan: plan(market.instruments.length),
  strategy,
  label,
  builder,
  risk: createRiskEngine(TOY_LIMITS),
  execution: execution?.(market.instruments),
  protection: protection?.(market.instruments),
  baseCurrency: USD,
  startingCashMicro: CASH,
});

const isVenueEvent = (event: EngineEvent): event is VenueEvent => eventClass(event) === 3;
const isFeedEvent = (event: EngineEvent): event is MarketSlice | ReferenceEvent => eventClass(event) === 1 || eventClass(event) === 2;

/** Answers as the record of another run says: at its moments, and only to orders that were really submitted. */
function recordedVenue(events: readonly VenueEvent[], time: ReturnType<typeof createFakeTime>) {
  const submitted = new Set<OrderId>();
  const unasked: string[] = [];
  const stream = createMailbox<VenueEvent>();
  const tell = async (event: VenueEvent): Promise<void> => {
    await time.sleep(event.seenAt, 3);
    if ("order" in event && !submitted.has(event.order)) unasked.push(`${event.kind} of ${event.order}`);
    stream.put(event);
  };
  for (const event of events) void tell(event);
  const venue: ExecutionVenue = {
    capabilities: SIMULATED_CAPABILITIES,
    fillsSince: () => Promise.resolve([]),
    postingsSince: () => Promise.resolve([]),
    submit: (order) => void submitted.add(order.id),
    cancel() {},
    snapshot: () => Promise.resolve({ open: [], positions: [] }),
  };
  return { venue, stream, unasked };
}

async function liveRun(market: ToyMarket, events: readonly EngineEvent[], path: string, kind: Kind = plain) {
  const time = createFakeTime(DAY_US / 2);
  const { venue, stream, unasked } = recordedVenue(events.filter(isVenueEvent), time);
  const journal = FileJournal.create(path, { mode: "live" }, EVERYTHING_IN_FULL);
  const engine = new Engine({ ...parts(market, kind), venue, journal });
  const feed = events.filter(isFeedEvent).map((item) => ({ at: item.seenAt, rank: eventClass(item), item }));
  const report = await time.run(
    runLive({
      enabled: true,
      engine,
      venue,
      journal,
      feed: onTime(time, feed),
      venueEvents: stream,
      commands: createMailbox(),
      timers: market.timers[Symbol.iterator](),
      clock: time,
      elapsedUs: time.now,
      compareEveryUs: Number.POSITIVE_INFINITY,
      cashTolerance: 0,
      sleepUntil: time.sleepUntil,
    }),
  );
  journal.close();
  return { engine, report, unasked };
}

describe("four modes", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "four-modes-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const decisionsOf = (path: string): string[] =>
    [...readJournal(path)].flatMap((entry) => (entry.kind === "decision" ? [JSON.stringify(entry)] : []));

  it.each([
    ["one", "on the frame alone"],
    ["two", "on the frame alone"],
    ["three", "on the frame alone"],
    ["one", "looking back"],
    ["four", "looking back"],
    ["one", "learning"],
    ["five", "learning"],
    ["one", "weighing by risk"],
    ["four", "weighing by risk"],
    ["one", "paced by volume"],
    ["two", "resting at limits"],
    ["two", "optimizing, with stops"],
    ["one", "protected at the venue"],
    ["three", "protected at the venue"],
    ["two", "protected by ranges, trails and time"],
  ] as const)("give the same orders and the same book on market %s, %s", async (seed, name) => {
    const kind = toyKinds[name];
    const whole = toyMarket({ seed, days: 40, names: 6 });
    const market = { ...whole, timers: kind.timersOf(whole) };
    const backtest = await toyRun(market, kind);
    const orders = backtest.journal.decisions();
    expect(orders.length).toBeGreaterThan(10);
    const ruled = "rules" in kind;
    expect([backtest.venue.haltedOrders > 0, backtest.engine.account.fundingTotal !== 0]).toEqual([ruled, ruled]);

    const paperPath = join(folder, "paper.journal");
    const paperJournal = FileJournal.create(paperPath, { mode: "paper" }, EVERYTHING_IN_FULL);
    const paper = await toyRun(market, { ...kind, journal: paperJournal });
    paperJournal.close();
    expect(decisionsOf(paperPath)).toEqual(orders);

    const livePath = join(folder, "live.journal");
    const events = backtest.journal.entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : []));
    const live = await liveRun(market, events, livePath, kind);
    expect(live.unasked).toEqual([]);
    // A live session ends with its last timer; a word on what that sent is heard by the next one.
    const steps = events.findLastIndex((event) => event.kind === "timer") + 1;
    expect(live.report).toMatchObject({ ended: "schedule", mode: "running", steps });
    expect(decisionsOf(livePath)).toEqual(orders);

    for (const { account } of [paper.engine, live.engine]) expect(account.holdings.save()).toEqual(backtest.engine.account.holdings.save());

    for (const [path, all] of [
      [paperPath, backtest.steps],
      [livePath, steps],
    ] as const) {
      const report = await replayJournal({ path, parts: parts(market, kind), source: toySource(market.bars) });
      expect(report).toMatchObject({
        events: all,
        decisions: orders.length,
        cutOff: false,
        equity: backtest.engine.account.equity,
      });
    }
  });

  it("replays a journal that names its rows, and refuses a dataset that has changed", async () => {
    const market = toyMarket({ seed: "rows", days: 30, names: 5 });
    const path = join(folder, "rows.journal");
    const journal = FileJournal.create(path, {}, { referenceBefore: Number.POSITIVE_INFINITY, durable: false });
    const { engine } = await toyRun(market, { journal });
    journal.close();
    const report = await replayJournal({ path, parts: parts(market), source: toySource(market.bars, 3) });
    expect(report.equity).toBe(engine.account.equity);
    const shorter = toySource(market.bars.slice(0, -1));
    await expect(replayJournal({ path, parts: parts(market), source: shorter })).rejects.toMatchObject({ code: "data-changed" });
    const oneMissing = toySource(market.bars.filter((_, i) => i !== 40));
    await expect(replayJournal({ path, parts: parts(market), source: oneMissing })).rejects.toMatchObject({ code: "data-changed" });
    const last = market.bars.at(-1);
    const oneMore = toySource(last === undefined ? [] : [...market.bars, last]);
    await expect(replayJournal({ path, parts: parts(market), source: oneMore })).rejects.toMatchObject({ code: "data-changed" });
  });

  it("refuses a replay by another strategy at the first order that differs", async () => {
    const market = toyMarket({ seed: "other", days: 30, names: 5 });
    const path = join(folder, "other.journal");
    const journal = FileJournal.create(path, {}, EVERYTHING_IN_FULL);
    await toyRun(market, { journal });
    journal.close();
    const other = { ...parts(market), builder: createTopK({ k: 2, keep: 2, invested: 0.95 }) };
    await expect(replayJournal({ path, parts: other, source: toySource(market.bars) })).rejects.toMatchObject({ code: "replay-differs" });
  });

  it("refuses a record that lacks a decision, unless it was cut off right before it", async () => {
    const market = toyMarket({ seed: "lacks", days: 20, names: 5 });
    const whole = await toyRun(market);
    const lacking = async (keep: (decision: number) => boolean, upTo: number): Promise<ReturnType<typeof replayJournal>> => {
      const path = join(folder, "lacking.journal");
      const journal = FileJournal.create(path, {}, EVERYTHING_IN_FULL);
      let decision = 0;
      for (const entry of whole.journal.entries.slice(0, upTo)) {
        if (entry.kind === "event") journal.event(entry.event);
        else if (entry.kind === "decision" && keep(decision++)) journal.decision(entry.asOf, entry.decisions, entry.cancels);
      }
      journal.close();
      return replayJournal({ path, parts: parts(market), source: toySource(market.bars) });
    };
    const { length } = whole.journal.entries;
    await expect(lacking((n) => n !== 1, length)).rejects.toMatchObject({ code: "replay-differs" });
    // The record ends one event after the decision that it lacks.
    const lastWithNext = whole.journal.entries.findLastIndex((entry, i, all) => entry.kind === "decision" && all[i + 1]?.kind === "event");
    const before = whole.journal.entries.slice(0, lastWithNext).filter((entry) => entry.kind === "decision").length;
    await expect(lacking((n) => n !== before, lastWithNext + 2)).rejects.toMatchObject({ code: "replay-differs" });
    expect(await lacking(() => true, length)).toMatchObject({ cutOff: false });
    const second = whole.journal.entries.findIndex(
      (entry, i, all) => entry.kind === "decision" && all.slice(0, i).some((e) => e.kind === "decision"),
    );
    expect(await lacking(() => true, second)).toMatchObject({ cutOff: true, decisions: 1 });
  });

  it("stamps the moment when the machine was late, and never runs back", async () => {
    const market = toyMarket({ seed: "late", days: 12, names: 4 });
    const backtest = await toyRun(market);
    const events = backtest.journal.entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : []));
    const path = join(folder, "late.journal");
    // The venue's clock runs a second ahead of ours.
    const ahead = events.map((event) => (isVenueEvent(event) ? { ...event, at: (event.at + 1_000_000) as Micros } : event));
    await liveRun(market, ahead, path);
    let before = 0;
    for (const entry of readJournal(path)) {
      if (entry.kind !== "event") continue;
      expect(entry.event.seenAt).toBeGreaterThanOrEqual(entry.event.at);
      expect(entry.event.seenAt).toBeGreaterThanOrEqual(before);
      before = entry.event.seenAt;
    }
  });

  it("begin nothing at a venue that could not take what is to protect positions", async () => {
    const market = toyMarket({ seed: "one", days: 5, names: 6 });
    const begun = replayJournal({
      path: join(folder, "none"),
      parts: parts(market, toyKinds["protected at the venue"]),
      source: toySource([]),
      capabilities: SIMPLE_VENUE,
    });
    await expect(begun).rejects.toMatchObject({ code: "bad-config", message: expect.stringContaining("takes no stop orders") as string });
  });
});
