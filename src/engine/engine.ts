// The one loop. `step` is the only way in: one event at a time, fully handled before the next; time comes from the event.
// (1) refuse what cannot be, (2) journal it, (3) set the time, (4) absorb, (5) decide if it is the timer, (6) journal the
// decision and pass the barrier, (7) submit. Nothing else changes state.
import { invariant } from "#base/errors.js";
import type { TimerFired, Command, EngineEvent } from "#domain/event.js";
import type { Currency, Instrument } from "#domain/instrument.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import { desireLots, reconcile } from "#execution/reconcile.js";
import type { Journal } from "#ports/journal.js";
import type { FeaturePlan, PortfolioBuilder, RiskEngine, Strategy } from "#ports/stages.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { Account } from "./account.js";

export interface EngineParts {
  readonly instruments: readonly Instrument[];
  readonly plan: FeaturePlan;
  readonly strategy: Strategy;
  readonly builder: PortfolioBuilder;
  readonly risk: RiskEngine;
  readonly venue: ExecutionVenue;
  readonly journal: Journal;
  readonly baseCurrency: Currency;
  readonly startingCashMicro: bigint;
  /** Told of each decision's signals; for measuring predictions. It may not act. */
  readonly onSignals?: (signals: Signals, frame: FeatureFrame) => void;
}

/** `running`; `halted`: nothing is ordered; `flattening`: only the way to zero is ordered. */
export type EngineMode = "running" | "halted" | "flattening";

export class Engine {
  readonly account: Account;
  private readonly parts: EngineParts;
  private time = 0 as Micros;
  private state: EngineMode = "running";
  private why = "";
  private busy = false;

  constructor(parts: EngineParts) {
    this.parts = parts;
    this.account = new Account(parts.instruments, parts.baseCurrency, parts.startingCashMicro);
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

  /** The account as of the last event; valued when a timer fired. */
  get view(): PortfolioView {
    return this.account;
  }

  /** Synchronous unless the decision itself returns a Promise. Throws on an event from the past or from within a step. */
  step(event: EngineEvent): void | Promise<void> {
    invariant(!this.busy, "one event at a time");
    invariant(event.seenAt >= event.at, `nothing is seen before it happens: at ${event.at}, seen ${event.seenAt}`);
    invariant(event.seenAt >= this.time, `time runs forward: was ${this.time}, event seen ${event.seenAt}`);
    this.parts.journal.event(event);
    this.time = event.seenAt;
    if (event.kind === "timer") return this.timer(event);
    this.absorb(event);
  }

  private absorb(event: Exclude<EngineEvent, TimerFired>): void {
    const { account } = this;
    switch (event.kind) {
      case "market":
        account.holdings.market(event.batch, event.start, event.end);
        if (event.batch.kind === "bar") this.parts.plan.advance(event.batch, event.start, event.end);
        return;
      case "fill": {
        const complaint = account.fill(event);
        if (complaint !== null) this.halt(complaint); // fail closed: a person has to look
        return;
      }
      case "order-rejected":
      case "order-cancelled":
        account.orders.close(event.order);
        return;
      case "cash":
        account.holdings.posted(event);
        return;
      case "split":
        account.split(event);
        this.parts.plan.reference(event);
        return;
      case "dividend":
        account.holdings.dividend(event);
        this.parts.plan.reference(event);
        return;
      case "delisting":
        account.delisted(event);
        return;
      case "fx":
        account.holdings.fx(event);
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
    account.revalue(this.time);
    if (event.name === "mark") {
      account.mark();
      return;
    }
    if (this.state === "halted") return;
    if (event.name === "reconcile" || this.state === "flattening") return this.order();
    const frame = this.parts.plan.frame(event.seenAt, event.since);
    const signals = this.parts.strategy.decide(frame, account);
    if (!(signals instanceof Promise)) return this.act(signals, frame);
    this.busy = true;
    return signals.then((resolved) => this.act(resolved, frame)).finally(() => {
      this.busy = false;
    });
  }

  private act(signals: Signals, frame: FeatureFrame): void {
    const { account, parts } = this;
    parts.onSignals?.(signals, frame);
    desireLots(parts.builder.build(signals, frame, account), account, account.desired);
    this.order();
  }

  private order(): void {
    const { account, parts } = this;
    const { orders, cancels } = reconcile(account.desired, account);
    if (orders.length === 0 && cancels.length === 0) return;
    const decisions = parts.risk.review(orders, account);
    parts.journal.decision(this.time, decisions, cancels);
    parts.journal.barrier();
    for (const id of cancels) parts.venue.cancel(id);
    for (const decision of decisions) {
      if (decision.verdict === "refuse") continue;
      account.orders.add(decision.order);
      parts.venue.submit(decision.order);
    }
  }

  private obey(command: Command): void {
    if (command.kind === "resume") {
      this.state = "running";
      this.why = "";
      return;
    }
    this.halt(command.reason);
    if (command.kind === "flatten") {
      this.state = "flattening";
      this.account.desired.fill(0);
    }
  }

  private halt(reason: string): void {
    this.state = "halted";
    this.why = reason;
  }

  /** For `snapshot.ts` only. */
  resumeAt(time: Micros, mode: EngineMode, reason: string): void {
    this.time = time;
    this.state = mode;
    this.why = reason;
  }

  get plan(): FeaturePlan {
    return this.parts.plan;
  }
}
