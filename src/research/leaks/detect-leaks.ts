// The leak detector. It runs a pipeline on the world, and again on worlds that are the same up to a moment and different behind it: altered,
// with other names, cut off. Whatever was decided, computed, predicted or filled by that moment must be the same to the bit. What no run can
// show is told by provenance.
import { createRng, type Rng } from "#base/rng.js";
import { alterFuture, type Future, futures } from "./alter.js";
import { Blame } from "./blame.js";
import { compareOutputs, type CompareOptions } from "./compare.js";
import { cutMoments } from "./cuts.js";
import { type Change, EvidenceBook } from "./evidence.js";
import { bySeverity, finding, type LeakFinding, type LeakReport } from "./finding.js";
import { checkFills } from "./fills.js";
import { checkFolds, checkLabelStarts, learnedFromLater } from "./folds.js";
import { checkHeldOut } from "./held-out.js";
import { firstUnclosed, settlement, truncate } from "./known.js";
import { checkLabelStart } from "./label-start.js";
import { checkLevels } from "./levels.js";
import { keepsRevisions, letDie, listNew, restate } from "./other-names.js";
import { judgeProvenance } from "./provenance.js";
import { Runner } from "./runner.js";
import type { LeakSubject, PipelineOutput, World } from "./subject.js";
import { findingsOf } from "./verdicts.js";

