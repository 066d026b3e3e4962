// What must hold in every simulated world, whatever goes wrong. It looks on at four places: the journal, the engine, the line and the exchange;
// the first law that is broken is kept.
import { ByteReader } from "#base/bytes.js";
import { blocks, firstEntryBlock } from "#adapters/stores/journal/file.js";
import { readEntry, type StoredEntry } from "#adapters/stores/journal/codec.js";
import type { EngineEvent } from "#domain/event.js";
import type { ApprovedOrder, Order, OrderId, RiskDecision, WorkingOrder } from "#domain/order.js";
import type { Engine } from "#engine/engine.js";
import type { BreakerLimits } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import { USD } from "#test/fixtures/toy-market.js";
import { Book } from "./book.js";
import type { Exchange } from "./exchange.js";
import { brokenLimit } from "./limits-law.js";
import type { Line } from "./line.js";
import type { SimDisk } from "./sim-disk.js";

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

export class Oracle {
  violation: Violation | null = null;
  book: Book;
  /** The exchange has lied: what it says of its orders need not be so until the books are compared. */
  lied = false;
  private readonly durable = new Set<OrderId>();
  private parsed = 0;
  private list: readonly WorkingOrder[] = [];
  private byId: ReadonlyMap<OrderId, number> = new Map();

  constructor(
    private readonly names: number,
    private readonly cash: bigint,
    private readonly limits: RiskLimits,
    private readonly breakers: BreakerLimits,
    private readonly disk: SimDisk,
    private readonly journal: string,
  ) {
    this.book = new Book(names, cash, breakers);
  }

  broken(invariant: string, detail: string): void {
    this.violation ??= { invariant, detail };
  }

  /** A process has started: what its journal holds is what it must know. */
  started(entries: Iterable<StoredEntry>, engine: Engine): void {
    this.book = new Book(this.names, this.cash, this.breakers);
    this.parsed = 0;
    for (const entry of entries) {
      if (entry.kind === "decision") for (const decision of entry.decisions) this.book.decided(decision);
      else if (entry.kind === "event" && entry.event.kind !== "rows") this.book.told(entry.event);
    }
    this.same("recovered", engine);
  }

  /** Before each step of the engine. */
  stepping(event: EngineEvent): void {
    this.book.told(event);
  }

  /** After it. */
  stepped(engine: Engine): void {
    this.same("book", engine);
  }

  /** Before its decisions are journaled. */
  reviewed(orders: readonly Order[], decisions: readonly RiskDecision[], engine: Engine): void {
    if (decisions.length !== orders.length) this.broken("limits", `${orders.length} orders, ${decisions.length} verdicts`);
    for (const decision of decisions) {
      if (decision.verdict === "refuse") continue;
      const broken = brokenLimit(this.book, this.limits, decision.order);
      if (broken !== null) this.broken("limits", `order ${decision.order.id} of ${decision.order.lots} lots: ${broken}`);
      this.book.decided(decision);
    }
    this.checkDesire(decisions, engine);
  }

  /** An order leaves the process. */
  sent(order: ApprovedOrder, engine: Engine): void {
    this.readDurable();
    if (!this.durable.has(order.id)) this.broken("journal first", `order ${order.id} leaves, and the disk does not hold its decision`);
    if (!this.book.granted.has(order.id)) this.broken("orphan", `order ${order.id} leaves, and risk never granted it`);
    if (engine.mode === "halted") this.broken("after a halt", `order ${order.id} leaves while trading is halted: ${engine.reason}`);
    const { instrument, lots } = order;
    const why = engine.mode === "flattening" ? "after a flatten" : this.book.closed(instrument) ? "after a breaker" : null;
    if (why === null) return;
    const held = this.book.lots[instrument] as number;
    let all = lots as number;
    for (const [id, out] of this.book.working)
      if (id !== order.id && out.instrument === instrument && out.lots * lots > 0) all += out.remaining;
    if (!(lots * held < 0 && Math.abs(all) <= Math.abs(held)))
      this.broken(
        why,
        `order ${order.id} of ${lots} lots of ${instrument} leaves while ${held} are held, and brings what is out that way to ${all}`,
      );
    if (this.book.killed?.flatten === false)
      this.broken("after a kill", `order ${order.id} leaves, and nobody has asked for the way to zero`);
  }

  /** Whatever happens anywhere: what works at the exchange, or is on its way there, is counted by the engine. */
  looked(engine: Engine, exchange: Exchange, line: Line): void {
    for (const id of exchange.reused) this.broken("duplicate", `id ${id} was used for two orders`);
    const counts = (id: OrderId, where: string): void => {
      if (!this.lied && engine.mode === "running" && engine.connected && !this.counted(engine).has(id))
        this.broken("orphan", `order ${id} ${where}, and the engine trades on without counting it`);
    };
    for (const id of exchange.open()) counts(id, "works at the exchange");
    for (const id of line.onTheWay.keys()) if (!exchange.received.has(id)) counts(id, "is on its way");
  }

