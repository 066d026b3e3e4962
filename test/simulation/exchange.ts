// The exchange: the real simulated venue on exchange time, and what only an exchange knows for certain: which orders arrived, what was filled,
// what every account holds. It is the truth against which everything else is held.
import type { OrderId, ApprovedOrder } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill, VenueEvent } from "#domain/venue-event.js";
import type { VenueSnapshot } from "#ports/venue.js";
import { PRINTS, printTime } from "#simulation/venue/bar-path.js";
import type { CostModel } from "#simulation/venue/costs.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { USD } from "#test/fixtures/toy-market.js";
import type { EngineEvent } from "#domain/event.js";
import type { BarBatch, QuoteBatch } from "#domain/market.js";
import type { VenueRules } from "#simulation/venue/rules.js";
import type { SimMarket } from "./market.js";
import { wrongOnQuotes } from "./quotes-law.js";
import { type SimRules, VenueLaw } from "./venue-law.js";
import type { VirtualTime } from "./virtual-time.js";

/** Interest and fees for borrowed shares are posted each evening in every fourth world, at rates that make cents of minutes. */
const FINANCED: Partial<CostModel> = { borrowBps: 20_000, cashRate: [{ from: 0, rate: 5 }] };

/** The way to and from it takes time elsewhere. */
const COSTS: CostModel = {
  feeBps: 5,
  halfSpreadBps: 3,
  impactBps: 20,
  participation: 0.2,
  borrowBps: 0,
  cashRate: [],
  latencyUs: 0,
};

/** What a venue with a bug takes for its rules and its quotes. */
export interface Misread {
  readonly rules?: ((rules: SimRules) => VenueRules) | undefined;
  readonly quotes?: ((batch: QuoteBatch) => QuoteBatch) | undefined;
}

export class Exchange {
  readonly venue: SimulatedVenue;
  readonly names: number;
  /** All that ever changed the account, and the prices that splits were paid out at, in the order of exchange time. */
  readonly history: EngineEvent[] = [];
  readonly fills: Fill[] = [];
  readonly postings: CashPosted[] = [];
  /** What may not be: which law, and in words; found as it happens. */
  readonly wrongs: (readonly [law: string, detail: string])[] = [];
  /** Null where the venue has no rules. */
  private readonly law: VenueLaw | null;
  /** Lots per instrument, fill by fill. */
  private readonly held: number[];
  /** Lots (absolute) that each group of orders may still fill. */
  private readonly groups = new Map<string, { readonly instrument: number; left: number }>();
  /** Every order that ever arrived, as it arrived first. */
  readonly received = new Map<OrderId, ApprovedOrder>();
  readonly refused = new Set<OrderId>();
  private said = 0;
  private works: ReadonlySet<OrderId> | null = null;

  constructor(
    private readonly market: SimMarket,
    cashMicro: bigint,
    financed: boolean,
    private readonly time: VirtualTime,
    private readonly say: (event: VenueEvent) => void,
    /** A bug of the venue. */
    { rules: misread = (rules: SimRules): VenueRules => rules, quotes: misquoted = (batch: QuoteBatch): QuoteBatch => batch }: Misread = {},
  ) {
    const { instruments, rules, quotes, sessions } = market;
    this.names = instruments.length;
    this.held = instruments.map(() => 0);
    this.law = rules === null ? null : new VenueLaw(rules, this.names);
    const costs = financed ? { ...COSTS, ...FINANCED } : COSTS;
    this.venue = new SimulatedVenue(
      instruments,
      USD,
      cashMicro,
      costs,
      rules !== null ? misread(rules) : quotes === null ? {} : { sessions },
      // A quote stands until the next one.
      quotes === null ? null : { quoted: quotes.quoted, maxAge: new Float64Array(this.names).fill(Infinity) },
    );
    if (quotes !== null) {
      this.venue.quote(misquoted(quotes.batch), 0);
      for (const at of quotes.batch.at) time.at(at, () => this.advance());
    }
    for (const at of new Set(rules?.funding.map((funding) => funding.at))) time.at(at, () => this.fund(at));
    for (const event of market.references)
      time.at(event.at, () => {
        this.advance(time.now - 1);
        this.venue.reference(event);
        this.history.push(event);
        this.held[event.instrument] = this.venue.holdings.lots[event.instrument] as number;
        this.works = null;
        if (event.kind !== "split") return;
        this.law?.split(event.instrument, event.ratio);
        for (const group of this.groups.values())
          if (group.instrument === event.instrument) group.left = Math.ceil(group.left * event.ratio - 1e-6);
      });
    for (const slice of market.slices) {
      const batch = slice.batch as BarBatch;
      time.at(batch.openAt[slice.start] as number, () => this.venue.show(slice));
      for (let k = 0; k < PRINTS; k++) time.at(printTime(batch, slice.start, k), () => this.advance());
      time.at(slice.at, () => {
        this.advance();
        this.venue.complete(slice);
        this.law?.closed(slice);
        this.history.push(slice);
      });
    }
    for (const { closeAt } of market.sessions)
      time.at(closeAt + 1, () => {
        const cash = Number(this.venue.holdings.ledger.balance(USD)) / 1e6;
        const said = this.postings.length;
        this.venue.accrue(time.now as Micros);
        this.advance();
        const { borrowBps, cashRate } = costs;
        const paid = this.postings.slice(said);
        this.wrong("venue", this.law?.wrongFinancing(time.now, this.held, cash, cashRate[0]?.rate ?? 0, borrowBps, paid));
      });
  }

