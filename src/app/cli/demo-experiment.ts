// The experiments that the demo runs: one for the simulated markets, one for a dataset of your own.
import type { DatasetManifest } from "#domain/dataset.js";
import { type Experiment, parseExperiment } from "../config/experiment.js";

export const SIMULATED = { names: 60, sectors: 6, from: "2014-01-01", to: "2023-12-31", benchmark: "SIM_INDEX" } as const;

export function simulatedExperiment(name: string, dataset: string): Experiment {
  return parseExperiment(
    {
      name,
      data: { dataset },
      benchmark: SIMULATED.benchmark,
      model: { family: "ridge", alpha: 1000 },
      portfolio: { kind: "top-k", k: 12 },
      costs: { feeBps: 5, halfSpreadBps: 2.5, impactBps: 10, cashRate: [{ from: "2000-01-01", rate: 0.02 }] },
    },
    "the demo's experiment",
  );
}

/** Three years to learn from, the rest to be judged on; the index fund is held for comparison when it is there. */
export function ownDataExperiment(manifest: DatasetManifest): Experiment {
  const ids = new Set(manifest.instruments.map((instrument) => instrument.id as string));
  const benchmark = ["SPY", "NIFTYBEES", "QQQ"].find((id) => ids.has(id)) ?? null;
  const tradable = manifest.instruments.length - manifest.notTradable.length - (benchmark === null ? 0 : 1);
  const funds = manifest.instruments.filter((instrument) => instrument.sector === null).map((instrument) => instrument.id as string);
  const hasSectors = funds.length < manifest.instruments.length;
  const currency = manifest.instruments[0]?.currency ?? "USD";
  return parseExperiment(
    {
      name: `demo-${manifest.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "")}`,
      data: { dataset: manifest.name },
      benchmark,
      // Names without a sector are funds and the like where sectors are known at all.
      universe: { minHistory: manifest.rows / Math.max(1, manifest.instruments.length) > 1000 ? 252 : 60, exclude: hasSectors ? funds.filter((id) => id !== benchmark) : [] },
      splits: manifest.rows / Math.max(1, manifest.instruments.length) > 1000 ? { train: 756 } : { train: 120, test: 21 },
      model: { family: "ridge", alpha: 1000 },
      portfolio: { kind: "top-k", k: Math.max(5, Math.round(Math.min(tradable, 500) * 0.1)) },
      account: { currency },
    },
    "the demo's experiment",
  );
}
