// The report of risk, of a run and of a file that holds the same: one portfolio, the same figures, and parts that add up.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseExperiment } from "#app/config/experiment.js";
import { riskFileSchema } from "#app/config/risk-schema.js";
import { openWorkspace } from "#app/config/workspace.js";
import { riskLines } from "#app/risk/risk-lines.js";
import { type RiskReport, riskReport } from "#app/risk/risk-report.js";
import { type RiskSubject, subjectOfFile, subjectOfRun } from "#app/risk/risk-subject.js";
import { type BacktestRun, performBacktest } from "#app/runs/perform-backtest.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { looksLikeAlias } from "#data/names/alias.js";

const root = mkdtempSync(join(tmpdir(), "truewind-risk-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const workspace = openWorkspace(join(root, "ws"));
const keys = ["valueAtRisk", "expectedShortfall"] as const;

const asked = riskFileSchema.parse({
  stress: {
    lengths: [1, 20, 9999].map((length) => Math.min(length, 2_500)),
    windows: [
      { name: "a month", from: "2019-03-01", to: "2019-03-31" },
      { name: "before the data", from: "2001-09-10", to: "2001-09-30" },
      { name: "half of it", from: "2017-01-01", to: "2018-03-01" },
    ],
    shocks: [
      { name: "market", market: -0.2 },
      { name: "own share", instruments: { SIM_INDEX: -0.1 } },
      { name: "twice the same", market: -0.2, instruments: { SIM_INDEX: -0.1 } },
    ],
  },
}).stress;

let held: BacktestRun;
let run: string;
let ofRun: RiskSubject;
let report: RiskReport;
beforeAll(async () => {
  await simulateDataset(workspace, { name: "small", seed: "risk", names: 12, sectors: 3, from: "2018-01-01", to: "2020-03-31", edge: 1 });
  held = await performBacktest(experimentOf({ profile: "research" }), { workspace, onProgress: () => undefined, command: "test" });
  run = held.folder.path;
  ofRun = await subjectOfRun(run, workspace, () => undefined);
  report = riskReport(ofRun, asked, { window: 250 });
});

function experimentOf(risk: object) {
  return parseExperiment(
    {
      name: "held",
      data: { dataset: "small" },
      benchmark: "SIM_INDEX",
      features: ["rank_mom_20", "rank_reversal_5"],
      splits: { train: 300, test: 126 },
      model: { family: "ridge", alpha: 1000 },
      portfolio: { kind: "top-k", k: 5 },
      risk: { ...risk, maxWeight: 0.3 },
    },
    "test",
  );
}

it("a backtest tells which breakers opened, and tells of none where none did", async () => {
  const rules = riskFileSchema.parse({ limits: { maxTurnover: 1, minWeight: 0 }, breakers: { dailyLoss: 0.004, positionLoss: null } });
  const { result } = await performBacktest(experimentOf({ rules }), { workspace, onProgress: () => undefined, command: "test" });
  expect(held.result).not.toHaveProperty("trips");
  expect(result.trips?.[0]).toMatchObject({ breaker: "daily-loss", instrument: null, allowed: 0.004 });
  expect(result.trips?.[0]?.measured).toBeGreaterThan(0.004);
  expect(result.dates).toContain(result.trips?.[0]?.date);
});

describe("the report of a run", () => {
  it("has every method at both horizons and levels, components that add up, and anonymized names alone", () => {
    expect(report.measures).toHaveLength(6 * 2 * 2);
    expect(report.positions.length).toBeGreaterThan(2);
    for (const { name } of report.positions) expect(looksLikeAlias(name), name).toBe(true);
    for (const { risk, method } of report.measures) {
      if (risk === null) {
        expect(method).toBe("cornish-fisher");
        continue;
      }
      expect(risk.positions).toHaveLength(report.positions.length);
      expect(risk.expectedShortfall).toBeGreaterThanOrEqual(risk.valueAtRisk);
      for (const key of keys) {
        const sum = risk.positions.reduce((total, { component }) => total + component[key], 0);
        expect(Math.abs(sum - risk[key]), `${method} ${key}`).toBeLessThan(1e-9);
      }
    }
    const figure = (horizon: number, level: number): number =>
      report.measures.find((cell) => cell.method === "historical" && cell.horizon === horizon && cell.level === level)?.risk?.valueAtRisk ??
      0;
    expect(figure(1, 0.99)).toBeGreaterThan(figure(1, 0.95));
    expect(figure(5, 0.95)).toBeGreaterThan(figure(1, 0.95));
  });

  it("tells stress whose positions add up, and says why where it cannot", () => {
    const row = (name: string) => report.stress.find((one) => one.name === name);
    for (const { loss, positions, why } of report.stress) {
      expect(loss === null).toBe(why !== null);
      if (loss !== null) expect(positions?.reduce((a, b) => a + b, 0)).toBeCloseTo(loss, 12);
    }
    expect(row("worst session")?.loss).toBeLessThan(row("worst 20 sessions")?.loss as number);
    expect(row("worst 2500 sessions")?.why).toMatch(/the data have \d+ sessions/);
    expect(row("a month")).toMatchObject({ from: "2019-03-01", to: "2019-03-29", why: null });
    expect(row("before the data")?.why).toMatch(/the data begin on 2018/);
    expect(row("half of it")?.why).toMatch(/the data begin on 2018/);
    // The benchmark is the market: the same regression, half the shock.
    expect(row("own share")?.loss).toBeCloseTo((row("market")?.loss as number) / 2, 10);
    expect(row("market")?.loss).toBeGreaterThan(0.05);
    expect(row("twice the same")?.why).toMatch(/did not move apart/);
  });

  it("is that of a file which holds the same, whichever names it uses", async () => {
    const held = ofRun.instruments.flatMap(({ id, lotSize }, i) => (ofRun.weights[i] === 0 ? [] : [{ id, lotSize, i }]));
    const { closes } = await lastCloses(held.map(({ id }) => id));
    const positions = Object.fromEntries(
      held.map(({ id, i }, k) => [id, Math.round(((ofRun.weights[i] as number) * ofRun.equity) / (closes[k] as number))]),
    );
    const cash = ofRun.equity * (1 - ofRun.weights.reduce((sum, weight) => sum + weight, 0));
    const file = join(root, "holdings.yaml");
    writeFileSync(file, JSON.stringify({ data: { dataset: "small" }, benchmark: "SIM_INDEX", cash, positions }));
    const again = riskReport(await subjectOfFile(file, workspace), asked, { window: 250 });
    expect(again.equity).toBeCloseTo(report.equity, 3);
    expect(again.positions.map(({ name }) => name)).toEqual(report.positions.map(({ name }) => name));
    again.measures.forEach(({ risk }, k) => {
      const other = report.measures[k]?.risk;
      if (risk !== null) expect(risk.valueAtRisk).toBeCloseTo(other?.valueAtRisk ?? Number.NaN, 9);
    });
    again.stress.forEach(({ loss }, k) => expect(loss ?? 0).toBeCloseTo(report.stress[k]?.loss ?? 0, 9));
  });

  it("is a table that names every method and shows the sum of the parts", () => {
    const text = riskLines(report, "normal").join("\n");
    for (const words of [
      "historical",
      "normal",
      "Student's t",
      "Cornish-Fisher",
      "Monte Carlo",
      "filtered history",
      "STRESS",
      "components add up",
    ])
      expect(text).toContain(words);
    expect(text).not.toContain("SIM_TECH");
    expect(text).not.toContain("NaN");
  });

  it("looks at any horizons and levels, with the figures of the same cells", () => {
    const other = riskReport(ofRun, asked, { window: 250, horizons: [5, 10], levels: [0.975, 0.99] });
    expect(other.measures).toHaveLength(6 * 2 * 2);
    const at = (of: typeof report, horizon: number, level: number) =>
      of.measures.filter((cell) => cell.horizon === horizon && cell.level === level).map(({ risk }) => risk?.valueAtRisk);
    expect(at(other, 5, 0.99)).toEqual(at(report, 5, 0.99));
    expect(at(other, 10, 0.975)).toHaveLength(6);
    const text = riskLines(other, "historical").join("\n");
    expect(text).toMatch(/5 days 97\.5% +5 days 99% +10 days 97\.5% +10 days 99%/);
    expect(text).toContain("PARTS by historical, 5 days 99%");
    // One stretch as long as the window is no history of such stretches.
    for (const horizon of [250, 251])
      expect(() => riskReport(ofRun, asked, { window: 250, horizons: [1, horizon] })).toThrow(
        `A horizon of ${horizon} sessions needs a window that is longer, and it has 250: ask for fewer sessions ahead or for a longer window.`,
      );
  });
});

describe("a file of holdings", () => {
  const write = (over: object): string => {
    const file = join(root, "other.yaml");
    writeFileSync(file, JSON.stringify({ data: { dataset: "small" }, positions: {}, ...over }));
    return file;
  };

  it("is refused where it says what the dataset does not know, or is worth nothing", async () => {
    await expect(subjectOfFile(write({ positions: { NOPE: 1 } }), workspace)).rejects.toThrow(/has no NOPE/);
    await expect(subjectOfFile(write({ cash: 0 }), workspace)).rejects.toThrow(/worth 0 USD/);
    await expect(subjectOfFile(write({ cash: 1, asOf: "1999-01-01" }), workspace)).rejects.toThrow(/the data begin after/);
    await expect(subjectOfFile(write({ cash: 1, asOf: "2999-01-01" }), workspace)).rejects.toThrow(
      /asOf is 2999-01-01, and the data end on/,
    );
    await expect(subjectOfFile(write({ cash: 1, stocks: {} }), workspace)).rejects.toThrow(/stocks/);
    const early = await subjectOfFile(write({ cash: 1, asOf: "2018-02-01" }), workspace);
    expect(() => riskReport(early, asked, { window: 250 })).toThrow(/60 sessions/);
    expect(() => riskReport(early, asked, { window: 10 })).toThrow(/window of 10 sessions is too short/);
  });

  it("of cash alone has no measures, and no stress that could hurt", async () => {
    const { measures, stress, positions } = riskReport(await subjectOfFile(write({ cash: 5 }), workspace), asked, { window: 250 });
    expect([measures, positions]).toEqual([[], []]);
    expect(stress.every(({ loss, why }) => loss === null && why !== null)).toBe(true);
  });

  it("knows nothing of what came after its day", async () => {
    const held = await subjectOfFile(write({ cash: 1, asOf: "2019-06-28" }), workspace);
    expect(held.asOf).toBe("2019-06-28");
    expect(held.dates.at(-1)).toBe("2019-06-28");
    expect(held.returns.every((one) => one.length === held.dates.length)).toBe(true);
  });
});

/** Last closes of the dataset, read without the code under test: wealth is equity times weight over lots held. */
async function lastCloses(names: readonly string[]): Promise<{ readonly closes: readonly number[] }> {
  const { openExperiment } = await import("#app/names/open-experiment.js");
  const { dataset } = await openExperiment(workspace, parseExperiment({ name: "x", data: { dataset: "small" } }, "test"));
  const last = new Map<number, number>();
  for await (const batch of dataset.source().batches(0)) {
    if (batch.kind !== "bar") continue;
    batch.instrument.forEach((row, at) => last.set(row, batch.close[at] as number));
  }
  const rows = new Map(dataset.manifest.instruments.map(({ id }, row) => [id as string, row]));
  return { closes: names.map((name) => last.get(rows.get(name) as number) as number) };
}
