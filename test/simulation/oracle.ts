// What must hold in every simulated world, whatever goes wrong. It looks on at four places: the journal, the engine, the line and the exchange;
// the first law that is broken is kept.
import { ByteReader } from "#base/bytes.js";
import { blocks, firstEntryBlock } from "#adapters/stores/journal/file.js";
import { readEntry, type StoredEntry } from "#adapters/stores/journal/codec.js";
import type { EngineEvent } from "#domain/event.js";
import type { ApprovedOrder, Order, OrderId, RiskDecision, WorkingOrder } from "#domain/order.js";
import { MINUTE_US } from "#domain/time.js";
import type { TargetPortfolio } from "#domain/signal.js";
import type { Engine } from "#engine/engine.js";
import { USD } from "#test/fixtures/toy-market.js";
import { Book, isGuard } from "./book.js";
import type { Exchange } from "./exchange.js";
import { brokenLimit } from "./limits-law.js";
import type { Line } from "./line.js";
import type { SimMarket } from "./market.js";
import { brokenPortfolio } from "./portfolio-law.js";
import type { Setting } from "./setting.js";
import type { SimDisk } from "./sim-disk.js";
import { borrowableAt } from "./venue-law.js";

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

/** First byte of a decision in the journal. */
const DECISION = 5;

/** Where nothing is lost any more, whatever was called back is gone after this: the books are compared every three minutes. */
const CALLED_BACK_US = 4 * MINUTE_US;

export class Oracle {
  violation: Violation | null = null;
  book: Book;
  /** The exchange has lied: what it says of its orders need not be so until the books are compared. */
  lied = false;
  /** Nothing happens in this world that could not be asked: no lie, no clock that is set, no split that comes behind its bars. */
  isHonest = false;
  private readonly durable = new Set<OrderId>();
  private parsed = 0;
  /** When the process was first seen to have called an order back that works. */
  private readonly recalledAt = new Map<OrderId, number>();
  /** Of the account before a split; NaN before anything else. */
  private worth = Number.NaN;
  /** At this event orders may be made; and whatever is held has its exits placed. */
  private ordering = false;
  private guarding = false;
  private deciding = false;
  /** What was decided at this event; null where nothing was. */
  private target: TargetPortfolio | null = null;
  /** Before it. */
  private wanted = new Float64Array(0);
  /** Names whose exits risk has refused at this event. */
  private readonly unguarded = new Set<number>();
  /** A split was booked while the venue could not be asked for the fills before it. */
  private splitUnasked = false;
  private list: readonly WorkingOrder[] = [];
  private byId: ReadonlyMap<OrderId, number> = new Map();

  constructor(
    private readonly market: SimMarket,
    private readonly cash: bigint,
    private readonly setting: Setting,
    private readonly disk: SimDisk,
    private readonly journal: string,
  ) {
    this.book = this.newBook();
  }

  private newBook(): Book {
    return new Book(this.market, this.cash, this.setting);
  }

  broken(invariant: string, detail: string): void {
    this.violation ??= { invariant, detail };
  }

  /** A process has started: what its journal holds is what it must know. */
  started(entries: Iterable<StoredEntry>, engine: Engine): void {
    this.book = this.newBook();
    this.recalledAt.clear();
    this.parsed = 0;
    for (const entry of entries) {
      if (entry.kind === "decision") for (const decision of entry.decisions) this.book.decided(decision);
      else if (entry.kind === "event" && entry.event.kind !== "rows") this.book.told(entry.event);
    }
    this.book.contradicted = false; // judged when it was told; a person may have gone on since
    this.same("recovered", engine);
  }

  /** Before each step of the engine. */
  stepping(event: EngineEvent, engine: Engine): void {
    this.ordering = event.kind === "timer" && event.name !== "mark";
    this.target = null;
    this.deciding = event.kind === "timer" && (event.name === "decide" || event.name === "adjust");
    if (this.deciding) this.wanted = Float64Array.from(engine.account.desired);
    this.guarding = this.ordering && event.kind === "timer" && event.name !== "adjust";
    this.unguarded.clear();
    this.worth = event.kind === "split" ? worthOf(engine) : Number.NaN;
    this.splitUnasked ||= (event.kind === "split" || event.kind === "delisting") && !engine.connected;
    this.book.told(event);
  }

