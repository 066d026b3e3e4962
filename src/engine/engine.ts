// The one loop. `step` is the only way in: one event at a time, fully handled before the next; time comes from the event.
// (1) refuse what cannot be, (2) journal it, (3) set the time, (4) absorb, (5) decide if it is the timer, (6) journal the
// decision and pass the barrier, (7) submit. Nothing else changes state.
import { invariant } from "#base/errors.js";
import { isReference } from "#domain/corporate-action.js";
import type { Trip } from "#domain/breaker.js";
import type { TimerFired, Command, EngineEvent } from "#domain/event.js";
import { fromTicks } from "#domain/instrument.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals, TargetPortfolio } from "#domain/signal.js";
import type { RiskDecision } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { Protection } from "#execution/protection.js";
import { desireLots } from "#execution/reconcile.js";
import type { ExecutionPolicy, FeaturePlan, Learner, MarketMemory } from "#ports/stages.js";
import { Breakers, NO_BREAKERS } from "#risk/breakers.js";
import { Stages } from "#risk/stages.js";
import { Account } from "./account.js";
import type { EngineParts } from "./engine-parts.js";
import { refuseUnprotectable } from "./fit-to-venue.js";
import { OrderDesk } from "./order-desk.js";
import { OutcomeMemory } from "./outcome-memory.js";
import { stagedView } from "./staged-view.js";
import { type EngineMode, TradingMode } from "./trading-mode.js";

export class Engine {
  readonly account: Account;
  private readonly parts: EngineParts;
  /** Null unless the strategy learns. */
  readonly outcomes: OutcomeMemory | null;
  /** Latches; also that of the emergency stop. */
  readonly breakers: Breakers;
  readonly stages: Stages;
  private readonly desk: OrderDesk;
  private time = 0 as Micros;
  private readonly trading = new TradingMode();
  /** False from the loss of the line to the venue until its book has been compared with ours. */
  private online = true;
  /** True within a step, and for ever after one that threw: its state is half changed. */
  private busy = false;

  constructor(parts: EngineParts) {
    this.parts = parts;
    const { strategy, label, protection, venue } = parts;
    if (protection !== undefined) refuseUnprotectable(protection.orderTypes, venue.capabilities);
    if (strategy.learner !== undefined) invariant(label !== undefined, "a strategy that learns has no label to learn from");
    this.outcomes = strategy.learner === undefined || label === undefined ? null : new OutcomeMemory(label, parts.instruments.length);
    this.account = new Account(parts.instruments, parts.baseCurrency, parts.startingCashMicro);
    this.stages = new Stages(parts.stages);
    this.breakers = new Breakers(parts.breakers ?? NO_BREAKERS, parts.instruments.length, this.account.equity);
    this.desk = new OrderDesk(parts, this.account, this.breakers, this.stages);
  }

  get now(): Micros {
    return this.time;
  }

  get mode(): EngineMode {
    return this.trading.mode;
  }

  /** Why the engine is not running; empty while it is. */
  get reason(): string {
    return this.trading.reason;
  }

  /** Nothing is ordered while the line to the venue is lost, whatever the mode. */
  get connected(): boolean {
    return this.online;
  }

  /** For `snapshot.ts` only. */
  get reasonAfterKill(): string {
    return this.trading.reasonAfterKill;
  }

  /** The account as of the last event; valued when a timer fired. */
  get view(): PortfolioView {
    return this.account;
  }

  /** For `snapshot.ts` only. */
  get orders(): OrderDesk {
    return this.desk;
  }

