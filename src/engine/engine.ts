// The one loop. `step` is the only way in: one event at a time, fully handled before the next; time comes from the event.
// (1) refuse what cannot be, (2) journal it, (3) set the time, (4) absorb, (5) decide if it is the timer, (6) journal the
// decision and pass the barrier, (7) submit. Nothing else changes state.
import { invariant } from "#base/errors.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { Trip } from "#domain/breaker.js";
import type { TimerFired, Command, EngineEvent } from "#domain/event.js";
import { type Currency, type Instrument, fromTicks } from "#domain/instrument.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { LabelLaw, Signals, TargetPortfolio } from "#domain/signal.js";
import type { Order, OrderId, RiskDecision } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { Protection } from "#execution/protection.js";
import { desireLots, reconcile } from "#execution/reconcile.js";
import type { Journal } from "#ports/journal.js";
import type { ExecutionPolicy, FeaturePlan, Learner, MarketMemory, PortfolioBuilder, RiskEngine, Strategy } from "#ports/stages.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { type BreakerLimits, Breakers, NO_BREAKERS } from "#risk/breakers.js";
import { type CapitalStage, Stages } from "#risk/stages.js";
import { Account } from "./account.js";
import { fitToVenue } from "./fit-to-venue.js";
import { OutcomeMemory } from "./outcome-memory.js";
import { stagedView } from "./staged-view.js";

export interface EngineParts {
  readonly instruments: readonly Instrument[];
  readonly plan: FeaturePlan;
  readonly strategy: Strategy;
  readonly builder: PortfolioBuilder;
  readonly risk: RiskEngine;
  /** Losses that stop trading until a person approves; left out where none does. */
  readonly breakers?: BreakerLimits | undefined;
  /** How much may be at work, step by step; left out where all of the equity may. */
  readonly stages?: readonly CapitalStage[] | undefined;
  /** Left out: what the target lacks is ordered at once. */
  readonly execution?: ExecutionPolicy | undefined;
  /** Left out: nothing rests at the venue to end a position. */
  readonly protection?: Protection | undefined;
  readonly venue: ExecutionVenue;
  readonly journal: Journal;
  readonly baseCurrency: Currency;
  readonly startingCashMicro: bigint;
  /** The label that the models were trained on; needed by strategies that learn, and left out where none does. */
  readonly label?: LabelLaw | undefined;
  /** Told of each decision's signals; for measuring predictions. It may not act. */
  readonly onSignals?: (signals: Signals, frame: FeatureFrame) => void;
  /** Says why, once the orders of a decision are out: it is journaled behind them. It may not act or throw; null says nothing. */
  readonly explain?: (signals: Signals, frame: FeatureFrame, decisions: readonly RiskDecision[]) => Promise<DecisionAttribution> | null;
}

/** `running`; `halted`: nothing is ordered; `flattening`: only the way to zero is ordered. */
export type EngineMode = "running" | "halted" | "flattening";

export class Engine {
  readonly account: Account;
  private readonly parts: EngineParts;
  /** Null unless the strategy learns. */
  readonly outcomes: OutcomeMemory | null;
  /** Latches; also that of the emergency stop. */
  readonly breakers: Breakers;
  readonly stages: Stages;
  private time = 0 as Micros;
  private state: EngineMode = "running";
  private why = "";
  /** False from the loss of the line to the venue until its book has been compared with ours. */
  private online = true;
  /** Why trading stays halted once a kill has been approved; empty where it goes on. */
  private afterKill = "";
  /** True within a step, and for ever after one that threw: its state is half changed. */
  private busy = false;
  /** When orders were last made: ids are unique because no moment makes them twice. */
  private ordered = -1;

  constructor(parts: EngineParts) {
    this.parts = parts;
    const { strategy, label } = parts;
    if (strategy.learner !== undefined) invariant(label !== undefined, "a strategy that learns has no label to learn from");
    this.outcomes = strategy.learner === undefined || label === undefined ? null : new OutcomeMemory(label, parts.instruments.length);
    this.account = new Account(parts.instruments, parts.baseCurrency, parts.startingCashMicro);
    this.stages = new Stages(parts.stages);
    this.breakers = new Breakers(parts.breakers ?? NO_BREAKERS, parts.instruments.length, this.account.equity);
  }

