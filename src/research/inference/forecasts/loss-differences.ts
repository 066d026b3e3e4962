// Losses of two forecasters over the same moments, as one series: the first's minus the second's.
import { TruewindError } from "#base/errors.js";

/** Throws `bad-usage` unless there are at least `least` of each, all known. */
export function lossDifferences(first: ArrayLike<number>, second: ArrayLike<number>, least: number): Float64Array {
  if (first.length !== second.length)
    throw new TruewindError(
      "bad-usage",
      `The forecasters have ${first.length} and ${second.length} losses: give those of the same moments.`,
    );
  if (first.length < least) throw new TruewindError("bad-usage", `${first.length} losses are too few to compare: give at least ${least}.`);
  const differences = Float64Array.from(first, (loss, t) => loss - (second[t] as number));
  if (!differences.every(Number.isFinite))
    throw new TruewindError("bad-usage", "A loss is no number: leave out the moments that one of the forecasters does not know.");
  return differences;
}
