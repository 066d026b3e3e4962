// What an account may lose while orders are out: each position lies anywhere between two ends, and the loss is bounded over all of it. So it is bounded
// whichever subset of the orders fills, and whatever part of each.
import { tailSize } from "../measures/empirical-tail.js";
import type { Law, Outcomes, Prospect } from "./prospect.js";

/** Fractions of equity, positive for losses; NaN where something that is held or worked on is not known. */
export interface TailFigures {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  /** In the worst of all scenarios; NaN of a law, which has none. */
  readonly worst: number;
}

export interface Gauge {
  /** With the instrument's position anywhere between `low` and `high` (base currency), and all others as they were set. Changes nothing. */
  figuresWith(instrument: number, low: number, high: number): TailFigures;
  set(instrument: number, low: number, high: number): void;
  readonly figures: TailFigures;
}

const UNKNOWN: TailFigures = { valueAtRisk: Number.NaN, expectedShortfall: Number.NaN, worst: Number.NaN };

/** Nothing is held at the begin. `equity`: base currency, above 0; `level` in [0.5, 1). */
export function createGauge(prospect: Prospect | null, instruments: number, equity: number, level: number): Gauge {
  if (prospect === null) return { figures: UNKNOWN, figuresWith: () => UNKNOWN, set: () => undefined };
  return prospect.kind === "law" ? new LawGauge(prospect, instruments, equity) : new ScenarioGauge(prospect, instruments, equity, level);
}

/** Ends of the positions that are not nothing, and how many of them nobody knows. */
abstract class Positions {
  protected readonly low: Float64Array;
  protected readonly high: Float64Array;
  private strangers = 0;

  constructor(instruments: number) {
    this.low = new Float64Array(instruments);
    this.high = new Float64Array(instruments);
  }

  protected abstract knows(i: number): boolean;
  protected abstract measured(i: number, low: number, high: number): TailFigures;
  protected abstract moved(i: number, low: number, high: number): void;

  get figures(): TailFigures {
    return this.strangers > 0 ? UNKNOWN : this.measured(-1, 0, 0);
  }

  figuresWith(i: number, low: number, high: number): TailFigures {
    const others = this.strangers - Number(this.isStranger(i, this.low[i] as number, this.high[i] as number));
    return others > 0 || this.isStranger(i, low, high) ? UNKNOWN : this.measured(i, low, high);
  }

  set(i: number, low: number, high: number): void {
    const before = this.isStranger(i, this.low[i] as number, this.high[i] as number);
    const after = this.isStranger(i, low, high);
    this.strangers += Number(after) - Number(before);
    if (this.knows(i)) this.moved(i, low, high);
    this.low[i] = low;
    this.high[i] = high;
  }

  private isStranger(i: number, low: number, high: number): boolean {
    return (low !== 0 || high !== 0) && !this.knows(i);
  }
}

/** In each scenario each position stands at the end that loses more there. */
class ScenarioGauge extends Positions implements Gauge {
  private readonly losses: Float64Array;
  private readonly trial: Float64Array;

  constructor(
    private readonly outcomes: Outcomes,
    instruments: number,
    private readonly equity: number,
    private readonly level: number,
  ) {
    super(instruments);
    this.losses = new Float64Array(outcomes.scenarios);
    this.trial = new Float64Array(outcomes.scenarios);
  }

  protected knows(i: number): boolean {
    return this.outcomes.column(i) !== null;
  }

  protected moved(i: number, low: number, high: number): void {
    this.add(i, low, high, this.losses);
  }

  protected measured(i: number, low: number, high: number): TailFigures {
    const { trial, equity, level } = this;
    trial.set(this.losses);
    if (i >= 0) this.add(i, low, high, trial);
    trial.sort();
    const n = trial.length;
    const { size, place } = tailSize(n, level);
    const quantile = trial[n - 1 - place] as number;
    let beyond = 0;
    for (let rank = 0; rank < place; rank++) beyond += (trial[n - 1 - rank] as number) - quantile;
    return {
      valueAtRisk: quantile / equity,
      expectedShortfall: (quantile + beyond / size) / equity,
      worst: (trial[n - 1] as number) / equity,
    };
  }

  private add(i: number, low: number, high: number, losses: Float64Array): void {
    const returns = this.outcomes.column(i) as Float64Array;
    const [oldLow, oldHigh] = [this.low[i] as number, this.high[i] as number];
    if (low === oldLow && high === oldHigh) return;
    for (let s = 0; s < losses.length; s++) {
      const r = returns[s] as number;
      losses[s] = (losses[s] as number) + (r < 0 ? (oldHigh - high) * r : (oldLow - low) * r);
    }
  }
}

/** Term by term: each product of two positions at the ends where it adds most to the variance, which bounds the variance within the ends. */
class LawGauge extends Positions implements Gauge {
  private readonly active: number[] = [];
  private variance = 0;
  private mean = 0;

  constructor(
    private readonly law: Law,
    instruments: number,
    private readonly equity: number,
  ) {
    super(instruments);
  }

  protected knows(i: number): boolean {
    return this.law.mean(i) !== null;
  }

  protected moved(i: number, low: number, high: number): void {
    if (!this.active.includes(i)) this.active.push(i);
    this.variance += this.share(i, low, high) - this.share(i, this.low[i] as number, this.high[i] as number);
    this.mean += this.meanLoss(i, low, high) - this.meanLoss(i, this.low[i] as number, this.high[i] as number);
  }

  protected measured(i: number, low: number, high: number): TailFigures {
    let { variance, mean } = this;
    if (i >= 0) {
      variance += this.share(i, low, high) - this.share(i, this.low[i] as number, this.high[i] as number);
      mean += this.meanLoss(i, low, high) - this.meanLoss(i, this.low[i] as number, this.high[i] as number);
    }
    const deviation = Math.sqrt(Math.max(0, variance));
    const { law, equity } = this;
    return {
      valueAtRisk: (law.valueAtRisk * deviation + mean) / equity,
      expectedShortfall: (law.expectedShortfall * deviation + mean) / equity,
      worst: Number.NaN,
    };
  }

  private meanLoss(i: number, low: number, high: number): number {
    const mean = this.law.mean(i) ?? 0;
    return Math.max(-low * mean, -high * mean);
  }

  /** Of the variance, all terms that this position is in. */
  private share(i: number, low: number, high: number): number {
    if (low === 0 && high === 0) return 0;
    let sum = Math.max(low * low, high * high) * this.law.covariance(i, i);
    for (const j of this.active) {
      if (j === i || !this.knows(j)) continue;
      const [otherLow, otherHigh] = [this.low[j] as number, this.high[j] as number];
      if (otherLow === 0 && otherHigh === 0) continue;
      const c = this.law.covariance(i, j);
      sum += 2 * Math.max(low * otherLow * c, low * otherHigh * c, high * otherLow * c, high * otherHigh * c);
    }
    return sum;
  }
}