  get now(): Micros {
    return this.time;
  }

  get mode(): EngineMode {
    return this.state;
  }

  /** Why the engine is not running; empty while it is. */
  get reason(): string {
    return this.why;
  }

  /** Nothing is ordered while the line to the venue is lost, whatever the mode. */
  get connected(): boolean {
    return this.online;
  }

  /** For `snapshot.ts` only. */
  get reasonAfterKill(): string {
    return this.afterKill;
  }

  /** The account as of the last event; valued when a timer fired. */
  get view(): PortfolioView {
    return this.account;
  }

  /** When orders were last made, Micros; -1 for never. */
  get orderedAt(): number {
    return this.ordered;
  }

  /**
   * Synchronous unless the decision itself returns a Promise. Throws on an event from the past or from within a step.
   * After a step that failed half-way every further step throws: restore a snapshot or run the journal again.
   */
  step(event: EngineEvent): void | Promise<void> {
    if (this.busy) invariant(false, "one event at a time, and none after one that failed");
    if (!(event.seenAt >= event.at)) invariant(false, `nothing is seen before it happens: at ${event.at}, seen ${event.seenAt}`);
    if (!(event.seenAt >= this.time)) invariant(false, `time runs forward: was ${this.time}, event seen ${event.seenAt}`);
    this.busy = true;
    this.parts.journal.event(event);
    if (this.time === 0) this.account.orders.begin(event.seenAt);
    this.time = event.seenAt;
    if (event.kind === "timer") {
      const pending = this.timer(event);
      if (pending !== undefined) return this.finish(pending);
    } else {
      this.absorb(event);
    }
    this.busy = false;
  }

  private async finish(pending: Promise<void>): Promise<void> {
    await pending;
    this.busy = false;
  }

  private absorb(event: Exclude<EngineEvent, TimerFired>): void {
    const { account } = this;
    switch (event.kind) {
      case "market":
        account.holdings.market(event.batch, event.start, event.end);
        this.parts.plan.advance(event.batch, event.start, event.end);
        this.parts.builder.memory?.market(event.batch, event.start, event.end);
        this.parts.execution?.market(event.batch, event.start, event.end);
        this.parts.risk.memory?.market(event.batch, event.start, event.end);
        this.outcomes?.market(event.batch, event.start, event.end);
        return;
      case "fill": {
        const held = account.lots[event.instrument] as number;
        const complaint = account.fill(event);
        const instrument = this.parts.instruments[event.instrument];
        if (instrument !== undefined && account.lots[event.instrument] !== held) {
          this.breakers.filled(event.instrument, held, event.lots, fromTicks(event.price, instrument));
          this.parts.protection?.filled(event, held);
        }
        if (complaint !== null)
          this.halt(complaint); // fail closed: a person has to look
        else this.protect(event.instrument, event.instrument + 1);
        return;
      }
      case "order-accepted":
      case "order-triggered":
      case "order-rejected":
      case "order-cancelled":
      case "order-expired":
      case "cancel-rejected":
      case "order-unanswered": {
        const complaint = account.orders.hear(event);
        if (complaint !== null) this.halt(complaint);
        return;
      }
      case "connection":
        this.online = event.state === "restored";
        if (!this.online) account.orders.lost();
        return;
      case "cash":
        account.posted(event);
        this.parts.journal.barrier(); // nobody can be asked for it again
        return;
      case "split":
        account.split(event);
        this.breakers.split(event.instrument, event.ratio);
        this.parts.protection?.split(event);
        this.parts.plan.reference(event);
        this.parts.builder.memory?.reference(event);
        this.parts.execution?.reference(event);
        this.parts.risk.memory?.reference(event);
        this.outcomes?.split(event);
        return;
      case "dividend":
        account.holdings.dividend(event);
        this.breakers.dividend(event.instrument, event.amount);
        this.parts.plan.reference(event);
        this.parts.builder.memory?.reference(event);
        this.parts.risk.memory?.reference(event);
        this.outcomes?.dividend(event);
        return;
      case "delisting":
        account.delisted(event);
        this.breakers.delisted(event.instrument);
        this.parts.protection?.delisted(event);
        this.outcomes?.delisted(event);
        return;
      case "fx":
        account.holdings.fx(event);
        return;
      case "fact":
        this.parts.plan.reference(event);
        return;
      case "command":
        this.obey(event.command);
        return;
      default:
        event satisfies never;
    }
  }

