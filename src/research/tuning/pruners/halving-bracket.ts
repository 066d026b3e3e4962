// Synchronous successive halving (Karnin, Koren & Somekh 2013; Jamieson & Talwalkar 2016, algorithm 1): the trials of a bracket wait for one
// another at every rung, and the best part of those that got there goes on. It does not matter who comes first.
import { type Direction, type Intermediate, lossOf } from "../space/trial.js";

export interface HalvingOptions {
  readonly first: number;
  readonly reduction: number;
}

interface Rung {
  readonly step: number;
  readonly values: Map<number, number>;
  readonly waiting: Map<number, (ends: boolean) => void>;
  /** Null while not decided. */
  survivors: ReadonlySet<number> | null;
}

export class HalvingBracket {
  /** Of those that may still come. */
  private readonly live: Set<number>;
  private readonly rungs: Rung[] = [];

  constructor(
    members: readonly number[],
    private readonly options: HalvingOptions,
    private readonly direction: Direction,
  ) {
    this.live = new Set(members);
  }

  /** Resolves when the rungs that the step reaches are decided: true, the trial ends here. */
  async report(member: number, step: number, value: number): Promise<boolean> {
    for (let i = 0, at = this.options.first; at <= step; i++, at *= this.options.reduction) {
      const rung = this.rung(i, at);
      if (rung.values.has(member)) continue;
      rung.values.set(member, value);
      const ends = new Promise<boolean>((resolve) => rung.waiting.set(member, resolve));
      this.decide();
      if (await ends) return true;
    }
    return false;
  }

  /** The trial has ended, in whatever way. `path`: what it said, where it ended before this process began. */
  end(member: number, path: readonly Intermediate[] = []): void {
    for (const [step, value] of path)
      for (let i = 0, at = this.options.first; at <= step; i++, at *= this.options.reduction) {
        const { values } = this.rung(i, at);
        if (!values.has(member)) values.set(member, value);
      }
    this.live.delete(member);
    this.decide();
  }

  private rung(index: number, step: number): Rung {
    return (this.rungs[index] ??= { step, values: new Map(), waiting: new Map(), survivors: null });
  }

  private decide(): void {
    for (const rung of this.rungs) {
      const complete = [...this.live].every((member) => rung.values.has(member));
      if (rung.survivors === null && !complete) return;
      rung.survivors ??= this.best(rung.values);
      for (const [member, resolve] of rung.waiting) resolve(!rung.survivors.has(member));
      rung.waiting.clear();
    }
  }

  private best(values: ReadonlyMap<number, number>): ReadonlySet<number> {
    const ranked = [...values].sort(([a, x], [b, y]) => lossOf(this.direction, x) - lossOf(this.direction, y) || a - b);
    const kept = Math.max(1, Math.floor(ranked.length / this.options.reduction));
    return new Set(ranked.slice(0, kept).map(([member]) => member));
  }
}