export interface DetectOptions {
  /** Times that the pipeline may be run in all, 10 at least: more runs cut at more moments. */
  readonly runs?: number;
  /** The same seed asks the same questions. */
  readonly seed?: string;
  /** Runs at a time, for pipelines that run elsewhere. */
  readonly concurrency?: number;
  /** Relative difference that is still the same number. 0, the default: to the bit. Code that multiplies matrices elsewhere may need 1e-9. */
  readonly tolerance?: number;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const RUNS = 160;
/** Share of the runs for cuts; of the others most tell how far a leak looks. */
const CUTS_SHARE = 0.8;
/** Relative difference that another order of summation makes, at most. */
const REORDERED = 1e-9;
/** Wild futures find most; the others find what those miss. */
const FUTURES: readonly Future[] = ["wild", "flipped", "wild", "tenfold", "wild", "shuffled", "wild", "constant"];

/** Throws what the pipeline throws on the world as it is; that it fails on an altered one is told in the report. */
export async function detectLeaks(subject: LeakSubject, world: World, options: DetectOptions = {}): Promise<LeakReport> {
  const { runs = RUNS, seed = "leaks", tolerance = 0 } = options;
  const rng = createRng(`${seed}/leaks`);
  const runner = new Runner(subject, Math.max(10, runs), (done) => options.onProgress?.(Math.min(1, done / runs)), options.signal);
  const digest = digestOf(world);
  const base = await runner.must(world);
  const again = await runner.must(world);
  const report = (findings: readonly LeakFinding[], cuts: number): LeakReport => ({
    subject: subject.name,
    findings: bySeverity(findings),
    clean: findings.every(({ severity }) => severity === "note"),
    runs: runner.runs,
    failedRuns: runner.failed,
    cuts,
    decisions: base.decisions.length,
    features: base.features.size,
  });
  if (digestOf(world) !== digest)
    return report([finding("changed-world", "refused", "pipeline", "It changes the data that it is given: nothing can be told of it.")], 0);
  if (!isSame(base, again, world, tolerance))
    return report(
      [
        finding(
          "not-deterministic",
          "refused",
          "pipeline",
          "Two runs on the same data differ: nothing can be told of it. Seed its chance.",
        ),
      ],
      0,
    );

  const exempt = learnedFromLater(world, base);
  const findings: LeakFinding[] = [...checkFills(world, base), ...checkFolds(world, base), ...checkLabelStarts(world, base)];
  const book = new EvidenceBook();
  const probes = plan(world, base, Math.floor((runner.left - reserved(world, base, exempt !== null)) * CUTS_SHARE), rng);
  const cuts = new Set<number>();
  const width = Math.max(1, options.concurrency ?? 1);
  for (let p = 0; p < probes.length && !allProven(book, base); p += width) {
    await Promise.all(
      probes.slice(p, p + width).map(async ({ moment, change, chance }) => {
        cuts.add(moment);
        const altered = alter(world, moment, change, rng.fork(chance));
        const other = await runner.try(altered);
        if (other !== null) book.add(compare(world, base, other, altered, moment, change, { tolerance, exempt }), change, moment, chance);
      }),
    );
  }

  const power = await respondsTo(world, base, runner, rng.fork("power"), tolerance);
  findings.push(...power.findings);
  findings.push(...(await checkLevels(world, base, runner, rng.fork("levels"))));
  findings.push(...(await checkLabelStart(world, base, runner, rng.fork("starts"))));
  if (exempt !== null) {
    const heldOut = await checkHeldOut(world, base, exempt, runner, rng.fork("held out"));
    findings.push(...heldOut.findings);
    if (heldOut.tested === 0 && base.predictions?.some((value, cell) => exempt(cell) && !Number.isNaN(value)) === true)
      findings.push(
        finding(
          "not-tested",
          "note",
          "predictions",
          "Models learn from days behind their test, and no alteration of its prices left all their training as it was: whether they knew the labels tested can only be judged by the declared folds.",
        ),
      );
  }
  const blame = new Blame(world, base, runner, rng, runner.left);
  findings.push(...(await findingsOf(world, base, book, blame, findings)));
  findings.push(...judgeProvenance(world, power.usesFacts));
  if (runner.failed > 0)
    findings.push(
      finding(
        "not-tested",
        "note",
        "pipeline",
        `It failed on ${runner.failed} of ${runner.runs} altered worlds, the first time with: ${runner.firstFailure}`,
      ),
    );
  return report(findings, cuts.size);
}

/** Runs that the tests behind the cuts may take: of power, levels, beginnings of labels, and cells held out. */
function reserved({ provenance }: World, { labels }: PipelineOutput, crossValidated: boolean): number {
  return 2 + (provenance.priceBasis === "raw" ? 0 : 2) + (labels === null ? 0 : 6) + (crossValidated ? 12 : 0);
}

interface Probe {
  readonly moment: number;
  readonly change: Change;
  readonly chance: string;
}

/** Each moment with an altered future, and every other one with another kind of change besides. */
function plan(world: World, base: PipelineOutput, most: number, rng: Rng): Probe[] {
  const others: readonly Change[] = keepsRevisions(world)
    ? ["dying", "restated", "truncated", "restated", "listed"]
    : ["dying", "truncated", "dying", "listed"];
  const probes: Probe[] = [];
  let other = 0;
  for (const [k, moment] of cutMoments(world, base, most, rng.fork("cuts")).entries()) {
    const add = (change: Change): void => {
      if (probes.length < most) probes.push({ moment, change, chance: `cut ${k} ${change}` });
    };
    add(FUTURES[k % FUTURES.length] as Future);
    if (k % 2 === 0) add(others[other++ % others.length] as Change);
  }
  return probes;
}

function alter(world: World, moment: number, change: Change, rng: Rng): World {
  switch (change) {
    case "truncated":
      return truncate(world, moment);
    case "dying":
      return letDie(world, moment, rng);
    case "listed":
      return listNew(world, moment, rng);
    case "restated":
      return restate(world, moment, rng);
    default:
      return alterFuture(world, moment, change, rng);
  }
}

function compare(
  world: World,
  base: PipelineOutput,
  other: PipelineOutput,
  altered: World,
  moment: number,
  change: Change,
  options: Pick<CompareOptions, "tolerance" | "exempt">,
): ReturnType<typeof compareOutputs> {
  // With other rows in the world sums are taken in another order: what differs by that alone is the same number.
  const tolerance = futures.some((future) => future === change) ? options.tolerance : Math.max(options.tolerance, REORDERED);
  const whole = { ...options, tolerance, width: altered.symbols.length, settledAt: settlement(world) };
  const comparison = compareOutputs(base, other, moment, world.symbols.length, whole);
  if (change !== "truncated") return comparison;
  // Whether a name trades in a session that has only opened is not to be seen in a world that ends there.
  const closed = world.sessions[firstUnclosed(world, moment) - 1]?.closeAt ?? Number.NEGATIVE_INFINITY;
  const { fills } = compareOutputs(base, other, closed, world.symbols.length, whole);
  return { ...comparison, fills };
}

/** Every column moved by an altered future: more cuts would say the same. */
function allProven(book: EvidenceBook, base: PipelineOutput): boolean {
  if (base.features.size === 0 && base.predictions === null) return book.isProven("fills");
  return (
    [...base.features.keys()].every((name) => book.isProven(`feature ${name}`)) &&
    (base.predictions === null || book.isProven("predictions"))
  );
}

/** Whether anything answers at all: to another past, and to other facts. A test of what never moves shows nothing. */
async function respondsTo(
  world: World,
  base: PipelineOutput,
  runner: Runner,
  rng: Rng,
  tolerance: number,
): Promise<{ readonly findings: readonly LeakFinding[]; readonly usesFacts: boolean }> {
  const ever = Number.NEGATIVE_INFINITY;
  const moved = async (altered: World): Promise<ReturnType<typeof compareOutputs> | null> => {
    const other = await runner.try(altered);
    const options = { tolerance, width: world.symbols.length, exempt: null, settledAt: settlement(world) };
    return other === null ? null : compareOutputs(base, other, Number.POSITIVE_INFINITY, world.symbols.length, options);
  };
  const anything = (found: ReturnType<typeof compareOutputs> | null): boolean =>
    found === null ||
    [...found.features.values(), found.predictions, found.labels].some((column) => column !== null && column.first !== null) ||
    found.fills.length + found.decisions.length > 0;
  const usesFacts = world.facts.length > 0 && anything(await moved(alterFuture(world, ever, "wild", rng.fork("facts"), "facts")));
  const all = await moved(alterFuture(world, ever, "wild", rng.fork("all")));
  if (!anything(all))
    return {
      findings: [
        finding(
          "not-tested",
          "stamped",
          "pipeline",
          "Its output is the same whatever the data is: it reads none, or it kept what it made of an earlier run, and no test can find anything.",
        ),
      ],
      usesFacts,
    };
  const still = [...(all?.features ?? [])].filter(([, column]) => column.first === null).map(([name]) => name);
  const findings =
    still.length === 0
      ? []
      : [finding("not-tested", "note", "features", `Nothing that was altered moved ${few(still)}: constants, or of the calendar.`)];
  return { findings, usesFacts };
}

function few(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}

function isSame(a: PipelineOutput, b: PipelineOutput, world: World, tolerance: number): boolean {
  const options = { tolerance, width: world.symbols.length, exempt: null, settledAt: settlement(world) };
  const { features, predictions, labels, decisions, fills } = compareOutputs(a, b, Number.POSITIVE_INFINITY, world.symbols.length, options);
  const still = [...features.values(), predictions, labels].every((column) => column === null || column.first === null);
  return still && decisions.length === 0 && fills.length === 0;
}

/** Sums that change when a value does: enough to see that somebody wrote into the columns. */
function digestOf({ open, high, low, close, volume, facts, sessions, symbols }: World): string {
  const sum = (column: Float64Array): number =>
    column.reduce((total, value, k) => (Number.isNaN(value) ? total + k : total + value * (1 + (k % 97))), 0);
  const told = facts.reduce((total, { value, publishedAt, about }, k) => total + value * (1 + (k % 97)) + (publishedAt ?? 0) + about, 0);
  return [...[open, high, low, close, volume].map(sum), told, facts.length, sessions.length, symbols.length].join(" ");
}