  private timer(event: TimerFired): void | Promise<void> {
    const { account } = this;
    // Taken also while the engine is halted: each moment of decision is a step of the history, whoever may act on it.
    const frame = event.name === "decide" || event.name === "observe" ? this.parts.plan.frame(event.seenAt, event.since) : null;
    if (event.name === "observe") return;
    account.revalue(this.time);
    this.guard();
    if (event.name === "mark") {
      account.mark(this.online);
      this.breakers.mark(this.time, account.equity);
      return;
    }
    if (this.state === "halted" || !this.online) return;
    if (event.name === "adjust" && this.state === "running") return this.adjust(event);
    if (frame === null || this.state === "flattening") {
      if (this.order().length === 0) this.parts.journal.barrier(); // told again later it could see more, and order something
      this.protect();
      return;
    }
    const { strategy } = this.parts;
    for (const outcome of this.outcomes?.ended(this.time) ?? []) strategy.learner?.learn(outcome);
    const signals = strategy.decide(frame, account);
    if (!(signals instanceof Promise)) return this.act(signals, frame);
    return signals.then((resolved) => this.act(resolved, frame));
  }

  private act(signals: Signals, frame: FeatureFrame): void | Promise<void> {
    const { account, parts } = this;
    parts.onSignals?.(signals, frame);
    this.outcomes?.remember(signals, frame);
    const view = stagedView(account, this.stages.amount);
    const target = parts.builder.build(signals, frame, view);
    desireLots(target, view, account.desired);
    parts.execution?.target(account.desired, account);
    const decisions = this.order();
    if (decisions.length === 0) parts.journal.barrier(); // the target stands, though nothing is ordered for it yet
    this.protect();
    this.answered(target.answer);
    return parts.explain?.(signals, frame, decisions)?.then((attribution) => parts.journal.attribution(attribution));
  }

  /** A portfolio that is watched between decisions sets its target anew; of others what is still missing is sent. */
  private adjust({ seenAt, since }: TimerFired): void {
    const { account, parts } = this;
    const answer = parts.builder.adjust?.(seenAt, since, stagedView(account, this.stages.amount), account.desired);
    if (this.order().length === 0) parts.journal.barrier();
    this.answered(answer);
  }

  /** The record itself says which way the portfolio was found. */
  private answered(answer: TargetPortfolio["answer"]): void {
    if (answer !== undefined) this.parts.journal.note({ kind: "answer", at: this.time, ...answer });
  }

  private order(): readonly RiskDecision[] {
    const { account, parts } = this;
    if (this.ordered === this.time) return []; // the same moment again would repeat the ids: the next timer sends what is still missing
    const pace = parts.execution?.pace(account.desired, account, this.state === "flattening");
    const { orders, cancels } = reconcile(pace?.lots ?? account.desired, account, pace);
    if (orders.length === 0 && cancels.length === 0) return [];
    this.ordered = this.time;
    return this.send(orders, cancels);
  }

  /** Each held position has at the venue what is to end it, from its first fill on; of rows `from` to `to` (exclusive). */
  private protect(from = 0, to = this.account.lots.length): void {
    const { protection } = this.parts;
    if (protection === undefined || this.state !== "running" || !this.online) return;
    const { lots, desired, orders } = this.account;
    const isKnown = (id: OrderId): boolean => orders.find(id) !== undefined;
    const asked = protection.review({ lots, desired, working: orders.list(), isKnown }, this.time, from, to);
    if (asked !== null) this.send(asked.orders, asked.cancels);
  }

