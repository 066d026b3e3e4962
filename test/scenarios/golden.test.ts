// Golden runs: the orders of fixed experiments on fixed simulated data, by hash. A change here is a change of behavior: it is reviewed as
// a diff of golden.json, written by running this file with TRUEWIND_ACCEPT_GOLDEN=1.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type ExperimentInput, parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { backtestOn } from "#app/modes/backtest.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";

interface Golden {
  readonly dataId: string;
  readonly orders: string;
  readonly sent: number;
  readonly filled: number;
  readonly rules: Readonly<Record<string, number>>;
  readonly decision: string;
  /** Rounded: floats are not promised across machines, orders are. */
  readonly totalReturn: string;
  readonly meanIc: string;
}

const FILE = fileURLToPath(new URL("golden.json", import.meta.url));
const accept = process.env["TRUEWIND_ACCEPT_GOLDEN"] === "1";
const root = mkdtempSync(join(tmpdir(), "truewind-golden-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const experiments: Readonly<Record<string, Omit<ExperimentInput, "name" | "data">>> = {
  "top-k": {
    benchmark: "SIM_INDEX",
    portfolio: { kind: "top-k", k: 6, keep: 10 },
    risk: { maxWeight: 0.2 },
    universe: { minHistory: 120 },
  },
  "top-k-by-risk": {
    portfolio: { kind: "top-k", k: 8, keep: 12, weights: { rule: "risk-parity", window: 120 } },
    risk: { maxWeight: 0.2 },
    universe: { minHistory: 120 },
  },
  "long-short": { portfolio: { kind: "long-short", k: 5 }, model: { family: "logistic" }, universe: { minHistory: 120, minPrice: 5 } },
  "equal-weight": { portfolio: { kind: "equal-weight" }, rebalance: { every: 21 }, risk: { maxTurnover: 0.2 } },
};

async function measure(name: string, input: Omit<ExperimentInput, "name" | "data">): Promise<Golden> {
  const workspace = openWorkspace(root);
  await simulateDataset(workspace, {
    name: "market",
    seed: "golden",
    names: 24,
    sectors: 4,
    from: "2016-01-01",
    to: "2019-12-31",
    edge: 2,
  });
  const dataset = await openDataset(workspace.lake, "market");
  const result = await backtestOn(parseExperiment({ name, data: { dataset: "market" }, ...input }, name), dataset, {
    onProgress: () => undefined,
  });
  const { hash, sent, filled, rules } = result.orders;
  return {
    dataId: result.identity.dataId,
    orders: hash,
    sent,
    filled,
    rules,
    decision: result.verdict.decision,
    totalReturn: result.metrics.strategy.totalReturn.toFixed(6),
    meanIc: (result.ic.mean ?? Number.NaN).toFixed(6),
  };
}

describe("golden runs", () => {
  it.each(Object.keys(experiments))("gives the recorded orders: %s", { timeout: 120_000 }, async (name) => {
    const found = await measure(name, experiments[name] as (typeof experiments)[string]);
    if (accept) {
      const all = readAll();
      writeFileSync(FILE, `${JSON.stringify({ ...all, [name]: found }, null, 2)}\n`);
    }
    expect(found).toEqual(readAll()[name]);
  });
});

function readAll(): Record<string, Golden> {
  try {
    return JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Golden>;
  } catch {
    return {};
  }
}
