// A strategy at a simulated venue on a recording of a whole book: reads, makes the tape, trades it, and counts what came of it.
import { TruewindError } from "#base/errors.js";
import { type Instrument, type Lots, toLots, toTicks } from "#domain/instrument.js";
import type { Order, OrderId, OrderTerms } from "#domain/order.js";
import { formatMicros, micros, type Micros } from "#domain/time.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import { approve } from "#risk/approve.js";
import type { BookVenue } from "#simulation/book/book-venue.js";
import { ASSUMED_OF_ALL, instrumentOf, IX, openPlace, openRecording, readTape, spanOf } from "./open-places.js";
import { type OrderDesk, Quoter } from "./quoter.js";
import { Script, type ScriptedOrder } from "./script.js";
import type { VenueSimulation } from "./simulation-file.js";
import { everySoOften, type Trader, tradeTape } from "./trade-tape.js";

export interface SimulatedFill {
  readonly order: string;
  readonly at: Micros;
  readonly side: "buy" | "sell";
  readonly price: number;
  readonly size: number;
  readonly fee: number;
}

export interface SimulationResult {
  readonly symbol: string;
  readonly format: string;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly looks: number;
  readonly seconds: number;
  /** What was assumed, sentence by sentence. */
  readonly assumptions: readonly string[];
  readonly orders: number;
  /** Orders that ended without having been filled whole, by the venue's reason. */
  readonly endings: Readonly<Record<string, number>>;
  readonly maker: { readonly fills: number; readonly size: number };
  readonly taker: { readonly fills: number; readonly size: number };
  /** Held at the end, in units; negative is short. */
  readonly position: number;
  readonly feesPaid: number;
  /** Cash and the position at the last mid-price that was seen; null when there is none. */
  readonly profit: number | null;
  readonly fills: readonly SimulatedFill[];
}

/** Throws `bad-file`, `bad-config`, `no-such-file`, or what `signal` was aborted with. */
export async function simulateRecording(simulation: VenueSimulation, signal: AbortSignal): Promise<SimulationResult> {
  const recording = await openRecording(simulation.recording);
  const { format } = recording;
  const instrument = instrumentOf(simulation, format.symbol);
  const tape = await readTape(recording, instrument, simulation.venue, signal);
  const { venue, seen, assumptions } = await openPlace(format.symbol, tape, instrument, simulation.venue, 0n);
  const [from, to] = spanOf(tape);
  const told = new Told(venue, instrument);
  const { trader, moments } = traderOf(simulation, instrument, told, from, to);
  const startedAt = performance.now();
  const looks = tradeTape(venue, seen, { look: trader.look.bind(trader), heard: (event) => told.heard(event, trader) }, moments, to, () =>
    signal.throwIfAborted(),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const { traded, holdings } = venue;
  const middle = (seen.bid + seen.ask) / 2;
  const held = holdings.lots[IX] as number;
  const profit = holdings.cash() + (held === 0 ? 0 : held * instrument.lotSize * middle * instrument.tickSize);
  return {
    symbol: format.symbol,
    format: format.name,
    from: formatMicros(micros(from)),
    to: formatMicros(micros(to)),
    rows: tape.length,
    looks,
    seconds,
    assumptions: [...assumptions, ...ASSUMED_OF_ALL],
    orders: told.orders,
    endings: Object.fromEntries(told.endings),
    maker: { fills: traded.makerFills, size: traded.makerLots * instrument.lotSize },
    taker: { fills: traded.takerFills, size: traded.takerLots * instrument.lotSize },
    position: held * instrument.lotSize,
    feesPaid: told.feesPaid,
    profit: Number.isNaN(profit) ? null : profit,
    fills: told.fills,
  };
}

/** Counts what is sent and heard. */
class Told implements OrderDesk {
  readonly fills: SimulatedFill[] = [];
  readonly endings = new Map<string, number>();
  orders = 0;
  feesPaid = 0;

  constructor(
    private readonly venue: BookVenue,
    private readonly instrument: Instrument,
  ) {}

  /** The strategies here have no more limits than their own: nothing of this ever reaches a venue that is not simulated. */
  submit(order: Order): void {
    this.orders++;
    this.venue.submit(approve(order));
  }

  cancel(id: OrderId): void {
    this.venue.cancel(id);
  }

  heard(event: VenueEvent, trader: Trader): void {
    if (event.kind === "fill") this.note(event);
    else if (event.kind === "order-cancelled" || event.kind === "order-rejected" || event.kind === "order-expired") {
      this.endings.set(event.reason, (this.endings.get(event.reason) ?? 0) + 1);
    }
    trader.heard(event);
  }

  private note({ order, at, lots, price, feeMicro }: Fill): void {
    const { tickSize, lotSize } = this.instrument;
    const fee = Number(feeMicro) / 1e6;
    this.feesPaid += fee;
    const size = rounded(Math.abs(lots) * lotSize);
    this.fills.push({ order, at, side: lots > 0 ? "buy" : "sell", price: rounded(price * tickSize), size, fee });
  }
}

/** Without the crumbs of a product of decimals. */
function rounded(value: number): number {
  return Number(value.toPrecision(15));
}

function traderOf(
  { strategy }: VenueSimulation,
  instrument: Instrument,
  desk: OrderDesk,
  from: number,
  to: number,
): { trader: Trader; moments: Iterable<number> } {
  if ("quoter" in strategy) {
    const { everyMs, size, offsetTicks, most } = strategy.quoter;
    const [lots, mostLots] = [toLots(size, instrument), toLots(most, instrument)];
    if (lots < 1 || mostLots < 1)
      throw new TruewindError("bad-config", `strategy.quoter: size and most must be at least one lot of ${instrument.lotSize}.`);
    const everyUs = Math.max(1, Math.round(everyMs * 1000));
    return { trader: new Quoter({ everyUs, lots, offsetTicks, mostLots }, IX, desk), moments: everySoOften(from, everyUs, to) };
  }
  const script = new Script(
    strategy.orders.map((order, k) => scriptedOf(order, k, instrument)),
    desk,
  );
  return { trader: script, moments: script.moments.filter((at) => at <= to) };
}

function scriptedOf(
  {
    at,
    side,
    size,
    type,
    limit,
    trigger,
    trail,
    cancelAt,
    timeInForce,
    postOnly,
    reduceOnly,
  }: Extract<VenueSimulation["strategy"], { orders: unknown }>["orders"][number],
  k: number,
  instrument: Instrument,
): ScriptedOrder {
  const lots = toLots(side === "buy" ? size : -size, instrument);
  if (lots === 0) throw new TruewindError("bad-config", `strategy.orders.${k}: ${size} is less than one lot of ${instrument.lotSize}.`);
  const terms: OrderTerms = {
    ...(trigger === undefined ? {} : { trigger: toTicks(trigger, instrument) }),
    ...(trail === undefined ? {} : { trail: toTicks(trail, instrument) }),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    ...(postOnly === undefined ? {} : { postOnly }),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
  };
  const id = `o${k + 1}` as OrderId;
  const order: Order = {
    id,
    instrument: IX,
    lots: lots as Lots,
    type,
    limit: limit === undefined ? null : toTicks(limit, instrument),
    createdAt: at as Micros,
    terms,
  };
  return { order, cancelAt: cancelAt ?? null };
}
