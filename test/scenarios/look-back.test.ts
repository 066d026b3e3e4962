// A model that looks back over several decisions, through the whole product: research, backtest, paper and replay see the same history to
// the bit, and a session that was interrupted goes on with it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { type ExperimentInput, parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { runStrategy } from "#app/modes/accounts.js";
import { runStudy, timersOf } from "#app/modes/study.js";
import { openUniverse } from "#app/modes/universe.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { performPaper } from "#app/runs/perform-paper.js";
import { performReplay } from "#app/runs/perform-replay.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { type OpenDataset, openDataset } from "#data/lake/open-dataset.js";
import { rowsByCell } from "#research/dataset/frame-store.js";

vi.mock("#models/registry/families.js", async (original) => {
  const registry = await original<typeof import("#models/registry/families.js")>();
  const { recall } = await import("#test/fixtures/recall.js");
  return { ...registry, modelFamily: (name: string) => (name === "recall" ? recall : registry.modelFamily(name)) };
});

const STEPS = 5;
const root = mkdtempSync(join(tmpdir(), "truewind-look-back-"));
const workspace = openWorkspace(root);
let dataset: OpenDataset;
beforeAll(async () => {
  const span = { from: "2017-01-01", to: "2019-12-31" };
  await simulateDataset(workspace, { name: "market", seed: "look-back", names: 20, sectors: 4, ...span, edge: 2 });
  dataset = await openDataset(workspace.lake, "market");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const experimentOf = (name: string, more: Partial<ExperimentInput> = {}) =>
  parseExperiment(
    {
      name,
      data: { dataset: "market" },
      universe: { minHistory: 60, minPrice: 8 },
      model: { family: "recall", steps: STEPS },
      // Neither rhythm nor first test falls on the data's first session.
      rebalance: { every: 4 },
      splits: { train: 303, test: 90 },
      portfolio: { kind: "top-k", k: 5, keep: 8 },
      risk: { profile: "research", maxWeight: 0.25 },
      ...more,
    },
    "test",
  );
const quiet = { onProgress: () => undefined };

describe("a model that looks back", () => {
  it("sees in the engine the history that research trained and tested it on, from the first decision on", {
    timeout: 120_000,
  }, async () => {
    expect(dataset.references().some((event) => event.kind === "split")).toBe(true);
    const experiment = experimentOf("parity");
    const universe = openUniverse(experiment, dataset);
    const { frames, fitted, tradingSessions } = await runStudy(experiment, universe, () => undefined);
    const k = frames.features.length;
    const rowOf = rowsByCell(frames);
    const decisionAt = new Map(frames.decisions.map(({ at }, d) => [at, d]));
    let [decisions, gaps] = [0, 0];
    const timers = timersOf(experiment, universe, tradingSessions, 0);
    await runStrategy({ experiment, universe, timers, ...quiet }, fitted.schedule, {
      onSignals: ({ expectedReturn }, { asOf, history, instruments, member }) => {
        decisions++;
        const d = decisionAt.get(asOf) as number;
        expect(history?.steps).toBe(STEPS);
        for (let i = 0; i < instruments; i++) {
          const own = rowOf[d * instruments + i] as number;
          expect(own >= 0).toBe(member[i] === 1);
          for (let step = 0; step < STEPS; step++) {
            const row = rowOf[(d - STEPS + 1 + step) * instruments + i] as number;
            const at = (i * STEPS + step) * k;
            const there = history?.values.subarray(at, at + k);
            if (row < 0 && own >= 0) gaps++;
            expect(there).toEqual(row < 0 ? new Float32Array(k).fill(Number.NaN) : frames.x.slice(row * k, (row + 1) * k));
          }
          if (own >= 0) expect(Object.is(expectedReturn[i], fitted.predictions[own])).toBe(true);
        }
      },
    });
    expect(decisions).toBeGreaterThan(80);
    expect(gaps).toBeGreaterThan(0);
  });

  it("predicts the same when the data go on", { timeout: 120_000 }, async () => {
    const study = async (to: string | null) => {
      const experiment = experimentOf("prefix", { data: { dataset: "market", to } });
      return runStudy(experiment, openUniverse(experiment, dataset), () => undefined);
    };
    const [whole, cut] = [await study(null), await study("2019-07-31")];
    expect(cut.frames.rows).toBeLessThan(whole.frames.rows);
    expect(cut.fitted.predictions).toEqual(whole.fitted.predictions.subarray(0, cut.frames.rows));
    expect(cut.fitted.predictions.some(Number.isFinite)).toBe(true);
  });

  it("decides alike in backtest, paper, a paper session that was interrupted, and replay", { timeout: 240_000 }, async () => {
    const experiment = experimentOf("modes");
    const run = await performBacktest(experiment, { workspace, command: "test", ...quiet });
    const decisionsOf = (path: string): string[] =>
      [...readJournal(join(path, "journal.twj"))].flatMap((entry) => (entry.kind === "decision" ? [JSON.stringify(entry)] : []));
    const orders = decisionsOf(run.folder.path);
    expect(orders.length).toBeGreaterThan(20);
    const replay = await performReplay(run.folder.path, workspace, () => undefined);
    expect(replay.decisions).toBe(orders.length);

    const sessions = run.result.dates.length;
    const paper = await performPaper(experiment, { workspace, sessions, pace: null, ...quiet });
    expect(decisionsOf(paper.folder.path)).toEqual(orders);
    expect((await performReplay(paper.folder.path, workspace, () => undefined)).equity).toBe(paper.outcome.equity);

    // Begun again, as a session that has come to its end is, and stopped twice on the way: at once, and behind a snapshot.
    for (const share of [0.01, 0.4]) {
      const stop = new AbortController();
      const onProgress = (step: string, done: number): void => {
        if (step === "paper session" && done > share) stop.abort();
      };
      await expect(performPaper(experiment, { workspace, sessions, pace: 5000, onProgress, signal: stop.signal })).rejects.toMatchObject({
        code: "interrupted",
      });
    }
    const resumed = await performPaper(experiment, { workspace, sessions, pace: null, ...quiet });
    expect(resumed.resumed).toBe(true);
    expect(resumed.outcome).toEqual(paper.outcome);
    expect(decisionsOf(resumed.folder.path)).toEqual(orders);
  });
});