  private fund(at: number): void {
    this.advance(at - 1);
    const said = this.postings.length;
    this.advance();
    this.wrong("venue", this.law?.wrongFunding(at, this.held, this.postings.slice(said)));
  }

  private wrong(law: string, detail: string | null | undefined): void {
    if (detail !== null && detail !== undefined) this.wrongs.push([law, detail]);
  }

  submit(order: ApprovedOrder): void {
    const known = this.received.get(order.id);
    if (known === undefined) {
      this.received.set(order.id, order);
      const { group } = order.terms ?? {};
      const size = Math.max(Math.abs(order.lots), group === undefined ? 0 : (this.groups.get(group.id)?.left ?? 0));
      if (group !== undefined) this.groups.set(group.id, { instrument: order.instrument, left: size });
    }
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(order))
      this.wrong("orders", `id ${order.id} was used for two orders`);
    this.advance();
    this.works = null;
    this.venue.submit({ ...order, createdAt: this.time.now } as ApprovedOrder); // it counts from when it is here
    this.advance();
  }

  cancel(id: OrderId): void {
    this.advance();
    this.venue.cancel(id);
    this.advance();
  }

  snapshot(): Promise<VenueSnapshot> {
    this.advance();
    return this.venue.snapshot();
  }

  fillsSince(at: Micros): readonly Fill[] {
    this.advance();
    return this.fills.filter((fill) => fill.at >= at);
  }

  postingsSince(at: Micros): readonly CashPosted[] {
    this.advance();
    return this.postings.filter((posting) => posting.at >= at);
  }

  /** Orders that can still fill. */
  open(): ReadonlySet<OrderId> {
    this.works ??= new Set(this.venue.save().orders.resting.map(({ order }) => order.id));
    return this.works;
  }

  /** Where there are quotes, the venue goes only as far as the next word that is to be heard. */
  private advance(to = this.time.now): void {
    do this.venue.advance(to);
    while (this.tell() && this.market.quotes !== null);
  }

  /** Whether there was anything. */
  private tell(): boolean {
    const before = this.said;
    for (let event = this.venue.take(); event !== undefined; event = this.venue.take()) {
      this.said++;
      this.works = null;
      if (event.kind === "fill") this.filled(event);
      if (event.kind === "cash") this.postings.push(event);
      if (event.kind === "fill" || event.kind === "cash") this.history.push(event);
      if (event.kind === "order-rejected") this.refused.add(event.order);
      this.say(event);
    }
    return this.said > before;
  }

  /** What only reduces neither enlarges nor turns a position; of a group no more is filled than one of it asks for. */
  private filled(fill: Fill): void {
    this.fills.push(fill);
    const { terms } = this.received.get(fill.order) as ApprovedOrder;
    const before = this.held[fill.instrument] as number;
    const after = before + fill.lots;
    this.held[fill.instrument] = after;
    this.wrong("venue", this.law?.wrongFill(fill, after));
    const { quotes, sessions, references } = this.market;
    const order = this.received.get(fill.order) as ApprovedOrder;
    if (quotes !== null) this.wrong("venue", wrongOnQuotes(quotes, sessions, fill, order, references.length === 0));
    if (terms?.reduceOnly && (before * fill.lots >= 0 || after * before < 0))
      this.wrong("orders", `order ${fill.order} only reduces, and its fill of ${fill.lots} lots leads from ${before} to ${after}`);
    const group = terms?.group === undefined ? undefined : this.groups.get(terms.group.id);
    if (group !== undefined) group.left -= Math.abs(fill.lots);
    if (group !== undefined && group.left < 0)
      this.wrong("orders", `more of group ${terms?.group?.id} was filled than any of its orders asks for`);
  }
}