  private send(orders: readonly Order[], cancels: readonly OrderId[], trips?: readonly Trip[]): readonly RiskDecision[] {
    const { account, parts } = this;
    const { sound, refused } = fitToVenue(orders, parts.venue.capabilities);
    const decisions = [...parts.risk.review(sound, stagedView(account, this.stages.amount), this.breakers), ...refused];
    parts.journal.decision(this.time, decisions, cancels, trips);
    parts.journal.barrier();
    for (const id of cancels) {
      account.orders.cancelling(id);
      parts.venue.cancel(id);
    }
    for (const decision of decisions) {
      if (decision.verdict === "refuse") continue;
      account.orders.add(decision.order);
      parts.venue.submit(decision.order);
    }
    return decisions;
  }

  /** A breaker that trips calls back what could still enlarge a position. */
  private guard(): void {
    const { account, breakers } = this;
    const trips = breakers.evaluate(this.time, account);
    if (trips.length === 0) return;
    this.stages.tripped();
    this.send([], account.orders.enlarging(account.lots, breakers), trips);
  }

  private obey(command: Command): void {
    const { account, breakers } = this;
    switch (command.kind) {
      case "approve": {
        account.revalue(this.time);
        const killed = breakers.isKilled;
        breakers.approve(command.breaker, this.time, account);
        if (!killed || breakers.isKilled) return;
        this.set(this.afterKill === "" ? "running" : "halted", this.afterKill);
        this.afterKill = "";
        return;
      }
      case "stage":
        this.stages.approve(command.stage);
        return;
      case "resume":
        if (breakers.isKilled) this.afterKill = "";
        else this.set("running", "");
        return;
      case "halt":
        this.halt(command.reason);
        return;
      case "flatten":
        if (breakers.isKilled) {
          this.afterKill = command.reason; // its own way to zero goes on
          return;
        }
        this.set("halted", command.reason);
        this.flatten();
        return;
      case "kill": {
        const trip = breakers.kill(this.time);
        this.send(
          [],
          account.working.map(({ order }) => order.id),
          trip === null ? [] : [trip],
        );
        if (trip !== null) {
          this.afterKill = this.why;
          this.stages.tripped();
        }
        this.set("halted", `killed: ${command.reason}`);
        if (command.flatten) this.flatten();
        return;
      }
      default:
        command satisfies never;
    }
  }

  /** To zero: at once, and what the venue has not filled or cancelled by then at the timers. */
  private flatten(): void {
    this.state = "flattening";
    this.account.desired.fill(0);
    this.account.revalue(this.time);
    if (this.online) this.order();
  }

  /** Also the way to zero stops: on a book that is not the venue's it could lead anywhere. */
  private halt(reason: string): void {
    if (!this.breakers.isKilled) return this.set("halted", reason);
    this.afterKill = reason;
    if (this.state === "flattening") this.set("halted", `${this.why}; and then: ${reason}`);
  }

  private set(mode: EngineMode, reason: string): void {
    this.state = mode;
    this.why = reason;
  }

  /** True while a decision is awaited, and after a step that threw: there is no state to save then. */
  get isBusy(): boolean {
    return this.busy;
  }

  /** For `snapshot.ts` only. */
  resumeAt(time: Micros, mode: EngineMode, reason: string, afterKill: string, orderedAt: number, online: boolean): void {
    this.online = online;
    this.time = time;
    this.ordered = orderedAt;
    this.set(mode, reason);
    this.afterKill = afterKill;
  }

  get plan(): FeaturePlan {
    return this.parts.plan;
  }

  /** Of the portfolio; null unless it looks at past prices. */
  get memory(): MarketMemory | null {
    return this.parts.builder.memory ?? null;
  }

  /** Null where targets are reached at once. */
  get execution(): ExecutionPolicy | null {
    return this.parts.execution ?? null;
  }

  /** Of risk; null unless a limit looks at past prices. */
  get riskMemory(): MarketMemory | null {
    return this.parts.risk.memory ?? null;
  }

  /** Null where nothing rests at the venue to end a position. */
  get protection(): Protection | null {
    return this.parts.protection ?? null;
  }

  get learner(): Learner | null {
    return this.parts.strategy.learner ?? null;
  }
}
