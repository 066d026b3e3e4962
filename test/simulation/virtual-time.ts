// Time of a simulated world: it stands still while anything can run, then jumps to the next thing that happens. The process sees it
// through a wall clock that can be set, forwards and backwards.
import { Heap } from "#base/heap.js";
import type { Micros } from "#domain/time.js";
import type { Clock } from "#ports/clock.js";

interface Task {
  readonly at: number;
  readonly sequence: number;
  readonly run: () => void;
}

interface Sleeper {
  readonly wall: number;
  readonly wake: () => void;
}

export class VirtualTime {
  /** True time, Micros. */
  now: number;
  private offset = 0;
  private sequence = 0;
  private sleepers: Sleeper[] = [];
  private readonly tasks = new Heap<Task>((a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence));

  constructor(start: number) {
    this.now = start;
  }

  readonly wall: Clock = { now: () => (this.now + this.offset) as Micros };

  at(moment: number, run: () => void): void {
    this.tasks.push({ at: Math.max(moment, this.now), sequence: this.sequence++, run });
  }

  after(us: number, run: () => void): void {
    this.at(this.now + us, run);
  }

  /** Somebody sets the wall clock. */
  set(by: number): void {
    this.offset += by;
  }

  readonly sleepUntil = (wall: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper: Sleeper = { wall, wake: resolve };
      this.sleepers.push(sleeper);
      signal.addEventListener(
        "abort",
        () => {
          this.sleepers = this.sleepers.filter((other) => other !== sleeper);
          resolve();
        },
        { once: true },
      );
    });

  /** Who waited in a process that is dead. */
  forgetSleepers(): void {
    this.sleepers = [];
  }

  /** Does the next thing; false when nothing is left to come. Whoever sleeps wakes behind all else of its moment. */
  next(): boolean {
    const task = this.tasks.peek();
    let first: Sleeper | undefined;
    for (const sleeper of this.sleepers) if (first === undefined || sleeper.wall < first.wall) first = sleeper;
    const due = first === undefined ? Number.POSITIVE_INFINITY : Math.max(this.now, first.wall - this.offset);
    if (task === undefined && first === undefined) return false;
    if (task !== undefined && task.at <= due) {
      this.tasks.pop();
      this.now = task.at;
      task.run();
      return true;
    }
    this.now = due;
    this.sleepers = this.sleepers.filter((other) => other !== first);
    first?.wake();
    return true;
  }
}
