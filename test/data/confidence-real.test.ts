// Intervals on real bars: the names of the 572 US symbols that begin with A (all of them in the nightly run), weekly decisions 2008 to 2016,
// bands by whole days drawn. The set holds survivors only, which flatters returns and says little of coverage.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import type { ConfidenceResult } from "#domain/confidence-result.js";
import { parseDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { nightlyOr, sharedData } from "#test/needs.js";

const data = sharedData();
const root = mkdtempSync(join(tmpdir(), "truewind-confidence-real-"));
const workspace = openWorkspace(root);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(data === null)("confidence on real bars", () => {
  beforeAll(async () => {
    const files = `us_equity_daily_2005_2017/bars/${nightlyOr(1, 0) === 1 ? "*" : "A*"}.csv.gz`;
    const declaration = parseDeclaration({
      name: "stocks",
      files,
      columns: { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" },
      calendar: "XNYS",
      priceBasis: "full",
      survivorsOnly: true,
    });
    await importDataset({ declaration, root: data ?? "" }, workspace.lake);
  }, 300_000);

  const judged = async (name: string, model: object): Promise<NonNullable<ConfidenceResult["coverage"]>> => {
    const experiment = parseExperiment(
      {
        name,
        data: { dataset: "stocks", to: "2016-12-31" },
        features: "classic-40-raw",
        model: { family: "calibrated", member: { family: "ridge", alpha: 10_000 }, ...model },
        splits: { firstTest: "2008-01-02", test: 252 },
        portfolio: { kind: "equal-weight" },
      },
      "test",
    );
    const { result } = await performBacktest(experiment, { workspace, command: "test", onProgress: () => undefined });
    return (result.confidence as ConfidenceResult).coverage as NonNullable<ConfidenceResult["coverage"]>;
  };
  const extremes = (year: readonly (number | null)[]): readonly [number, number] => {
    const known = year.filter((share) => share !== null);
    return [Math.min(...known), Math.max(...known)];
  };

  it("intervals that follow hold 90 % within 2 points over nine years, band included, and every year within 6", async () => {
    for (const coverage of [0.9, 0.8]) {
      const found = await judged(`pid-${coverage * 100}`, { volatility: "vol_20", coverage });
      for (const share of [found.observed, found.low, found.high]) expect(Math.abs((share ?? 0) - coverage)).toBeLessThan(0.02);
      const [low, high] = extremes(found.year);
      expect(low).toBeGreaterThan(coverage - 0.06);
      expect(high).toBeLessThan(coverage + 0.06);
    }
  }, 300_000);

  it("intervals that stay do not hold it through 2008 without a volatility, and following them helps", async () => {
    const [stays, follows] = [await judged("none", { adaptation: "none" }), await judged("pid", {})];
    expect(extremes(stays.year)[0]).toBeLessThan(0.83);
    expect(extremes(follows.year)[0]).toBeGreaterThan(extremes(stays.year)[0]);
    expect(Math.abs(follows.observed - 0.9)).toBeLessThan(0.02);
  }, 300_000);
});
