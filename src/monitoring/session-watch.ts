// Watches a session as its journal sees it, and says at each mark what the backtest never showed. It acts on nothing: alerts are notes, and a
// person or a risk limit decides what follows. The same events give the same alerts, so a resumed session repeats them.
import type { EngineEvent } from "#domain/event.js";
import type { Instrument } from "#domain/instrument.js";
import type { RiskDecision } from "#domain/order.js";
import type { AlertNote } from "#domain/session-note.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import { BUILDING_SESSIONS, type Expectation, distanceTo, limits } from "./expectation.js";
import { FillQuality, type FillQualityState, type ModelledCosts } from "./fill-quality.js";

export interface WatchState {
  readonly quality: FillQualityState;
  readonly lastBar: readonly number[];
  readonly marks: readonly number[];
  readonly recent: readonly Tally[];
  readonly today: Tally;
  readonly alerts: readonly AlertNote[];
  readonly sessions: number;
  readonly told: number | null;
}

/** Counts of a day. */
interface Tally {
  orders: number;
  refused: number;
  rejected: number;
  rows: number;
  late: number;
  /** Base currency. */
  realised: number;
  modelled: number;
}

/** What the account did in the session that ends with a mark. */
export interface WatchedDay {
  readonly at: Micros;
  /** First moment of the session. */
  readonly since: Micros;
  /** Net return, fraction. */
  readonly netReturn: number;
  readonly turnover: number;
  readonly positions: number;
}

export interface WatchFindings extends Pick<Tally, "orders" | "refused" | "rejected" | "late" | "realised" | "modelled"> {
  readonly silent: number;
  readonly alerts: readonly AlertNote[];
}

const RECENT = 20;
/** Marks that rows may be late for. */
const REMEMBERED_MARKS = 3;

export interface SessionWatchParts {
  readonly instruments: readonly Instrument[];
  readonly costs: ModelledCosts;
  /** Null: nothing is known to compare with; only what needs no comparison is watched. */
  readonly expected: Expectation | null;
  /** Units of base currency per unit of the instrument's, now. */
  readonly rate: (instrument: number) => number;
  /** 1 for each instrument that may be filled while no bar of it is printed; null: none may. */
  readonly quoted?: Uint8Array | null;
  /** Rows seen before are history: not judged. */
  readonly from: Micros;
}

export class SessionWatch {
  private readonly quality: FillQuality;
  /** End of each instrument's last bar; 0 for none. */
  private readonly lastBar: Float64Array;
  /** Of the last marks: when they were, latest first. */
  private marks: number[] = [];
  private recent: Tally[] = [];
  private today = empty();
  private alerts: AlertNote[] = [];
  private sessions = 0;
  /** Names held that were said to be too many or too few, so that what stays so is said once; null: as many as the backtest held. */
  private told: number | null = null;

  constructor(private readonly parts: SessionWatchParts) {
    this.quality = new FillQuality(parts.instruments, parts.costs, limits.fillDistance);
    this.lastBar = new Float64Array(parts.instruments.length);
  }

  event(event: EngineEvent): void {
    if (event.kind === "market") {
      const { batch, start, end } = event;
      if (batch.kind !== "bar") return;
      const watched = event.seenAt >= this.parts.from;
      for (let row = start; row < end; row++) {
        this.lastBar[batch.instrument[row] as number] = batch.at[row] as number;
        if (!watched) continue;
        this.today.rows++;
        if ((batch.at[row] as number) < (this.marks[0] ?? 0)) this.today.late++;
      }
      for (const fill of this.quality.bars(batch, start, end)) {
        const rate = this.parts.rate(fill.instrument);
        this.today.realised += fill.realised * rate;
        this.today.modelled += fill.modelled * rate;
        if (fill.distance > fill.allowed)
          this.alert(
            event.seenAt,
            "fill-price",
            fill.distance,
            fill.allowed,
            `A fill of ${this.name(fill.instrument)} is ${percent(fill.distance)} from the modelled price; ${percent(fill.allowed)} is allowed.`,
          );
      }
    } else if (event.kind === "fill") this.quality.filled(event);
    else if (event.kind === "order-rejected") this.today.rejected++;
    else if (event.kind === "split") this.quality.split(event);
  }

  decision(decisions: readonly RiskDecision[]): void {
    for (const { verdict, order } of decisions) {
      this.today.orders++;
      if (verdict === "refuse") this.today.refused++;
      else this.quality.ordered(order);
    }
  }

  signals({ asOf, expectedReturn }: Signals): void {
    const { expected } = this.parts;
    if (expected === null || expected.predictions === null) return;
    const distance = distanceTo(expected.predictions, expectedReturn);
    const limit = Math.min(1, expected.mostShift * limits.shiftTimes);
    if (distance > limit)
      this.alert(
        asOf,
        "prediction-shift",
        distance,
        limit,
        `The predictions lie ${distance.toFixed(3)} from their law in the backtest, where no decision lay farther than ${expected.mostShift.toFixed(3)}.`,
      );
  }

