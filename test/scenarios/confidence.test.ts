// How sure a model is, through the whole product: a simulated market with regimes of volatility, a model that follows them while it is used,
// judged by what came; the same orders and the same state in backtest, paper, replay and after a restart.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { type ExperimentInput, parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { adviceLines } from "#app/report/text-summary.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { performPaper } from "#app/runs/perform-paper.js";
import { performReplay } from "#app/runs/perform-replay.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import type { ConfidenceResult } from "#domain/confidence-result.js";

const root = mkdtempSync(join(tmpdir(), "truewind-confidence-"));
const workspace = openWorkspace(root);
beforeAll(async () => {
  const span = { from: "2010-01-01", to: "2016-12-31" };
  await simulateDataset(workspace, { name: "market", seed: "confidence", names: 30, sectors: 4, ...span, edge: 3 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const quiet = { onProgress: () => undefined };
const experimentOf = (name: string, model: object, more: Partial<ExperimentInput> = {}) =>
  parseExperiment(
    {
      name,
      data: { dataset: "market" },
      universe: { minHistory: 60, minPrice: 5 },
      features: "classic-40-raw",
      model: { family: "calibrated", member: { family: "ridge", alpha: 1000 }, ...model },
      splits: { train: 504, test: 252 },
      portfolio: { kind: "signals", minConfidence: 0.5, minReturn: 0.0005, scale: 200, perName: 0.1 },
      risk: { profile: "research" },
      ...more,
    },
    "test",
  );

describe("confidence", () => {
  const backtest = async (name: string, model: object, more?: Partial<ExperimentInput>): Promise<ConfidenceResult> => {
    const { result } = await performBacktest(experimentOf(name, model, more), { workspace, command: "test", ...quiet });
    return result.confidence as ConfidenceResult;
  };

  it("covers what it says within two points over the years, and each year nearly so", { timeout: 120_000 }, async () => {
    const { coverage, probability, outOfDomain } = await backtest("pid", {}, { rebalance: { every: 2 } });
    expect(coverage).not.toBeNull();
    expect(Math.abs((coverage?.observed ?? 0) - 0.9)).toBeLessThan(0.02);
    const year = (coverage?.year ?? []).filter((share) => share !== null);
    expect(year.length).toBeGreaterThan(300);
    for (const share of year) expect(Math.abs(share - 0.9)).toBeLessThan(0.06);
    expect(probability?.calibrationError).toBeLessThan(0.05);
    expect(outOfDomain?.share).toBeLessThan(0.2);
  });

  it("is the same in backtest, paper and replay, and after a restart", { timeout: 180_000 }, async () => {
    const experiment = experimentOf(
      "parity",
      { pool: "instrument" },
      { data: { dataset: "market", from: "2014-06-02" }, splits: { train: 400, test: 90 } },
    );
    const run = await performBacktest(experiment, { workspace, command: "test", ...quiet });
    const { result } = run;
    expect(result.advice?.rows.length).toBeGreaterThan(0);
    expect(readFileSync(run.folder.file("report.html"), "utf8")).toContain("Coverage of the intervals");
    const decisionsOf = (path: string): string[] =>
      [...readJournal(join(path, "journal.twj"))].flatMap((entry) => (entry.kind === "decision" ? [JSON.stringify(entry)] : []));
    const orders = decisionsOf(run.folder.path);
    expect(orders.length).toBeGreaterThan(20);
    expect((await performReplay(run.folder.path, workspace, () => undefined)).decisions).toBe(orders.length);
    const sessions = result.dates.length;
    const paper = await performPaper(experiment, { workspace, sessions, pace: null, ...quiet });
    expect(decisionsOf(paper.folder.path)).toEqual(orders);
    expect(paper.outcome.advice).toEqual(result.advice);
    expect(adviceLines(result.advice as NonNullable<typeof result.advice>)[0]).toMatch(
      /^SIGNALS of 2016-12-\d\d: \d+ BUY, \d+ SELL, \d+ HOLD$/,
    );
    const stop = new AbortController();
    const onProgress = (step: string, done: number): void => {
      if (step === "paper session" && done > 0.4) stop.abort();
    };
    await expect(performPaper(experiment, { workspace, sessions, pace: 5000, onProgress, signal: stop.signal })).rejects.toMatchObject({
      code: "interrupted",
    });
    const resumed = await performPaper(experiment, { workspace, sessions, pace: null, ...quiet });
    expect(resumed.resumed).toBe(true);
    expect(resumed.outcome).toEqual(paper.outcome);
  });

  it("says why nothing was traded when no signal is sure enough", { timeout: 60_000 }, async () => {
    const strict = { portfolio: { kind: "signals", minConfidence: 0.99 } } as const;
    await expect(backtest("strict", {}, strict)).rejects.toThrow(
      /no signal passed portfolio.minConfidence .*the highest confidence was 0\.\d/,
    );
    const blind = experimentOf("blind", {}, { model: { family: "ridge" } });
    await expect(performBacktest(blind, { workspace, command: "test", ...quiet })).rejects.toThrow(/put it into model.family calibrated/);
  });
});
