// The life of orders against a venue whose messages are lost, repeated and reordered: a model-based property. The truth is kept by the test's own
// venue; ours is the engine's account, which hears only what is delivered, and what the venue says when it is asked.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareWithVenue, missingFills } from "#app/modes/venue-difference.js";
import type { Currency, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId, OrderType } from "#domain/order.js";
import { isFinal } from "#domain/order-state.js";
import type { Micros } from "#domain/time.js";
import type { Fill, OrderReport } from "#domain/venue-event.js";
import { Account } from "#engine/account.js";
import type { VenueSnapshot } from "#ports/venue.js";
import { approve } from "#risk/approve.js";
import { SHARE } from "#test/fixtures/venue-bench.js";

const USD = "USD" as Currency;
const NAMES = [SHARE, { ...SHARE, id: "R" as typeof SHARE.id }];
type Message = Fill | OrderReport;

/** Plain: `expect` is too slow for so many checks. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** An order as the venue has it. */
interface Truth {
  readonly order: ApprovedOrder;
  open: boolean;
  left: number;
}

/** The venue, the wire between, and our account. */
class World {
  account = new Account(NAMES, USD, 1_000_000_000n);
  readonly truth = new Map<OrderId, Truth>();
  readonly fills: Fill[] = [];
  readonly wire: Message[] = [];
  readonly delivered = new Set<string>();
  readonly ended = new Map<OrderId, string>();
  readonly complaints: string[] = [];
  marks = 0;
  now = 1;
  private sequence = 0;

  constructor() {
    this.account.orders.begin(0 as Micros);
  }

  times() {
    const at = ++this.now as Micros;
    return { at, seenAt: at };
  }

  send(lots: number, instrument: number, type: OrderType, arrives: boolean): void {
    const priced = type === "market" ? {} : { terms: { trigger: 100 as Ticks } };
    const order = approve({
      id: `o${++this.sequence}` as OrderId,
      instrument: instrument as InstrumentIx,
      lots: lots as Lots,
      type,
      limit: null,
      createdAt: this.now as Micros,
      ...priced,
    });
    this.account.orders.add(order);
    this.truth.set(order.id, { order, open: arrives, left: lots });
  }

  open(k: number): Truth | undefined {
    const open = [...this.truth.values()].filter((t) => t.open);
    return open[k % Math.max(1, open.length)];
  }

  fill({ order, left }: Truth, part: number): Fill {
    const lots = Math.sign(left) * Math.max(1, Math.ceil(Math.abs(left) * part));
    return {
      kind: "fill",
      ...this.times(),
      fillId: `f${++this.sequence}`,
      order: order.id,
      instrument: order.instrument,
      lots: lots as Lots,
      price: 100 as Ticks,
      feeMicro: 0n,
    };
  }

  trade(truth: Truth, part: number): void {
    const fill = this.fill(truth, part);
    truth.left -= fill.lots;
    if (truth.left === 0) truth.open = false;
    this.fills.push(fill);
    this.wire.push(fill);
  }

  hear(message: Message): void {
    this.note({ ...message, seenAt: ++this.now as Micros });
  }

  private note(told: Message): void {
    if (told.kind === "fill") this.delivered.add(told.fillId);
    else if (told.kind === "order-cancelled" || told.kind === "order-expired" || told.kind === "order-rejected")
      this.ended.set(told.order, told.kind);
    const complaint = told.kind === "fill" ? this.account.fill(told) : this.account.orders.hear(told);
    if (complaint !== null) this.complaints.push(complaint);
  }

  held(instrument: number, fills: readonly Fill[] = this.fills): number {
    return fills.filter((f) => f.instrument === instrument).reduce((sum, f) => sum + f.lots, 0);
  }

  snapshot(): VenueSnapshot {
    const open = [...this.truth.values()].filter((t) => t.open);
    return {
      open: open.map(({ order, left }) => ({ id: order.id, instrument: order.instrument, remaining: left as Lots })),
      positions: NAMES.map((_, i) => ({ instrument: i as InstrumentIx, lots: this.held(i) as Lots })),
      cash: [{ currency: USD, amountMicro: 1_000_000_000n - this.fills.reduce((sum, f) => sum + BigInt(f.lots) * 1_000_000n, 0n) }],
    };
  }

