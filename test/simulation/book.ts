// The oracle's own book: positions, cash, prices, orders out, open breakers and the stage of capital, folded from what the journal holds by the plainest rules. It
// shares no code with the engine's, never forgets an id, and is what the engine's book is held against after every step.
import type { Command, EngineEvent, TimerFired } from "#domain/event.js";
import type { BarBatch } from "#domain/market.js";
import type { Dividend, Delisting, Split } from "#domain/corporate-action.js";
import type { ApprovedOrder, Order, OrderId, RiskDecision } from "#domain/order.js";
import type { SimMarket } from "./market.js";
import { TailLaw } from "./tail-law.js";
import { Exits } from "./exits-law.js";
import type { Setting } from "./setting.js";

interface Out {
  readonly instrument: number;
  readonly lots: number;
  remaining: number;
  fills: number;
  limit: number | null;
  readonly group: string | null;
  /** Ends a position and does nothing else: no step towards a target. */
  readonly guards: boolean;
}

/** Only reduces, and waits for its price or for another order. */
export function isGuard({ type, terms }: Order): boolean {
  return terms?.reduceOnly === true && (terms.group !== undefined || type.includes("stop"));
}

export class Book {
  readonly lots: number[];
  /** Micro-units. */
  cash: bigint;
  readonly working = new Map<OrderId, Out>();
  /** Every order that was ever granted. */
  readonly granted = new Map<OrderId, ApprovedOrder>();
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
  /** What was said of each split, dividend and delisting; whether one was told otherwise later. */
  private readonly actions = new Map<string, number>();
  contradicted = false;
  /** How much a split changed what the account is worth, at most, base currency. */
  splitChange = 0;
  /** Of staged capital. */
  private stage = 0;
  /** Where what guards a position belongs. */
  readonly exits: Exits;
  /** What the account may lose; null where nobody asks. */
  private readonly tail: TailLaw | null;

