// How well rises and falls were told apart. Labels are +1 and -1, scores are higher where a rise is likelier, and a score of 0 or above
// is a call of a rise. No NaN anywhere; NaN comes back where there is nothing to measure.

/** Rows of the confusion table. */
interface Counts {
  readonly truePositive: number;
  readonly trueNegative: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

function count(scores: Float64Array, labels: Float64Array): Counts {
  let truePositive = 0;
  let trueNegative = 0;
  let falsePositive = 0;
  let falseNegative = 0;
  for (let i = 0; i < scores.length; i++) {
    const up = (scores[i] as number) >= 0;
    const rose = (labels[i] as number) > 0;
    if (up && rose) truePositive++;
    else if (up) falsePositive++;
    else if (rose) falseNegative++;
    else trueNegative++;
  }
  return { truePositive, trueNegative, falsePositive, falseNegative };
}

/** Share of right calls, in [0, 1]. */
export function accuracy(scores: Float64Array, labels: Float64Array): number {
  const { truePositive, trueNegative } = count(scores, labels);
  return (truePositive + trueNegative) / scores.length;
}

/** Matthews' correlation coefficient (Matthews 1975), in [-1, 1]; 0 when all calls or all labels are alike, as scikit-learn has it. */
export function matthews(scores: Float64Array, labels: Float64Array): number {
  if (scores.length === 0) return Number.NaN;
  const { truePositive: tp, trueNegative: tn, falsePositive: fp, falseNegative: fn } = count(scores, labels);
  const square = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  return square === 0 ? 0 : (tp * tn - fp * fn) / Math.sqrt(square);
}

/** Area under the receiver operating characteristic: the chance that a rise has the higher score, ties half (Hanley & McNeil 1982). */
export function areaUnderCurve(scores: Float64Array, labels: Float64Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let ups = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let upsHere = 0;
    const score = scores[order[start] as number];
    for (; end < order.length && scores[order[end] as number] === score; end++) {
      if ((labels[order[end] as number] as number) > 0) upsHere++;
    }
    rankSum += upsHere * ((start + 1 + end) / 2);
    ups += upsHere;
    start = end;
  }
  const downs = order.length - ups;
  return ups === 0 || downs === 0 ? Number.NaN : (rankSum - (ups * (ups + 1)) / 2) / (ups * downs);
}

/** Mean of -log of the probability given to what came, natural logarithm. Probabilities are of a rise, kept within [1e-7, 1 - 1e-7]. */
export function logLoss(probabilities: Float64Array, labels: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = Math.min(1 - 1e-7, Math.max(1e-7, probabilities[i] as number));
    sum -= Math.log((labels[i] as number) > 0 ? p : 1 - p);
  }
  return sum / probabilities.length;
}
