// A journal that looks at the orders on recorded quotes: which of them met a gap of the recording, and what their size would do to the price by the
// square-root law, which no record of quotes can charge. Passes everything on; changes nothing.
import { squareRoot } from "#execution/impact/impact-model.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { Trip } from "#domain/breaker.js";
import type { EngineEvent } from "#domain/event.js";
import { type Instrument, fromTicks } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { QuoteUse, QuotedGaps } from "#domain/quote-use.js";
import { type Session, firstSessionFrom } from "#domain/session.js";
import type { SessionNote } from "#domain/session-note.js";
import { type Micros, SECOND_US } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import type { Journal } from "#ports/journal.js";
import type { QuoteGap } from "#simulation/venue/quote-rhythm.js";
import type { QuoteFeed } from "./recorded-quotes.js";

export interface QuoteLogParts {
  readonly feed: QuoteFeed;
  readonly instruments: readonly Instrument[];
  /** From an order's making to its arrival. */
  readonly latencyUs: number;
}

/** Times of the venue; lots are absolute. */
interface Sent {
  readonly instrument: number;
  /** Of the decision that it serves. */
  readonly decidedAt: number;
  readonly arrivesAt: number;
  left: number;
  /** Infinite while it is open. */
  endsAt: number;
}

/** All that was bought, or sold, of an instrument within a session without a turn. */
interface Way {
  readonly side: number;
  readonly session: number;
  units: number;
  /** In the instrument's currency. */
  traded: number;
}

export class QuoteLog implements Journal {
  private readonly orders = new Map<OrderId, Sent>();
  private decidedAt = Number.NEGATIVE_INFINITY;
  private readonly ways: readonly Way[][];
  /** By instrument, of the sessions traded: units, squared moves from close to close, and the last close. */
  private readonly volume: Float64Array;
  private readonly squares: Float64Array;
  private readonly close: Float64Array;

  constructor(
    private readonly next: Journal | null,
    private readonly parts: QuoteLogParts,
  ) {
    const { length } = parts.instruments;
    this.ways = parts.instruments.map(() => []);
    this.volume = new Float64Array(length);
    this.squares = new Float64Array(length);
    this.close = new Float64Array(length).fill(Number.NaN);
  }

  event(event: EngineEvent): void {
    switch (event.kind) {
      case "market":
        if (event.batch.kind === "bar") this.bars(event.batch, event.start, event.end);
        break;
      case "timer":
        if (event.name === "decide") this.decidedAt = event.seenAt;
        break;
      case "split":
        this.close[event.instrument] = Number.NaN;
        for (const sent of this.orders.values()) if (sent.instrument === event.instrument) sent.left *= event.ratio;
        break;
      case "fill":
        this.filled(event);
        break;
      case "order-rejected":
      case "order-cancelled":
      case "order-expired": {
        const sent = this.orders.get(event.order);
        if (sent !== undefined) sent.endsAt = event.at;
        break;
      }
      default:
    }
    this.next?.event(event);
  }

  decision(asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[], trips?: readonly Trip[]): void {
    for (const { verdict, order } of decisions) {
      const { id, instrument, lots, createdAt } = order;
      if (verdict === "refuse" || this.parts.feed.terms.quoted[instrument] !== 1) continue;
      const arrivesAt = createdAt + this.parts.latencyUs;
      this.orders.set(id, { instrument, decidedAt: this.decidedAt, arrivesAt, left: Math.abs(lots), endsAt: Number.POSITIVE_INFINITY });
    }
    this.next?.decision(asOf, decisions, cancels, trips);
  }

  attribution(attribution: DecisionAttribution): void {
    this.next?.attribution(attribution);
  }

  note(note: SessionNote): void {
    this.next?.note(note);
  }

  barrier(): void {
    this.next?.barrier();
  }