  constructor(
    market: SimMarket,
    cash: bigint,
    private readonly setting: Setting,
  ) {
    const names = market.instruments.length;
    this.exits = new Exits(names, setting.protection);
    this.tail = setting.losses === null ? null : new TailLaw(setting.losses, names, market);
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

  private guards(instrument: number): boolean {
    for (const out of this.working.values()) if (out.instrument === instrument && out.guards) return true;
    return false;
  }

  /** What may be at work, base currency. */
  get capital(): number {
    return this.setting.stages[this.stage]?.amount ?? Number.POSITIVE_INFINITY;
  }

  /** Whether only reductions may leave. */
  closed(instrument: number): boolean {
    if (this.killed !== null) return true;
    for (const name of this.open) if (!name.includes(":") || name.endsWith(`:${instrument}`)) return true;
    return false;
  }

  /** Of an order that it does not hold yet: what the account could lose beyond what it may, in words. */
  brokenTail(decision: RiskDecision, at: number): string | null {
    return this.tail?.broken(this, decision, at) ?? null;
  }

  decided({ verdict, order }: RiskDecision): void {
    if (verdict === "refuse") return;
    this.granted.set(order.id, order);
    const { instrument, lots, limit, terms } = order;
    this.working.set(order.id, {
      instrument,
      lots,
      remaining: lots,
      fills: 0,
      limit,
      group: terms?.group?.id ?? null,
      guards: isGuard(order),
    });
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
        this.exits.filled(i, held, event.lots, paid);
        this.lots[i] = now;
        this.cash -= BigInt(event.lots) * BigInt(event.price) * 10_000n + event.feeMicro;
        const order = this.granted.get(event.order);
        if (order === undefined || order.instrument !== i || Math.sign(event.lots) !== Math.sign(order.lots)) return;
        // What one of a group fills, the others lack.
        for (const [id, other] of this.working)
          if (id !== event.order && other.group !== null && other.group === order.terms?.group?.id)
            other.remaining = Math.sign(other.remaining) * Math.max(0, Math.abs(other.remaining) - Math.abs(event.lots));
        const out = this.working.get(event.order);
        if (out === undefined) return;
        out.fills++;
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
        if (this.working.get(event.order)?.fills === 0) this.working.delete(event.order);
        return;
      }
      case "order-cancelled":
      case "order-expired":
        this.working.delete(event.order);
        return;
      case "market": {
        const { instrument, high, low, close, at } = event.batch as BarBatch;
        for (let row = event.start; row < event.end; row++) {
          const i = instrument[row] as number;
          if ((at[row] as number) <= (this.barAt[i] ?? 0)) this.turnedBack = i;
          this.barAt[i] = at[row] as number;
          this.price[i] = close[row] as number;
          this.tail?.bar(i, at[row] as number, close[row] as number);
          this.exits.bar(i, high[row] as number, low[row] as number, close[row] as number);
        }
        return;
      }
      case "split":
      case "dividend":
      case "delisting":
        return this.acted(event);
      case "timer":
        return this.valued(event);
      case "command":
        return this.commanded(event.command);
      default:
        return;
    }
  }

  /** Once, however often it is told; told otherwise, not at all. Fractions of a share are paid out at the price on the new basis. */
  private acted(event: Split | Dividend | Delisting): void {
    const { instrument: i, kind } = event;
    const amount = kind === "split" ? event.ratio : kind === "dividend" ? event.amount : event.finalReturn;
    const identity = event.id ?? `${kind} ${i} ${event.at}${kind === "dividend" ? ` ${amount}` : ""}`;
    const before = this.actions.get(identity);
    if (before !== undefined) {
      if (before !== amount) this.contradicted = true;
      return;
    }
    this.actions.set(identity, amount);
    const held = this.lots[i] as number;
    const price = this.price[i] as number;
    if (kind === "dividend") {
      this.cash += productMicro(held, amount);
      this.tail?.acted(i, event.at, { cash: amount });
      this.cost[i] = (this.cost[i] as number) - amount;
      return;
    }
    if (kind === "delisting") {
      if (held !== 0) this.cash += productMicro(held, Math.max(0, price * (1 + amount)));
      this.lots[i] = 0;
      this.price[i] = this.cost[i] = Number.NaN;
      for (const [id, out] of this.working) if (out.instrument === i) this.working.delete(id);
      return;
    }
    const worth = this.equity;
    const [lots, fraction] = wholeOf(held * amount);
    this.lots[i] = lots;
    this.price[i] = price / amount;
    this.exits.split(i, amount);
    this.tail?.acted(i, event.at, { ratio: amount });
    this.cost[i] = (this.cost[i] as number) / amount;
    if (fraction !== 0) this.cash += productMicro(fraction, price / amount);
    this.splitChange = Math.max(this.splitChange, Math.abs(this.equity - worth));
    for (const [id, out] of this.working) {
      if (out.instrument !== i) continue;
      out.remaining = wholeOf(out.remaining * amount)[0];
      if (out.limit !== null) out.limit = out.remaining > 0 ? Math.floor(out.limit / amount + 1e-9) : Math.ceil(out.limit / amount - 1e-9);
      if (out.remaining === 0 || out.limit === 0) this.working.delete(id);
    }
  }

  private commanded(command: Command): void {
    switch (command.kind) {
      case "stage": {
        const at = this.setting.stages.findIndex(({ name }) => name === command.stage);
        if (at >= 0) this.stage = at;
        return;
      }
      case "kill":
        if (this.killed === null) this.stage = Math.max(0, this.stage - 1);
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
    const { base, equity } = this;
    const { breakers } = this.setting;
    const before = this.open.size;
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
    if (this.open.size > before) this.stage = Math.max(0, this.stage - 1);
    if (name !== "mark") return;
    base.day = equity;
    this.marked = equity;
    this.traded = 0;
  }

  /** Every position of an instrument that any subset of the orders out can lead to; `guarded`: also where what guards it has ended it before. */
  positions(instrument: number, guarded: boolean): number[] {
    const held = this.lots[instrument] as number;
    let reached = guarded && this.guards(instrument) ? [held, 0] : [held];
    for (const { instrument: i, remaining, guards } of this.working.values())
      if (i === instrument && !guards) reached = [...new Set(reached.flatMap((lots) => [lots, lots + remaining]))];
    return reached;
  }
}

/** Whole shares, and what is left over; a third of three hundred is a hundred. */
function wholeOf(exact: number): [whole: number, fraction: number] {
  const whole = Math.abs(exact - Math.round(exact)) < 1e-6 ? Math.round(exact) : Math.trunc(exact);
  const fraction = exact - whole;
  return [whole + 0, Math.abs(fraction) < 1e-6 ? 0 : fraction];
}

/** a x b in millionths, halves to even: of the decimals that the numbers are written as. */
function productMicro(a: number, b: number): bigint {
  const digits = (x: number): [bigint, number] => {
    const [whole = "0", places = ""] = String(x).split(".");
    return [BigInt(whole + places), places.length];
  };
  const [[x, m], [y, n]] = [digits(a), digits(b)];
  const [product, unit] = m + n >= 6 ? [x * y, 10n ** BigInt(m + n - 6)] : [x * y * 10n ** BigInt(6 - m - n), 1n];
  const size = product < 0n ? -product : product;
  const [quotient, rest] = [size / unit, size % unit];
  const up = 2n * rest > unit || (2n * rest === unit && quotient % 2n === 1n);
  return (product < 0n ? -1n : 1n) * (quotient + (up ? 1n : 0n));
}
