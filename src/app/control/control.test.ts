// The whole pipeline under control: on a market with a strong edge, and with a leak built into it on purpose.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { openDataset, type OpenDataset } from "#data/lake/open-dataset.js";
import { BATCH_ROWS, type BarBatch, createBarBatch } from "#domain/market.js";
import { fitMarket, type MarketFit } from "#research/controls/market-fit.js";
import { readMarketMoves } from "#research/controls/market-moves.js";
import { proveNull } from "#research/controls/prove-null.js";
import { LEVEL } from "#research/verdict/thresholds.js";
import { nightlyOr } from "#test/needs.js";
import { type Experiment, parseExperiment } from "../config/experiment.js";
import { parseTuning } from "../config/tuning.js";
import { openWorkspace } from "../config/workspace.js";
import { NO_FACTS } from "../modes/run-facts.js";
import { openUniverse, windowOf } from "../modes/universe.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { searchOn } from "../tuning/search-on.js";
import type { Repetition } from "./control-result.js";
import { renderControlPage } from "./control-page.js";
import { drawnDataset } from "./drawn-dataset.js";
import { experimentPipeline } from "./experiment-pipeline.js";
import { figuresOf } from "./figures.js";
import { judgeControl } from "./judge-control.js";
import { type ControlSubject, type Pipeline, repeat } from "./repeat.js";
import { type ControlTask, tasksOf } from "./tasks.js";

