// Circuit breakers: losses that stop trading until a person has looked. A state machine without clock or input of its own: it is told fills,
// corporate actions, marks and valuations, and its latches are the same after any replay. Where one is open, only reductions pass.
// A value that is not known (NaN) trips nothing: orders that cannot be valued are refused elsewhere.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { BreakerName, TradingGate, Trip } from "#domain/breaker.js";
import { DAY_US, type Micros } from "#domain/time.js";

/** Fractions; null: there is no such breaker. Each trips when its figure is beyond the limit, not at it. */
export interface BreakerLimits {
  /** Loss since the last mark, of the equity at that mark. */
  readonly dailyLoss: number | null;
  /** Loss since the newest mark that is at least seven days old, of the equity at that mark; of the start while there is none. */
  readonly weeklyLoss: number | null;
  /** Loss since the highest equity of any valuation, of that equity. */
  readonly drawdown: number | null;
  /** Loss of one position since it was opened, of what it cost on average. Closes that instrument alone. */
  readonly positionLoss: number | null;
  /** Part of the equity at the start that must remain. */
  readonly portfolioFloor: number | null;
}

export const NO_BREAKERS: BreakerLimits = { dailyLoss: null, weeklyLoss: null, drawdown: null, positionLoss: null, portfolioFloor: null };

/** What a valuation shows, dense by instrument row. */
export interface Valued {
  readonly equity: number;
  readonly lots: Float64Array;
  readonly price: Float64Array;
}

const WEEK_US = 7 * DAY_US;
/** A loss of exactly the limit is none, whatever the last bit of a division says. */
const EDGE = 1e-12;
const NONE: readonly Trip[] = [];

export class Breakers implements TradingGate {
  private trips: readonly Trip[] = NONE;
  /** The first trip that closes all instruments; null while none does. */
  private whole: Trip | null = null;
  /** 1 where the instrument's own breaker is open. */
  private readonly closed: Uint8Array;
  /** Average cost per unit of what is held, in the instrument's currency, less dividends received; NaN where nothing is held. */
  private readonly cost: Float64Array;
  /** Equities that losses are measured from. */
  private start: number;
  private day: number;
  private peak: number;
  /** Marks of the last week and the newest one before it, oldest first: moments and equities. The first is the base of the weekly loss. */
  private markedAt: number[] = [Number.NEGATIVE_INFINITY];
  private marked: number[];

  constructor(
    readonly limits: BreakerLimits,
    instruments: number,
    startingEquity: number,
  ) {
    this.closed = new Uint8Array(instruments);
    this.cost = new Float64Array(instruments).fill(Number.NaN);
    this.start = startingEquity;
    this.day = startingEquity;
    this.peak = startingEquity;
    this.marked = [startingEquity];
  }

  /** What is open, in the order in which it opened. */
  get open(): readonly Trip[] {
    return this.trips;
  }

  get isKilled(): boolean {
    return this.isOpen("kill");
  }

  closedBy(instrument: number): string | null {
    if (this.whole !== null) return `breaker-${this.whole.breaker}`;
    return this.closed[instrument] === 1 ? "breaker-single-position" : null;
  }

  /** `held`: lots before the fill; `lots` signed, `price` in the instrument's currency. */
  filled(instrument: number, held: number, lots: number, price: number): void {
    const now = held + lots;
    if (now === 0) this.cost[instrument] = Number.NaN;
    else if (held === 0 || held * now < 0) this.cost[instrument] = price;
    else if (held * lots > 0) this.cost[instrument] = (held * (this.cost[instrument] as number) + lots * price) / now;
  }

  split(instrument: number, ratio: number): void {
    this.cost[instrument] = (this.cost[instrument] as number) / ratio;
  }

  /** `amount` per unit: what was paid out is no loss. */
  dividend(instrument: number, amount: number): void {
    this.cost[instrument] = (this.cost[instrument] as number) - amount;
  }

  delisted(instrument: number): void {
    this.cost[instrument] = Number.NaN;
  }

