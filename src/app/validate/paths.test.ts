// Histories of a whole experiment: each an account of its own, and nothing is fitted twice where the first attempt was interrupted.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataset } from "#data/lake/open-dataset.js";
import { type Experiment, parseExperiment } from "../config/experiment.js";
import { openWorkspace, type Workspace } from "../config/workspace.js";
import { openRunFacts } from "../modes/run-facts.js";
import { collectStudy } from "../modes/study.js";
import { openUniverse } from "../modes/universe.js";
import type { RunFolder } from "../runs/run-folder.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { measurePaths, type PathContext } from "./paths.js";
import type { PathsFound } from "./validation-result.js";

let root = "";
let workspace: Workspace;
let context: Omit<PathContext, "folder" | "onProgress" | "signal">;
const quiet = (): void => undefined;
const experimentOf = (model: object): Experiment =>
  parseExperiment(
    {
      name: "histories",
      data: { dataset: "market" },
      universe: { minHistory: 60 },
      features: ["mom_5", "mom_20"],
      label: { horizon: 5 },
      splits: { train: 252, test: 63 },
      portfolio: { kind: "top-k", k: 3 },
      risk: { maxWeight: 0.4 },
      model,
    },
    "the experiment",
  );
function folderOf(name: string): RunFolder {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { id: name, path, file: (file) => join(path, file) };
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "truewind-paths-"));
  workspace = openWorkspace(join(root, "ws"));
  await simulateDataset(workspace, { name: "market", seed: "1", names: 8, sectors: 2, from: "2016-01-01", to: "2018-03-31", edge: 0 });
  const experiment = experimentOf({ family: "ridge", alpha: 1000 });
  const dataset = await openDataset(workspace.lake, "market");
  const universe = openUniverse(experiment, dataset, await openRunFacts(workspace.facts, experiment, dataset));
  context = { experiment, universe, data: await collectStudy(experiment, universe, quiet) };
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("other histories", () => {
  it("are as many as the groups make, and go on behind what was fitted", { timeout: 60_000 }, async () => {
    const whole = await measurePaths(4, { ...context, folder: folderOf("whole"), onProgress: quiet, signal: undefined });
    const { paths, fits } = whole as Extract<PathsFound, { readonly kind: "several" }>;
    expect([fits, paths.length]).toEqual([6, 3]);
    expect(new Set(paths.map(({ rankIc }) => rankIc)).size).toBe(3);
    expect(new Set(paths.map(({ activeReturn }) => activeReturn)).size).toBe(3);

    const folder = folderOf("interrupted");
    const stop = new AbortController();
    const interrupting = (step: string, done: number): void => {
      if (step === "paths: models" && done >= 0.5) stop.abort();
    };
    await expect(measurePaths(4, { ...context, folder, onProgress: interrupting, signal: stop.signal })).rejects.toThrow(
      /Stopped before split 4/,
    );
    expect(readdirSync(folder.file("paths-4-2"))).toHaveLength(3);
    const seen: number[] = [];
    const again = await measurePaths(4, {
      ...context,
      folder,
      onProgress: (step, done) => void (step === "paths: models" && seen.push(done)),
      signal: undefined,
    });
    expect(again).toEqual(whole);
    expect(Math.min(...seen)).toBeGreaterThan(0.5);
    // Models gave way to the figures, which are read from now on.
    expect(existsSync(folder.file("paths-4-2"))).toBe(false);
    const untouched = (): never => {
      throw new Error("measured a second time");
    };
    expect(await measurePaths(4, { ...context, folder, onProgress: untouched, signal: undefined })).toEqual(whole);
  });

  it("are one where the model is declared", async () => {
    const experiment = experimentOf({ family: "factor", weights: { mom_20: 1 } });
    expect(await measurePaths(6, { ...context, experiment, folder: folderOf("factor"), onProgress: quiet, signal: undefined })).toEqual({
      kind: "one",
    });
  });
});
