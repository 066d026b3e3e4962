// What may come, for limits on value at risk: the total returns of the last steps, as known at a moment, and what a method makes of them. State of the engine is
// the returns alone; estimates are made when somebody asks, once per step and name (a fit of GARCH once per session), and made again after a restart.
import type { MarketMemory } from "#ports/stages.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { EventBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import type { Micros } from "#domain/time.js";
import { type VolatilityFilter, fitFilter } from "#risk/measures/filtered-historical.js";
import { type Estimator, type Past, type TailMethod, createEstimator } from "#risk/tail/estimate.js";
import type { Prospect, ProspectSource } from "#risk/tail/prospect.js";

export class ScenarioMemory implements MarketMemory {
  private readonly memory: ReturnMemory;
  /** Steps back: the window, and one session more where fits are of the session before. */
  private readonly reach: number;
  private readonly sources: { readonly estimator: Estimator; found: Prospect | null }[] = [];
  /** Step that the estimates are of, and its end; -1 for none. */
  private last = -1;
  private endedAt = -1;
  private fits: { readonly anchor: number; readonly of: Map<number, VolatilityFilter | null> } = { anchor: -1, of: new Map() };

  /** `steps`: sessions for daily bars, single bars for shorter ones. `market`: rows whose mean return is the market's. */
  constructor(
    private readonly steps: readonly Session[],
    private readonly instruments: number,
    private readonly marketRows: readonly number[],
    private readonly method: TailMethod,
  ) {
    this.reach = method.window + (method.method === "filtered-historical" ? longestDay(steps) - 1 : 0);
    this.memory = new ReturnMemory(steps, instruments, this.reach);
  }

  /** Of the method, or of the past itself: all overlapping stretches. */
  source(method: TailMethod["method"] = this.method.method): ProspectSource {
    const source: { readonly estimator: Estimator; found: Prospect | null } = {
      estimator: createEstimator({ ...this.method, method }),
      found: null,
    };
    this.sources.push(source);
    return {
      at: (asOf) => {
        this.look(asOf);
        return source.found;
      },
    };
  }

  market(batch: EventBatch, start: number, end: number): void {
    for (let row = start; row < end; row++) if ((batch.at[row] as number) <= this.endedAt) this.forget();
    this.memory.market(batch, start, end);
  }

  reference(event: Split | Dividend): void {
    this.forget();
    this.memory.reference(event);
  }

  snapshot(): Uint8Array {
    return this.memory.snapshot();
  }

  restore(snapshot: Uint8Array): void {
    this.forget();
    this.memory.restore(snapshot);
  }

  /** What was seen may not be what it was. */
  private forget(): void {
    [this.last, this.endedAt] = [-1, -1];
    this.fits = { anchor: -1, of: new Map() };
  }

  private look(asOf: Micros): void {
    const last = this.memory.lastEnded(asOf);
    if (last === this.last) return;
    [this.last, this.endedAt] = [last, last < 0 ? -1 : (this.steps[last] as Session).closeAt];
    const past = last < this.reach ? null : this.past(last, asOf);
    for (const source of this.sources) source.found = past === null ? null : source.estimator(past);
  }

  private past(last: number, asOf: Micros): Past {
    const { instruments: n, reach } = this;
    const { window } = this.method;
    const whole = Array.from({ length: n }, (_, i) => {
      const returns = new Float64Array(reach);
      return this.memory.carriedReturns(i, asOf, returns, 0, 1) ? returns : null;
    });
    const recent = whole.map((returns) => returns?.subarray(reach - window) ?? null);
    const anchor = lastOfDay(this.steps, last);
    if (this.fits.anchor !== anchor) this.fits = { anchor, of: new Map() };
    const fits = this.fits.of;
    return {
      returns: (i) => recent[i] ?? null,
      market: meanOf(
        this.marketRows.flatMap((i) => recent[i] ?? []),
        window,
      ),
      filter: (i) => {
        let fit = fits.get(i);
        if (fit !== undefined) return fit;
        const returns = whole[i] ?? null;
        const end = reach - (last - anchor);
        fits.set(i, (fit = returns === null ? null : fitFilter(returns.slice(end - window, end))));
        return fit;
      },
    };
  }
}

/** Null where nobody is known. */
function meanOf(series: readonly Float64Array[], window: number): Float64Array | null {
  if (series.length === 0) return null;
  const mean = new Float64Array(window);
  for (const one of series) for (let t = 0; t < window; t++) mean[t] = (mean[t] as number) + (one[t] as number) / series.length;
  return mean;
}

function longestDay(steps: readonly Session[]): number {
  let [longest, run] = [1, 0];
  steps.forEach(({ date }, k) => {
    run = date === steps[k - 1]?.date ? run + 1 : 1;
    longest = Math.max(longest, run);
  });
  return longest;
}

/** The latest step up to `last` that ends a session. */
function lastOfDay(steps: readonly Session[], last: number): number {
  const day = steps[last]?.date;
  if (steps[last + 1]?.date !== day) return last;
  let at = last;
  while (at >= 0 && steps[at]?.date === day) at--;
  return at;
}
