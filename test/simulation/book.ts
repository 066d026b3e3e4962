// The oracle's own book: positions, cash, prices, orders out and open breakers, folded from what the journal holds by the plainest rules. It
// shares no code with the engine's, never forgets an id, and is what the engine's book is held against after every step.
import type { Command, EngineEvent, TimerFired } from "#domain/event.js";
import type { BarBatch } from "#domain/market.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { BreakerLimits } from "#risk/breakers.js";

interface Out {
  readonly instrument: number;
  readonly lots: number;
  remaining: number;
}

export class Book {
  readonly lots: number[];
  /** Micro-units. */
  cash: bigint;
  readonly working = new Map<OrderId, Out>();
  /** Every order that was ever granted. */
  readonly granted = new Set<OrderId>();
  readonly price: number[];
  /** An instrument whose bars did not come in order, and each once; null while there is none. */
  turnedBack: number | null = null;
  private readonly barAt: number[] = [];
  /** A person has stopped trading, and nobody has said to go on. */
  stopped = false;
  /** Of an emergency stop: whether the way to zero is ordered, and whether trading was stopped when it came. */
  killed: { readonly flatten: boolean; stopped: boolean } | null = null;
  /** Equity at the last mark, and what was bought and sold since. */
  marked: number;
  traded = 0;
  /** Open breakers, `name` or `name:instrument`. */
  readonly open = new Set<string>();
  /** Equities that losses are measured from, and what each position cost on average. */
  private readonly base: { start: number; day: number; peak: number; week: number };
  private readonly cost: number[];
  private readonly fills = new Set<string>();
  private readonly postings = new Set<string>();

  constructor(
    names: number,
    cash: bigint,
    private readonly breakers: BreakerLimits,
  ) {
    this.lots = Array.from({ length: names }, () => 0);
    this.price = Array.from({ length: names }, () => Number.NaN);
    this.cost = [...this.price];
    this.cash = cash;
    const start = Number(cash) / 1e6;
    this.marked = start;
    this.base = { start, day: start, peak: start, week: start };
  }

  get equity(): number {
    return this.lots.reduce((sum, lots, i) => sum + (lots === 0 ? 0 : lots * (this.price[i] as number)), Number(this.cash) / 1e6);
  }

  /** Whether only reductions may leave. */
  closed(instrument: number): boolean {
    if (this.killed !== null) return true;
    for (const name of this.open) if (!name.includes(":") || name.endsWith(`:${instrument}`)) return true;
    return false;
  }

  decided({ verdict, order }: RiskDecision): void {
    if (verdict === "refuse") return;
    this.granted.add(order.id);
    this.working.set(order.id, { instrument: order.instrument, lots: order.lots, remaining: order.lots });
  }

  told(event: EngineEvent): void {
    switch (event.kind) {
      case "fill": {
        if (this.fills.has(event.fillId)) return;
        this.fills.add(event.fillId);
        const i = event.instrument;
        const held = this.lots[i] as number;
        const now = held + event.lots;
        // A lot is one share, and a tick a cent.
        const paid = event.price * 0.01;
        this.traded += Math.abs(event.lots) * paid;
        if (Number.isNaN(this.price[i])) this.price[i] = paid;
        if (now === 0) this.cost[i] = Number.NaN;
        else if (held * now <= 0) this.cost[i] = paid;
        else if (Math.abs(now) > Math.abs(held)) this.cost[i] = (held * (this.cost[i] as number) + event.lots * paid) / now;
        this.lots[i] = now;
        this.cash -= BigInt(event.lots) * BigInt(event.price) * 10_000n + event.feeMicro;
        const out = this.working.get(event.order);
        if (out === undefined || out.instrument !== event.instrument || Math.sign(event.lots) !== Math.sign(out.lots)) return;
        out.remaining -= event.lots;
        if (out.remaining * out.lots <= 0) this.working.delete(event.order);
        return;
      }
      case "cash":
        if (!this.postings.has(event.postingId)) this.cash += event.amountMicro;
        this.postings.add(event.postingId);
        return;
      case "order-rejected": {
        // What has filled cannot be rejected: it is counted on, and a person has to look.
        const out = this.working.get(event.order);
        if (out?.remaining === out?.lots) this.working.delete(event.order);
        return;
      }
      case "order-cancelled":
      case "order-expired":
        this.working.delete(event.order);
        return;
      case "market": {
        const { instrument, close, at } = event.batch as BarBatch;
        for (let row = event.start; row < event.end; row++) {
          const i = instrument[row] as number;
          if ((at[row] as number) <= (this.barAt[i] ?? 0)) this.turnedBack = i;
          this.barAt[i] = at[row] as number;
          this.price[i] = close[row] as number;
        }
        return;
      }
      case "timer":
        return this.valued(event);
      case "command":
        return this.commanded(event.command);
      default:
        return;
    }
  }

  private commanded(command: Command): void {
    switch (command.kind) {
      case "kill":
        this.killed = { flatten: command.flatten, stopped: this.killed?.stopped ?? this.stopped };
        this.open.add("kill");
        this.stopped = true;
        return;
      case "approve":
        this.approved(command.breaker);
        return;
      default: {
        const stops = command.kind !== "resume";
        if (this.killed === null) this.stopped = stops;
        else this.killed.stopped = stops;
      }
    }
  }

  /** Losses are measured anew from where a person has looked at them. */
  private approved(breaker: string | null): void {
    for (const name of this.open) {
      const [kind, instrument] = name.split(":");
      if (breaker !== null && kind !== breaker) continue;
      this.open.delete(name);
      if (kind === "daily-loss") this.base.day = this.equity;
      if (kind === "weekly-loss") this.base.week = this.equity;
      if (kind === "drawdown") this.base.peak = this.equity;
      if (kind === "portfolio-floor") this.base.start = this.equity;
      if (instrument !== undefined && this.lots[Number(instrument)] !== 0)
        this.cost[Number(instrument)] = this.price[Number(instrument)] as number;
      if (kind !== "kill" || this.killed === null) continue;
      this.stopped = this.killed.stopped;
      this.killed = null;
    }
  }

  /** A timer values the account, and a loss beyond its limit opens a breaker. The worlds last less than a week. */
  private valued({ name }: TimerFired): void {
    const { base, breakers, equity } = this;
    base.peak = Math.max(base.peak, equity);
    const beyond = (breaker: string, loss: number, most: number | null): void => {
      if (most !== null && loss > most + 1e-12) this.open.add(breaker);
    };
    beyond("daily-loss", 1 - equity / base.day, breakers.dailyLoss);
    beyond("weekly-loss", 1 - equity / base.week, breakers.weeklyLoss);
    beyond("drawdown", 1 - equity / base.peak, breakers.drawdown);
    beyond("portfolio-floor", 1 - equity / base.start, breakers.portfolioFloor === null ? null : 1 - breakers.portfolioFloor);
    this.lots.forEach((lots, i) => {
      if (lots !== 0)
        beyond(`single-position:${i}`, Math.sign(lots) * (1 - (this.price[i] as number) / (this.cost[i] as number)), breakers.positionLoss);
    });
    if (name !== "mark") return;
    base.day = equity;
    this.marked = equity;
    this.traded = 0;
  }

  /** Every position of an instrument that any subset of the orders out can lead to. */
  positions(instrument: number): number[] {
    let reached = [this.lots[instrument] as number];
    for (const { instrument: i, remaining } of this.working.values())
      if (i === instrument) reached = [...new Set(reached.flatMap((lots) => [lots, lots + remaining]))];
    return reached;
  }
}