  /** After it. */
  stepped(engine: Engine): void {
    this.same("book", engine);
    const change = Math.abs(worthOf(engine) - this.worth);
    if (change > 1e-3) this.broken("split", `a split changed what the account is worth by ${change}`);
    if (this.book.contradicted && engine.mode === "running")
      this.broken("corporate actions", "one was told otherwise than before, and the engine runs");
    this.book.contradicted = false;
    this.checkOut(engine);
    this.checkBorrowed(engine);
    this.checkPortfolio(engine);
    if (this.ordering && this.setting.protection !== null && engine.mode === "running" && engine.connected) this.checkExits(engine);
  }

  /** A decision has its portfolio. */
  built(target: TargetPortfolio): void {
    this.target = target;
  }

  private checkPortfolio({ account: { desired } }: Engine): void {
    const { target, market } = this;
    const { optimized, protection } = this.setting;
    if (target?.answer === undefined || optimized === null || !this.deciding) return;
    // What has lasted long enough goes, and what was recalled, whatever else is traded.
    const budgeted =
      !optimized.stops &&
      (protection?.time ?? null) === null &&
      market.rules === null &&
      target.answer.step === optimized.options.objective;
    const wrong = brokenPortfolio(this.book, optimized.options, target.weights, desired, budgeted);
    if (wrong !== null) this.broken("portfolio", wrong);
  }

  /** At a decision no more short is asked for than can be borrowed, and what is held beyond it is covered; what stood and was not asked for anew may stay. */
  private checkBorrowed({ mode, connected, now, account: { desired } }: Engine): void {
    const { rules } = this.market;
    if (rules === null || !this.deciding || mode !== "running" || !connected) return;
    desired.forEach((lots, i) => {
      const lent = borrowableAt(rules, i, now);
      if (lots < -lent && (lots !== this.wanted[i] || (this.book.lots[i] as number) < -lent))
        this.broken("venue", `${lots} lots of ${i} are wanted, and ${lent} can be borrowed`);
    });
  }

  /** What is held and wanted has lasted no longer than it may, and has all its exits. */
  private checkExits({ account: { desired, orders } }: Engine): void {
    const { exits, lots } = this.book;
    const out = orders.list().filter(({ order, recalled }) => isGuard(order) && !recalled);
    lots.forEach((held, i) => {
      if (held * (desired[i] as number) <= 0) return;
      if (exits.isOver(i)) this.broken("exits", `${held} lots of ${i} have been held long enough, and ${desired[i]} are wanted`);
      const guards = out.filter(({ order }) => order.instrument === i).length;
      if (this.guarding && guards !== exits.each && !this.unguarded.has(i))
        this.broken("exits", `${held} lots of ${i} have ${guards} exits, and ${exits.each} are asked for`);
    });
  }

  /** What could enlarge a position where a breaker is open is called back; a position has one pair of exits. */
  private checkOut({ account, connected }: Engine): void {
    const exits = new Map<number, string>();
    for (const { order, remaining, recalled } of account.orders.list()) {
      const { instrument: i, id, terms } = order;
      if (recalled) continue;
      if (isGuard(order)) {
        if (terms?.group?.kind !== "oco") continue;
        const other = exits.get(i) ?? terms.group.id;
        exits.set(i, other);
        if (other !== terms.group.id) this.broken("protection", `groups ${other} and ${terms.group.id} both guard ${i}`);
      } else if (connected && this.book.closed(i) && terms?.reduceOnly !== true) {
        const held = this.book.lots[i] as number;
        const reach = held + remaining;
        if (held * remaining >= 0 || reach * held < 0)
          this.broken("after a breaker", `order ${id} is out, could bring ${i} from ${held} to ${reach} lots, and is not called back`);
      }
    }
  }

