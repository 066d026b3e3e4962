// Splits of a whole experiment: drawn, cross-validated as a trial, and traded along a path.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataset } from "#data/lake/open-dataset.js";
import { openAccounts } from "../compare/accounts.js";
import { type Experiment, parseExperiment } from "../config/experiment.js";
import { openWorkspace, type Workspace } from "../config/workspace.js";
import { openRunFacts } from "../modes/run-facts.js";
import { collectStudy, runStudy } from "../modes/study.js";
import { openUniverse } from "../modes/universe.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { drawSplits } from "./draw-splits.js";
import { crossValidateStudy, pathStudy, performCrossValidate } from "./perform-cross-validate.js";

let folder = "";
let workspace: Workspace;
const quiet = (): void => undefined;
const experimentOf = (more: object = {}): Experiment =>
  parseExperiment(
    {
      name: "paths",
      data: { dataset: "market" },
      universe: { minHistory: 60 },
      features: ["mom_5", "mom_20", "rsi_14"],
      label: { kind: "triple-barrier", horizon: 10 },
      weights: { uniqueness: true },
      splits: { train: 252, test: 63 },
      portfolio: { kind: "top-k", k: 3 },
      risk: { maxWeight: 0.4 },
      model: { family: "ridge", alpha: 1000 },
      ...more,
    },
    "the experiment",
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "truewind-splits-"));
  workspace = openWorkspace(folder);
  await simulateDataset(workspace, { name: "market", seed: "1", names: 8, sectors: 2, from: "2016-01-01", to: "2018-06-30", edge: 0 });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("splits of an experiment", () => {
  it("are drawn walking forward: nothing behind a test trains", async () => {
    const { splits, paths, picture } = await drawSplits(experimentOf(), { workspace, onProgress: quiet, combinatorial: null });
    expect(splits.length).toBeGreaterThan(3);
    expect(paths).toBe(1);
    for (const { spans, samples } of splits) {
      expect(spans.at(-1)?.use).toBe("test");
      expect(spans[0]?.use).toBe("train");
      expect(samples.purged).toBeGreaterThan(0);
      for (const [i, { from, to }] of spans.entries())
        expect(from <= to && (i === 0 || (spans[i - 1] as { to: string }).to < from)).toBe(true);
    }
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*paths: walk-forward, expanding[^]*<\/svg>\n$/);
    // Bars of a row stand side by side, within the picture.
    const bars = [...picture.matchAll(/<rect class="(train|purged|embargo|test)" x="([\d.]+)" width="([\d.]+)" y="(\d+)" height="12"\/>/g)];
    const ends = new Map<string, number>();
    for (const [, , x, width, y] of bars) {
      expect(Number(x)).toBeGreaterThanOrEqual((ends.get(y as string) ?? 0) - 0.11);
      ends.set(y as string, Number(x) + Number(width));
    }
    expect(ends.size).toBe(splits.length);
    expect(Math.max(...ends.values())).toBeLessThan(960);
  });

  it("are drawn combinatorially, and refused when none leaves anything to train on", async () => {
    const combinatorial = { groups: 5, tested: 2 };
    const { splits, paths, picture } = await drawSplits(experimentOf(), { workspace, onProgress: quiet, combinatorial });
    expect([splits.length, paths, splits[1]?.name]).toEqual([10, 4, "1+3"]);
    expect(picture).toContain("5 groups, 2 tested: 10 splits, 4 paths");
    const late = experimentOf({ splits: { train: 252, test: 63, embargo: 400 } });
    await expect(drawSplits(late, { workspace, onProgress: quiet, combinatorial: null })).rejects.toThrow(/Split 1 has no training sample/);
  });

  it("fit one model each, and count as a trial", async () => {
    const options = { workspace, onProgress: quiet, groups: 4, tested: 2 };
    const result = await performCrossValidate(experimentOf(), options);
    expect(result).toMatchObject({ name: "paths", splits: 6, trials: 1 });
    expect(result.paths).toHaveLength(3);
    expect(new Set(result.paths.map(({ rankIc }) => rankIc.mean)).size).toBe(3);
    // The same again is the same idea.
    expect(await performCrossValidate(experimentOf(), options)).toEqual(result);
    expect((await performCrossValidate(experimentOf({ label: { kind: "direction" } }), options)).trials).toBe(2);
  });

  it("make paths that an account can trade, from the first decision on, with the models that were not fitted on it", async () => {
    const experiment = experimentOf();
    const dataset = await openDataset(workspace.lake, "market");
    const universe = openUniverse(experiment, dataset, await openRunFacts(workspace.facts, experiment, dataset));
    const data = await collectStudy(experiment, universe, quiet);
    const { paths } = await crossValidateStudy(experiment, universe, data, { groups: 4, tested: 2, onProgress: quiet });
    const whole = pathStudy(universe, data);
    const accounts = await openAccounts(experiment, universe, whole, quiet, undefined);
    const asked = new Set<number>();
    const { schedule } = paths[1] as (typeof paths)[number];
    const watched = {
      ...schedule,
      at: (asOf: Parameters<typeof schedule.at>[0]) => {
        asked.add(asOf);
        return schedule.at(asOf);
      },
    };
    const { orders } = await accounts.trade("path", watched);
    expect(orders.filled).toBeGreaterThan(50);
    expect(accounts.dates).toHaveLength(whole.tradingSessions.length);
    expect(whole.tradingSessions.length).toBeGreaterThan(data.tradingSessions.length);
    // The account decides at the very moments that were predicted.
    expect([...asked]).toEqual(data.frames.decisions.map(({ at }) => at));
  });

  it("refuse models that go on learning where the engine cannot follow the label", async () => {
    const learning = experimentOf({ model: { family: "calibrated", member: { family: "ridge" } } });
    const dataset = await openDataset(workspace.lake, "market");
    const universe = openUniverse(learning, dataset, await openRunFacts(workspace.facts, learning, dataset));
    await expect(runStudy(learning, universe, quiet)).rejects.toThrow(
      /Model calibrated goes on learning[^]*set label.kind to forward, excess or direction/,
    );
  });
});
