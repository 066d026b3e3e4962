// Searches on a market of our own making, imported as a user would: what comes after the first test changes no trial.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { createRng } from "#base/rng.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { readDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { isoDateOrThrow } from "#domain/time.js";
import { readExperiment } from "../config/experiment.js";
import { parseTuning } from "../config/tuning.js";
import { type Workspace, openWorkspace } from "../config/workspace.js";
import { performBacktest } from "../runs/perform-backtest.js";
import { performTune, type TuneRun } from "./perform-tune.js";

const NAMES = 14;
const FIRST_TEST = "2019-01-02";
let folder = "";
let workspace: Workspace;

/** Bars whose returns carry on a little from those of the session before. From `otherFrom` on, another market. */
async function importMarket(name: string, otherFrom: string): Promise<void> {
  const days = calendarByName("XNYS").sessions(isoDateOrThrow("2017-01-03"), isoDateOrThrow("2019-12-31"));
  const at = join(folder, name);
  mkdirSync(at, { recursive: true });
  for (let i = 0; i < NAMES; i++) {
    const [here, there] = [createRng(`bars/${i}`), createRng(`other bars/${i}`)];
    const drift = 0.002 * Math.sin(i);
    let price = 20 + i;
    const lines = days.map(({ date }) => {
      const rng = date < otherFrom ? here : there;
      const open = price * (1 + 0.002 * rng.normal());
      const close = open * (1 + (date < otherFrom ? drift : -drift) + 0.01 * rng.normal());
      const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.998];
      price = close;
      return [date, ...[open, high, low, close].map((value) => value.toFixed(4)), 100_000 + rng.int(50_000)].join(",");
    });
    writeFileSync(join(at, `N${String.fromCharCode(65 + i)}.csv`), `date,open,high,low,close,volume\n${lines.join("\n")}\n`);
  }
  const columns = { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" };
  const declaration = {
    name,
    files: "*.csv",
    columns,
    interval: "1d",
    calendar: "XNYS",
    currency: "USD",
    priceBasis: "full",
    survivorsOnly: false,
  };
  writeFileSync(join(at, "declaration.yaml"), stringify(declaration));
  await importDataset(await readDeclaration(join(at, "declaration.yaml")), workspace.lake);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "truewind-tune-"));
  workspace = openWorkspace(join(folder, "ws"));
  await importMarket("real", "2030-01-01");
  await importMarket("other", FIRST_TEST);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const momentum = [
  { name: "m5", formula: "close / close.lag(5) - 1" },
  { name: "m20", formula: "close / close.lag(20) - 1" },
];

function search(
  dataset: string,
  changes: object = {},
  space: object = { "model.alpha": { float: [0.1, 1e5], log: true } },
  more: object = {},
) {
  const raw = {
    name: "search",
    data: { dataset },
    universe: { minHistory: 30 },
    ownFeatures: momentum,
    features: ["m5", "m20"],
    splits: { firstTest: FIRST_TEST, test: 126 },
    portfolio: { kind: "top-k", k: 4 },
    risk: { maxWeight: 0.3 },
    ...more,
    tuning: { trials: 8, parallel: 2, folds: 3, ...changes, space },
  };
  return parseTuning(raw, "search.yaml");
}

const sorted = (values: readonly (number | undefined)[]): readonly number[] => values.map(Number).sort((a, b) => a - b);

const tune = (file: ReturnType<typeof search>, signal?: AbortSignal): Promise<TuneRun> =>
  performTune(file, { workspace, workers: 0, onProgress: () => undefined, signal });

