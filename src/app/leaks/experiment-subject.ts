// The product's own pipeline under test: features, labels, walk-forward models and the strategy's account, on whatever world it is given.
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { Instrument } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { Journal } from "#ports/journal.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import type { LeakSubject, PipelineOutput } from "#research/leaks/subject.js";
import type { Experiment } from "../config/experiment.js";
import { runStrategy } from "../modes/accounts.js";
import type { RunFacts } from "../modes/run-facts.js";
import { runStudy, type Study, timersOf } from "../modes/study.js";
import { openUniverse } from "../modes/universe.js";
import { datasetOfWorld, factsOfWorld } from "./dataset-of-world.js";

/** `like`, `facts`: what the world was made from. */
export function experimentSubject(
  experiment: Experiment,
  like: OpenDataset,
  facts: RunFacts,
  signal: AbortSignal | undefined,
): LeakSubject {
  return {
    name: experiment.name,
    async run(world) {
      const dataset = datasetOfWorld(world, like);
      const tables = facts.sets.map((_, k) => (k === 0 ? factsOfWorld(world) : factsOfWorld({ ...world, facts: [] })));
      const universe = openUniverse(experiment, dataset, { sets: facts.sets, tables, quotes: null });
      const study = await runStudy(experiment, universe, () => undefined, signal);
      const log = new FillLog(dataset.manifest.instruments);
      const timers = timersOf(experiment, universe, study.tradingSessions, 0);
      await runStrategy({ experiment, universe, timers, signal, onProgress: () => undefined }, study.fitted.schedule, { journal: log });
      return outputOf(study, world.symbols.length, log);
    },
  };
}

function outputOf({ frames, labels, folds, fitted }: Study, n: number, log: FillLog): PipelineOutput {
  const { decisions, features, firstRow, x } = frames;
  const cells = cellsOf(frames, n);
  const spread = (values: (row: number) => number): Float64Array => {
    const column = new Float64Array(decisions.length * n).fill(Number.NaN);
    cells.forEach((cell, row) => {
      column[cell] = values(row);
    });
    return column;
  };
  const k = features.length;
  const trains = (row: number, fold: Study["folds"][number]): boolean =>
    !Number.isNaN(labels.value[row]) && (labels.endAt[row] as number) <= fold.labelsEndBy;
  const between = (from: number, to: number): number[] =>
    Array.from({ length: (firstRow[to] as number) - (firstRow[from] as number) }, (_, r) => (firstRow[from] as number) + r);
  const times = decisions.map(({ at }) => at as Micros);
  return {
    decisions: times,
    features: new Map(features.map((name, f) => [name, spread((row) => x[row * k + f] as number)])),
    labels: {
      value: spread((row) => labels.value[row] as number),
      startAt: spread((row) => labels.startAt[row] as number),
      endAt: spread((row) => labels.endAt[row] as number),
    },
    predictions: spread((row) => fitted.predictions[row] as number),
    folds: folds.map((fold) => ({
      train: Int32Array.from(
        between(fold.trainFrom, fold.trainTo).filter((row) => trains(row, fold)),
        (row) => cells[row] as number,
      ),
      test: Int32Array.from(between(fold.testFrom, fold.testTo), (row) => cells[row] as number),
    })),
    fills: log.fills(times),
  };
}

function cellsOf({ decisions, firstRow, instrument }: FrameStore, n: number): Int32Array {
  const cells = new Int32Array(instrument.length);
  decisions.forEach((_, d) => {
    for (let row = firstRow[d] as number; row < (firstRow[d + 1] as number); row++) cells[row] = d * n + (instrument[row] as number);
  });
  return cells;
}

/** A journal that keeps fills, and when the orders behind them were decided. */
class FillLog implements Journal {
  private readonly decidedAt = new Map<OrderId, Micros>();
  private readonly done: { readonly decided: Micros; readonly symbol: number; readonly at: Micros; readonly price: number }[] = [];

  constructor(private readonly instruments: readonly Instrument[]) {}

  event(event: Parameters<Journal["event"]>[0]): void {
    if (event.kind !== "fill") return;
    const decided = this.decidedAt.get(event.order);
    const instrument = this.instruments[event.instrument];
    if (decided === undefined || instrument === undefined) return;
    this.done.push({ decided, symbol: event.instrument, at: event.at, price: event.price * instrument.tickSize });
  }

  decision(_asOf: Micros, decisions: Parameters<Journal["decision"]>[1]): void {
    for (const decision of decisions) if (decision.verdict !== "refuse") this.decidedAt.set(decision.order.id, decision.order.createdAt);
  }

  attribution(): void {
    // Reasons are none of the detector's business.
  }

  note(): void {
    // Nor are notes.
  }

  barrier(): void {
    // Nothing is kept.
  }

  /** An order between two decisions only sends what the standing target still lacks: it follows from the decision before. */
  fills(decisions: readonly Micros[]): PipelineOutput["fills"] {
    return this.done.flatMap(({ decided, ...fill }) => {
      const decision = decisions.findLastIndex((at) => at <= decided);
      return decision < 0 ? [] : [{ decision, ...fill }];
    });
  }
}
