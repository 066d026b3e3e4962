// Facts in a run: the frames of research are those of the engine, the replay is identical, a fact changes nothing before it is known,
// and a value that was not known yet is NaN.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Experiment, parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { openRunFacts } from "#app/modes/run-facts.js";
import { runStudy } from "#app/modes/study.js";
import { openUniverse } from "#app/modes/universe.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { performReplay } from "#app/runs/perform-replay.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { importFacts } from "#data/facts/import-facts.js";
import { parseLag } from "#data/facts/lag.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { type Micros, utcDate } from "#domain/time.js";

const root = mkdtempSync(join(tmpdir(), "truewind-run-facts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const workspace = openWorkspace(join(root, "ws"));
const quiet = { onProgress: () => undefined };

function experiment(over: Record<string, unknown> = {}): Experiment {
  return parseExperiment(
    {
      name: "facts",
      data: { dataset: "market", facts: ["mine"] },
      universe: { minHistory: 20 },
      features: ["mom_20", "eps", "mood"],
      ownFeatures: [
        { name: "eps", formula: 'fact("eps")' },
        { name: "mood", formula: 'marketFact("mood")' },
      ],
      splits: { train: 150, test: 60 },
      portfolio: { kind: "top-k", k: 10 },
      ...over,
    },
    "test",
  );
}

/** Monthly moods and one figure per instrument and quarter, 30 days late. `late`: what is known from that day on is other. */
async function writeFacts(symbols: readonly string[], late: string | null): Promise<void> {
  const lines = ["symbol,field,date,value", "NOBODY,eps,2015-03-31,1"];
  for (let month = 0; month < 24; month++) {
    const date = `${2015 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}-15`;
    const turned = late !== null && date >= late ? 100 : 0;
    lines.push(`,mood,${date},${month + turned}`);
    if (month % 3 === 0) symbols.forEach((symbol, i) => lines.push(`${symbol},eps,${date},${((i * 7 + month) % 11) / 10 + turned}`));
  }
  writeFileSync(join(root, "mine.csv"), lines.join("\n"));
  await importFacts(join(root, "mine.csv"), workspace.facts, { name: "mine", lag: parseLag("30d") });
}

describe("facts in a run", () => {
  it("are known on their day, replay to the last order, and stand in the result", { timeout: 180_000 }, async () => {
    await simulateDataset(workspace, {
      name: "market",
      seed: "facts",
      names: 20,
      sectors: 4,
      from: "2015-01-01",
      to: "2016-12-31",
      edge: 1,
    });
    const dataset = await openDataset(workspace.lake, "market");
    const symbols = dataset.manifest.instruments.map(({ id }) => id as string);
    await writeFacts(symbols, null);

    const study = async () => {
      const facts = await openRunFacts(workspace.facts, experiment(), dataset);
      return runStudy(experiment(), openUniverse(experiment(), dataset, facts), () => undefined);
    };
    const { frames } = await study();
    const k = frames.features.length;
    const column = (name: string): number => frames.features.indexOf(name);
    frames.decisions.forEach(({ at }, d) => {
      const row = frames.firstRow[d] as number;
      if (row === frames.firstRow[d + 1]) return;
      const mood = frames.x[row * k + column("mood")] as number;
      // The 15th, whole, and thirty days: known at the end of the 14th or so of the month after.
      const known = Math.floor((Date.parse(utcDate(at as Micros)) - Date.UTC(2015, 0, 16)) / 86_400_000) - 30;
      if (known < 0) expect(mood).toBeNaN();
      else if (known > 0) expect(mood).toBeGreaterThanOrEqual(0);
    });
    expect([...frames.x].some((value, i) => i % k === column("eps") && value > 0)).toBe(true);

    // Another future of the facts changes no frame before it becomes known.
    await writeFacts(symbols, "2016-05-15");
    const other = (await study()).frames;
    const turn = Date.UTC(2016, 5, 15) * 1000;
    const until = frames.firstRow[frames.decisions.findIndex((one) => one.at >= turn)] as number;
    expect(other.x.subarray(0, until * k)).toEqual(frames.x.subarray(0, until * k));
    expect(other.x).not.toEqual(frames.x);

    const run = await performBacktest(experiment(), { workspace, command: "test", ...quiet });
    expect(run.result.dataset.facts).toMatchObject([
      { name: "mine", vintage: "point-in-time", lagAssumed: true, matched: symbols.length, unmatched: 1 },
    ]);
    expect(run.result.assumptions.join(" ")).toMatch(/lag assumed/);
    expect(run.result.identity.dataId).not.toBe(dataset.manifest.id);
    const replay = await performReplay(run.folder.path, workspace, () => undefined);
    expect(replay.orders).toBeGreaterThan(0);

    // Other facts are another run, and the journal refuses to be replayed on them.
    await writeFacts(symbols, null);
    await expect(performReplay(run.folder.path, workspace, () => undefined)).rejects.toMatchObject({ code: "data-changed" });
    const again = await performBacktest(experiment(), { workspace, command: "test", ...quiet });
    expect(again.folder.id).not.toBe(run.folder.id);
  });

  it("that no set has, or that nobody imported, are named", async () => {
    const dataset = await openDataset(workspace.lake, "market");
    const lacking = experiment({ features: ["ebit"], ownFeatures: [{ name: "ebit", formula: 'fact("ebit")' }] });
    const facts = await openRunFacts(workspace.facts, lacking, dataset);
    expect(() => openUniverse(lacking, dataset, facts)).toThrow(/ebit needs the fact ebit, which no set in data.facts has/);
    const cased = experiment({ features: ["eps"], ownFeatures: [{ name: "eps", formula: 'fact("EPS")' }] });
    expect(() => openUniverse(cased, dataset, facts)).toThrow(/needs the fact EPS, .*; did you mean eps\?/);
    // Nobody asked for each feature of a set: those without facts are NaN, however the set is named.
    for (const features of ["fundamental", ["fundamental", "mom_20"]]) {
      expect(() => openUniverse(experiment({ features }), dataset, facts)).not.toThrow();
    }
    const unknown = experiment({ data: { dataset: "market", facts: ["nowhere"] } });
    await expect(openRunFacts(workspace.facts, unknown, dataset)).rejects.toMatchObject({ code: "no-such-dataset" });
  });
});
