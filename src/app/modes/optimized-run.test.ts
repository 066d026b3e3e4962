// A whole backtest whose portfolio is optimized, over a simulated market with an edge: who answered stands in the result, limits hold.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openDataset } from "#data/lake/open-dataset.js";
import { stops } from "../config/portfolio-keys.js";
import { parseExperiment } from "../config/experiment.js";
import { openWorkspace } from "../config/workspace.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { backtestOn } from "./backtest.js";

const root = mkdtempSync(join(tmpdir(), "truewind-optimized-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("runs, trades within its turnover, and says who answered", { timeout: 120_000 }, async () => {
  const workspace = openWorkspace(root);
  await simulateDataset(workspace, { name: "m", seed: "1", names: 12, sectors: 3, from: "2018-01-01", to: "2019-12-31", edge: 1 });
  const dataset = await openDataset(workspace.lake, "m");
  const experiment = parseExperiment(
    {
      name: "x",
      data: { dataset: "m", anonymize: false },
      universe: { minHistory: 1 },
      splits: { train: 250, test: 60 },
      portfolio: { kind: "optimize", covariance: "factor", window: 60, maxTurnover: 0.2, maxSector: 0.5, volatilityTarget: 0.2 },
      risk: { maxWeight: 0.3 },
    },
    "test",
  );
  const result = await backtestOn(experiment, dataset, { onProgress: () => undefined, threads: 1 });
  const answers = result.answers ?? [];
  expect(answers.reduce((sum, { times }) => sum + times, 0)).toBeGreaterThan(30);
  expect(answers.find(({ step }) => step === "mean-variance")?.times).toBeGreaterThan(20);
  expect(result.orders.filled).toBeGreaterThan(50);
  // What is traded at the next open is worth a little more or less than at the decision.
  expect(Math.max(...result.strategy.turnover)).toBeLessThan(0.23);
  const stopped = await backtestOn({ ...experiment, stops: stops.parse({ trailing: 0.05, time: 30 }) }, dataset, {
    onProgress: () => undefined,
    threads: 1,
  });
  expect(stopped.orders.hash).not.toBe(result.orders.hash);
  expect(stopped.answers).toBeDefined();
});