  /**
   * Synchronous unless the decision itself returns a Promise. Throws on an event from the past or from within a step.
   * A split, dividend, delisting or rate that was told before changes nothing.
   * After a step that failed half-way every further step throws: restore a snapshot or run the journal again.
   */
  step(event: EngineEvent): void | Promise<void> {
    if (this.busy) invariant(false, "one event at a time, and none after one that failed");
    if (!(event.seenAt >= event.at)) invariant(false, `nothing is seen before it happens: at ${event.at}, seen ${event.seenAt}`);
    if (!(event.seenAt >= this.time)) invariant(false, `time runs forward: was ${this.time}, event seen ${event.seenAt}`);
    const word = isReference(event) ? this.account.references.hear(event) : "new";
    if (word === "again") return; // as if nobody had said it: nor is it journaled
    this.busy = true;
    this.parts.journal.event(event);
    if (this.time === 0) this.account.orders.begin(event.seenAt);
    this.time = event.seenAt;
    if (event.kind === "timer") {
      const pending = this.timer(event);
      if (pending !== undefined) return this.finish(pending);
    } else if (word !== "new") {
      this.trading.halt(word.complaint, this.breakers.isKilled); // fail closed: nobody can say which of the two is true
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
        this.parts.protection?.market(event.batch, event.start, event.end);
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
          this.trading.halt(complaint, this.breakers.isKilled); // fail closed: a person has to look
        else this.protect(event.instrument, event.instrument + 1);
        this.recall();
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
        if (complaint !== null) this.trading.halt(complaint, this.breakers.isKilled);
        return;
      }
      case "connection":
        this.online = event.state === "restored";
        if (!this.online) account.orders.lost();
        return;
      case "cash":
        account.posted(event);
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
    this.recall(this.breakers.evaluate(this.time, account));
    if (event.name === "mark") {
      account.mark(this.online);
      this.breakers.mark(this.time, account.equity);
      return;
    }
    if (this.mode === "halted" || !this.online) return;
    if (event.name === "adjust" && this.mode === "running") return this.adjust(event);
    if (frame === null || this.mode === "flattening") {
      this.expire();
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
    this.expire();
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
    this.expire();
    if (this.order().length === 0) parts.journal.barrier();
    this.protect();
    this.answered(answer);
  }

  /** The record itself says which way the portfolio was found. */
  private answered(answer: TargetPortfolio["answer"]): void {
    if (answer !== undefined) this.parts.journal.note({ kind: "answer", at: this.time, ...answer });
  }

  private order(): readonly RiskDecision[] {
    return this.desk.order(this.time, this.mode === "flattening");
  }

  /** Of rows `from` to `to` (exclusive); left out: of all. */
  private protect(from?: number, to?: number): void {
    if (this.mode === "running" && this.online) this.desk.protect(this.time, from, to);
  }

  /** What has been held long enough is not desired any more. */
  private expire(): void {
    this.parts.protection?.expire(this.account.lots, this.account.desired);
  }

  /** Where a breaker is open, what could enlarge a position is called back: when it trips, and when the position has become less meanwhile. */
  private recall(trips: readonly Trip[] = []): void {
    const { account, breakers } = this;
    if (breakers.open.length === 0) return;
    if (trips.length > 0) {
      this.desk.refusals.clear();
      this.stages.tripped();
    }
    const out = account.orders.enlarging(account.lots, breakers);
    if (trips.length > 0 || out.length > 0) this.desk.send(this.time, [], out, trips.length > 0 ? trips : undefined);
  }

  private obey(command: Command): void {
    const { account, breakers } = this;
    this.desk.refusals.clear();
    switch (command.kind) {
      case "approve": {
        account.revalue(this.time);
        const killed = breakers.isKilled;
        breakers.approve(command.breaker, this.time, account);
        if (killed && !breakers.isKilled) this.trading.approved();
        return;
      }
      case "stage":
        this.stages.approve(command.stage);
        return;
      case "resume":
        this.trading.resume(breakers.isKilled);
        return;
      case "halt":
        this.trading.halt(command.reason, breakers.isKilled);
        return;
      case "flatten":
        if (this.trading.flatten(command.reason, breakers.isKilled)) this.flatten();
        return;
      case "kill": {
        const trip = breakers.kill(this.time);
        const out = account.working.map(({ order }) => order.id);
        this.desk.send(this.time, [], out, trip === null ? [] : [trip]);
        if (trip !== null) this.stages.tripped();
        this.trading.kill(command.reason, trip !== null, command.flatten);
        if (command.flatten) this.flatten();
        return;
      }
      default:
        command satisfies never;
    }
  }

  /** To zero: at once, and what the venue has not filled or cancelled by then at the timers. */
  private flatten(): void {
    this.account.desired.fill(0);
    this.account.revalue(this.time);
    if (this.online) this.order();
  }

  /** True while a decision is awaited, and after a step that threw: there is no state to save then. */
  get isBusy(): boolean {
    return this.busy;
  }

  /** For `snapshot.ts` only. */
  resumeAt(time: Micros, mode: EngineMode, reason: string, afterKill: string, online: boolean): void {
    this.online = online;
    this.time = time;
    this.trading.load(mode, reason, afterKill);
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