  /** Before its decisions are journaled. */
  reviewed(orders: readonly Order[], decisions: readonly RiskDecision[], engine: Engine, aims?: Float64Array): void {
    if (orders.some(({ id }, k) => decisions[k]?.order.id !== id)) this.broken("limits", `${orders.length} orders have other verdicts`);
    for (const decision of decisions) {
      const beyond = isGuard(decision.order) ? null : this.book.brokenTail(decision, engine.now);
      if (beyond !== null) this.broken("losses", `order ${decision.order.id} of ${decision.order.lots} lots: ${beyond}`);
      if (decision.verdict === "refuse") {
        if (isGuard(decision.order)) this.unguarded.add(decision.order.instrument);
        continue;
      }
      const broken = isGuard(decision.order)
        ? null
        : brokenLimit(this.book, this.setting.limits, decision.order, decision.verdict === "approve" ? aims : undefined);
      if (isGuard(decision.order)) this.checkGuard(decision.order);
      if (broken !== null) this.broken("limits", `order ${decision.order.id} of ${decision.order.lots} lots: ${broken}`);
      this.book.decided(decision);
    }
    this.checkDesire(decisions, engine);
  }

  /** What guards a position is as large as it at most, or as the order that is to open it, and only reduces. */
  private checkGuard(order: Order): void {
    const { id, instrument, lots, terms } = order;
    const parent = terms?.group?.parent;
    const guarded = parent === undefined ? (this.book.lots[instrument] as number) : (this.book.granted.get(parent)?.lots ?? 0);
    if (lots * guarded >= 0 || Math.abs(lots) > Math.abs(guarded))
      this.broken("protection", `order ${id} of ${lots} lots guards ${guarded} lots of ${instrument}`);
    const wrong = this.book.exits.wrong(order);
    if (wrong !== null) this.broken("exits", `order ${id}: ${wrong}`);
  }

  /** An order leaves the process. */
  sent(order: ApprovedOrder, engine: Engine): void {
    this.readDurable();
    if (!this.durable.has(order.id)) this.broken("journal first", `order ${order.id} leaves, and the disk does not hold its decision`);
    if (!this.book.granted.has(order.id)) this.broken("orphan", `order ${order.id} leaves, and risk never granted it`);
    if (engine.mode === "halted") this.broken("after a halt", `order ${order.id} leaves while trading is halted: ${engine.reason}`);
    const { instrument, lots } = order;
    if (this.book.killed?.flatten === false)
      this.broken("after a kill", `order ${order.id} leaves, and nobody has asked for the way to zero`);
    if (isGuard(order)) return;
    const why = engine.mode === "flattening" ? "after a flatten" : this.book.closed(instrument) ? "after a breaker" : null;
    if (why === null) return;
    const held = this.book.lots[instrument] as number;
    let all = lots as number;
    for (const [id, out] of this.book.working)
      if (id !== order.id && out.instrument === instrument && !out.guards && out.lots * lots > 0) all += out.remaining;
    if (!(lots * held < 0 && Math.abs(all) <= Math.abs(held)))
      this.broken(
        why,
        `order ${order.id} of ${lots} lots of ${instrument} leaves while ${held} are held, and brings what is out that way to ${all}`,
      );
    if (this.book.killed?.flatten === false)
      this.broken("after a kill", `order ${order.id} leaves, and nobody has asked for the way to zero`);
  }

