import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { PrunerOptions } from "./pruners/pruner.js";
import { createPruner } from "./pruners/pruner.js";
import { type StudyOptions, type TrialOutcome, type TrialRun, runStudy } from "./run-study.js";
import { createGrid } from "./samplers/grid.js";
import { randomSampler } from "./samplers/random.js";
import { TPE_DEFAULTS, createTpe } from "./samplers/tpe.js";
import type { Space } from "./space/parameter.js";
import type { Intermediate, Trial } from "./space/trial.js";

const space: Space = [
  { kind: "categorical", name: "family", choices: ["a", "b"], when: null },
  { kind: "float", name: "rate", low: 1e-3, high: 1, log: true, step: null, when: null },
  { kind: "int", name: "depth", low: 1, high: 9, log: false, step: 2, when: { parameter: "family", is: ["b"] } },
];

const base: StudyOptions = {
  space,
  direction: "minimize",
  sampler: createTpe({ ...TPE_DEFAULTS, startup: 5 }),
  pruner: { kind: "none" },
  trials: 24,
  parallel: 4,
  patience: null,
  seed: "7",
};

/** A curve that falls to the trial's value in four steps; some trials fail. */
function lossAt(run: Pick<TrialRun, "number" | "params">, step: number): number {
  const { rate, depth = 0, family } = run.params as { rate: number; depth?: number; family: string };
  const end = (Math.log10(rate) + 1.5) ** 2 + (family === "a" ? 0.4 : 0.02 * depth);
  return end + (0.5 + 0.1 * Math.sin(run.number)) / step;
}

const STEPS = 4;

