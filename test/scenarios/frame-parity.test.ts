// Train and serve see the same numbers: the frames that research collects are, bit for bit, those the engine decides on.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { runStrategy } from "#app/modes/accounts.js";
import { runStudy, timersOf } from "#app/modes/study.js";
import { openUniverse } from "#app/modes/universe.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";

const root = mkdtempSync(join(tmpdir(), "truewind-parity-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("frames of research and of the engine", () => {
  it("are equal to the last bit of f32, through splits, delistings and late names", { timeout: 120_000 }, async () => {
    const workspace = openWorkspace(root);
    await simulateDataset(workspace, {
      name: "market",
      seed: "parity",
      names: 25,
      sectors: 5,
      from: "2017-01-01",
      to: "2020-12-31",
      edge: 1,
    });
    const dataset = await openDataset(workspace.lake, "market");
    expect(dataset.references().filter((event) => event.kind === "split").length).toBeGreaterThan(0);
    const experiment = parseExperiment(
      { name: "parity", data: { dataset: "market" }, universe: { minHistory: 60, minPrice: 8 }, portfolio: { kind: "top-k", k: 10 } },
      "test",
    );
    const universe = openUniverse(experiment, dataset);
    const study = await runStudy(experiment, universe, () => undefined);
    const { frames } = study;
    const k = frames.features.length;
    const decisionAt = new Map(frames.decisions.map((decision, d) => [decision.at, d]));
    let compared = 0;
    await runStrategy(
      { experiment, universe, timers: timersOf(experiment, universe, study.tradingSessions, 0), onProgress: () => undefined },
      study.fitted.schedule,
      {
        onSignals: (signals, frame) => {
          const d = decisionAt.get(frame.asOf);
          expect(d).toBeDefined();
          const first = frames.firstRow[d as number] as number;
          const end = frames.firstRow[(d as number) + 1] as number;
          const members = [...frame.member.keys()].filter((i) => frame.member[i] === 1);
          expect([...frames.instrument.subarray(first, end)]).toEqual(members);
          for (let row = first; row < end; row++) {
            const i = frames.instrument[row] as number;
            for (let j = 0; j < k; j++) {
              if (!Object.is(Math.fround(frame.values[i * k + j] as number), frames.x[row * k + j]))
                throw new Error(`${frames.features[j]} of row ${row} differs`);
              compared++;
            }
            expect(Object.is(signals.expectedReturn[i], study.fitted.predictions[row])).toBe(true);
          }
        },
      },
    );
    expect(compared).toBeGreaterThan(50_000);
  });
});
