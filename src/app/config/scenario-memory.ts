// What may come, for limits on value at risk: overlapping stretches of the last sessions' total returns, as known at a moment. State of the engine.
import type { MarketMemory } from "#ports/stages.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { EventBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import type { Micros } from "#domain/time.js";
import type { OutcomeSource, Outcomes } from "#risk/tail-exposure.js";

export class ScenarioMemory implements MarketMemory, OutcomeSource {
  private readonly returns: ReturnMemory;
  /** `[session][instrument]`. */
  private readonly single: Float64Array;
  private readonly outcomes: Outcomes;
  /** Session that `outcomes` ends with; -1 where something was seen since. */
  private endsWith = -1;

  /** `window` returns in stretches of `horizon`, both in steps: sessions for daily bars, single bars for shorter ones. */
  constructor(
    steps: readonly Session[],
    private readonly instruments: number,
    private readonly window: number,
    private readonly horizon: number,
  ) {
    this.returns = new ReturnMemory(steps, instruments, window);
    this.single = new Float64Array(window * instruments);
    const scenarios = window - horizon + 1;
    this.outcomes = { scenarios, values: new Float64Array(scenarios * instruments) };
  }

  market(batch: EventBatch, start: number, end: number): void {
    this.endsWith = -1;
    this.returns.market(batch, start, end);
  }

  reference(event: Split | Dividend): void {
    this.endsWith = -1;
    this.returns.reference(event);
  }

  /** Null before the first `window` sessions. An instrument that was not there at their begin has unknown outcomes. */
  at(asOf: Micros): Outcomes | null {
    const last = this.returns.lastEnded(asOf);
    if (last < this.window) return null;
    if (this.endsWith !== last) this.renew(asOf);
    this.endsWith = last;
    return this.outcomes;
  }

  private renew(asOf: Micros): void {
    const { single, instruments: n, horizon } = this;
    const { scenarios, values } = this.outcomes;
    for (let i = 0; i < n; i++)
      if (!this.returns.carriedReturns(i, asOf, single, i, n)) for (let k = i; k < single.length; k += n) single[k] = Number.NaN;
    for (let s = 0; s < scenarios; s++) {
      for (let i = 0; i < n; i++) {
        let wealth = 1;
        for (let t = s; t < s + horizon; t++) wealth *= 1 + (single[t * n + i] as number);
        values[s * n + i] = wealth - 1;
      }
    }
  }

  snapshot(): Uint8Array {
    return this.returns.snapshot();
  }

  restore(snapshot: Uint8Array): void {
    this.endsWith = -1;
    this.returns.restore(snapshot);
  }
}
