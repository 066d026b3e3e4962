// Log losses: of the sign of the label (Friedman 2001, algorithm 5) and of classes of labels (algorithm 6).
import { TruewindError } from "#base/errors.js";
import { meanOver, type Objective, type Scores, type Targets, weightOf } from "./objective.js";

/**
 * Rise (label above 0) or not. The score is the log-odds of a rise; gradient p - d and curvature p (1 - p), d the class. Expected return:
 * (2p - 1) times the mean absolute training label, as the family `logistic` has it. Throws `no-data` when all labels have one sign.
 */
export function binary(targets: Targets): Objective {
  const { y, trainRows } = targets;
  const rises = meanOver(targets, 0, trainRows, (row) => ((y[row] as number) > 0 ? 1 : 0));
  if (rises === 0 || rises === 1) {
    throw new TruewindError(
      "no-data",
      `The objective binary needs rises and falls, but all ${trainRows} training labels have one sign: use the objective squared, or another label.`,
    );
  }
  const scale = meanOver(targets, 0, trainRows, (row) => Math.abs(y[row] as number));
  return {
    base: Float64Array.of(Math.log(rises / (1 - rises))),
    curved: true,
    derive([scores], [gradient], [hessian]) {
      const [f, g, h] = [scores as Float64Array, gradient as Float32Array, hessian as Float32Array];
      for (let row = 0; row < trainRows; row++) {
        const w = weightOf(targets, row);
        const p = 1 / (1 + Math.exp(-(f[row] as number)));
        g[row] = w * (p - ((y[row] as number) > 0 ? 1 : 0));
        h[row] = w * p * (1 - p);
      }
    },
    refit: null,
    loss: ([scores], from, to) =>
      meanOver(targets, from, to, (row) => {
        const margin = (y[row] as number) > 0 ? (scores?.[row] as number) : -(scores?.[row] as number);
        return margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
      }),
    link: () => ({ kind: "direction", scale }),
  };
}

/**
 * Classes of the label: `sign` (fall, 0, rise; those that occur), or so many of equal size by its quantiles over the training rows, equal
 * labels in one class. Scores are log-odds up to a common constant; gradient p - d and curvature K / (K - 1) p (1 - p), K classes, as
 * LightGBM has them. Expected return: the sum over classes of p times the class's mean training label. Throws `no-data` when there is but
 * one class.
 */
export function multiclass(targets: Targets, classes: number | "sign"): Objective {
  const { y, trainRows } = targets;
  const upper = classes === "sign" ? signBounds(targets) : quantileBounds(targets, classes);
  const k = upper.length + 1;
  if (k < 2) {
    throw new TruewindError(
      "no-data",
      `The objective multiclass finds one class in ${trainRows} training labels, as they hardly differ: use the objective squared, or another label.`,
    );
  }
  const classOf = Int32Array.from(y, (label) => {
    let c = 0;
    while (c < upper.length && label > (upper[c] as number)) c++;
    return c;
  });
  const mass = new Float64Array(k);
  const sum = new Float64Array(k);
  for (let row = 0; row < trainRows; row++) {
    const c = classOf[row] as number;
    mass[c] = (mass[c] as number) + weightOf(targets, row);
    sum[c] = (sum[c] as number) + weightOf(targets, row) * (y[row] as number);
  }
  const total = mass.reduce((a, b) => a + b, 0);
  const factor = k / (k - 1);
  const e = new Float64Array(k);
  let most = 0;
  /** Fills `e` with exponentials of a row's scores above `most`, the largest of them, and returns their sum. */
  const exponentials = (scores: Scores, row: number): number => {
    most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < k; c++) most = Math.max(most, scores[c]?.[row] as number);
    let all = 0;
    for (let c = 0; c < k; c++) all += e[c] = Math.exp((scores[c]?.[row] as number) - most);
    return all;
  };
  return {
    base: mass.map((m) => Math.log(m / total)),
    curved: true,
    derive(scores, gradient, hessian) {
      for (let row = 0; row < trainRows; row++) {
        const w = weightOf(targets, row);
        const all = exponentials(scores, row);
        for (let c = 0; c < k; c++) {
          const p = (e[c] as number) / all;
          (gradient[c] as Float32Array)[row] = w * (classOf[row] === c ? p - 1 : p);
          (hessian[c] as Float32Array)[row] = w * factor * p * (1 - p);
        }
      }
    },
    refit: null,
    loss: (scores, from, to) =>
      meanOver(targets, from, to, (row) => {
        const all = exponentials(scores, row);
        return Math.log(all) - ((scores[classOf[row] as number]?.[row] as number) - most);
      }),
    link: () => ({ kind: "classes", means: Array.from(sum, (s, c) => s / (mass[c] as number)) }),
  };
}

/** Largest label of each class but the last. */
function signBounds({ y, trainRows }: Targets): readonly number[] {
  const signs = new Set<number>();
  for (let row = 0; row < trainRows; row++) signs.add(Math.sign(y[row] as number) + 0);
  const below = [...signs].sort((a, b) => a - b).slice(0, -1);
  return below.map((sign) => (sign < 0 ? -Number.MIN_VALUE : 0));
}

function quantileBounds({ y, trainRows }: Targets, classes: number): readonly number[] {
  const sorted = y.slice(0, trainRows).sort();
  const bounds = new Set<number>();
  for (let c = 1; c < classes; c++) {
    const at = Math.ceil((c * sorted.length) / classes) - 1;
    if (at >= 0 && (sorted[at] as number) < (sorted.at(-1) as number)) bounds.add(sorted[at] as number);
  }
  return [...bounds];
}
