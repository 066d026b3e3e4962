// The experiments that the demo runs: one for the simulated markets, one for a dataset of your own.
import type { DatasetManifest } from "#domain/dataset.js";
import { DAY_US } from "#domain/time.js";
import { type Experiment, parseExperiment } from "../config/experiment.js";

/** Ridge with the penalty that suits forty features which together explain some 0.4 % of the variance: 40 / 0.004 (Hoerl, Kennard & Baldwin 1975). */
const RIDGE = { family: "ridge", alpha: 10_000 } as const;

export const SIMULATED = { names: 60, sectors: 6, from: "2014-01-01", to: "2023-12-31", benchmark: "SIM_INDEX" } as const;

export function simulatedExperiment(name: string, dataset: string): Experiment {
  return parseExperiment(
    {
      name,
      data: { dataset },
      benchmark: SIMULATED.benchmark,
      model: RIDGE,
      portfolio: { kind: "top-k", k: 12, keep: 20 },
      costs: { feeBps: 5, halfSpreadBps: 2.5, impactBps: 10, cashRate: [{ from: "2000-01-01", rate: 0.02 }] },
      // So that the paper session is the backtest's last days again, and nothing but risk could tell them apart.
      risk: { profile: "research" },
    },
    "the demo's experiment",
  );
}

/** A third of the sessions to learn from, at most three years; the rest to be judged on. An index fund is held for comparison when it is there. */
export function ownDataExperiment(manifest: DatasetManifest): Experiment {
  const { instruments, barInterval, name } = manifest;
  const ids = new Set(instruments.map((instrument) => instrument.id as string));
  const benchmark = ["SPY", "NIFTYBEES", "QQQ"].find((id) => ids.has(id)) ?? null;
  // Names without a sector are funds and the like, where sectors are known at all.
  const funds = instruments.filter((instrument) => instrument.sector === null).map((instrument) => instrument.id as string);
  const exclude = funds.length < instruments.length ? funds.filter((id) => id !== benchmark) : [];
  const tradable = instruments.length - manifest.notTradable.length - exclude.length - (benchmark === null ? 0 : 1);
  const span = ((manifest.to ?? 0) - (manifest.from ?? 0)) / DAY_US;
  const sessions = Math.round(manifest.calendar === "24/7" ? span : (span * 5) / 7);
  const train = Math.max(3, Math.min(756, Math.floor(sessions / 3)));
  const daily = barInterval === "1d" || barInterval === null;
  // A tenth of the names, and those kept until they fall out of the best sixth.
  const k = Math.max(1, Math.min(50, Math.round(tradable / 10)));
  // Intraday: decide about every half hour, on labels of the same length.
  const every = daily ? 5 : Math.max(1, Math.round(1800 / barInterval));
  return parseExperiment(
    {
      name: `demo-${name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-")
        .replaceAll(/^-|-$/g, "")}`,
      data: { dataset: name },
      benchmark,
      universe: { minHistory: daily && train >= 504 ? 252 : 60, exclude },
      label: { horizon: every },
      splits: { train, test: Math.max(1, Math.min(126, Math.ceil(sessions / 10))), embargo: daily ? 5 : 1 },
      model: RIDGE,
      portfolio: { kind: "top-k", k, keep: Math.round((k * 5) / 3) },
      rebalance: { every, graceSeconds: daily ? 300 : 10 },
      risk: { profile: "research", maxWeight: Math.max(0.1, Math.min(1, 1.2 / k)) },
      // Enough for whole shares of hundreds of names to come near their weights.
      account: { cash: 10_000_000, currency: instruments[0]?.currency ?? "USD" },
    },
    "the demo's experiment",
  );
}