  /** At rest: the books are one, or trading has stopped with a reason. */
  rested(engine: Engine, exchange: Exchange): void {
    const theirs = exchange.venue.holdings;
    const spent = exchange.fills.reduce((sum, fill) => sum + BigInt(fill.lots) * BigInt(fill.price) * 10_000n + fill.feeMicro, 0n);
    if (theirs.ledger.balance(USD) !== this.cash - spent + exchange.posted)
      this.broken("conservation", "cash at the exchange is not what its fills and postings come to");
    for (let i = 0; i < this.names; i++) {
      const bought = exchange.fills.reduce((sum, fill) => sum + (fill.instrument === i ? fill.lots : 0), 0);
      if (theirs.lots[i] !== bought) this.broken("conservation", `position ${i} at the exchange is not what its fills come to`);
    }
    const { account } = engine;
    for (let i = 0; i < this.names; i++)
      if (account.lots[i] !== theirs.lots[i])
        this.unequal(engine, `${account.lots[i]} lots of ${i} are held by the engine's book, ${theirs.lots[i]} by the exchange's`);
    const [ours, real] = [account.holdings.ledger.balance(USD), theirs.ledger.balance(USD)];
    if (ours !== real) this.unequal(engine, `cash is ${ours} by the engine's book, ${real} by the exchange's`);
    const open = exchange.open();
    for (const id of this.counted(engine).keys()) if (!open.has(id)) this.unequal(engine, `order ${id} works by the engine's book alone`);
  }

  /** A wrong book is no failure where trading has stopped for it. */
  private unequal(engine: Engine, detail: string): void {
    if (engine.mode === "halted") return;
    this.broken("agreement", detail);
  }

  private counted(engine: Engine): ReadonlyMap<OrderId, number> {
    const { working } = engine.account;
    if (working !== this.list) this.byId = new Map(working.map(({ order, remaining }) => [order.id, remaining]));
    this.list = working;
    return this.byId;
  }

  private same(invariant: string, engine: Engine): void {
    const { account } = engine;
    const { book } = this;
    book.lots.forEach((lots, i) => {
      if (account.lots[i] !== lots) this.broken(invariant, `the engine holds ${account.lots[i]} lots of ${i}, the journal says ${lots}`);
    });
    const cash = account.holdings.ledger.balance(USD);
    if (cash !== book.cash) this.broken(invariant, `the engine has ${cash} in cash, the journal says ${book.cash}`);
    if (book.turnedBack !== null) this.broken("market in order", `a bar of ${book.turnedBack} was taken twice, or behind a newer one`);
    if (book.stopped && engine.mode === "running") this.broken("after a halt", "a person has stopped trading, and the engine runs");
    const open = engine.breakers.open.map(({ breaker, instrument: i }) => (i === null ? breaker : `${breaker}:${i}`));
    if (open.length !== book.open.size || open.some((name) => !book.open.has(name)))
      this.broken("breakers", `open are ${open.join(", ") || "none"} by the engine, ${[...book.open].join(", ") || "none"} by the journal`);
    const counted = this.counted(engine);
    for (const [id, out] of book.working)
      if (counted.get(id) !== out.remaining)
        this.broken(invariant, `order ${id}: the engine counts ${counted.get(id)} lots, the journal ${out.remaining}`);
    for (const id of counted.keys())
      if (!book.working.has(id)) this.broken(invariant, `order ${id}: the engine counts it, the journal does not`);
  }

  /** An order leads towards what is wanted and never beyond it, all that is out counted: nothing is ordered twice. */
  private checkDesire(decisions: readonly RiskDecision[], engine: Engine): void {
    for (const { verdict, order } of decisions) {
      if (verdict === "refuse") continue;
      const { instrument, lots } = order;
      const wanted = engine.account.desired[instrument] as number;
      let all = this.book.lots[instrument] as number;
      for (const out of this.book.working.values()) if (out.instrument === instrument) all += out.remaining;
      if (Math.sign(lots) * (all - wanted) > 0)
        this.broken(
          "duplicate",
          `order ${order.id} of ${lots} lots brings ${instrument} to ${all} lots with all that is out, and ${wanted} are wanted`,
        );
    }
  }

  /** Which decisions would survive the loss of everything that is not synced. */
  private readDurable(): void {
    const file = this.disk.durable(this.journal);
    const size = file.size();
    if (this.parsed === 0) this.parsed = firstEntryBlock(file, size);
    for (const { payload, end } of blocks(file, size, this.parsed)) {
      this.parsed = end;
      const reader = new ByteReader(payload);
      while (!reader.done) {
        const entry = readEntry(new ByteReader(reader.bytes()));
        if (entry.kind === "decision")
          for (const { verdict, order } of entry.decisions) if (verdict !== "refuse") this.durable.add(order.id);
      }
    }
  }
}
