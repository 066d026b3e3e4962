// An optimization whose answer is used at a moment fixed beforehand, however long it takes: posed at one decision, in force from `usableFrom` on.
// Whoever solves it may do so on another thread; a step that comes too early for the thread waits, and one that comes before the moment does not
// look. So what is traded depends on the schedule alone, and a replay on one thread decides alike.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { Micros } from "#domain/time.js";
import { meanVariance, type MeanVarianceProblem } from "./mean-variance.js";
import type { OptimizedPortfolio } from "./portfolio-problem.js";

/** Solves one problem at a time. */
export interface SolverRunner {
  start(problem: MeanVarianceProblem): void;
  /** The answer to the last one that was started; waits for it. */
  finish(): OptimizedPortfolio;
}

/** On this thread, when asked: for backtests, replays and tests. */
export function directRunner(): SolverRunner {
  let posed: MeanVarianceProblem | null = null;
  return {
    start: (problem) => void (posed = problem),
    finish: () => meanVariance(posed as MeanVarianceProblem),
  };
}

interface Pending {
  readonly usableFrom: Micros;
  readonly problem: MeanVarianceProblem;
}

export class ScheduledSolve {
  private pending: Pending | null = null;

  constructor(private readonly runner: SolverRunner) {}

  /** True from `pose` until the answer is taken. */
  get isPending(): boolean {
    return this.pending !== null;
  }

  /** One that is pending still is given up: the newer one counts. */
  pose(problem: MeanVarianceProblem, usableFrom: Micros): void {
    this.pending = { usableFrom, problem };
    this.runner.start(problem);
  }

  /** Null before its moment, and where nothing was posed. */
  take(now: Micros): OptimizedPortfolio | null {
    if (this.pending === null || now < this.pending.usableFrom) return null;
    this.pending = null;
    return this.runner.finish();
  }

  /** With the problem itself: a session that was killed poses it again. */
  snapshot(): Uint8Array {
    return new ByteWriter(1024).json(this.pending === null ? null : plain(this.pending)).finish();
  }

  restore(snapshot: Uint8Array): void {
    this.pending = new ByteReader(snapshot).json() as Pending | null;
    if (this.pending !== null) {
      this.pending = revived(this.pending) as Pending;
      this.runner.start(this.pending.problem);
    }
  }
}

/** Typed arrays as plain ones under a name, infinities as text: JSON keeps every other double exactly. */
function plain(value: unknown): unknown {
  if (value instanceof Float64Array) return { f64: [...value].map(plain) };
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== "object" || value === null) return value;
  if ("f64" in value) return Float64Array.from((value.f64 as readonly unknown[]).map(revived) as number[]);
  if ("number" in value) return Number(value.number);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revived(one)]));
}
