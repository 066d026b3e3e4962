// Value at risk, expected shortfall and the worst stretch of an account with orders out, as limits. Scenarios are what came: overlapping stretches of
// the last sessions, each as likely as any other. In each scenario those working orders are taken to fill that lose in it. The loss of any subset of
// them is never above that, scenario by scenario, and the three measures grow with the loss: so they are bounded whatever fills.
import type { Order } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { tailSize } from "./measures/empirical-tail.js";

/** Fractions of equity at the review; null: there is no such limit. */
export interface TailLimits {
  /** Of value at risk and expected shortfall, in (0, 1). */
  readonly level: number;
  readonly maxVar: number | null;
  readonly maxEs: number | null;
  /** Loss in the worst of all scenarios. */
  readonly maxStressLoss: number | null;
}

/** Returns that may come, as they are known at a moment: `values[scenario * instruments + instrument]`, fractions; NaN where not known. */
export interface Outcomes {
  readonly scenarios: number;
  readonly values: Float64Array;
}

export interface OutcomeSource {
  /** Null while too little has been seen. The same object until the outcomes change. */
  at(asOf: Micros): Outcomes | null;
}

export interface TailFigures {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  readonly worst: number;
}

export class TailExposure {
  /** Loss of each scenario, base currency: held, and every order that loses in it. */
  private readonly losses: Float64Array;
  private readonly trial: Float64Array;
  private readonly outcomes: Outcomes | null;

  constructor(
    private readonly view: PortfolioView,
    source: OutcomeSource,
    private readonly limits: TailLimits,
  ) {
    this.outcomes = source.at(view.asOf);
    const scenarios = this.outcomes?.scenarios ?? 0;
    this.losses = new Float64Array(scenarios);
    this.trial = new Float64Array(scenarios);
    for (let i = 0; i < view.lots.length; i++) {
      const held = view.lots[i] as number;
      if (held !== 0) this.count(i, held, this.losses, true);
      if (view.workingBuys[i] !== 0) this.count(i, view.workingBuys[i] as number, this.losses, false);
      if (view.workingSells[i] !== 0) this.count(i, view.workingSells[i] as number, this.losses, false);
    }
  }

  /** Fractions of equity. NaN where something that is held or worked on has unknown outcomes. */
  get figures(): TailFigures {
    return this.measure(this.losses);
  }

  /** Most lots of the order (absolute, at most `wanted`) with which the limits hold; 0 where they do not hold without it, or nobody knows. */
  room(order: Order, wanted: number): number {
    if (this.fits(order, wanted)) return wanted;
    if (!this.fits(order, 0)) return 0;
    let [most, least] = [wanted, 0];
    while (most - least > 1) {
      const middle = Math.floor((most + least) / 2);
      if (this.fits(order, middle)) least = middle;
      else most = middle;
    }
    return least;
  }

  add(order: Order): void {
    this.count(order.instrument, order.lots, this.losses, false);
  }

  private fits(order: Order, lots: number): boolean {
    if (this.outcomes === null) return false;
    this.trial.set(this.losses);
    if (lots > 0) this.count(order.instrument, Math.sign(order.lots) * lots, this.trial, false);
    const { valueAtRisk, expectedShortfall, worst } = this.measure(this.trial);
    const { maxVar, maxEs, maxStressLoss } = this.limits;
    return holds(valueAtRisk, maxVar) && holds(expectedShortfall, maxEs) && holds(worst, maxStressLoss);
  }

  private count(instrument: number, lots: number, losses: Float64Array, certain: boolean): void {
    if (this.outcomes === null) return;
    const { values, scenarios } = this.outcomes;
    const n = this.view.lots.length;
    const value = lots * (this.view.lotValue[instrument] as number);
    for (let s = 0; s < scenarios; s++) {
      const loss = -value * (values[s * n + instrument] as number);
      // NaN is passed on: what nobody knows has no measure.
      losses[s] = (losses[s] as number) + (certain || !(loss <= 0) ? loss : 0);
    }
  }

  private measure(losses: Float64Array): TailFigures {
    const n = losses.length;
    const { equity } = this.view;
    if (n === 0 || losses.some(Number.isNaN)) return { valueAtRisk: Number.NaN, expectedShortfall: Number.NaN, worst: Number.NaN };
    const sorted = Float64Array.from(losses).sort();
    const { size, place } = tailSize(n, this.limits.level);
    const quantile = sorted[n - 1 - place] as number;
    let beyond = 0;
    for (let rank = 0; rank < place; rank++) beyond += (sorted[n - 1 - rank] as number) - quantile;
    return {
      valueAtRisk: quantile / equity,
      expectedShortfall: (quantile + beyond / size) / equity,
      worst: (sorted[n - 1] as number) / equity,
    };
  }
}

/** What nobody knows does not hold. */
function holds(measured: number, limit: number | null): boolean {
  return limit === null || measured <= limit + 1e-12;
}
