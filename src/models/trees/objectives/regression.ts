// Losses of the label itself: squared (Friedman 2001, algorithm 2), Huber's (algorithm 4) and pinball (Koenker & Bassett 1978).
import { TruewindError } from "#base/errors.js";
import { meanOver, type Objective, type Targets, weightOf } from "./objective.js";
import { huberLocation, weightedQuantile } from "./select.js";

/** Loss (y - f)^2, gradient f - y and curvature 1, as LightGBM scales them. Scores are expected labels. */
export function squared(targets: Targets): Objective {
  const { y } = targets;
  return {
    ...regression(targets, (error) => error),
    base: Float64Array.of(meanOver(targets, 0, targets.trainRows, (row) => y[row] as number)),
    refit: null,
    loss: ([scores], from, to) => meanOver(targets, from, to, (row) => ((y[row] as number) - (scores?.[row] as number)) ** 2),
  };
}

/**
 * Huber's loss: r^2 / 2 up to `delta` and delta (|r| - delta / 2) beyond, r = y - f. Here `delta` counts in robust standard deviations of
 * the training labels, 1.4826 times the median of |y - median| (in plain ones where that is 0), so that it means the same for daily and
 * for yearly returns. A leaf's value is Huber's estimate of location of its residuals, where Friedman takes one step towards it from the
 * median and LightGBM one of Newton.
 */
export function huber(targets: Targets, deltaInDeviations: number): Objective {
  const { y } = targets;
  const delta = deltaInDeviations * robustDeviation(targets);
  const location = (values: Float64Array, weights: Float64Array | null): number => huberLocation(values, weights, delta);
  const cost = (r: number): number => (Math.abs(r) <= delta ? (r * r) / 2 : delta * (Math.abs(r) - delta / 2));
  return {
    ...regression(targets, (error) => Math.max(-delta, Math.min(delta, error))),
    base: Float64Array.of(ofRows(targets, everyRow(targets), (row) => y[row] as number, location)),
    refit: (scores, rows) => ofRows(targets, rows, (row) => (y[row] as number) - (scores[row] as number), location),
    loss: ([scores], from, to) => meanOver(targets, from, to, (row) => cost((y[row] as number) - (scores?.[row] as number))),
  };
}

/**
 * Pinball loss: alpha r above and (alpha - 1) r below the score, r = y - f. Scores are the quantile of level `alpha`, and so is a leaf's
 * value of its residuals, as in LightGBM (which interpolates between neighbors in another way).
 */
export function quantile(targets: Targets, alpha: number): Objective {
  const { y } = targets;
  const pick = (values: Float64Array, weights: Float64Array | null): number => weightedQuantile(values, weights, alpha);
  const cost = (r: number): number => (r >= 0 ? alpha * r : (alpha - 1) * r);
  return {
    ...regression(targets, (error) => (error >= 0 ? 1 - alpha : -alpha)),
    base: Float64Array.of(ofRows(targets, everyRow(targets), (row) => y[row] as number, pick)),
    refit: (scores, rows) => ofRows(targets, rows, (row) => (y[row] as number) - (scores[row] as number), pick),
    loss: ([scores], from, to) => meanOver(targets, from, to, (row) => cost((y[row] as number) - (scores?.[row] as number))),
  };
}

/** `slope`: of the loss in the error f - y. */
function regression(targets: Targets, slope: (error: number) => number): Pick<Objective, "curved" | "derive" | "link"> {
  const { y, weight, trainRows } = targets;
  return {
    curved: weight !== null,
    derive([scores], [gradient], [hessian]) {
      const [f, g, h] = [scores as Float64Array, gradient as Float32Array, hessian as Float32Array];
      for (let row = 0; row < trainRows; row++) g[row] = weightOf(targets, row) * slope((f[row] as number) - (y[row] as number));
      if (weight !== null) for (let row = 0; row < trainRows; row++) h[row] = weight[row] as number;
    },
    link: () => ({ kind: "identity" }),
  };
}

const everyRow = ({ trainRows }: Targets): Int32Array => Int32Array.from({ length: trainRows }, (_, row) => row);

/** A statistic of something over rows, which it may reorder. */
function ofRows(
  { weight }: Targets,
  rows: Int32Array,
  value: (row: number) => number,
  statistic: (values: Float64Array, weights: Float64Array | null) => number,
): number {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = value(rows[i] as number);
  if (weight === null) return statistic(values, null);
  const weights = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) weights[i] = weight[rows[i] as number] as number;
  return statistic(values, weights);
}

function robustDeviation(targets: Targets): number {
  const { y } = targets;
  const rows = everyRow(targets);
  const median = ofRows(
    targets,
    rows,
    (row) => y[row] as number,
    (values, weights) => weightedQuantile(values, weights, 0.5),
  );
  const off = ofRows(
    targets,
    rows,
    (row) => Math.abs((y[row] as number) - median),
    (values, weights) => weightedQuantile(values, weights, 0.5),
  );
  if (off > 0) return 1.4826 * off;
  const mean = meanOver(targets, 0, targets.trainRows, (row) => y[row] as number);
  const deviation = Math.sqrt(meanOver(targets, 0, targets.trainRows, (row) => ((y[row] as number) - mean) ** 2));
  if (deviation > 0) return deviation;
  throw new TruewindError(
    "no-data",
    "The training labels do not differ, so that Huber's loss has no scale: use the squared loss, or another label.",
  );
}