describe("a search", () => {
  it("has the same trials whatever the market does from the first test on", async () => {
    const space = {
      "model.alpha": { float: [0.1, 1e5], log: true },
      "label.horizon": { int: [2, 10] },
      "portfolio.k": { int: [2, 6] },
    };
    const objectives = [
      { objective: "rank-ic", trials: 5 },
      { objective: "net-sharpe", trials: 3, folds: 2 },
    ];
    for (const changes of objectives) {
      const spaceOf = changes.objective === "net-sharpe" ? space : { "model.alpha": space["model.alpha"] };
      const real = await tune(search("real", changes, spaceOf));
      const other = await tune(search("other", changes, spaceOf));
      expect(real.result.trials).toEqual(other.result.trials);
      expect(real.result.dataId).not.toBe(other.result.dataId);
      expect(new Set(real.result.trials.map(({ value }) => value)).size).toBeGreaterThan(2);
      expect(real.result.test.to < FIRST_TEST).toBe(true);
      expect(real.result.untouchedFrom).toBe(FIRST_TEST);
    }
    // The same perturbation is seen by whoever looks there.
    const backtest = async (dataset: string): Promise<number> => {
      const { experiment } = search(dataset);
      return (await performBacktest(experiment, { workspace, onProgress: () => undefined, command: "test" })).result.metrics.strategy
        .annualReturn;
    };
    expect(await backtest("real")).not.toBe(await backtest("other"));
  });

  it("writes the best trial as an experiment that can be backtested, and every trial counts against it", async () => {
    const { result, experimentFile, reportFile } = await tune(search("real", { seeds: 2 }));
    const chosen = readExperiment(experimentFile);
    expect(chosen).toEqual(result.chosen);
    expect(chosen.model).toEqual({ family: "ridge", alpha: result.best.params["model.alpha"] });
    const values = result.trials.flatMap(({ value }) => (value === null ? [] : [value]));
    expect(result.best.value).toBe(Math.max(...values));
    const state = await openStateDatabase(workspace.stateDb);
    const trials = (await state.trials.list()).filter(({ study }) => study === result.id);
    const counted = await state.trials.distinctTrials((trials[0] as (typeof trials)[number]).lineage);
    await state.close();
    expect(trials).toHaveLength(8);
    expect(new Set(trials.map(({ kind, measure }) => `${kind}, ${measure}`))).toEqual(new Set(["tuning, rank IC"]));
    for (const trial of trials) expect(trial.outOfSample).toHaveLength(trial.at.length);
    const backtest = await performBacktest(chosen, { workspace, onProgress: () => undefined, command: "test" });
    // The chosen experiment was tried already: it is no further one.
    expect(backtest.trials).toBe(counted);
    expect(backtest.trials).toBeGreaterThanOrEqual(8);
    const page = readFileSync(reportFile, "utf8");
    expect(page).toContain("8 settings were tried");
    expect(page.slice(0, page.lastIndexOf("<script>"))).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("that was stopped goes on to the same trials and runs none again", async () => {
    const pruned = { pruner: { kind: "median", startup: 2, warmup: 1 }, trials: 10 };
    const whole = await tune(search("real", { ...pruned, patience: 100 }));
    const controller = new AbortController();
    const file = search("real", { ...pruned, patience: 99 });
    let told = 0;
    const stopping = performTune(file, {
      workspace,
      workers: 0,
      onProgress: (step) => {
        if (step.startsWith("trials") && ++told === 5) controller.abort();
      },
      signal: controller.signal,
    });
    await expect(stopping).rejects.toMatchObject({ code: "interrupted", message: expect.stringMatching(/goes on behind them/) as string });
    const again = await tune(file);
    expect(again.result.trials).toEqual(whole.result.trials);
    expect(again.result.trials.some(({ state }) => state === "pruned")).toBe(true);
    const lines = readFileSync(again.folder.file("trials.jsonl"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(10);
    const longer = await tune(search("real", { ...pruned, patience: 99, trials: 12 }));
    expect(longer.folder.id).toBe(again.folder.id);
    expect(longer.result.trials.slice(0, 10)).toEqual(again.result.trials);
    expect(longer.result.trials).toHaveLength(12);
  });

  it("prunes boosting within a fit, and halves brackets at its ends", async () => {
    const boosting = { model: { family: "boosting", rounds: 24, minDataInLeaf: 5, patience: null } };
    const space = { "model.learningRate": { float: [0.001, 0.5], log: true }, "model.leaves": { int: [2, 16] } };
    const asha = await tune(search("real", { pruner: { kind: "asha" }, trials: 8 }, space, boosting));
    const within = asha.result.trials.filter(({ state, intermediates }) => state === "pruned" && (intermediates.at(-1)?.[0] ?? 0) < 1);
    expect(within.length).toBeGreaterThan(0);
    const halving = await tune(search("real", { pruner: { kind: "halving" }, trials: 8, parallel: 4 }, space, boosting));
    const lengths = halving.result.trials.map(({ intermediates }) => intermediates.at(-1)?.[0]);
    // Of each four trials two end behind the first fit, one behind the second.
    expect([sorted(lengths.slice(0, 4)), sorted(lengths.slice(4))]).toEqual([
      [1, 1, 2, 3],
      [1, 1, 2, 3],
    ]);
  });

  it("judges by log-loss where the model says how sure it is, and says so where it does not", async () => {
    const calibrated = { model: { family: "calibrated", member: { family: "ridge", alpha: 10 } } };
    const space = { "model.member.alpha": { float: [0.1, 1e4], log: true } };
    const { result } = await tune(search("real", { objective: "log-loss", trials: 4, pruner: { kind: "none" } }, space, calibrated));
    expect(result.direction).toBe("minimize");
    expect(result.best.value).toBe(Math.min(...result.trials.map(({ value }) => value as number)));
    expect(result.best.value).toBeGreaterThan(0.4);
    expect(result.best.value).toBeLessThan(1);
    const unsure = tune(search("real", { objective: "log-loss", trials: 4 }));
    await expect(unsure).rejects.toMatchObject({ code: "bad-config", message: expect.stringMatching(/ridge does not/) as string });
  });

  it("counts a trial that cannot be fitted as failed, and goes on", async () => {
    // A leaf of more rows than there are cannot be split, and no model of one value ranks anything.
    const boosting = { model: { family: "boosting", rounds: 5 } };
    const space = { "model.minDataInLeaf": { choices: [10, 100_000] } };
    const { result } = await tune(search("real", { trials: 6, sampler: { kind: "random" }, pruner: { kind: "none" } }, space, boosting));
    const states = new Set(result.trials.map(({ state, params }) => `${state} ${String(params["model.minDataInLeaf"])}`));
    expect(states).toEqual(new Set(["complete 10", "failed 100000"]));
    expect(result.trials.find(({ state }) => state === "failed")?.reason).toBe("The objective is NaN.");
  });

  it("says what is missing where too little precedes the first test", async () => {
    const early = search("real", {}, undefined, { splits: { firstTest: "2017-02-10" } });
    await expect(tune(early)).rejects.toMatchObject({
      code: "bad-config",
      message: expect.stringMatching(/Too little precedes the first test/) as string,
    });
  });
});
