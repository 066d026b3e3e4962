// What the manager would do overnight is what a paper session would order, from what is held, within a budget of volatility.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { type Experiment, parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { JOURNAL_FILE } from "#app/runs/run-folder.js";
import { performPaper } from "#app/runs/perform-paper.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { openManager, type PortfolioManager } from "#app/signals/manager.js";
import type { OvernightSignals } from "#app/signals/overnight-signals.js";
import { signalLines } from "#app/signals/signal-lines.js";
import { formatMicros } from "#domain/time.js";

const root = mkdtempSync(join(tmpdir(), "truewind-overnight-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const workspace = openWorkspace(join(root, "ws"));
const quiet = { workspace, onProgress: () => undefined };

const asked = (over: object = {}): Experiment =>
  parseExperiment(
    {
      name: "night",
      data: { dataset: "m", anonymize: false },
      universe: { minHistory: 260 },
      features: ["mom_20", "rsi_14"],
      splits: { train: 310, test: 100 },
      portfolio: { kind: "top-k", k: 4 },
      risk: { profile: "research", maxWeight: 0.3 },
      ...over,
    },
    "test",
  );

const sum = ({ signals }: OvernightSignals): number => signals.reduce((total, { targetWeight }) => total + targetWeight, 0);

describe("overnight signals", () => {
  let manager: PortfolioManager;
  let free: OvernightSignals;
  beforeAll(async () => {
    await simulateDataset(workspace, { name: "m", seed: "1", names: 8, sectors: 2, from: "2018-06-01", to: "2019-12-31", edge: 1 });
    manager = openManager(asked(), quiet);
    free = await manager.overnightSignals(null, null);
  });

  it("from where a paper session ended are the orders of its own last decision, name by name", async () => {
    const paper = await performPaper(asked(), { ...quiet, sessions: 6, pace: null });
    const after = await manager.overnightSignals(null, null, { from: paper.folder.id });
    expect(after.equity).toBe(paper.outcome.equity);
    const held = after.signals.filter((one) => one.held !== 0);
    expect(Object.fromEntries(held.map((one) => [one.instrument, one.held]))).toEqual(paper.outcome.positions);
    let orders: readonly number[] = [];
    for (const entry of readJournal(paper.folder.file(JOURNAL_FILE)))
      if (entry.kind === "decision" && formatMicros(entry.asOf) === after.at) orders = entry.decisions.map(({ order }) => order.lots);
    expect(orders.length).toBeGreaterThan(0);
    const lots = after.signals.map(({ order }) => order).filter((order) => order !== 0);
    const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
    expect(sorted(lots)).toEqual(sorted(orders));
  });

  it("of a model that goes on learning are those of a session that began with it, with its confidence", async () => {
    const model = { family: "calibrated", member: { family: "ridge" } };
    // What has come of its words moves its errors, and these move the weights.
    const portfolio = { kind: "optimize", window: 60, short: true, invested: 1, doubt: 0.02, riskAversion: 20 };
    const experiment = asked({ name: "learning", model, portfolio, label: { kind: "forward", horizon: 5 }, rebalance: { every: 4 } });
    const { folder, outcome } = await performPaper(experiment, { ...quiet, sessions: 89, pace: null }); // all of the fold
    const after = await openManager(experiment, quiet).overnightSignals(null, null, { from: folder.id });
    expect(after.equity).toBe(outcome.equity);
    let orders: readonly number[] = [];
    for (const entry of readJournal(folder.file(JOURNAL_FILE)))
      if (entry.kind === "decision" && formatMicros(entry.asOf) === after.at)
        orders = entry.decisions.flatMap(({ verdict, order }) => (verdict === "refuse" ? [] : [order.lots]));
    const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
    expect(orders.length).toBeGreaterThan(0);
    expect(sorted(after.signals.map(({ order }) => order).filter((order) => order !== 0))).toEqual(sorted(orders));
    expect(after.signals.every(({ confidence }) => confidence !== null && confidence > 0 && confidence < 1)).toBe(true);
    expect(after.answer).toEqual({ step: "mean-variance", failed: [] });
  });

  it("say who answered where the portfolio's first way has no weights", async () => {
    const chain = (fallback: readonly string[]) =>
      openManager(asked({ portfolio: { kind: "optimize", window: 60, beta: [5, 6], fallback } }), quiet).overnightSignals(null, null);
    const least = await chain(["minimum-variance"]);
    expect(least.answer).toMatchObject({ step: "minimum-variance", failed: [expect.stringMatching(/no weights obey .*beta/) as string] });
    expect(signalLines(least).join("\n")).toMatch(/! portfolio by minimum-variance: mean-variance: no weights obey/);
    expect((await chain([])).answer?.step).toBe("hold");
    expect(free.answer).toBe(null);
  });

  it("from cash buy what the portfolio wants, with an opinion behind it", () => {
    expect(free.signals.filter(({ action }) => action === "BUY")).toHaveLength(4);
    expect(free.signals.every(({ expectedReturn }) => expectedReturn !== null)).toBe(true);
    expect(sum(free)).toBeGreaterThan(0.95);
    expect(signalLines(free).join("\n")).toMatch(/BUY .*\n[\s\S]*Nothing was sent/);
  });

  it("keep to the budget of volatility with cash, and use all of it", async () => {
    const budget = (free.volatility as number) / 2;
    const calm = await manager.overnightSignals(null, budget);
    expect(calm.volatility).toBeCloseTo(budget, 10);
    expect(sum(calm)).toBeCloseTo(sum(free) / 2, 2);
    expect((await manager.overnightSignals(null, 9)).signals).toEqual(free.signals);
  });

  it("start from what is held: nothing is ordered where it is there, and the rest is sold", async () => {
    const file = join(root, "holdings.yaml");
    const wanted = free.signals.filter(({ order }) => order > 0);
    const other = free.signals.find(({ order }) => order === 0)?.instrument as string;
    const held = Object.fromEntries(wanted.map(({ instrument, order }) => [instrument, order]));
    writeFileSync(file, JSON.stringify({ cash: free.equity * (1 - sum(free)), positions: held }));
    const still = await manager.overnightSignals(null, null, { from: file });
    expect(still.equity).toBeCloseTo(free.equity, 2);
    expect(still.signals.filter(({ action }) => action !== "HOLD")).toEqual([]);
    expect(still.signals.filter(({ targetWeight }) => targetWeight > 0)).toHaveLength(4);
    writeFileSync(file, `cash: 1000\npositions:\n  ${other}: 10\n`);
    const moved = await manager.overnightSignals(null, null, { from: file });
    expect(moved.signals.find(({ instrument }) => instrument === other)).toMatchObject({
      action: "SELL",
      held: 10,
      order: -10,
      targetWeight: 0,
    });
  });

  it("bad input is refused in a sentence", async () => {
    const file = join(root, "bad.yaml");
    const from = (text: string): Promise<unknown> => {
      writeFileSync(file, text);
      return manager.overnightSignals(null, null, { from: file });
    };
    await expect(from("cash: 1\npositions: { NOBODY: 1 }")).rejects.toThrow(/name NOBODY, which is not in dataset m/);
    await expect(from("cash: 1\npositions: { A: 1.5 }")).rejects.toThrow(/positions.A: /);
    await expect(from("positions: {}")).rejects.toThrow(/cash: is missing/);
    await expect(manager.overnightSignals(null, null, { from: "nothing" })).rejects.toThrow(/no single run "nothing"/);
    await expect(manager.overnightSignals(null, -1)).rejects.toThrow(/no deviation a year/);
    await expect(manager.overnightSignals([], null)).rejects.toThrow(/names nobody/);
    await expect(manager.overnightSignals(["NOBODY"], null)).rejects.toThrow(/there is no NOBODY/);
    await expect(manager.monitorAndAdjust({ every: "15m", maxTurnover: 0.05 })).rejects.toThrow(/kind top-k has no budget/);
  });
});
