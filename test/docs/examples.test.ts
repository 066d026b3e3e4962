// The examples work: every experiment runs on the market it asks for, every declaration imports files of the shape it describes.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readExperiment } from "#app/config/experiment.js";
import { openWorkspace, type Workspace } from "#app/config/workspace.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { readDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { root } from "./markdown.js";

const examples = join(root, "examples");
const named = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".yaml"));

let folder = "";
let workspace: Workspace;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "truewind-examples-"));
  workspace = openWorkspace(join(folder, "ws"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("example experiments", () => {
  // As `truewind data simulate simulated --seed 1 --edge 2`, which the files ask for.
  beforeAll(async () => {
    await simulateDataset(workspace, {
      name: "simulated",
      seed: "1",
      names: 60,
      sectors: 6,
      from: "2014-01-01",
      to: "2023-12-31",
      edge: 2,
    });
  });

  it.each(named(examples))("%s runs to a verdict and trades", { timeout: 120_000 }, async (name) => {
    const experiment = readExperiment(join(examples, name));
    expect(`${experiment.name}.yaml`).toBe(name);
    const { result, verdict } = await performBacktest(experiment, { workspace, onProgress: () => undefined, command: "test" });
    expect(result.dates.length).toBeGreaterThan(1000);
    expect(result.orders.filled).toBeGreaterThan(1000);
    expect(["edge", "no edge", "not enough evidence"]).toContain(verdict.decision);
    expect(result.metrics.oracle?.sharpe).toBeGreaterThan(0);
  });
});

/** What each declaration says its files look like: path and content. */
const sources: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "adjusted-daily.yaml": {
    "data/adjusted/AAPL.csv":
      "Date,Open,High,Low,Close,Volume\n2009-12-31,7,8,6,7,10\n2015-01-02,24.72,24.73,23.82,24.26,212818400\n2015-01-05,24.03,24.11,23.39,23.58,257142000\n",
    "data/adjusted/^GSPC.csv":
      "Date,Open,High,Low,Close,Volume\n2015-01-02,2058.9,2072.36,2046.04,2058.2,2708700000\n2015-01-05,2054.44,2054.44,2017.34,2020.58,3799120000\n",
    "data/sectors.csv": "symbol,sector\nAAPL,Technology\n",
  },
  "raw-with-lean-factors.yaml": {
    "data/raw/aapl.csv":
      "date,open,high,low,close,volume\n20140605,646.20,649.37,642.61,647.35,10850212\n20140606,649.90,651.26,644.47,645.57,12497800\n20140609,92.70,93.88,91.75,93.70,75415000\n",
    "data/factor_files/aapl.csv": "20140606,0.9446141,0.1428571,645.57\n20501231,0.9446141,1,0\n",
  },
  "minute-bars.yaml": {
    "data/minutes/2024-03-08.csv":
      "time,symbol,open,high,low,close,volume\n2024-03-08 09:30:00,AAPL,169.00,169.12,168.95,169.10,51234\n2024-03-08 09:31:00,AAPL,169.10,169.20,169.05,169.15,40112\n2024-03-08 09:30:00,MSFT,406.50,407.00,406.10,406.90,30211\n",
  },
  "trades.yaml": {
    "data/trades/BTCUSD.csv":
      "timestamp,price,amount,side\n1709887200123,68250.01,0.00150000,buy\n1709887200123,68250.02,0.00200000,sell\n1709887201000,68249.90,1.00000000,\n",
  },
};

describe("example declarations", () => {
  const declarations = join(examples, "datasets");

  it("all have files to try them on", () => {
    expect(Object.keys(sources).sort()).toEqual(named(declarations).sort());
  });

  it.each(named(declarations))("%s imports the files that it describes", async (name) => {
    const at = join(folder, name.replace(".yaml", ""));
    for (const [path, content] of Object.entries(sources[name] ?? {})) {
      mkdirSync(dirname(join(at, path)), { recursive: true });
      writeFileSync(join(at, path), content);
    }
    writeFileSync(join(at, name), readFileSync(join(declarations, name)));
    const located = await readDeclaration(join(at, name));
    expect(`${located.declaration.name}.yaml`).toBe(name);
    const { manifest, quality } = await importDataset(located, workspace.lake);
    expect(quality.files.filter((file) => file.reason !== null)).toEqual([]);
    const { "outside-range": outside = 0, ...others } = quality.quarantined;
    expect(others, JSON.stringify(quality.examples)).toEqual({});
    expect(outside).toBe(name === "adjusted-daily.yaml" ? 1 : 0);
    expect(manifest.rows).toBeGreaterThanOrEqual(3);
    expect([manifest.priceBasisAssumed, manifest.survivorsAssumed]).toEqual([false, false]);
  });

  it("the Lean factor files give the split of 2014-06-09", async () => {
    const dataset = await openDataset(workspace.lake, "raw-with-lean-factors");
    expect(dataset.references()).toMatchObject([{ kind: "split", ratio: 7 }]);
  });

  it("name no file outside their own folder", () => {
    for (const name of named(declarations)) {
      expect(readFileSync(join(declarations, name), "utf8")).not.toMatch(/\.\.\/|shared/);
    }
  });
});