  /** Whatever happens anywhere: what works at the exchange, or is on its way there, is counted by the engine. */
  looked(engine: Engine, exchange: Exchange, line: Line, now: number, quietFrom: number): void {
    for (const [law, detail] of exchange.wrongs) this.broken(law, detail);
    const counts = (id: OrderId, where: string): void => {
      if (!this.lied && engine.mode === "running" && engine.connected && !this.counted(engine).has(id))
        this.broken("orphan", `order ${id} ${where}, and the engine trades on without counting it`);
    };
    for (const id of exchange.open()) {
      counts(id, "works at the exchange");
      if (engine.account.orders.find(id)?.recalled !== true) continue;
      const since = this.recalledAt.get(id) ?? now;
      this.recalledAt.set(id, since);
      if (engine.connected && now > Math.max(since, quietFrom) + CALLED_BACK_US)
        this.broken("called back", `order ${id} was called back at ${since / 1e6}, and works at the exchange still`);
    }
    for (const id of line.onTheWay.keys()) {
      const order = engine.account.orders.find(id)?.order;
      const left = order !== undefined && Number.isNaN(engine.account.price[order.instrument]); // the exchange will refuse it
      if (!exchange.received.has(id) && !left) counts(id, "is on its way");
    }
  }

  /** At rest: the books are one, or trading has stopped with a reason. */
  rested(engine: Engine, exchange: Exchange): void {
    const theirs = exchange.venue.holdings;
    const folded = this.newBook();
    for (const event of exchange.history) folded.told(event);
    if (theirs.ledger.balance(USD) !== folded.cash) this.broken("conservation", "cash at the exchange is not what has happened there");
    folded.lots.forEach((lots, i) => {
      if (theirs.lots[i] !== lots) this.broken("conservation", `position ${i} at the exchange is not what has happened there`);
    });
    this.checkReason(engine);
    const { account } = engine;
    for (let i = 0; i < this.market.instruments.length; i++)
      if (account.lots[i] !== theirs.lots[i])
        this.unequal(engine, `${account.lots[i]} lots of ${i} are held by the engine's book, ${theirs.lots[i]} by the exchange's`);
    const [ours, real] = [account.holdings.ledger.balance(USD), theirs.ledger.balance(USD)];
    for (const [reason, total] of [
      ["funding", -account.fundingTotal],
      ["borrow", -account.borrowTotal],
      ["interest", account.interestTotal],
    ] as const) {
      const paid = exchange.postings.reduce((sum, one) => sum + (one.reason === reason ? Number(one.amountMicro) / 1e6 : 0), 0);
      if (Math.abs(paid - total) > 1e-6)
        this.unequal(engine, `${reason} comes to ${total} by the engine's book, to ${paid} by the exchange's`);
    }
    if (ours !== real) this.unequal(engine, `cash is ${ours} by the engine's book, ${real} by the exchange's`);
    const open = exchange.open();
    // What was called back or refused last is answered when nobody listens any more.
    for (const { order, recalled } of account.orders.list())
      if (!open.has(order.id) && !recalled && !(exchange.refused.has(order.id) && order.createdAt === engine.now))
        this.unequal(engine, `order ${order.id} works by the engine's book alone`);
  }

  /** Whoever is honest, and keeps his clock, is understood: trading stops for a person, and for nothing that could have been asked. */
  private checkReason({ reason }: Engine): void {
    // A split that falls into the asking makes books differ that are one before and after it.
    const difference = !this.setting.acts && reason.includes("book is not ours");
    const behindSplit = this.splitUnasked && reason.startsWith("fill "); // of a basis that nobody can tell any more
    if (this.isHonest && (difference || (!behindSplit && /^fill |^order /.test(reason)))) this.broken("needless halt", reason);
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
      if (verdict === "refuse" || isGuard(order)) continue;
      const { instrument, lots } = order;
      const wanted = engine.account.desired[instrument] as number;
      let all = this.book.lots[instrument] as number;
      for (const out of this.book.working.values()) if (out.instrument === instrument && !out.guards) all += out.remaining;
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
        const bytes = reader.bytes();
        if (bytes[0] !== DECISION) continue; // most are none
        const entry = readEntry(new ByteReader(bytes));
        if (entry.kind === "decision")
          for (const { verdict, order } of entry.decisions) if (verdict !== "refuse") this.durable.add(order.id);
      }
    }
  }
}

/** At the last prices. */
function worthOf({ account: { holdings } }: Engine): number {
  return holdings.lots.reduce((sum, lots, i) => sum + (lots === 0 ? 0 : lots * (holdings.price[i] as number)), holdings.cash());
}