  /** What a session does at the start, after a lost line, and every so often. */
  agree(): void {
    const since = this.account.orders.knownSince;
    for (const fill of missingFills(
      this.account,
      this.fills.filter((f) => f.at >= since),
    ))
      this.hear(fill);
    const how = { askedAt: ++this.now as Micros, graceUs: 0, agesFrom: 0, cashTolerance: 0 };
    const { unexplained, reports } = compareWithVenue(this.account, this.snapshot(), how);
    must(unexplained.length === 0, unexplained.join("; "));
    for (const report of reports) this.hear(report);
  }

  /** What holds after whatever was heard. */
  check(): void {
    const { account } = this;
    must(this.complaints.length === 0, this.complaints.join("; "));
    const heard = this.fills.filter((f) => this.delivered.has(f.fillId));
    NAMES.forEach((_, i) => must(account.lots[i] === this.held(i, heard), `position of ${i}`));
    const live = account.orders.list();
    for (const side of [1, -1]) {
      NAMES.forEach((_, i) => {
        const left = live.filter((o) => o.order.instrument === i && Math.sign(o.order.lots) === side).reduce((n, o) => n + o.remaining, 0);
        must((side > 0 ? account.workingBuys : account.workingSells)[i] === left, `working total of ${i}`);
      });
    }
    for (const { order } of this.truth.values()) {
      const known = account.orders.find(order.id);
      if (known === undefined) throw new Error(`order ${order.id} was forgotten`);
      const filled = heard.filter((f) => f.order === order.id).reduce((n, f) => n + f.lots, 0);
      must(known.remaining === order.lots - filled, `what is left of ${order.id}`);
      // Over once it was filled whole or said to be over, and not before: what nobody answered still counts.
      must(isFinal(known.state) === (filled === order.lots || this.ended.has(order.id)), `${order.id} is ${known.state}`);
    }
  }
}

type Model = { readonly states: Map<OrderId, string> };

class Act implements fc.Command<Model, World> {
  constructor(
    private readonly name: string,
    private readonly act: (world: World) => void,
  ) {}
  check(): boolean {
    return true;
  }
  run(model: Model, world: World): void {
    this.act(world);
    world.check();
    for (const [id, state] of model.states) must(world.account.orders.find(id)?.state === state, `${id} was ${state}`);
    for (const id of world.truth.keys()) {
      const state = world.account.orders.find(id)?.state;
      if (state !== undefined && isFinal(state)) model.states.set(id, state);
    }
  }
  toString(): string {
    return this.name;
  }
}

const k = fc.nat(9);
const part = fc.constantFrom(0.1, 0.5, 1);
const send = fc
  .tuple(fc.integer({ min: -20, max: 20 }), fc.nat(1), fc.constantFrom<OrderType>("market", "stop"), fc.boolean())
  .filter(([lots]) => lots !== 0)
  .map(
    ([lots, i, type, arrives]) =>
      new Act(`send ${lots} of ${i}, ${type}, ${arrives ? "arrives" : "lost"}`, (w) => w.send(lots, i, type, arrives)),
  );
const fills = fc.tuple(k, part).map(([n, p]) => new Act(`venue fills ${n} by ${p}`, (w) => onOpen(w, n, (t) => w.trade(t, p))));
const deliver = k.map((n) => new Act(`deliver ${n}`, (w) => w.wire.splice(n % (w.wire.length || 1), 1).forEach((m) => w.hear(m))));
/** What happens often stands here often. */
const acts = [
  send,
  send,
  send,
  fills,
  fills,
  fills,
  deliver,
  deliver,
  deliver,
  fc
    .tuple(k, fc.constantFrom("order-accepted", "order-triggered", "cancel-rejected", "order-unanswered"))
    .map(([n, kind]) => new Act(`venue says ${kind} of ${n}`, (w) => onOpen(w, n, (t) => say(w, t, kind as OrderReport["kind"])))),
  fc.tuple(k, fc.constantFrom("order-cancelled", "order-expired", "order-rejected")).map(
    ([n, kind]) =>
      new Act(`venue ends ${n}: ${kind}`, (w) =>
        onOpen(w, n, (t) => {
          const filled = t.left !== t.order.lots;
          t.open = false;
          say(w, t, kind === "order-rejected" && filled ? "order-cancelled" : (kind as OrderReport["kind"]));
        }),
      ),
  ),
  k.map((n) => new Act(`we ask to cancel ${n}`, (w) => onOpen(w, n, (t) => w.account.orders.cancelling(t.order.id)))),
  k.map(
    (n) =>
      new Act(`deliver ${n}, keep a copy`, (w) =>
        w.wire
          .slice(n % (w.wire.length || 1))
          .slice(0, 1)
          .forEach((m) => w.hear(m)),
      ),
  ),
  k.map((n) => new Act(`lose ${n}`, (w) => void w.wire.splice(n % (w.wire.length || 1), 1))),
  fc.constant(new Act("lose the line, and all that is on it", (w) => (w.wire.splice(0), w.account.orders.lost()))),
  fc.constant(new Act("ask the venue", (w) => w.agree())),
  fc.constant(
    new Act("restart", (w) => {
      const saved = JSON.parse(JSON.stringify({ orders: w.account.orders.save(), holdings: w.account.holdings.save() })) as {
        orders: ReturnType<Account["orders"]["save"]>;
        holdings: ReturnType<Account["holdings"]["save"]>;
      };
      w.account = new Account(NAMES, USD, 0n);
      w.account.holdings.load(saved.holdings);
      w.account.orders.load(saved.orders);
    }),
  ),
  fc.constant(new Act("a session ends", (w) => (w.marks++ === 0 ? (w.account.revalue(w.now as Micros), w.account.mark(true)) : undefined))),
];

