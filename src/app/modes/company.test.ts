// What a run tells its features: who stands for a role, sectors, sessions known ahead.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openDataset } from "#data/lake/open-dataset.js";
import type { DatasetManifest } from "#domain/dataset.js";
import { isoDateOrThrow, type Micros, utcMidnight } from "#domain/time.js";
import { parseExperiment } from "../config/experiment.js";
import { openWorkspace } from "../config/workspace.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { sectorNumbers, sessionsAround } from "./company.js";
import { openUniverse } from "./universe.js";

const root = mkdtempSync(join(tmpdir(), "truewind-company-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const wanted = ["beta_market_20", "corr_bonds_60", "sector_mom_20", "left_in_month"];

describe("what a run tells its features", () => {
  it("reaches them: reference instruments, sectors and sessions of the experiment's dataset", { timeout: 60_000 }, async () => {
    const workspace = openWorkspace(root);
    await simulateDataset(workspace, { name: "m", seed: "1", names: 8, sectors: 2, from: "2019-01-01", to: "2019-12-31", edge: 0 });
    const dataset = await openDataset(workspace.lake, "m");
    const experiment = parseExperiment(
      {
        name: "x",
        data: { dataset: "m" },
        features: wanted,
        peers: { market: "SIM_INDEX" },
        universe: { minHistory: 1 },
        portfolio: { kind: "top-k", k: 3 },
        risk: { maxWeight: 0.5 },
        label: { horizon: 1 },
        rebalance: { every: 1 },
      },
      "test",
    );
    const universe = openUniverse(experiment, dataset);
    const plan = universe.createPlan(universe.features, 1);
    for await (const batch of dataset.source({}).batches(0)) plan.advance(batch, 0, batch.length);
    const last = universe.sessions.at(-1)?.closeAt as Micros;
    const { values } = plan.frame(last, last);
    const row = universe.tradable.indexOf(1);
    const [beta, noBonds, sector, left] = values.subarray(row * wanted.length, (row + 1) * wanted.length);
    expect(beta).not.toBeNaN();
    expect(noBonds).toBeNaN();
    expect(sector).not.toBeNaN();
    // 2019-12-31 is the last session of its month.
    expect(left).toBe(0);
  });
});

const manifestOf = (calendar: string, from: string, to: string): DatasetManifest => {
  const at = (text: string): Micros => utcMidnight(isoDateOrThrow(text));
  return { calendar, from: at(from), to: at(to) } as DatasetManifest;
};

describe("sessions around a dataset", () => {
  it("reach beyond both its ends, so that the turn of a quarter is known ahead", () => {
    const sessions = sessionsAround(manifestOf("XNYS", "2019-03-04", "2019-06-03"));
    expect(sessions[0]?.date).toBe("2018-11-26");
    expect(sessions.at(-1)?.date).toBe("2019-10-11");
  });

  it("stop where the calendar does not know the year", () => {
    const first = sessionsAround(manifestOf("XNYS", "1990-01-10", "1990-06-01"));
    expect(first[0]?.date).toBe("1990-01-02");
    expect(first.at(-1)?.date).toBe("1990-10-09");
    // The rest of the last year is known, though the next is not: a holiday in October is seen from September.
    expect(sessionsAround(manifestOf("XNSE", "2026-01-05", "2026-09-15")).at(-1)?.date).toBe("2026-12-31");
  });

  it("are none for a dataset without rows", () => {
    expect(sessionsAround({ ...manifestOf("XNYS", "2019-03-04", "2019-06-03"), from: null, to: null })).toEqual([]);
  });
});

describe("sectors", () => {
  it("have numbers in the order of their names, -1 where none is known", () => {
    const of = (sector: string | null) => ({ sector }) as Parameters<typeof sectorNumbers>[0][number];
    expect([...sectorNumbers([of("Tech"), of(null), of("Energy"), of("Tech")])]).toEqual([1, -1, 0, 1]);
  });
});