const DRAWS = nightlyOr(20, 3);
const root = mkdtempSync(join(tmpdir(), "truewind-control-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const experimentOf = (changes: object = {}): Experiment =>
  parseExperiment(
    {
      name: "controlled",
      data: { dataset: "reverting" },
      model: { family: "ridge", alpha: 1000 },
      features: ["reversal", "traded"],
      ownFeatures: [
        { name: "reversal", formula: "close / close.lag(20) - 1" },
        { name: "traded", formula: "volume" },
      ],
      universe: { minHistory: 30 },
      splits: { train: 250, test: 250 },
      portfolio: { kind: "top-k", k: 5 },
      risk: { maxWeight: 0.25 },
      costs: { feeBps: 1, halfSpreadBps: 1, impactBps: 1 },
      ...changes,
    },
    "the test",
  );

let dataset: OpenDataset;
let fit: MarketFit;
const experiment = experimentOf();
const honest = experimentPipeline({ experiment, tuning: null, facts: NO_FACTS, threads: 1 });

beforeAll(async () => {
  const workspace = openWorkspace(root);
  await simulateDataset(workspace, {
    name: "reverting",
    seed: "control",
    names: 20,
    sectors: 2,
    from: "2018-01-01",
    to: "2020-12-31",
    edge: 5,
  });
  dataset = await openDataset(workspace.lake, "reverting");
  const universe = openUniverse(experiment, dataset);
  const moves = await readMarketMoves(dataset.source(windowOf(universe)), {
    sessions: universe.sessions,
    names: universe.instruments.length,
    references: dataset.references(),
  });
  fit = fitMarket(moves, universe.tradable);
});

const subject = (pipeline: Pipeline): ControlSubject => ({ fit, likeness: dataset, seed: "1", pipeline });
async function repeatAll(
  pipeline: Pipeline,
  kinds: readonly ("market" | "names")[],
  sizes: readonly number[] = [],
): Promise<readonly Repetition[]> {
  return repeatTasks(pipeline, tasksOf({ kinds, draws: DRAWS, sizes, plantedDraws: 1 }));
}

async function repeatTasks(pipeline: Pipeline, tasks: readonly ControlTask[]): Promise<readonly Repetition[]> {
  const all: Repetition[] = [];
  for (const task of tasks) all.push(await repeat(task, subject(pipeline)));
  return all;
}

/** A pipeline that leaks: its import step writes what will happen over the next five sessions into the volume of a bar. */
const leaky: Pipeline = async (given, truth) => {
  const bars: BarBatch[] = [];
  for await (const batch of given.source().batches(0)) if (batch.kind === "bar") bars.push(batch);
  const whole = createBarBatch(bars.reduce((sum, { length }) => sum + length, 0));
  let row = 0;
  for (const batch of bars) {
    for (const key of ["at", "seenAt", "openAt", "open", "high", "low", "close", "volume", "instrument"] as const)
      whole[key].set(batch[key], row);
    row += batch.length;
  }
  const ahead = new Map<number, number[]>();
  for (let r = whole.length - 1; r >= 0; r--) {
    const closes = ahead.get(whole.instrument[r] as number) ?? [];
    whole.volume[r] = 1e6 * ((closes[Math.max(0, closes.length - 5)] ?? 1) / (closes.at(-1) ?? 1));
    closes.push(whole.close[r] as number);
    ahead.set(whole.instrument[r] as number, closes);
  }
  return honest(drawnDataset(given, { bars: whole, references: given.references() }, "leak"), truth);
};

describe("a pipeline under control", () => {
  it("finds the edge of a market that reverts, and none where its days were permuted", { timeout: 300_000 }, async () => {
    const real = figuresOf(await honest(dataset, undefined));
    expect(real.decision).toBe("edge");
    const repetitions = await repeatAll(honest, ["market", "names"], [0.1]);
    const judged = judgeControl(real, [proveNull("market", fit, createRng("proof"))], repetitions, LEVEL);
    expect(repetitions.filter(({ kind, decision }) => kind !== "planted" && decision === "edge")).toEqual([]);
    const [market] = judged.nulls;
    expect(market?.proof.holds).toBe(true);
    expect(market?.information.highest).toBeLessThan(real.information as number);
    expect(market?.icPValue).toBeGreaterThan(0.01);
    // What was planted again is found again.
    expect(judged.power[0]).toMatchObject({ size: 0.1, found: { count: 1, of: 1 } });
    expect(judged.power[0]?.oracleInformation).toBeGreaterThan(1);
  });

  it("searches anew on every market where its settings are searched for", { timeout: 300_000 }, async () => {
    const space = { "model.alpha": { choices: [1000, 1e5] }, "label.horizon": { choices: [1, 10] } };
    const file = parseTuning(
      { ...experiment, tuning: { space, sampler: { kind: "grid" }, trials: 4, folds: 2, pruner: { kind: "none" } } },
      "the test",
    );
    const searching = experimentPipeline({ ...file, facts: NO_FACTS, threads: 1 });
    const drawn: OpenDataset[] = [];
    const looking: Pipeline = (given, truth) => {
      drawn.push(given);
      return searching(given, truth);
    };
    const [market] = await repeatTasks(looking, [{ kind: "market", draw: 0, size: 0 }]);
    const chosen = await searchOn(file, drawn[0] as OpenDataset, NO_FACTS);
    expect(chosen).not.toEqual(file.experiment);
    const alone = experimentPipeline({ experiment: chosen, tuning: null, facts: NO_FACTS, threads: 1 });
    expect(market).toEqual((await repeatTasks(alone, [{ kind: "market", draw: 0, size: 0 }]))[0]);
  });

  it("is caught when it leaks: it finds an edge where there is none", { timeout: 300_000 }, async () => {
    const real = figuresOf(await leaky(dataset, undefined));
    const repetitions = await repeatAll(leaky, ["market"]);
    const judged = judgeControl(real, [proveNull("market", fit, createRng("proof"))], repetitions, LEVEL);
    expect(judged.nulls[0]?.falseAlarms.count).toBe(DRAWS);
    const failed = judged.gate.checks.filter(({ passes }) => !passes).map(({ name }) => name);
    expect(failed).toEqual(expect.arrayContaining(["false alarms (whole days permuted)", "nothing predicted (whole days permuted)"]));
  });

  it("gives the same repetition for the same seed", { timeout: 300_000 }, async () => {
    const task = { kind: "market", draw: 0, size: 0 } as const;
    const [one, two] = [await repeat(task, subject(honest)), await repeat(task, subject(honest))];
    expect(two).toEqual(one);
    expect(await repeat({ ...task, draw: 1 }, subject(honest))).not.toEqual({ ...one, draw: 1 });
  });
});

describe("a drawn dataset", () => {
  it("has an id and a lineage of its own, no truth beside it, and never splits a moment over two batches", async () => {
    const rows = BATCH_ROWS + 100;
    const bars = createBarBatch(rows);
    bars.seenAt.forEach((_, r) => (bars.at[r] = bars.seenAt[r] = Math.floor(r / 300)));
    const drawn = drawnDataset(dataset, { bars, references: [] }, "market-0");
    expect(drawn.manifest.id).not.toBe(dataset.manifest.id);
    expect(drawn.manifest.lineage).toBe(drawn.manifest.id);
    const read: BarBatch[] = [];
    for await (const batch of drawn.source().batches(0)) read.push(batch as BarBatch);
    expect(read.reduce((sum, { length }) => sum + length, 0)).toBe(rows);
    expect(read.length).toBe(2);
    expect(read[0]?.seenAt.at(-1)).not.toBe(read[1]?.seenAt[0]);
    const late: number[] = [];
    for await (const batch of drawn.source().batches(rows - 5)) late.push(batch.length);
    expect(late).toEqual([5]);
    const window = drawn.source({ from: 2 as never, to: 3 as never });
    for await (const batch of window.batches(0)) expect([batch.length, batch.at[0]]).toEqual([300, 2]);
  });
});

describe("the page of a control", () => {
  it("says the gate first, draws the nulls with the real result among them, and carries no foreign markup", () => {
    const evil = "<script>broken</script>";
    const nulls: Repetition[] = Array.from({ length: 20 }, (_, draw) => ({
      kind: "market",
      draw,
      planted: null,
      decision: "no edge",
      pValue: 0.5,
      rankIc: (draw - 10) / 1000,
      sharpe: 0.4,
      information: (draw - 10) / 10,
      excess: (draw - 10) / 100,
      turnover: 3,
    }));
    const real = { decision: "edge", pValue: 0.001, rankIc: 0.05, sharpe: 2, information: 2.5, excess: 0.2, turnover: 3 } as const;
    const proof = { kind: "market", holds: true, because: "Nothing is found.", draws: [], namesScore: 0, marketScore: 0 } as const;
    const page = renderControlPage({
      schema: 1,
      name: evil,
      run: "run",
      identity: { experimentHash: "abc", dataId: "def", codeVersion: "ghi", seed: "1" },
      dataset: { ...datasetOfPage, name: evil },
      from: "2019-01-01",
      to: "2020-12-31",
      over: "equal weight",
      level: 0.01,
      search: { trials: 40, settings: [evil] },
      real,
      ...judgeControl(real, [proof], nulls, 0.01),
    });
    expect(page).toContain("The control gate is open.");
    expect(page).not.toContain(evil);
    expect(page.match(/class="null-dot" d="(M[^"]*)"/g)?.some((path) => path.split("M").length === 21)).toBe(true);
    expect(page).toContain("real-line");
    expect(page).toContain("No edge was planted");
    expect(page).toContain("on every market 40 trials over ");
  });
});

const datasetOfPage = {
  name: "market",
  source: "test",
  priceBasis: "raw",
  priceBasisAssumed: false,
  survivorsOnly: true,
  survivorsAssumed: false,
  calendar: "XNYS",
  instruments: 20,
  rows: 1000,
  from: "2018-01-01",
  to: "2020-12-31",
  quarantinedRows: 0,
  quarantinedFiles: 0,
  flaggedRows: 0,
  quality: {},
  plantedEdge: null,
} as const;
