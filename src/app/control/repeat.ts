// One repetition: draws its market, and runs the experiment on it from the bars to the verdict.
import { createRng } from "#base/rng.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { RunResult } from "#domain/run-result.js";
import { drawNull } from "#research/controls/draw-null.js";
import type { MarketFit } from "#research/controls/market-fit.js";
import { plantEdge } from "#research/controls/planted-edge.js";
import { rebuildMarket } from "#research/controls/rebuild-market.js";
import type { SimulatedTruth } from "#simulation/market/truth.js";
import type { BacktestOptions } from "../modes/backtest.js";
import type { Repetition } from "./control-result.js";
import { type DatasetLikeness, drawnDataset } from "./drawn-dataset.js";
import { figuresOf, oracleInformation } from "./figures.js";
import { type ControlTask, taskName } from "./tasks.js";

/** What is under control: a pipeline from bars to a verdict. */
export type Pipeline = (dataset: OpenDataset, truth: BacktestOptions["truth"]) => Promise<RunResult>;

export interface ControlSubject {
  readonly fit: MarketFit;
  readonly likeness: DatasetLikeness;
  readonly seed: string;
  readonly pipeline: Pipeline;
}

export async function repeat(task: ControlTask, { fit, likeness, seed, pipeline }: ControlSubject): Promise<Repetition> {
  const { instruments } = likeness.manifest;
  const { kind, draw, size } = task;
  const name = taskName(task);
  if (kind !== "planted") {
    const market = rebuildMarket(fit.moves, drawNull(kind, fit, drawRng(seed, task)), instruments);
    return { kind, draw, planted: null, ...figuresOf(await pipeline(drawnDataset(likeness, market, name), undefined)) };
  }
  const drawn = drawNull("market", fit, drawRng(seed, task));
  const market = plantEdge(fit.moves, drawn, instruments, { size, tradable: fit.tradable });
  const result = await pipeline(drawnDataset(likeness, market, name), { plantedEdge: null, expectedReturn: expectedReturnAt(fit, market) });
  const planted = { size, measuredIc: market.measuredIc, oracleInformation: oracleInformation(result) };
  return { kind, draw, planted, ...figuresOf(result) };
}

/** Planted markets of all sizes stand on the nulls of the same draws. */
function drawRng(seed: string, { kind, draw }: ControlTask) {
  return createRng(`${seed}/control/${kind === "planted" ? "market" : kind}/${draw}`);
}

function expectedReturnAt({ moves: { sessions } }: MarketFit, truth: Pick<SimulatedTruth, "expectedReturn">) {
  return (asOf: number, horizonSessions: number): Float64Array => {
    let session = sessions.length - 1;
    while (session > 0 && (sessions[session]?.closeAt ?? 0) > asOf) session--;
    return truth.expectedReturn(session, horizonSessions);
  };
}
