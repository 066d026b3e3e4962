// What every state store must keep. Each implementation's test calls `storeContract` once.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import type { RecordedTrial, RunRecord, RunStore, Trial, TrialLedger } from "#ports/store.js";

export interface OpenStore {
  readonly trials: TrialLedger;
  readonly runs: RunStore;
  close(): Promise<void>;
}

export interface StoreContract {
  readonly name: string;
  /** A place for one store, empty at first; `open` may be called several times on it, also while it is open. */
  readonly place: () => Promise<{ open(): Promise<OpenStore>; remove(): Promise<void> }>;
}

export const sampleTrial: Trial = {
  experimentHash: "e1",
  dataId: "d1",
  lineage: "l1",
  from: 1_200_000_000_000_000 as Micros,
  to: 1_480_000_000_000_001 as Micros,
  kind: "backtest",
  codeVersion: "0.1.0",
  seed: "7",
  recordedAt: 1_700_000_000_123_456 as Micros,
  label: "momentum, 'quoted' \"text\" ✓",
  family: "linear",
  study: null,
  measure: "active return",
  outOfSample: Float64Array.of(0.1, -0.2, 1e-300, -0, Number.MIN_VALUE),
  at: Float64Array.from({ length: 5 }, (_, i) => 1_200_000_000_000_000 + i * 86_400_000_000),
};

/** Without its identity, which each store gives by chance. */
function given({ identity: _, ...trial }: RecordedTrial): Trial {
  return trial;
}

export const sampleRun: RunRecord = {
  id: "r1",
  name: "momentum, 20 sessions: 'quoted' \"text\" ✓",
  mode: "backtest",
  experimentHash: "e1",
  dataId: "d1",
  lineage: "l1",
  startedAt: 1_700_000_000_123_456 as Micros,
  state: "running",
  folder: "runs/r1",
  verdict: null,
};

export function storeContract(contract: StoreContract): void {
  describe(`store contract: ${contract.name}`, () => {
    let place: Awaited<ReturnType<StoreContract["place"]>>;
    let store: OpenStore;
    beforeEach(async () => {
      place = await contract.place();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    it("gives a trial back as it was, to the bit", async () => {
      await store.trials.record(sampleTrial);
      const bare: Trial = {
        ...sampleTrial,
        kind: "tuning",
        study: "twenty penalties",
        family: null,
        outOfSample: new Float64Array(0),
        at: new Float64Array(0),
      };
      await store.trials.record(bare);
      const [one, two] = await store.trials.list();
      expect(given(one as RecordedTrial)).toEqual(sampleTrial);
      expect(given(two as RecordedTrial)).toEqual(bare);
      expect(Object.is(one?.outOfSample[3], -0)).toBe(true);
      expect(two?.outOfSample).toHaveLength(0);
    });

    it("lists trials in the order they were recorded, of one dataset or of all", async () => {
      for (const [seed, dataId] of [
        ["1", "d1"],
        ["2", "d2"],
        ["3", "d1"],
      ] as const)
        await store.trials.record({ ...sampleTrial, seed, dataId, lineage: dataId });
      expect((await store.trials.list()).map((trial) => trial.seed)).toEqual(["1", "2", "3"]);
      expect((await store.trials.list("d1")).map((trial) => trial.seed)).toEqual(["1", "3"]);
      expect(await store.trials.list("none")).toEqual([]);
    });

    it("counts different experiments on all versions of a dataset, not repetitions, seeds or other data", async () => {
      expect(await store.trials.distinctTrials("l1")).toBe(0);
      await store.trials.record(sampleTrial);
      await store.trials.record(sampleTrial);
      await store.trials.record({ ...sampleTrial, seed: "8" });
      await store.trials.record({ ...sampleTrial, kind: "fit" });
      await store.trials.record({ ...sampleTrial, experimentHash: "e2" });
      await store.trials.record({ ...sampleTrial, experimentHash: "e3", dataId: "d1-a-day-later" });
      await store.trials.record({ ...sampleTrial, experimentHash: "e4", dataId: "d2", lineage: "d2" });
      expect(await store.trials.distinctTrials("l1")).toBe(3);
      expect(await store.trials.list("d1")).toHaveLength(5);
    });

    it("gives one trial of every experiment on a lineage: the newest of those whose series says most", async () => {
      const none = new Float64Array(0);
      await store.trials.record({ ...sampleTrial, seed: "old" });
      await store.trials.record({ ...sampleTrial, seed: "new" });
      await store.trials.record({ ...sampleTrial, seed: "a fit after it", kind: "fit" });
      await store.trials.record({ ...sampleTrial, seed: "without times", at: none });
      await store.trials.record({ ...sampleTrial, experimentHash: "e2", seed: "fit", kind: "fit" });
      await store.trials.record({ ...sampleTrial, experimentHash: "e2", seed: "search", kind: "tuning" });
      await store.trials.record({ ...sampleTrial, experimentHash: "e3", seed: "bare", at: none });
      await store.trials.record({ ...sampleTrial, experimentHash: "e4", seed: "elsewhere", lineage: "l2" });
      expect((await store.trials.representatives("l1")).map((trial) => trial.seed)).toEqual(["new", "search", "bare"]);
      expect(await store.trials.lineages()).toEqual(["l1", "l2"]);
    });

    it("takes in the trials of another ledger once, however often they are brought", async () => {
      const elsewhere = await contract.place();
      const other = await elsewhere.open();
      for (const experimentHash of ["e1", "e2", "e2"]) await other.trials.record({ ...sampleTrial, experimentHash });
      const theirs = await other.trials.list();
      await store.trials.record(sampleTrial);
      expect(await store.trials.merge(theirs)).toBe(3);
      expect(await store.trials.merge([...theirs, ...theirs])).toBe(0);
      expect(await other.trials.merge(await store.trials.list())).toBe(1);
      expect(await store.trials.distinctTrials("l1")).toBe(2);
      const byIdentity = (trials: readonly RecordedTrial[]): readonly RecordedTrial[] =>
        [...trials].sort((a, b) => (a.identity < b.identity ? -1 : 1));
      expect(byIdentity(await other.trials.list())).toEqual(byIdentity(await store.trials.list()));
      await other.close();
      await elsewhere.remove();
    });

    it("keeps the latest state of a run, newest run first", async () => {
      expect(await store.runs.get("r1")).toBeNull();
      await store.runs.save(sampleRun);
      expect(await store.runs.get("r1")).toEqual(sampleRun);
      await store.runs.save({ ...sampleRun, state: "done", verdict: "no edge" });
      await store.runs.save({ ...sampleRun, id: "r2", startedAt: (sampleRun.startedAt + 1) as Micros });
      expect((await store.runs.list()).map((run) => [run.id, run.state, run.verdict])).toEqual([
        ["r2", "running", null],
        ["r1", "done", "no edge"],
      ]);
    });

    it("keeps everything after it was closed", async () => {
      await store.trials.record(sampleTrial);
      await store.runs.save(sampleRun);
      await store.close();
      store = await place.open();
      expect((await store.trials.list()).map(given)).toEqual([sampleTrial]);
      expect(await store.runs.list()).toEqual([sampleRun]);
    });

    it("shows one opening what another has written", async () => {
      const second = await place.open();
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : second).trials.record({ ...sampleTrial, experimentHash: `e${i}` })),
      );
      expect(await store.trials.distinctTrials("l1")).toBe(20);
      expect(await second.trials.distinctTrials("l1")).toBe(20);
      await second.close();
    });
  });
}
