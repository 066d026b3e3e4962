// Where to cut: decisions at which the code that leaks has something to leak. A hole is filled from behind only where there is one, a report is
// used too early only between the end of its period and its publication, and a label that ends too late shows only where a test begins.
import type { Rng } from "#base/rng.js";
import { firstUnclosed, knownAt } from "./known.js";
import type { PipelineOutput, World } from "./subject.js";

/** Cut moments, the most telling first: each decision at most once, then moments of fills and ends of labels. Deterministic for a seed. */
export function cutMoments(world: World, output: PipelineOutput, most: number, rng: Rng): number[] {
  const { decisions } = output;
  // Behind the last session nothing is left to alter.
  const end = world.sessions.at(-1)?.closeAt ?? Number.NEGATIVE_INFINITY;
  const usable = decisions.filter((at) => at < end) as number[];
  const groups = [
    testStarts(world, output),
    pendingFacts(world, usable, rng.fork("facts")),
    holes(world, usable, rng.fork("holes")),
    listings(world, usable, rng.fork("listings")),
    sample(
      output.fills.map(({ at }) => at as number),
      3,
      rng.fork("fills"),
    ),
    sample([...new Set(output.labels?.endAt ?? [])], 3, rng.fork("labels")),
  ];
  const chosen = new Set<number>();
  const take = (moment: number | undefined): void => {
    if (moment !== undefined && moment < end && chosen.size < most) chosen.add(moment);
  };
  // Strata interleaved with what the structure suggests, so that a small budget has some of each.
  const spread = strata(usable, rng.fork("strata"));
  for (let k = 0; k < most; k++) {
    for (const group of groups) take(group[k]);
    take(spread[2 * k]);
    take(spread[2 * k + 1]);
  }
  return [...chosen];
}

/** All of them, in an order that covers time evenly however early it is broken off (van der Corput's sequence, from a random start). */
function strata(decisions: readonly number[], rng: Rng): number[] {
  const count = decisions.length;
  const start = rng.next();
  const order: number[] = [];
  const seen = new Set<number>();
  for (let k = 1; order.length < count && k < 20 * count + 20; k++) {
    let [fraction, base] = [start, 0.5];
    for (let rest = k; rest > 0; rest = Math.floor(rest / 2), base /= 2) fraction += (rest % 2) * base;
    const index = Math.floor((fraction % 1) * count);
    if (seen.has(index)) continue;
    seen.add(index);
    order.push(decisions[index] as number);
  }
  return order;
}

/** First decisions of tests as far as they are declared, else the first that has a prediction. */
function testStarts(world: World, { folds, predictions, decisions }: PipelineOutput): number[] {
  const n = world.symbols.length;
  if (folds !== null) {
    const starts = folds.map(({ test }) => test.reduce((first, cell) => Math.min(first, Math.floor(cell / n)), Number.POSITIVE_INFINITY));
    return [...new Set(starts)].flatMap((d) => decisions[d] ?? []);
  }
  const first = predictions?.findIndex((value) => !Number.isNaN(value)) ?? -1;
  return first < 0 ? [] : [decisions[Math.floor(first / n)] as number];
}

/** Decisions between the end of a period and the publication about it, those right before a publication first. */
function pendingFacts({ facts }: World, decisions: readonly number[], rng: Rng): number[] {
  const soon: number[] = [];
  const early: number[] = [];
  for (const fact of facts) {
    const before = lastBelow(decisions, knownAt(fact));
    if (before < 0) continue;
    soon.push(decisions[before] as number);
    const after = lastBelow(decisions, fact.about) + 1;
    if (after <= before) early.push(decisions[after] as number);
  }
  const [a, b] = [sample(soon, 12, rng.fork("soon")), sample(early, 12, rng.fork("early"))];
  return a.flatMap((moment, k) => [moment, ...b.slice(k, k + 1)]).concat(b.slice(a.length));
}

/** Decisions whose last closed session lacks a bar of a name that traded before and after. */
function holes(world: World, decisions: readonly number[], rng: Rng): number[] {
  const n = world.symbols.length;
  const rows = world.sessions.length;
  const found: number[] = [];
  for (let i = 0; i < n; i++) {
    let last = -1;
    for (let row = 0; row < rows; row++) {
      if (Number.isNaN(world.close[row * n + i])) continue;
      // The gap is (last, row): its final session is where filling from behind reaches one session ahead.
      if (last >= 0 && row > last + 1) found.push(...decisionsAfter(world, decisions, row - 1));
      last = row;
    }
  }
  return sample(found, 12, rng);
}

/** Decisions right before a name first trades, and right before the last time it does. */
function listings(world: World, decisions: readonly number[], rng: Rng): number[] {
  const n = world.symbols.length;
  const rows = world.sessions.length;
  const found: number[] = [];
  for (let i = 0; i < n; i++) {
    let [first, last] = [-1, -1];
    for (let row = 0; row < rows; row++) {
      if (Number.isNaN(world.close[row * n + i])) continue;
      if (first < 0) first = row;
      last = row;
    }
    if (first > 0) found.push(...decisionsAfter(world, decisions, first - 1));
    if (last > 0 && last < rows - 1) found.push(...decisionsAfter(world, decisions, last - 1));
  }
  return sample(found, 6, rng);
}

/** The first decision at which the session had closed, when no later one had. */
function decisionsAfter(world: World, decisions: readonly number[], session: number): number[] {
  const closeAt = world.sessions[session]?.closeAt ?? Number.POSITIVE_INFINITY;
  const d = lastBelow(decisions, closeAt) + 1;
  return d < decisions.length && firstUnclosed(world, decisions[d] as number) === session + 1 ? [decisions[d] as number] : [];
}

function lastBelow(decisions: readonly number[], moment: number): number {
  let low = 0;
  let high = decisions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((decisions[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** So many different ones, in random order. */
function sample(moments: readonly number[], most: number, rng: Rng): number[] {
  const left = [...new Set(moments)].filter((moment) => Number.isFinite(moment));
  const chosen: number[] = [];
  while (chosen.length < most && left.length > 0) chosen.push(...left.splice(rng.int(left.length), 1));
  return chosen;
}
