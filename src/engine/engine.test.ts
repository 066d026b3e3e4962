import { beforeEach, describe, expect, it } from "vitest";
import type { TimerFired } from "#domain/event.js";
import type { InstrumentIx, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import { EUR, Stand, USD } from "#test/fixtures/engine-stand.js";
import { SIMPLE_VENUE } from "#test/fixtures/fake-venue.js";
import { restoreEngine, snapshotEngine } from "./snapshot.js";

describe("the engine", () => {
  let stand: Stand;
  beforeEach(() => {
    stand = new Stand();
    stand.price(10, 10);
    stand.weights = [0.5, 0, 0];
  });

  const { lots, mode, reason } = {
    lots: () => [...stand.engine.account.lots],
    mode: () => stand.engine.mode,
    reason: () => stand.engine.reason,
  };

  it("journals the event, then the decision, and passes the barrier before it submits", () => {
    stand.said.length = 0;
    void stand.timer("decide");
    expect(stand.said).toEqual(["timer", "decide", "decision", "barrier", "submit 0 50"]);
    // Nor may anything follow what ordered nothing, or cannot be asked for again, before it is durable.
    stand.said.length = 0;
    void stand.timer("reconcile");
    stand.hear({ kind: "cash", postingId: "p", reason: "interest", currency: USD, amountMicro: 1n });
    expect(stand.said).toEqual(["timer", "barrier", "cash"]);
  });

  it("journals an event before it acts on it, and nothing of one that it refuses", () => {
    const at = stand.next();
    stand.said.length = 0;
    expect(() => stand.engine.step({ kind: "order-rejected", at, seenAt: (at - 1) as Micros, order: "x" as OrderId, reason: "" })).toThrow(
      /nothing is seen before it happens/,
    );
    expect(() =>
      stand.engine.step({ kind: "order-rejected", at: 0 as Micros, seenAt: 0 as Micros, order: "x" as OrderId, reason: "" }),
    ).toThrow(/time runs forward/);
    expect(stand.said).toEqual([]);
  });

  it("orders nothing again while its orders work, and only what is missing after a cancellation", () => {
    void stand.timer("decide");
    void stand.timer("reconcile");
    expect(stand.submitted.length).toBe(1);
    stand.told(stand.last(), 20);
    stand.hear({ kind: "order-cancelled", order: stand.last().id, reason: "tired" });
    void stand.timer("reconcile");
    expect(stand.submitted.map((o) => o.lots)).toEqual([50, 30]);
  });

  it("makes no orders twice at one moment, whose ids would be the same", () => {
    const at = stand.next();
    const decide: TimerFired = { kind: "timer", name: "decide", at, seenAt: at, since: 0 as Micros };
    void stand.engine.step(decide);
    stand.weights = [0.7, 0.1, 0];
    void stand.engine.step(decide);
    expect(stand.submitted.map((o) => o.id)).toEqual([`${at}.0`]);
    void stand.timer("reconcile");
    expect(stand.submitted.map((o) => o.lots)).toEqual([50, 20, 10]);
  });

  it("books a repeated fill once, also in the next session", () => {
    void stand.timer("decide");
    stand.told(stand.last(), 20, { fillId: "same" });
    stand.told(stand.last(), 20, { fillId: "same" });
    void stand.timer("mark");
    stand.told(stand.last(), 20, { fillId: "same" });
    expect(lots()).toEqual([20, 0, 0]);
    expect(mode()).toBe("running");
  });

  it.each<[string, (order: ApprovedOrder) => Partial<Fill>, number, RegExp, number[]]>([
    ["belongs to no order", () => ({ order: "?" as OrderId }), 5, /no order of ours/, [5, 0, 0]],
    ["is more than was left", () => ({}), 51, /exceeds/, [51, 0, 0]],
    ["is of another name", () => ({ instrument: 1 as InstrumentIx }), 5, /another instrument/, [0, 5, 0]],
    ["goes the other way", () => ({}), -5, /against its order/, [-5, 0, 0]],
    ["is of nothing", () => ({}), 0, /against its order/, [0, 0, 0]],
    ["has no price", () => ({ price: 0 as Ticks }), 5, /price of 0 ticks/, [5, 0, 0]],
  ])("counts a fill that %s, and halts", (_, change, n, complaint, after) => {
    void stand.timer("decide");
    stand.told(stand.last(), n, change(stand.last()));
    expect(mode()).toBe("halted");
    expect(reason()).toMatch(complaint);
    expect(lots()).toEqual(after);
    void stand.timer("decide");
    expect(stand.submitted.length).toBe(1);
  });

  it("books a fill that is told after its order was cancelled, and orders what is missing then", () => {
    void stand.timer("decide");
    stand.hear({ kind: "order-cancelled", order: stand.last().id, reason: "on request" });
    stand.told(stand.last(), 5);
    expect([mode(), lots()]).toEqual(["running", [5, 0, 0]]);
    void stand.timer("reconcile");
    expect(stand.submitted.map((o) => o.lots)).toEqual([50, 45]);
  });

  it("takes an order that nobody answered as working, neither repeats nor forgets it", () => {
    void stand.timer("decide");
    stand.hear({ kind: "order-unanswered", order: stand.last().id });
    expect(stand.engine.account.orders.find(stand.last().id)?.state).toBe("unknown");
    expect(stand.engine.view.workingBuys[0]).toBe(50);
    void stand.timer("decide");
    expect(stand.submitted.length).toBe(1);
    stand.told(stand.last());
    expect([mode(), lots()]).toEqual(["running", [50, 0, 0]]);
  });

  it("orders nothing while the line to the venue is lost, not even the way to zero, and goes on once it is back", () => {
    void stand.timer("decide");
    stand.told(stand.last(), 20);
    stand.hear({ kind: "connection", state: "lost", reason: "socket closed" });
    expect(stand.engine.account.orders.list().map((o) => [o.state, o.remaining])).toEqual([["unknown", 30]]);
    const other = new Stand();
    restoreEngine(other.engine, snapshotEngine(stand.engine));
    expect(other.engine.connected).toBe(false);
    stand.weights = [0.1, 0.2, 0];
    void stand.timer("decide");
    stand.command({ kind: "flatten", reason: "out" });
    void stand.timer("decide");
    expect([stand.submitted.length, stand.cancelled.length]).toEqual([1, 0]);
    stand.hear({ kind: "order-accepted", order: stand.last().id });
    stand.hear({ kind: "connection", state: "restored", reason: "" });
    void stand.timer("reconcile");
    expect(stand.cancelled).toEqual([stand.submitted[0]?.id]);
  });

  it("forgets no fill while the line is lost, however many sessions end meanwhile", () => {
    void stand.timer("decide");
    stand.told(stand.last(), 20, { fillId: "before" });
    stand.hear({ kind: "connection", state: "lost", reason: "cut" });
    const { knownSince } = stand.engine.account.orders;
    for (let session = 0; session < 3; session++) void stand.timer("mark");
    stand.told(stand.last(), 20, { fillId: "before" });
    expect([lots()[0], stand.engine.account.orders.knownSince]).toEqual([20, knownSince]);
  });

  it("stops the way to zero of an emergency stop, too, when the venue's book is not ours", () => {
    void stand.timer("decide");
    stand.told(stand.last());
    stand.command({ kind: "kill", reason: "fire", flatten: true });
    expect(mode()).toBe("flattening");
    const sent = stand.submitted.length;
    stand.hear({ kind: "order-rejected", order: stand.last().id, reason: "closed" });
    stand.command({ kind: "halt", reason: "the books differ" });
    for (const name of ["reconcile", "decide"] as const) void stand.timer(name);
    expect([mode(), stand.submitted.length]).toEqual(["halted", sent]);
    expect(reason()).toBe("killed: fire; and then: the books differ");
    // A person looked at the breaker, and has still to look at the book.
    stand.command({ kind: "approve", by: "me", reason: "looked", breaker: null });
    expect([mode(), reason()]).toEqual(["halted", "the books differ"]);
  });

  it("halts on a word about an order that it never sent, and on a rejection of what has fills", () => {
    stand.hear({ kind: "order-accepted", order: "?" as OrderId });
    expect(reason()).toMatch(/an order that we do not know \(order-accepted \?\)/);
    stand.command({ kind: "resume", by: "me", reason: "" });
    void stand.timer("decide");
    stand.told(stand.last(), 20);
    stand.hear({ kind: "order-rejected", order: stand.last().id, reason: "no margin" });
    expect(reason()).toMatch(/was rejected after 1 of its fills: no margin/);
  });

  it("refuses what the venue cannot do, by name, and sends nothing else in its place", () => {
    const narrow = new Stand({ ...SIMPLE_VENUE, types: ["limit"] });
    narrow.price(10, 10);
    narrow.weights = [0.5, 0, 0];
    void narrow.timer("decide");
    expect([narrow.submitted, narrow.engine.mode]).toEqual([[], "running"]);
    expect(narrow.refused).toEqual(["venue-lacks: the venue takes no market orders"]);
  });

  it.each(["split", "delisting"] as const)("halts on a fill from before a %s that is told after it", (kind) => {
    void stand.timer("decide");
    const before = stand.next();
    stand.hear({ kind, instrument: 0, ratio: 2, finalReturn: 0 });
    stand.told(stand.last(), 10, { at: before });
    expect(mode()).toBe("halted");
    const other = new Stand();
    other.price(10, 10);
    other.weights = [0.5, 0, 0];
    void other.timer("decide");
    other.hear({ kind: "split", instrument: 0, ratio: 2 });
    other.told(other.last(), 100);
    expect(other.engine.mode).toBe("running");
  });

  it("carries a split through holdings, working orders and the standing target: nothing is ordered because of it", () => {
    void stand.timer("decide");
    stand.told(stand.last(), 20);
    stand.hear({ kind: "split", instrument: 0, ratio: 3 });
    expect(lots()).toEqual([60, 0, 0]);
    expect(stand.engine.account.orders.list().map((w) => w.remaining)).toEqual([90]);
    void stand.timer("reconcile");
    expect(stand.submitted.length).toBe(1);
    expect(stand.cancelled).toEqual([]);
    expect(stand.engine.view.equity).toBe(1000);
  });

  it("takes a split, a dividend and a delisting once, however often they are told, also after a snapshot", () => {
    void stand.timer("decide");
    stand.told(stand.last(), 20);
    const [split, dividend] = [
      { kind: "split", instrument: 0, ratio: 3, at: stand.next() },
      { kind: "dividend", instrument: 0, amount: 0.5, id: "d1", at: stand.next() },
    ];
    for (const event of [split, dividend]) stand.hear(event);
    stand.said.length = 0;
    for (const event of [split, dividend, { ...dividend, at: stand.next() }]) stand.hear(event);
    expect(stand.said).toEqual([]); // nor does the record tell it twice
    const other = new Stand();
    restoreEngine(other.engine, snapshotEngine(stand.engine));
    for (const { engine } of [stand, other]) {
      const seenAt = (engine.now + 10) as Micros;
      for (const event of [split, dividend]) void engine.step({ ...event, seenAt } as never);
      expect([engine.account.lots[0], engine.account.holdings.ledger.balance(USD)]).toEqual([60, 830_000_000n]);
    }
  });

  it("halts on a split that is told otherwise the second time, and takes neither", () => {
    const at = stand.next();
    stand.hear({ kind: "split", instrument: 0, ratio: 2, at });
    stand.hear({ kind: "split", instrument: 0, ratio: 4, at });
    expect([mode(), reason()]).toEqual(["halted", "the split of 1970-01-01 was told as 2 of A, and is now told as 4 of A"]);
    expect(stand.engine.account.price[0]).toBe(5);
  });

  it("keeps an order called back, whatever is heard of it meanwhile, until the venue says that it would not", () => {
    void stand.timer("decide");
    const { id } = stand.last();
    const state = (): [string, boolean] | undefined => {
      const known = stand.engine.account.orders.find(id);
      return known && [known.state, known.recalled];
    };
    stand.weights = [0, 0, 0];
    void stand.timer("decide");
    expect([stand.cancelled, state()]).toEqual([[id], ["cancelling", true]]);
    stand.hear({ kind: "connection", state: "lost", reason: "" });
    expect(state()).toEqual(["unknown", true]);
    stand.hear({ kind: "order-accepted", order: id });
    expect(state()).toEqual(["cancelling", true]);
    stand.hear({ kind: "cancel-rejected", order: id, reason: "no" });
    expect(state()).toEqual(["accepted", false]);
  });

  it("forgets orders and target of a name that was delisted, and survives its delisting without a price or twice", () => {
    void stand.timer("decide");
    stand.told(stand.last(), 20);
    for (const instrument of [0, 0, 2]) stand.hear({ kind: "delisting", instrument, finalReturn: -1.5 });
    expect(lots()).toEqual([0, 0, 0]);
    expect(stand.engine.account.orders.list()).toEqual([]);
    void stand.timer("reconcile");
    expect(stand.submitted.length).toBe(1);
    expect(stand.engine.view.equity).toBe(800); // a total loss is the worst there is
  });

  it("pays a name out at its fill price when the market never gave one", () => {
    stand.told({ ...stand.last(), id: "?" as OrderId, instrument: 2 as InstrumentIx } as ApprovedOrder, 10);
    stand.hear({ kind: "fx", from: EUR, to: USD, rate: 2 });
    stand.hear({ kind: "delisting", instrument: 2, finalReturn: -0.5 });
    expect(stand.engine.account.holdings.ledger.totals().get(EUR)).toMatchObject({ "trade": -100_000_000n, "cash-in-lieu": 50_000_000n });
  });

  it("orders nothing in a currency whose rate it does not know, and sizes at the rate from then on", () => {
    stand.price(10, 10, 10);
    stand.weights = [0, 0, 0.5];
    void stand.timer("decide");
    expect(stand.submitted).toEqual([]);
    stand.hear({ kind: "fx", from: USD, to: EUR, rate: 0.5 });
    void stand.timer("decide");
    expect(stand.submitted.map((o) => [o.instrument, o.lots])).toEqual([[2, 25]]);
    stand.told(stand.last());
    expect(stand.engine.account.holdings.ledger.balance(USD)).toBe(500_000_000n);
    expect(stand.engine.account.holdings.ledger.balance(EUR)).toBe(0n);
  });

  it("halts, and orders nothing until it is resumed", () => {
    stand.command({ kind: "halt", reason: "stop" });
    void stand.timer("decide");
    void stand.timer("reconcile");
    expect([mode(), reason(), stand.submitted.length]).toEqual(["halted", "stop", 0]);
    stand.command({ kind: "resume", by: "me", reason: "" });
    void stand.timer("decide");
    expect([mode(), reason(), stand.submitted.length]).toEqual(["running", "", 1]);
  });

  it("flattens at once: cancels what works, closes what is held, and asks the strategy nothing until it is resumed", () => {
    stand.weights = [0.5, -0.2, 0];
    void stand.timer("decide");
    for (const order of stand.submitted) stand.told(order);
    stand.weights = [0.6, -0.2, 0];
    void stand.timer("decide");
    expect(stand.submitted.map((o) => [o.instrument, o.lots])).toEqual([
      [0, 50],
      [1, -20],
      [0, 10],
    ]);
    stand.said.length = 0;
    stand.command({ kind: "flatten", reason: "out" });
    expect(stand.said).toEqual(["command", "decision", "barrier", "cancel", "submit 1 20"]);
    stand.hear({ kind: "order-cancelled", order: stand.cancelled[0], reason: "on request" });
    void stand.timer("decide");
    expect(stand.said).not.toContain("decide");
    expect([stand.last().instrument, stand.last().lots]).toEqual([0, -50]);
    for (const order of stand.submitted.slice(-2)) stand.told(order);
    void stand.timer("decide");
    expect(lots()).toEqual([0, 0, 0]);
    expect([mode(), stand.submitted.length]).toEqual(["flattening", 5]);
    stand.command({ kind: "resume", by: "me", reason: "" });
    void stand.timer("decide");
    expect(stand.submitted.length).toBeGreaterThan(5);
  });

  it("takes the frame of each moment of decision into the history: observed, decided, halted or flattening", () => {
    void stand.timer("observe");
    expect([stand.said, stand.framed]).toEqual([["market", "timer"], [stand.engine.now]]);
    void stand.timer("reconcile");
    void stand.timer("mark");
    expect(stand.framed.length).toBe(1);
    void stand.timer("decide");
    stand.command({ kind: "halt", reason: "wait" });
    stand.said.length = 0;
    void stand.timer("decide");
    stand.command({ kind: "flatten", reason: "out" });
    void stand.timer("decide");
    expect(stand.framed.length).toBe(4);
    expect(stand.said).not.toContain("decide");
  });

  it("takes no event while a decision is awaited, and no snapshot", async () => {
    stand.later = true;
    const pending = stand.timer("decide");
    expect(() => stand.timer("mark")).toThrow(/one event at a time/);
    expect(() => snapshotEngine(stand.engine)).toThrow(/between two events/);
    await pending;
    expect(stand.submitted.length).toBe(1);
    void stand.timer("mark");
  });

  it("says why once the orders are out, and takes no event before", async () => {
    stand.explained = 0;
    stand.said.length = 0;
    const pending = stand.timer("decide");
    expect(stand.said).toEqual(["timer", "decide", "decision", "barrier", "submit 0 50"]);
    expect(() => stand.timer("mark")).toThrow(/one event at a time/);
    await pending;
    expect(stand.said.at(-1)).toBe("attribution");
    expect(stand.explained).toBe(1);
    stand.explained = null;
    await stand.timer("decide");
    expect(stand.said.filter((word) => word === "attribution")).toHaveLength(1);
  });

  it("takes no further event after one that failed half-way", () => {
    expect(() => stand.hear({ kind: "dividend", instrument: 0, amount: 1 })).not.toThrow();
    void stand.timer("decide");
    stand.told(stand.last());
    expect(() => stand.hear({ kind: "dividend", instrument: 0, amount: Number.NaN })).toThrow(/Invariant/);
    expect(() => stand.timer("mark")).toThrow(/none after one that failed/);
  });

  it("is the same after a snapshot, also halted, with unknown rates and with orders out", () => {
    stand.weights = [0.5, -0.2, 0];
    void stand.timer("decide");
    stand.told(stand.last(), -7, { fillId: "known", feeMicro: 12n });
    stand.hear({ kind: "cash", postingId: "b1", reason: "borrow", currency: USD, amountMicro: -5n });
    stand.hear({ kind: "split", instrument: 2, ratio: 2 });
    stand.command({ kind: "halt", reason: "why not" });
    const other = new Stand();
    restoreEngine(other.engine, snapshotEngine(stand.engine));
    expect(snapshotEngine(other.engine)).toEqual(snapshotEngine(stand.engine));
    expect([other.engine.mode, other.engine.reason, other.engine.now]).toEqual(["halted", "why not", stand.engine.now]);
    expect(other.engine.account.saveTotals()).toEqual(stand.engine.account.saveTotals());
    expect(() => restoreEngine(other.engine, snapshotEngine(stand.engine).slice(0, -3))).toThrow(/bytes end/);
  });

  it("keeps what trading cost in the base currency, at the rate of its moment", () => {
    stand.hear({ kind: "fx", from: EUR, to: USD, rate: 2 });
    stand.price(10, 10, 10);
    stand.weights = [0, 0, 0.5];
    void stand.timer("decide");
    stand.told(stand.last(), undefined, { feeMicro: 1_000_000n });
    stand.hear({ kind: "cash", postingId: "i1", reason: "interest", currency: EUR, amountMicro: 3_000_000n });
    stand.hear({ kind: "fx", from: EUR, to: USD, rate: 5 });
    const { feesTotal, interestTotal, tradedTotal } = stand.engine.account;
    expect([feesTotal, interestTotal, tradedTotal]).toEqual([2, 6, 500]);
  });
});