  /** Ends the day. */
  mark(day: WatchedDay): WatchFindings {
    this.sessions++;
    const { today } = this;
    const before = this.marks[0];
    const earlier = this.marks[1] ?? this.parts.from;
    let [here, silent] = [0, 0];
    for (const at of this.lastBar) {
      if (at >= day.since) here++;
      else if (before !== undefined && at > earlier && at <= before) silent++;
    }
    this.judge(day, silent, here);
    for (const fill of this.quality.forget(this.marks[REMEMBERED_MARKS - 1] ?? 0))
      if (this.parts.quoted?.[fill.instrument] !== 1)
        this.alert(day.at, "fill-price", 1, 0, `A fill of ${this.name(fill.instrument)} happened while no bar of it was printed.`);
    this.marks = [day.at, ...this.marks].slice(0, REMEMBERED_MARKS);
    this.recent = [...this.recent, today].slice(-RECENT);
    this.today = empty();
    const { alerts } = this;
    this.alerts = [];
    const { orders, refused, rejected, late, realised, modelled } = today;
    return { orders, refused, rejected, late, realised, modelled, silent, alerts };
  }

  save(): WatchState {
    const { marks, recent, today, alerts, sessions, told } = this;
    const [quality, lastBar] = [this.quality.save(), [...this.lastBar]];
    return { quality, lastBar, marks, recent: [...recent], today: { ...today }, alerts, sessions, told };
  }

  load(state: WatchState): void {
    this.quality.load(state.quality);
    this.lastBar.set(state.lastBar);
    this.marks = [...state.marks];
    this.recent = [...state.recent];
    this.today = { ...state.today };
    this.alerts = [...state.alerts];
    this.sessions = state.sessions;
    this.told = state.told;
  }

  private judge({ at, netReturn, turnover, positions }: WatchedDay, silent: number, here: number): void {
    const { today } = this;
    const known = silent + here;
    if (here === 0) this.alert(at, "stale-feed", 1, limits.silent, "Nothing was printed in this session.");
    else if (silent > limits.silent * known)
      this.alert(
        at,
        "stale-feed",
        silent / known,
        limits.silent,
        `${silent} of ${known} names that printed the session before have no bar.`,
      );
    if (today.rows > 0 && today.late > limits.late * today.rows)
      this.alert(
        at,
        "late-bars",
        today.late / today.rows,
        limits.late,
        `${today.late} of ${today.rows} bars came after the mark that waited for them.`,
      );
    const { expected } = this.parts;
    if (expected === null) return;
    this.judgeOrders(at, expected);
    const sigma = deviation(expected.returns);
    const jump = Math.abs(netReturn - average(expected.returns)) / sigma;
    if (jump > limits.sigmas)
      this.alert(
        at,
        "pnl-jump",
        jump,
        limits.sigmas,
        `The day's return of ${percent(netReturn)} is ${jump.toFixed(1)} standard deviations of the backtest's sessions away.`,
      );
    if (this.sessions <= BUILDING_SESSIONS) return;
    const mostTurnover = expected.mostTurnover * limits.turnoverTimes;
    if (turnover > mostTurnover)
      this.alert(at, "turnover", turnover, mostTurnover, `${percent(turnover)} of the equity was traded in a session.`);
    const room = (count: number): number => Math.max(1, Math.ceil(count * limits.positions));
    const [least, most] = [expected.leastPositions - room(expected.leastPositions), expected.mostPositions + room(expected.mostPositions)];
    const outside = positions < least || positions > most;
    if (outside && positions !== this.told)
      this.alert(
        at,
        "positions",
        positions,
        positions < least ? least : most,
        `${positions} names are held; the backtest held ${expected.leastPositions} to ${expected.mostPositions}.`,
      );
    this.told = outside ? positions : null;
  }

  private judgeOrders(at: Micros, expected: Expectation): void {
    const last = [...this.recent, this.today].slice(-RECENT);
    const sum = (of: "orders" | "refused" | "rejected"): number => last.reduce((total, day) => total + day[of], 0);
    const orders = sum("orders");
    const bad = sum("refused") + sum("rejected");
    const limit = Math.max(limits.refusedShare, limits.refusedTimes * expected.refusedShare);
    // A handful of orders says nothing of shares.
    if (orders >= RECENT && bad > limit * orders)
      this.alert(at, "refused-share", bad / orders, limit, `${bad} of the last ${orders} orders were refused or rejected.`);
  }

  private alert(at: Micros, alert: AlertNote["alert"], figure: number, limit: number, detail: string): void {
    this.alerts.push({ kind: "alert", at, alert, figure, limit, detail });
  }

  private name(instrument: number): string {
    return this.parts.instruments[instrument]?.id ?? `instrument ${instrument}`;
  }
}

function empty(): Tally {
  return { orders: 0, refused: 0, rejected: 0, rows: 0, late: 0, realised: 0, modelled: 0 };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = average(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1));
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
