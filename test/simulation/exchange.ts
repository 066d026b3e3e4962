// The exchange: the real simulated venue on exchange time, and what only an exchange knows for certain: which orders arrived, what was filled,
// what every account holds. It is the truth against which everything else is held.
import type { OrderId, ApprovedOrder } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import type { VenueSnapshot } from "#ports/venue.js";
import { PRINTS, printTime } from "#simulation/venue/bar-path.js";
import type { CostModel } from "#simulation/venue/costs.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { USD } from "#test/fixtures/toy-market.js";
import type { BarBatch } from "#domain/market.js";
import type { SimMarket } from "./market.js";
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

export class Exchange {
  readonly venue: SimulatedVenue;
  readonly names: number;
  /** What was ever posted, micro-units. */
  posted = 0n;
  /** All fills that ever happened. */
  readonly fills: Fill[] = [];
  /** Every order that ever arrived, as it arrived first. */
  readonly received = new Map<OrderId, ApprovedOrder>();
  private works: ReadonlySet<OrderId> | null = null;
  /** Ids that arrived again as another order: never. */
  readonly reused: OrderId[] = [];

  constructor(
    market: SimMarket,
    cashMicro: bigint,
    financed: boolean,
    private readonly time: VirtualTime,
    private readonly say: (event: VenueEvent) => void,
  ) {
    this.names = market.instruments.length;
    this.venue = new SimulatedVenue(market.instruments, USD, cashMicro, financed ? { ...COSTS, ...FINANCED } : COSTS);
    for (const slice of market.slices) {
      const batch = slice.batch as BarBatch;
      time.at(batch.openAt[slice.start] as number, () => this.venue.show(slice));
      for (let k = 0; k < PRINTS; k++) time.at(printTime(batch, slice.start, k), () => this.advance());
      time.at(slice.at, () => {
        this.advance();
        this.venue.complete(slice);
      });
    }
    for (const { closeAt } of market.sessions)
      time.at(closeAt + 1, () => {
        this.venue.accrue(time.now as Micros);
        this.advance();
      });
  }

  submit(order: ApprovedOrder): void {
    const known = this.received.get(order.id);
    if (known === undefined) this.received.set(order.id, order);
    else if (JSON.stringify(known) !== JSON.stringify(order)) this.reused.push(order.id);
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

  /** Orders that can still fill. */
  open(): ReadonlySet<OrderId> {
    this.works ??= new Set(this.venue.save().orders.resting.map(({ order }) => order.id));
    return this.works;
  }

  private advance(): void {
    this.venue.advance(this.time.now);
    for (let event = this.venue.take(); event !== undefined; event = this.venue.take()) {
      this.works = null;
      if (event.kind === "fill") this.fills.push(event);
      if (event.kind === "cash") this.posted += event.amountMicro;
      this.say(event);
    }
  }
}
