// Purged folds within a training set (Lopez de Prado 2018, section 7.4): every sample is held out once, and no fold learns from a label that
// overlaps in time with those it holds out.
import type { SampleFacts } from "#ports/model.js";
import { type HeldOut, positions } from "./hold-out.js";

/**
 * Blocks of whole decision moments in the order of time, of about the same number of samples; fewer than `count` when there are fewer
 * moments. A block's fold learns from samples before it whose labels end by its first decision, and from samples behind it that begin
 * `embargoUs` or more after its last label ends. Samples stand in the order of time.
 */
export function purgedFolds(
  facts: Pick<SampleFacts, "asOf" | "labelEndAt" | "rows">,
  count: number,
  embargoUs: number,
): readonly HeldOut[] {
  const { rows, asOf, labelEndAt } = facts;
  const starts: number[] = [];
  for (let row = 0; row < rows; row++) if (row === 0 || asOf[row] !== asOf[row - 1]) starts.push(row);
  const blocks = Math.min(count, starts.length);
  const bounds: number[] = [0];
  for (let block = 1, moment = 1; block < blocks; block++, moment++) {
    // The first moment that begins at or behind the block's share, as long as each block behind keeps a moment.
    const share = (rows * block) / blocks;
    while (moment < starts.length - (blocks - block) && (starts[moment] as number) < share) moment++;
    bounds.push(starts[moment] as number);
  }
  bounds.push(rows);
  return Array.from({ length: blocks }, (_, block) => {
    const [from, to] = [bounds[block] as number, bounds[block + 1] as number];
    const begins = asOf[from] as number;
    let ended = Number.NEGATIVE_INFINITY;
    for (let row = from; row < to; row++) ended = Math.max(ended, labelEndAt[row] as number);
    const training = new Int32Array(rows);
    let kept = 0;
    for (let row = 0; row < from; row++) if ((labelEndAt[row] as number) <= begins) training[kept++] = row;
    for (let row = to; row < rows; row++) if ((asOf[row] as number) >= ended + embargoUs) training[kept++] = row;
    return { training: training.slice(0, kept), validation: positions(from, to) };
  });
}
