// The oracle's own past: what each name returned, step by step, kept as it was told and put together anew each time that it is asked for.
import type { Session } from "#domain/session.js";

export class Past {
  /** Of each name, by the number of the step: the last price, and what happened before its first print. */
  private readonly closes: Map<number, number>[];
  private readonly acts: { readonly step: number; readonly ratio: number; readonly cash: number }[][];
  /** The latest step that a bar was heard of. */
  private newest = -1;

  constructor(
    names: number,
    readonly steps: readonly Session[],
  ) {
    this.closes = Array.from({ length: names }, () => new Map<number, number>());
    this.acts = Array.from({ length: names }, () => []);
  }

  bar(i: number, at: number, close: number): void {
    const step = this.steps.findIndex(({ openAt, closeAt }) => at > openAt && at <= closeAt);
    if (step < 0) return;
    this.closes[i]?.set(step, close);
    this.newest = Math.max(this.newest, step);
  }

  acted(i: number, at: number, { ratio = 1, cash = 0 }: { readonly ratio?: number; readonly cash?: number }): void {
    const step = this.steps.findIndex(({ openAt }) => openAt >= at);
    if (step >= 0) this.acts[i]?.push({ step, ratio, cash });
  }

  /** The last step that is over, and of which somebody has heard; -1: none. */
  lastAt(at: number): number {
    const last = this.steps.findLastIndex(({ closeAt }) => closeAt <= at);
    return last > this.newest ? -1 : last;
  }

  /** Bars have come further than one step beyond it: a clock was set back, and who keeps no more than he needs has lost the begin. */
  isAhead(last: number): boolean {
    return this.newest > last + 1;
  }

  /** Returns of the `count` steps up to `last`; a step without a price returns nothing. Null where the price before them is not known. */
  returns(i: number, last: number, count: number): number[] | null {
    const closes = this.closes[i] as Map<number, number>;
    const first = closes.get(last - count);
    if (first === undefined) return null;
    let before: number = first;
    const out: number[] = [];
    for (let step = last - count + 1; step <= last; step++) {
      let cash = 0;
      for (const act of this.acts[i] as readonly { step: number; ratio: number; cash: number }[]) {
        if (act.step !== step) continue;
        before /= act.ratio;
        cash = cash / act.ratio + act.cash;
      }
      const close: number = closes.get(step) ?? before;
      out.push((close + cash) / before - 1);
      before = close;
    }
    return out;
  }
}