/** Runs trials `workers` at a time, each taking a random number of turns of the event loop. */
function evaluator(workers: number, pruner: PrunerOptions, chance: string, fails: (run: TrialRun) => boolean = () => false) {
  let free = workers;
  const waiting: (() => void)[] = [];
  const rng = createRng(chance);
  const enter = async (): Promise<void> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  const judge = createPruner(pruner, "minimize");
  const ran: number[] = [];
  const evaluate = async (run: TrialRun): Promise<TrialOutcome> => {
    await enter();
    ran.push(run.number);
    const intermediates: Intermediate[] = [];
    try {
      for (let step = 1; step <= STEPS; step++) {
        for (let turns = rng.int(6); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
        if (fails(run)) return { state: "failed", reason: "it was told to", intermediates };
        const value = lossAt(run, step);
        intermediates.push([step, value]);
        leave();
        const together = await run.gate(step, value);
        await enter();
        if (together || judge.ends(intermediates, run.known)) return { state: "pruned", intermediates };
      }
      return { state: "complete", value: lossAt(run, STEPS), intermediates };
    } finally {
      leave();
    }
  };
  return { evaluate, ran };
}

const pruners: readonly PrunerOptions[] = [
  { kind: "none" },
  { kind: "median", startup: 3, warmup: 1 },
  { kind: "asha", first: 1, reduction: 2 },
  { kind: "halving", first: 1, reduction: 2 },
];

describe("a study", () => {
  it.each(pruners)("gives the same trials for any number of workers, however long each trial takes: $kind", async (pruner) => {
    const run = (workers: number, chance: string): Promise<readonly Trial[]> =>
      runStudy({ ...base, pruner }, { evaluate: evaluator(workers, pruner, chance, ({ number }) => number % 7 === 5).evaluate });
    const alone = await run(1, "alone");
    expect(alone).toHaveLength(24);
    if (pruner.kind !== "none") expect(alone.filter(({ state }) => state === "pruned").length).toBeGreaterThan(2);
    for (const workers of [1, 2, 3, 4, 9]) expect(await run(workers, `chance ${workers}`)).toEqual(alone);
  });

  it.each(pruners)("that was killed goes on to the same trials, and runs none of them twice: $kind", async (pruner) => {
    const whole = await runStudy({ ...base, pruner }, { evaluate: evaluator(2, pruner, "whole").evaluate });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 23 }), fc.string(), async (killedAfter, chance) => {
        const kept: Trial[] = [];
        const controller = new AbortController();
        const first = evaluator(3, pruner, chance);
        const onTrial = (trial: Trial): void => {
          // What ends after the kill is lost.
          if (kept.length < killedAfter) kept.push(trial);
          else controller.abort();
        };
        await runStudy({ ...base, pruner }, { evaluate: first.evaluate, onTrial, signal: controller.signal }).catch(() => undefined);
        const second = evaluator(2, pruner, `${chance} again`);
        const before = JSON.parse(JSON.stringify(kept)) as Trial[];
        expect(await runStudy({ ...base, pruner }, { evaluate: second.evaluate, before })).toEqual(whole);
        expect(second.ran.filter((number) => kept.some((trial) => trial.number === number))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it("with more trials begins with the trials of the shorter one", async () => {
    const short = await runStudy({ ...base, trials: 10 }, { evaluate: evaluator(2, base.pruner, "x").evaluate });
    const long = await runStudy(base, { evaluate: evaluator(4, base.pruner, "y").evaluate });
    expect(long.slice(0, 10)).toEqual(short);
  });

  it("with another seed proposes other trials", async () => {
    const one = await runStudy(base, { evaluate: evaluator(2, base.pruner, "x").evaluate });
    const other = await runStudy({ ...base, seed: "8" }, { evaluate: evaluator(2, base.pruner, "x").evaluate });
    expect(other.map(({ params }) => params)).not.toEqual(one.map(({ params }) => params));
  });

  it("tells a trial nothing of those that may be under way beside it", async () => {
    const knew = new Map<number, number>();
    const evaluate = async (run: TrialRun): Promise<TrialOutcome> => {
      knew.set(run.number, run.known.length);
      expect(run.known.map(({ number }) => number)).toEqual(run.known.map((_, i) => i));
      return { state: "complete", value: run.number, intermediates: [] };
    };
    await runStudy(base, { evaluate });
    expect([...knew].every(([number, known]) => known === Math.max(0, number - 3))).toBe(true);
  });

  it("stops when enough trials in a row have brought nothing better", async () => {
    const evaluate = async (run: TrialRun): Promise<TrialOutcome> => ({
      state: "complete",
      value: run.number === 6 ? -1 : 1 / (run.number + 1),
      intermediates: [],
    });
    const trials = await runStudy({ ...base, parallel: 1, patience: 5, trials: 100 }, { evaluate });
    expect(trials.at(-1)?.number).toBe(11);
    const beside = await runStudy({ ...base, parallel: 3, patience: 5, trials: 100 }, { evaluate });
    expect(beside.at(-1)?.number).toBe(13);
  });

  it("counts a trial without a number as failed, and goes on", async () => {
    const evaluate = async (run: TrialRun): Promise<TrialOutcome> => ({
      state: "complete",
      value: run.number % 2 === 0 ? Number.NaN : run.number,
      intermediates: [],
    });
    const trials = await runStudy(base, { evaluate });
    expect(trials).toHaveLength(24);
    expect(trials[0]).toMatchObject({ state: "failed", value: null, reason: "The objective is NaN." });
    expect(trials[1]).toMatchObject({ state: "complete", value: 1, reason: null });
  });

  it("says why when trials do nothing but fail, and does not try them all", async () => {
    let runs = 0;
    const evaluate = async (): Promise<TrialOutcome> => {
      runs++;
      return { state: "failed", reason: "The data hold nothing.", intermediates: [] };
    };
    const failing = runStudy({ ...base, trials: 500 }, { evaluate });
    await expect(failing).rejects.toMatchObject({
      code: "bad-config",
      message: expect.stringMatching(/Trial 1 failed: The data hold nothing\./) as string,
    });
    expect(runs).toBeLessThan(20);
  });

  it("ends with what broke it, and begins no trial behind it", async () => {
    const begun: number[] = [];
    const evaluate = async (run: TrialRun): Promise<TrialOutcome> => {
      begun.push(run.number);
      if (run.number === 3) throw new Error("the machine is on fire");
      return { state: "complete", value: 1, intermediates: [] };
    };
    await expect(runStudy({ ...base, parallel: 2 }, { evaluate })).rejects.toThrow("on fire");
    expect(Math.max(...begun)).toBeLessThanOrEqual(5);
  });

  it("walks a grid to its end and no further", async () => {
    const evaluate = async (): Promise<TrialOutcome> => ({ state: "complete", value: 1, intermediates: [] });
    const trials = await runStudy({ ...base, sampler: createGrid(space, 3), trials: 500 }, { evaluate });
    // Family a: three rates. Family b: three rates times the depths 1, 3, 5, 7, 9.
    expect(trials).toHaveLength(3 + 3 * 5);
    expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(18);
    expect(trials.slice(0, 3).map(({ params }) => params)).toEqual([
      { family: "a", rate: 0.001 },
      { family: "a", rate: expect.closeTo(Math.sqrt(1e-3), 12) as number },
      { family: "a", rate: 1 },
    ]);
  });

  it("draws at random within the space, whatever the space", async () => {
    const evaluate = async (): Promise<TrialOutcome> => ({ state: "complete", value: 1, intermediates: [] });
    const trials = await runStudy({ ...base, sampler: randomSampler, trials: 200 }, { evaluate });
    for (const { params } of trials) {
      expect(params["rate"]).toBeGreaterThanOrEqual(1e-3);
      expect(params["rate"]).toBeLessThanOrEqual(1);
      expect("depth" in params).toBe(params["family"] === "b");
      if ("depth" in params) expect([1, 3, 5, 7, 9]).toContain(params["depth"]);
    }
    const low = trials.filter(({ params }) => (params["rate"] as number) < Math.sqrt(1e-3)).length;
    expect(low).toBeGreaterThan(70);
    expect(low).toBeLessThan(130);
  });
});
