// Purged folds within a training set (Lopez de Prado 2018, section 7.4): every sample is held out once, and no fold learns from a label that
// overlaps in time with those it holds out.
import { blockBounds, clearPositions, embargoBehind, zoneOf } from "#domain/purge.js";
import type { SampleFacts } from "#ports/model.js";
import { type HeldOut, positions } from "./hold-out.js";

/**
 * Blocks of whole decision moments in the order of time, of about the same number of samples; fewer than `count` when there are fewer
 * moments. A block's fold learns from samples before it whose labels end by its first decision, and from samples behind it that begin
 * `embargoUs` or more after its last label ends. Samples stand in the order of time.
 */
export function purgedFolds(
  { rows, asOf, labelEndAt }: Pick<SampleFacts, "asOf" | "labelEndAt" | "rows">,
  count: number,
  embargoUs: number,
): readonly HeldOut[] {
  const times = { begins: asOf, ends: labelEndAt };
  const bounds = blockBounds(asOf, count);
  return Array.from({ length: bounds.length - 1 }, (_, block) => {
    const [from, to] = [bounds[block] as number, bounds[block + 1] as number];
    const zones = [zoneOf(times, from, to, embargoBehind(embargoUs))];
    const [before, behind] = [clearPositions(times, 0, from, zones), clearPositions(times, to, rows, zones)];
    const training = new Int32Array(before.length + behind.length);
    training.set(before);
    training.set(behind, before.length);
    return { training, validation: positions(from, to) };
  });
}

/** Those of them that leave something to learn from, an embargo of the longest label behind each block. */
export function usableFolds(samples: Pick<SampleFacts, "asOf" | "labelEndAt" | "rows">, count: number): readonly HeldOut[] {
  const { rows, asOf, labelEndAt } = samples;
  let longest = 0;
  for (let row = 0; row < rows; row++) longest = Math.max(longest, (labelEndAt[row] as number) - (asOf[row] as number));
  return purgedFolds(samples, count, longest).filter(({ training }) => training.length > 0);
}
