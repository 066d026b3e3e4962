// Samplers beside Optuna's: the same tasks, numbers of trials and seeds, one trial after the other; both are told what came of theirs by the
// same code. A round is a seed, and what is measured is the regret that is left at the end: how far the best value found lies above the least
// there is. Curves and the bootstrap interval of the ratio go to standard error.
import { existsSync } from "node:fs";
import { createRng } from "#base/rng.js";
import { createPruner, type PrunerOptions } from "#research/tuning/pruners/pruner.js";
import { runStudy, type TrialOutcome } from "#research/tuning/run-study.js";
import { randomSampler } from "#research/tuning/samplers/random.js";
import { TPE_DEFAULTS, createTpe } from "#research/tuning/samplers/tpe.js";
import type { Params } from "#research/tuning/space/parameter.js";
import type { Intermediate } from "#research/tuning/space/trial.js";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { median } from "./measure.js";
import { PEERS } from "./peer.js";
import { type PeerProcess, openPeer } from "./peer-process.js";
import { type Task, tasks } from "./tuning-tasks.js";

type SamplerName = "random" | "tpe";

const REDUCTION = 3;
const SHOWN = [10, 25, 50, 75, 100];

/** Regret of the best so far behind each trial; steps are what trials with curves took. */
interface Course {
  readonly regret: readonly number[];
  readonly steps: number;
}

const samplers = { random: randomSampler, tpe: createTpe(TPE_DEFAULTS) } as const;

async function ourCourse(task: Task, sampler: SamplerName, seed: number): Promise<Course> {
  const pruner: PrunerOptions = task.curve === undefined ? { kind: "none" } : { kind: "asha", first: 1, reduction: REDUCTION };
  const judge = createPruner(pruner, "minimize");
  const { space, trials } = task;
  let steps = 0;
  const told = await runStudy(
    { space, trials, direction: "minimize", sampler: samplers[sampler], pruner, parallel: 1, patience: null, seed: String(seed) },
    {
      async evaluate({ params, known }): Promise<TrialOutcome> {
        const intermediates: Intermediate[] = [];
        for (let step = 1; step <= (task.curve?.steps ?? 0); step++) {
          steps++;
          intermediates.push([step, task.curve?.at(params, step) as number]);
          if (judge.ends(intermediates, known)) return { state: "pruned", intermediates };
        }
        return { state: "complete", value: await task.loss(params), intermediates };
      },
    },
  );
  return {
    regret: bestSoFar(
      told.map(({ value }) => value),
      task.least,
    ),
    steps,
  };
}

function bestSoFar(values: readonly (number | null)[], least: number): readonly number[] {
  let best = Number.POSITIVE_INFINITY;
  return values.map((value) => (best = Math.min(best, value ?? best)) - least);
}

let running: PeerProcess | undefined;

async function ask(request: object): Promise<Readonly<Record<string, unknown>>> {
  const answer = await (running ??= openPeer(`${PEERS}.venv/bin/python`, [`${PEERS}tuning.py`])).ask(request);
  if ("notRun" in answer) throw new Error(String(answer["notRun"]));
  return answer as Readonly<Record<string, unknown>>;
}

async function theirCourse(task: Task, sampler: SamplerName, seed: number): Promise<Course> {
  await ask({ do: "start", space: task.space, sampler, seed, reduction: task.curve === undefined ? 0 : REDUCTION });
  const values: (number | null)[] = [];
  let steps = 0;
  for (let number = 0; number < task.trials; number++) {
    const { params } = (await ask({ do: "ask" })) as { readonly params: Params };
    let ended = false;
    for (let step = 1; step <= (task.curve?.steps ?? 0) && !ended; step++) {
      steps++;
      ended = (await ask({ do: "report", step, value: task.curve?.at(params, step) }))["ends"] === true;
    }
    const value = ended ? null : await task.loss(params);
    values.push(value);
    await ask({ do: "tell", value });
  }
  return { regret: bestSoFar(values, task.least), steps };
}

/** Of every case, once all are measured. */
const summaries: (() => string)[] = [];
process.once("beforeExit", () => process.stderr.write(summaries.map((summary) => summary()).join("")));

function caseOf(task: Task, sampler: SamplerName): BenchCase {
  const name = `${task.name}: ${sampler}, ${task.trials} trials`;
  const [ours, theirs]: [Course[], Course[]] = [[], []];
  const last = ({ regret }: Course): number => Math.max(1e-12, regret.at(-1) as number);
  const run: NonNullable<BenchCase["peer"]>["run"] = async (): Promise<number | NotRun> => {
    if (!existsSync(`${PEERS}.venv/bin/python`)) return { notRun: "no Python environment; make it with bench/peers/setup.sh" };
    try {
      theirs.push(await theirCourse(task, sampler, theirs.length));
    } catch (error) {
      return { notRun: (error as Error).message };
    }
    return last(theirs.at(-1) as Course);
  };
  summaries.push(() => (theirs.length > 1 ? courses(name, task, ours, theirs) : ""));
  return {
    name,
    unit: "regret",
    ours: async () => {
      ours.push(await ourCourse(task, sampler, ours.length));
      return last(ours.at(-1) as Course);
    },
    peer: { name: "Optuna", run },
  };
}

/** Median regret behind some numbers of trials, and what the ratio of the last ones may be by chance. */
function courses(name: string, { trials }: Task, ours: readonly Course[], theirs: readonly Course[]): string {
  const at = (all: readonly Course[], n: number): number => median(all.map(({ regret }) => regret[n - 1] as number));
  const shown = SHOWN.filter((n) => n < trials).concat(trials);
  const row = (all: readonly Course[]): string => shown.map((n) => `${n}: ${at(all, n).toPrecision(3)}`).join("  ");
  const [low, high] = ratioInterval(
    ours.map(({ regret }) => regret.at(-1) as number),
    theirs.map(({ regret }) => regret.at(-1) as number),
  );
  const steps = (all: readonly Course[]): string =>
    all[0]?.steps === 0 ? "" : `  (${Math.round(median(all.map((one) => one.steps)))} steps)`;
  return `${name}, ${ours.length} seeds\n  ours    ${row(ours)}${steps(ours)}\n  Optuna  ${row(theirs)}${steps(theirs)}\n  ratio of medians ${(at(ours, trials) / at(theirs, trials)).toFixed(2)}, 90 % of bootstraps ${low.toFixed(2)} to ${high.toFixed(2)}\n`;
}

/** Seeds of both sides drawn anew, each for itself: they have no chance in common. */
function ratioInterval(ours: readonly number[], theirs: readonly number[]): readonly [number, number] {
  const rng = createRng("bootstrap");
  const draw = (values: readonly number[]): number => median(values.map(() => values[rng.int(values.length)] as number));
  const ratios = Float64Array.from({ length: 4000 }, () => draw(ours) / Math.max(1e-12, draw(theirs))).sort();
  return [ratios[200] as number, ratios[3799] as number];
}

export const bench: Bench = {
  cases: tasks.flatMap((task) => (["tpe", "random"] as const).map((sampler) => caseOf(task, sampler))),
};