function onOpen(world: World, n: number, act: (truth: Truth) => void): void {
  const truth = world.open(n);
  if (truth !== undefined) act(truth);
}

function say(world: World, { order }: Truth, kind: OrderReport["kind"]): void {
  world.wire.push({ kind, ...world.times(), order: order.id, reason: "so" });
}

const lives = fc.commands(acts, { maxCommands: 60, size: "max" });

describe("orders whose messages are lost, repeated and reordered", () => {
  it("count every fill once and no order twice, never leave a final state, and agree with the venue once it is asked", () => {
    let filled = 0;
    fc.assert(
      fc.property(lives, (commands) => {
        const world = new World();
        fc.modelRun(() => ({ model: { states: new Map() }, real: world }), commands);
        world.agree();
        world.check();
        NAMES.forEach((_, i) => expect(world.account.lots[i]).toBe(world.held(i)));
        const open = [...world.truth.values()].filter((t) => t.open).map((t) => [t.order.id, t.left]);
        expect(world.account.orders.list().map((o) => [o.order.id, o.remaining])).toEqual(open);
        expect(world.account.orders.list().every((o) => o.state !== "unknown")).toBe(true);
        filled += world.fills.length;
      }),
      { numRuns: 200 },
    );
    expect(filled).toBeGreaterThan(300); // the lives were not empty
  });

  type Lie = readonly [name: string, tell: (world: World, truth: Truth) => Message | null, complaint: RegExp];
  const lies: readonly Lie[] = [
    ["a fill beyond what was ordered", (w, t) => ({ ...w.fill(t, 1), lots: (t.left + Math.sign(t.order.lots)) as Lots }), /exceeds/],
    ["a fill of an order that is not ours", (w, t) => ({ ...w.fill(t, 1), order: "?" as OrderId }), /no order of ours/],
    ["a fill the other way", (w, t) => ({ ...w.fill(t, 1), lots: -t.order.lots as Lots }), /against its order/],
    ["a fill of another name", (w, t) => ({ ...w.fill(t, 1), instrument: (1 - t.order.instrument) as InstrumentIx }), /another instrument/],
    [
      "a rejection of what it has filled",
      (w, t) => (t.left === t.order.lots ? null : { kind: "order-rejected", ...w.times(), order: t.order.id, reason: "so" }),
      /rejected after/,
    ],
  ];

  it.each(lies)("are stopped by %s, which is booked all the same", (_, tell, complaint) => {
    let told = 0;
    fc.assert(
      fc.property(lives, k, (commands, n) => {
        const world = new World();
        fc.modelRun(() => ({ model: { states: new Map() }, real: world }), commands);
        world.agree();
        const can = [...world.truth.values()].map((truth) => (truth.left === 0 ? null : tell(world, truth))).filter((lie) => lie !== null);
        const lie = can[n % Math.max(1, can.length)];
        if (lie === undefined) return;
        told++;
        const before = [...world.account.lots];
        world.hear(lie);
        expect(world.complaints).toEqual([expect.stringMatching(complaint)]);
        if (lie.kind !== "fill") return;
        before[lie.instrument] = (before[lie.instrument] as number) + lie.lots;
        expect([...world.account.lots]).toEqual(before);
        world.hear(lie); // said again it is no news
        expect([...world.account.lots]).toEqual(before);
        expect(world.complaints.length).toBe(1);
      }),
      { numRuns: 50 },
    );
    expect(told).toBeGreaterThan(10);
  });
});
