// What can be read from declared folds and labels alone, with no run: cells on both sides, training labels made of the prices that the test is
// judged on, labels that begin before their decision.
import { formatMicros, type Micros } from "#domain/time.js";
import { type LeakFinding, finding } from "./finding.js";
import type { PipelineOutput, World } from "./subject.js";

export function checkFolds(world: World, output: PipelineOutput): LeakFinding[] {
  const { folds } = output;
  if (folds === null) return [];
  const forward = isWalkForward(world, folds);
  const findings = folds.flatMap((fold, k) => [...bothSides(fold, k), ...overlaps(world, output, fold, k, forward)]);
  // One finding per kind says it: the worst fold stands for the others.
  return [...new Set(findings.map(({ kind }) => kind))].map((kind) => {
    const same = findings.filter((one) => one.kind === kind);
    const first = same[0] as LeakFinding;
    return same.length === 1 ? first : { ...first, evidence: `${first.evidence} So it is in ${same.length} of ${folds.length} folds.` };
  });
}

type Fold = NonNullable<PipelineOutput["folds"]>[number];

function bothSides({ train, test }: Fold, k: number): LeakFinding[] {
  const trained = new Set(train);
  const shared = test.filter((cell) => trained.has(cell)).length;
  if (shared === 0) return [];
  return [
    finding(
      "test-in-training",
      "leak",
      `fold ${k + 1}`,
      `${shared} of the ${test.length} cells that fold ${k + 1} tests were also trained on.`,
    ),
  ];
}

/** Whether every model learned from days before its test alone. Where one did not, all are cross-validation, the last fold too. */
function isWalkForward({ symbols }: World, folds: readonly Fold[]): boolean {
  const decision = (cell: number): number => Math.floor(cell / symbols.length);
  return folds.every(({ train, test }) => {
    const last = train.reduce((latest, cell) => Math.max(latest, decision(cell)), -1);
    return test.every((cell) => decision(cell) > last);
  });
}

/** What walks forward must not need what ends after the first decision tested; cross-validation must not share prices with its test. */
function overlaps(world: World, { labels, decisions }: PipelineOutput, { train, test }: Fold, k: number, forward: boolean): LeakFinding[] {
  if (labels === null || train.length === 0 || test.length === 0) return [];
  const n = world.symbols.length;
  const decided = (cell: number): number => decisions[Math.floor(cell / n)] as number;
  const firstTest = test.reduce((first, cell) => Math.min(first, decided(cell)), Number.POSITIVE_INFINITY);
  const spans = forward ? [{ from: firstTest, to: Number.POSITIVE_INFINITY }] : spansOf(labels, test);
  const { startAt, endAt } = labels;
  const tested = new Set(test);
  const guilty = train.filter((cell) => !tested.has(cell) && touches(spans, startAt[cell] as number, endAt[cell] as number));
  const first = guilty[0];
  if (first === undefined) return [];
  const example = `The label of ${world.symbols[first % n]} decided ${formatMicros(decided(first) as Micros)} ends ${formatMicros(endAt[first] as Micros)}`;
  return [
    finding(
      "overlapping-labels",
      "leak",
      `fold ${k + 1}`,
      `${guilty.length} of the ${train.length} labels that fold ${k + 1} trains on are made of prices from within its test. ${example}, and the test begins ${formatMicros(firstTest as Micros)}.`,
    ),
  ];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The spans of time that labels of the cells cover, ascending and apart. */
function spansOf({ startAt, endAt }: NonNullable<PipelineOutput["labels"]>, cells: Int32Array): Span[] {
  const all = Array.from(cells, (cell) => ({ from: startAt[cell] as number, to: endAt[cell] as number }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const span of all) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}

function touches(spans: readonly Span[], from: number, to: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as Span).to <= from) low = middle + 1;
    else high = middle;
  }
  const next = spans[low];
  return next !== undefined && next.from < to && to > from;
}

/** Labels that are declared to begin before the decision they are for. */
export function checkLabelStarts(world: World, { labels, decisions }: PipelineOutput): LeakFinding[] {
  if (labels === null) return [];
  const n = world.symbols.length;
  const early = labels.startAt.reduce((sum, start, cell) => sum + (start < (decisions[Math.floor(cell / n)] as number) ? 1 : 0), 0);
  if (early === 0) return [];
  const first = labels.startAt.findIndex((start, cell) => start < (decisions[Math.floor(cell / n)] as number));
  const at = decisions[Math.floor(first / n)] as Micros;
  const evidence = `${early} labels are declared to begin before their decision, so that a part of them was known. The first: ${world.symbols[first % n]} decided ${formatMicros(at)}, its label begins ${formatMicros(labels.startAt[first] as Micros)}.`;
  return [{ ...finding("label-interval", "leak", "labels", evidence), decision: at }];
}

/**
 * Cells whose predictions may have learned from later days, by the folds that tested them: they are exempt from the tests that alter the
 * future. A cell that no fold tests has no such excuse. Null where everything must hold.
 */
export function learnedFromLater(world: World, { folds, decisions }: PipelineOutput): ((cell: number) => boolean) | null {
  if (folds === null || isWalkForward(world, folds)) return null;
  const exempt = new Uint8Array(decisions.length * world.symbols.length);
  for (const { test } of folds) for (const cell of test) exempt[cell] = 1;
  return (cell) => exempt[cell] === 1;
}