  /** Judges a valuation. Returns what has tripped by it: mostly nothing. */
  evaluate(at: Micros, { equity, lots, price }: Valued): readonly Trip[] {
    const { limits } = this;
    const before = this.trips;
    if (equity > this.peak) this.peak = equity;
    this.judge("daily-loss", limits.dailyLoss, 1 - equity / this.day, at);
    this.judge("weekly-loss", limits.weeklyLoss, 1 - equity / this.weekBase(at), at);
    this.judge("drawdown", limits.drawdown, 1 - equity / this.peak, at);
    const { portfolioFloor, positionLoss } = limits;
    this.judge("portfolio-floor", portfolioFloor === null ? null : 1 - portfolioFloor, 1 - equity / this.start, at);
    if (positionLoss !== null) {
      for (let i = 0; i < lots.length; i++) {
        const held = lots[i] as number;
        if (held === 0 || this.closed[i] === 1) continue;
        const cost = this.cost[i] as number;
        const grown = (price[i] as number) / cost - 1;
        const loss = held > 0 ? -grown : grown;
        if (cost > 0 && loss > positionLoss + EDGE)
          this.trip({ breaker: "single-position", instrument: i, at, measured: loss, allowed: positionLoss });
      }
    }
    return this.trips === before ? NONE : this.trips.slice(before.length);
  }

  /** A session has ended at this equity: the next day's loss is measured from it. */
  mark(at: Micros, equity: number): void {
    if (Number.isNaN(equity)) return; // the last known one stays the base
    this.day = equity;
    this.markedAt.push(at);
    this.marked.push(equity);
  }

  /** Pulled by hand. Null when it was open before. */
  kill(at: Micros): Trip | null {
    if (this.isKilled) return null;
    const trip: Trip = { breaker: "kill", instrument: null, at, measured: 0, allowed: 0 };
    this.trip(trip);
    return trip;
  }

  /**
   * A person opens trading again after this breaker, or after all (null). Its loss is measured from now on: that which tripped it would trip it
   * again at once. Breakers that are not open keep their bases.
   */
  approve(breaker: BreakerName | null, at: Micros, { equity, lots, price }: Valued): void {
    for (const trip of this.trips) {
      if (breaker !== null && trip.breaker !== breaker) continue;
      const i = trip.instrument;
      if (i !== null && lots[i] !== 0) this.cost[i] = price[i] as number;
      if (trip.breaker === "daily-loss") this.day = equity;
      if (trip.breaker === "drawdown") this.peak = equity;
      if (trip.breaker === "portfolio-floor") this.start = equity;
      if (trip.breaker === "weekly-loss") [this.markedAt, this.marked] = [[at], [equity]];
    }
    this.latch(breaker === null ? NONE : this.trips.filter((trip) => trip.breaker !== breaker));
  }

  save(): Uint8Array {
    return new ByteWriter(8 * this.cost.length + 512)
      .json(this.trips)
      .f64s(Float64Array.of(this.start, this.day, this.peak))
      .f64s(Float64Array.from(this.markedAt))
      .f64s(Float64Array.from(this.marked))
      .f64s(this.cost)
      .finish();
  }

  load(bytes: Uint8Array): void {
    const reader = new ByteReader(bytes);
    const trips = reader.json() as readonly Trip[];
    [this.start, this.day, this.peak] = reader.f64s() as unknown as [number, number, number];
    this.markedAt = [...reader.f64s()];
    this.marked = [...reader.f64s()];
    this.cost.set(reader.f64s());
    this.latch(trips);
  }

  private judge(breaker: BreakerName, limit: number | null, loss: number, at: Micros): void {
    if (limit !== null && loss > limit + EDGE && !this.isOpen(breaker))
      this.trip({ breaker, instrument: null, at, measured: loss, allowed: limit });
  }

  private trip(trip: Trip): void {
    this.latch([...this.trips, trip]);
  }

  private isOpen(breaker: BreakerName): boolean {
    for (const trip of this.trips) if (trip.breaker === breaker) return true;
    return false;
  }

  private latch(trips: readonly Trip[]): void {
    this.trips = trips;
    this.whole = trips.find(({ instrument }) => instrument === null) ?? null;
    this.closed.fill(0);
    for (const { instrument } of trips) if (instrument !== null) this.closed[instrument] = 1;
  }

  /** Forgets marks that no later week begins at. */
  private weekBase(at: number): number {
    while (this.markedAt.length > 1 && (this.markedAt[1] as number) <= at - WEEK_US) {
      this.markedAt.shift();
      this.marked.shift();
    }
    return this.marked[0] as number;
  }
}
