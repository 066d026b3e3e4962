// The whole paper loop over many instruments, second by second: bars -> 173 features -> 200 trees -> portfolio -> risk -> journal -> venue,
// the optimizer on a thread of its own.
// Run as a program with INSTRUMENTS SECONDS [real] it prints one JSON line; `real` waits for each second of the wall clock. A step is all that
// a second costs, the simulated venue included; making the bars stands outside the clock.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { FileJournal } from "#adapters/stores/journal/journal.js";
import { runAccount } from "#app/modes/account-run.js";
import { openSolverThread } from "#app/solver/solver-thread.js";
import type { TimerFired } from "#domain/event.js";
import type { Currency, Instrument, InstrumentId } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { type Micros, SECOND_US } from "#domain/time.js";
import type { Journal } from "#ports/journal.js";
import type { FeaturePlan, PortfolioBuilder, RiskEngine, Strategy } from "#ports/stages.js";
import { createRiskEngine } from "#risk/review.js";
import { createModelStrategy } from "#strategy/model-strategy.js";
import { peakMb } from "./features-process.js";
import { LOOP_START, secondBars } from "./loop-market.js";
import { fitLoopModel, loopPlan } from "./loop-model.js";
import { LoopPortfolio } from "./loop-portfolio.js";

const USD = "USD" as Currency;
/** Seconds before the clock counts: enough for the longest windows of the features. */
const WARM = 330;
/** Seconds of a session of this market: the account is marked as at the end of a day. */
const MARK_EVERY = 600;

export interface LoopLine {
  /** Milliseconds per step. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  /** Milliseconds by stage; `features` has both the fold of the bars and the frame, `barrier` the wait for the disk. */
  readonly stages: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
  readonly orders: number;
  readonly fills: number;
  /** Portfolios that the optimizer gave. */
  readonly solved: number;
  readonly peakMb: number;
  /** Heap in use after a full collection, MB, at evenly spaced moments after the warm-up. */
  readonly heapMb: readonly number[];
}

class Stopwatch {
  private readonly now = new Map<string, number>();
  readonly times = new Map<string, number[]>();

  time<T>(stage: string, work: () => T): T {
    const startedAt = performance.now();
    const result = work();
    this.now.set(stage, (this.now.get(stage) ?? 0) + performance.now() - startedAt);
    return result;
  }

  /** Ends a step; its times are kept where it counts. */
  lap(counts: boolean): void {
    if (counts) {
      for (const [stage, ms] of this.now) {
        const known = this.times.get(stage);
        if (known === undefined) this.times.set(stage, [ms]);
        else known.push(ms);
      }
    }
    this.now.clear();
  }
}

const quantile = (values: readonly number[], q: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
};

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function instrumentsOf(count: number): Instrument[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `S${String(i).padStart(4, "0")}` as InstrumentId,
    venue: "24/7",
    currency: USD,
    tickSize: 0.01,
    relativeTick: null,
    lotSize: 1,
    sector: null,
  }));
}

function* everySecond(seconds: number): Generator<TimerFired, void> {
  for (let second = WARM; second < WARM + seconds; second++) {
    const at = (LOOP_START + (second + 1) * SECOND_US) as Micros;
    if ((second - WARM) % MARK_EVERY === 0) yield { kind: "timer", name: "mark", at, seenAt: at, since: at };
    yield { kind: "timer", name: "decide", at, seenAt: at, since: at };
  }
}

async function runLoop(count: number, seconds: number, real: boolean): Promise<LoopLine> {
  const folder = mkdtempSync(join(tmpdir(), "truewind-loop-"));
  const watch = new Stopwatch();
  const steps: number[] = [];
  const heapMb: number[] = [];
  const solver = openSolverThread();
  const heapEvery = Math.max(1, Math.floor(seconds / 12));
  try {
    const model = await fitLoopModel();
    const inner = { plan: loopPlan(count), strategy: createModelStrategy({ at: () => ({ id: "loop", model }), steps: 1 }, 10 * SECOND_US) };
    const builder = new LoopPortfolio(count, solver);
    const risk = createRiskEngine({ maxWeight: 0.4, minWeight: 0, minCash: 0.05, maxGross: 1, maxTurnover: 1e6, maxOrderNotional: null });
    const file = FileJournal.create(join(folder, "journal.twj"), { bench: "loop" }, { referenceBefore: 0, durable: true });
    const journal: Journal = {
      event: (event) => watch.time("journal", () => file.event(event)),
      decision: (asOf, decisions, cancels) => watch.time("journal", () => file.decision(asOf, decisions, cancels)),
      attribution: (attribution) => file.attribution(attribution),
      note: (note) => file.note(note),
      barrier: () => watch.time("barrier", () => file.barrier()),
    };
    const plan: FeaturePlan = {
      features: inner.plan.features,
      advance: (batch, start, end) => watch.time("features", () => inner.plan.advance(batch, start, end)),
      reference: (event) => inner.plan.reference(event),
      frame: (asOf, since) => watch.time("features", () => inner.plan.frame(asOf, since)),
      snapshot: () => inner.plan.snapshot(),
      restore: (bytes) => inner.plan.restore(bytes),
    };
    const strategy: Strategy = { name: "loop", decide: (frame, view) => watch.time("inference", () => inner.strategy.decide(frame, view)) };
    const timed: PortfolioBuilder = { build: (signals, frame, view) => watch.time("portfolio", () => builder.build(signals, frame, view)) };
    const reviewed: RiskEngine = { review: (orders, view) => watch.time("risk", () => risk.review(orders, view)) };

    async function* timedBars(): AsyncGenerator<BarBatch, void> {
      let second = 0;
      let due: number | null = null;
      for (const batch of secondBars("loop", count, WARM + seconds)) {
        if (second > WARM && (second - WARM) % heapEvery === 0) {
          collect();
          heapMb.push(process.memoryUsage().heapUsed / 2 ** 20);
        }
        if (real && second > WARM) {
          due ??= performance.now();
          due += 1000;
          await timeout(Math.max(0, due - performance.now()));
        } else {
          await Promise.resolve();
        }
        const startedAt = performance.now();
        yield batch;
        const ms = performance.now() - startedAt;
        const counts = second++ > WARM;
        if (counts) steps.push(ms);
        watch.lap(counts);
      }
    }

    const run = await runAccount({
      instruments: instrumentsOf(count),
      rules: { sessions: [] },
      source: { batches: timedBars },
      references: [],
      timers: everySecond(seconds),
      plan,
      strategy,
      builder: timed,
      risk: reviewed,
      costs: { feeBps: 1, halfSpreadBps: 1, impactBps: 10, participation: 0.1, borrowBps: 0, cashRate: [], latencyUs: 50_000 },
      currency: USD,
      startingCash: 1e8,
      journal,
    });
    file.close();
    const stages = Object.fromEntries(
      [...watch.times].map(([stage, times]) => [stage, { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }]),
    );
    return {
      p50: quantile(steps, 0.5),
      p99: quantile(steps, 0.99),
      worst: Math.max(...steps),
      stages,
      orders: run.orders.sent,
      fills: run.orders.filled,
      solved: builder.solved,
      peakMb: peakMb(),
      heapMb,
    };
  } finally {
    await solver.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [instruments = "2000", seconds = "600", pace = ""] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await runLoop(Number(instruments), Number(seconds), pace === "real"))}\n`);
