// A study: trials proposed, run and told in an order that no clock has a part in.
//
// The law. Trial n knows the trials 0 to n - parallel and no others; those between are under way for it, whether or not they are over.
// It is proposed from what it knows, pruned by what it knows, and begun when all of that is over. So the same space, sampler, pruner,
// `parallel` and seed give the same trials whatever the number of workers, and a study that was killed goes on to the same end. With
// synchronous halving the trials of a bracket (`parallel` of them) know those of earlier brackets.
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { HalvingBracket } from "./pruners/halving-bracket.js";
import type { PrunerOptions } from "./pruners/pruner.js";
import type { Sampler } from "./samplers/sampler.js";
import type { Params, Space } from "./space/parameter.js";
import { type Direction, type Intermediate, type Trial, isBetter } from "./space/trial.js";

export interface StudyOptions {
  readonly space: Space;
  readonly direction: Direction;
  readonly sampler: Sampler;
  readonly pruner: PrunerOptions;
  /** At most. */
  readonly trials: number;
  /** Trials that may be under way at once. Part of the law, unlike the number of workers. */
  readonly parallel: number;
  /** No trial is begun when this many known ones in a row have brought nothing better; null: never. */
  readonly patience: number | null;
  readonly seed: string;
}

/** What is asked of whoever runs a trial. */
export interface TrialRun {
  readonly number: number;
  readonly params: Params;
  /** For the pruner. */
  readonly known: readonly Trial[];
  /** With synchronous halving, at each step: waits for the bracket; true: the trial ends here. */
  readonly gate: (step: number, value: number) => Promise<boolean>;
}

export type TrialOutcome =
  | { readonly state: "complete"; readonly value: number; readonly intermediates: readonly Intermediate[] }
  | { readonly state: "pruned"; readonly intermediates: readonly Intermediate[] }
  | { readonly state: "failed"; readonly reason: string; readonly intermediates: readonly Intermediate[] };

export interface StudyHooks {
  /** Rejects only for what must end the study. */
  readonly evaluate: (run: TrialRun) => Promise<TrialOutcome>;
  /** Trials of the same study that are over already, in any order. */
  readonly before?: readonly Trial[];
  /** A trial is over; awaited before any trial may know of it. */
  readonly onTrial?: (trial: Trial) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** So many failures and nothing else are no accident. */
const HOPELESS = 10;

/** All trials, by number. Throws `interrupted`, `bad-config` when trials do nothing but fail, and what `evaluate` throws. */
export async function runStudy(options: StudyOptions, { evaluate, before = [], onTrial, signal }: StudyHooks): Promise<readonly Trial[]> {
  const { sampler, pruner, direction, parallel, seed, space } = options;
  const total = Math.min(options.trials, sampler.most);
  const over = new Map(before.map((trial) => [trial.number, trial]));
  const proposed: Params[] = [];
  const running = new Map<number, Promise<void>>();
  const brackets = new Map<number, HalvingBracket>();
  const rng = createRng(`${seed}/trials`);
  let broken: { readonly error: unknown } | null = null;

  const firstUnknown = (n: number): number =>
    pruner.kind === "halving" ? Math.floor(n / parallel) * parallel : Math.max(0, n - parallel + 1);
  const knownTo = (n: number): readonly Trial[] => Array.from({ length: firstUnknown(n) }, (_, i) => over.get(i) as Trial);
  const bracketOf = (n: number): HalvingBracket | null => {
    if (pruner.kind !== "halving") return null;
    const first = firstUnknown(n);
    const members = Array.from({ length: Math.min(parallel, total - first) }, (_, i) => first + i);
    const bracket = brackets.get(first) ?? new HalvingBracket(members, pruner, direction);
    brackets.set(first, bracket);
    return bracket;
  };

  const run = async (number: number, params: Params, known: readonly Trial[]): Promise<void> => {
    const bracket = bracketOf(number);
    try {
      const outcome = await evaluate({
        number,
        params,
        known,
        gate: (step, value) => bracket?.report(number, step, value) ?? Promise.resolve(false),
      });
      const trial = toTrial(number, params, outcome);
      await onTrial?.(trial);
      over.set(number, trial);
    } catch (error) {
      broken ??= { error };
    } finally {
      bracket?.end(number);
      running.delete(number);
    }
  };

  const begin = (n: number): "begun" | "later" | "never" => {
    if (n >= total || broken !== null || signal?.aborted === true) return "never";
    for (let i = 0; i < firstUnknown(n); i++) if (!over.has(i)) return "later";
    const known = knownTo(n);
    const done = over.get(n);
    if (done === undefined && isEnough(known, options)) return "never";
    const underWay = proposed.slice(firstUnknown(n), n);
    const params = done?.params ?? sampler.suggest({ space, direction, number: n, known, underWay, rng: rng.fork(String(n)) });
    proposed.push(params);
    if (done === undefined) running.set(n, run(n, params, known));
    else bracketOf(n)?.end(n, done.intermediates);
    return "begun";
  };

  for (let next = 0; ; ) {
    const step = begin(next);
    if (step === "begun") next++;
    else if (running.size > 0) await Promise.race(running.values());
    else if (step === "never") break;
  }
  if (broken !== null) throw (broken as { readonly error: unknown }).error;
  if (signal?.aborted === true)
    throw new TruewindError(
      "interrupted",
      "The study was stopped: give the same command again, and it goes on behind the trials that are done.",
    );
  const trials = [...over.values()].sort((a, b) => a.number - b.number);
  refuseFailure(trials);
  return trials;
}

function toTrial(number: number, params: Params, outcome: TrialOutcome): Trial {
  const { intermediates } = outcome;
  const bad = outcome.state === "complete" && !Number.isFinite(outcome.value);
  if (bad) return { number, params, state: "failed", value: null, intermediates, reason: `The objective is ${outcome.value}.` };
  return {
    number,
    params,
    state: outcome.state,
    value: outcome.state === "complete" ? outcome.value : null,
    intermediates,
    reason: outcome.state === "failed" ? outcome.reason : null,
  };
}

/** Whether what is known says that another trial is no use. */
function isEnough(known: readonly Trial[], { patience, direction }: StudyOptions): boolean {
  if (known.length >= HOPELESS && known.every(({ state }) => state === "failed")) return true;
  if (patience === null) return false;
  let [best, since] = [null as number | null, 0];
  for (const { value } of known) {
    since++;
    if (value === null || (best !== null && !isBetter(direction, value, best))) continue;
    best = value;
    since = 0;
  }
  return best !== null && since >= patience;
}

function refuseFailure(trials: readonly Trial[]): void {
  if (trials.some(({ state }) => state === "complete")) return;
  const failed = trials.find(({ state }) => state === "failed");
  throw new TruewindError(
    "bad-config",
    failed === undefined
      ? `None of the ${trials.length} trials came to its end: the pruner ends all of them; begin its pruning later.`
      : `None of the ${trials.length} trials gave a result. Trial ${failed.number + 1} failed: ${failed.reason ?? "no reason was given"}`,
  );
}