  /** `rate`: of an instrument's currency to the base. */
  use(rate: (instrument: number) => number): QuoteUse {
    const { terms, rhythm } = this.parts.feed;
    const gaps = rhythm.gaps.map((all) => this.traded(all));
    const ages = Array.from(terms.maxAge).filter((age, i) => terms.quoted[i] === 1 && Number.isFinite(age));
    const sent = [...this.orders.values()];
    const met = sent.filter(({ instrument, arrivesAt, endsAt }) =>
      (gaps[instrument] as readonly QuoteGap[]).some(({ unquotedFrom, to }) => arrivesAt < to && endsAt > unquotedFrom),
    );
    const decisions = (of: readonly Sent[]): number => new Set(of.map(({ decidedAt }) => decidedAt)).size;
    return {
      maxAgeSeconds: ages.length === 0 ? null : [seconds(Math.min(...ages)), seconds(Math.max(...ages))],
      gaps: gaps.flatMap((of, i) => gapsOf((this.parts.instruments[i] as Instrument).id, of)),
      orders: sent.length,
      ordersInGaps: met.length,
      decisions: decisions(sent),
      decisionsInGaps: decisions(met),
      traded: this.ways.reduce((sum, ways, i) => sum + rate(i) * ways.reduce((own, way) => own + way.traded, 0), 0),
      impact: this.impact(rate),
    };
  }

  /** Those of the sessions traded. */
  private traded(gaps: readonly QuoteGap[]): readonly QuoteGap[] {
    const { sessions } = this.parts.feed;
    const [from, to] = [(sessions[0] as Session).openAt, (sessions.at(-1) as Session).closeAt];
    return gaps.filter((gap) => gap.from >= from && gap.to <= to);
  }

  private impact(rate: (instrument: number) => number): QuoteUse["impact"] {
    const days = this.parts.feed.sessions.length;
    let [money, traded] = [0, 0];
    this.ways.forEach((ways, i) => {
      const market = { volatility: Math.sqrt((this.squares[i] as number) / days), volume: (this.volume[i] as number) / days };
      if (!(market.volume > 0)) return;
      for (const way of ways) {
        const cost = squareRoot.cost({ from: 0, to: way.units, stepVolume: market.volume }, market, 1);
        money += cost.lasting * way.traded * rate(i);
        traded += way.traded * rate(i);
      }
    });
    return { money, traded };
  }

  private bars({ instrument, at, close, volume }: BarBatch, start: number, end: number): void {
    const from = (this.parts.feed.sessions[0] as Session).openAt;
    for (let row = start; row < end; row++) {
      const i = instrument[row] as number;
      const last = close[row] as number;
      if ((at[row] as number) > from) {
        const move = Math.log(last / (this.close[i] as number));
        if (!Number.isNaN(move)) this.squares[i] = (this.squares[i] as number) + move * move;
        if ((volume[row] as number) > 0) this.volume[i] = (this.volume[i] as number) + (volume[row] as number);
      }
      this.close[i] = last;
    }
  }

  private filled({ order, instrument: i, at, lots, price }: Fill): void {
    const sent = this.orders.get(order);
    if (sent === undefined) return;
    sent.left -= Math.abs(lots);
    if (sent.left <= 0) sent.endsAt = at;
    const instrument = this.parts.instruments[i] as Instrument;
    const ways = this.ways[i] as Way[];
    const [side, session] = [Math.sign(lots), firstSessionFrom(this.parts.feed.sessions, at + 1)];
    let way = ways.at(-1);
    if (way === undefined || way.side !== side || way.session !== session) {
      way = { side, session, units: 0, traded: 0 };
      ways.push(way);
    }
    const units = Math.abs(lots) * instrument.lotSize;
    way.units += units;
    way.traded += units * fromTicks(price, instrument);
  }
}

function gapsOf(instrument: string, gaps: readonly QuoteGap[]): QuotedGaps[] {
  if (gaps.length === 0) return [];
  const lengths = gaps.map(({ from, to }) => to - from);
  const all = lengths.reduce((sum, length) => sum + length, 0);
  return [{ instrument, gaps: gaps.length, seconds: seconds(all), longestSeconds: seconds(Math.max(...lengths)) }];
}

/** To a tenth. */
function seconds(micros: number): number {
  return Math.round(micros / (SECOND_US / 10)) / 10;
}
