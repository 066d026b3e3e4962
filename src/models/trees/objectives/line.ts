// A line from scores that only order to expected returns.
import type { Link } from "../link.js";
import { meanOver, type Targets, weightOf } from "./objective.js";

/**
 * Least squares of the label on the score within decision moments, so that moves of the whole market do not count; the line goes through the
 * means. Fitted on the held-out rows where there are any, as scores of rows that were learned from promise too much. A slope there that is
 * below a hundredth of the training rows' becomes that hundredth: the order stays, at next to no expected return.
 */
export function lineOf(targets: Targets, scores: Float64Array): Link {
  const { rows, trainRows } = targets;
  const learned = Math.max(0, slopeWithin(targets, scores, 0, trainRows));
  const from = rows > trainRows ? trainRows : 0;
  const slope = from === 0 ? learned : Math.max(learned / 100, slopeWithin(targets, scores, from, rows));
  const level = meanOver(targets, from, rows, (row) => targets.y[row] as number);
  const score = meanOver(targets, from, rows, (row) => scores[row] as number);
  return { kind: "line", intercept: level - slope * score, slope };
}

/** 0 when the scores do not differ within moments. */
function slopeWithin(targets: Targets, scores: Float64Array, from: number, to: number): number {
  const { y, asOf } = targets;
  let xy = 0;
  let xx = 0;
  for (let start = from; start < to; ) {
    let end = start + 1;
    while (end < to && asOf[end] === asOf[start]) end++;
    const mx = meanOver(targets, start, end, (row) => scores[row] as number);
    const my = meanOver(targets, start, end, (row) => y[row] as number);
    for (let row = start; row < end; row++) {
      const dx = (scores[row] as number) - mx;
      xy += weightOf(targets, row) * dx * ((y[row] as number) - my);
      xx += weightOf(targets, row) * dx * dx;
    }
    start = end;
  }
  return xx > 0 ? xy / xx : 0;
}
