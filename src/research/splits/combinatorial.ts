// Purged k-fold and combinatorial purged cross-validation (Lopez de Prado 2018, sections 7.4 and 12.4): models learn from what lies before
// and behind their tests, so that much more is tested than by walking forward, in histories that did not happen in this order. They judge a
// way of modelling; what an account would have earned is a matter of walking forward.
import { TruewindError } from "#base/errors.js";
import { type Embargo, type SampleTimes, blockBounds, zoneOf } from "#domain/purge.js";
import type { Range, Split } from "./split.js";

export interface CombinatorialOptions {
  /** N: groups that the samples are cut into, whole decision moments each. */
  readonly groups: number;
  /** k: groups that are tested together. */
  readonly tested: number;
  readonly embargo: Embargo;
}

/** More are refused: nobody fits so many models by intent. */
const MOST_SPLITS = 100_000;

/**
 * All C(N, k) choices of tested groups, in lexicographic order, as skfolio's CombinatorialPurgedCV has them; k = 1 is purged k-fold. Groups
 * hold about the same number of samples (skfolio gives the rest of a division to the last one). Throws `bad-config`.
 */
export function combinatorialSplits(times: SampleTimes, { groups, tested, embargo }: CombinatorialOptions): readonly Split[] {
  const bounds = blockBounds(times.begins, groups);
  if (bounds.length - 1 < groups)
    throw new TruewindError(
      "bad-config",
      `${groups} groups need as many decisions, and there are ${bounds.length - 1}: ask for fewer groups.`,
    );
  if (groups < 2 || tested < 1 || tested >= groups)
    throw new TruewindError(
      "bad-config",
      `${groups} groups of which ${tested} are tested leave nothing to train or to test: ask for 2 groups at least, and test fewer than there are.`,
    );
  const count = choose(groups, tested);
  if (count > MOST_SPLITS)
    throw new TruewindError("bad-config", `${groups} groups, ${tested} tested together, are ${count} splits: ask for fewer groups.`);
  const range = (group: number): Range => ({ from: bounds[group] as number, to: bounds[group + 1] as number });
  const zones = Array.from({ length: groups }, (_, group) => zoneOf(times, range(group).from, range(group).to, embargo));
  const train = { from: 0, to: times.begins.length };
  return [...combinations(groups, tested)].map((chosen, index) => ({
    index,
    groups: chosen,
    train,
    tests: chosen.map(range),
    zones: chosen.map((group) => zones[group] as (typeof zones)[number]),
  }));
}

/** n over k. */
export function choose(n: number, k: number): number {
  let out = 1;
  for (let i = 1; i <= k; i++) out = (out * (n - k + i)) / i;
  return Math.round(out);
}

/**
 * The backtest paths: phi(N, k) = k / N C(N, k) = C(N - 1, k - 1) of them (Lopez de Prado 2018, section 12.4.1). Per path, the split whose
 * model predicts each group: the p-th of those that test it, so that every test of every split is in exactly one path.
 */
export function pathsOf(splits: readonly Split[], groups: number): readonly (readonly number[])[] {
  const testedBy: number[][] = Array.from({ length: groups }, () => []);
  for (const { index, groups: chosen } of splits) for (const group of chosen) (testedBy[group] as number[]).push(index);
  const paths = (testedBy[0] as number[]).length;
  return Array.from({ length: paths }, (_, path) => testedBy.map((list) => list[path] as number));
}

function* combinations(n: number, k: number): Generator<readonly number[]> {
  const chosen = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    yield [...chosen];
    let at = k - 1;
    while (at >= 0 && chosen[at] === n - k + at) at--;
    if (at < 0) return;
    chosen[at] = (chosen[at] as number) + 1;
    for (let next = at + 1; next < k; next++) chosen[next] = (chosen[next - 1] as number) + 1;
  }
}
