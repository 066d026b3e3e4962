// Ridge, lasso and elastic net: all that a fit by squares needs of its rows are sums, so that a whole grid of penalties costs one pass.
// Exact and free of chance. Rows are summed in their order: the same rows give the same bytes, another order moves results by rounding.
import { TruewindError } from "#base/errors.js";
import { holdOut } from "#models/samples/hold-out.js";
import type { FitContext, TrainingSet } from "#ports/model.js";
import type { LinearParameters } from "./artifact.js";
import { solveInPlace } from "./cholesky.js";
import type { ElasticNetConfig, LassoConfig, RidgeConfig } from "./config.js";
import { descend } from "./coordinate-descent.js";
import { type Moments, centeredGram, interceptOf, meanSquaredError, momentsOf } from "./moments.js";
import { solveNonNegative } from "./non-negative.js";
import { collinear, prepare } from "./prepare.js";

/** Share of the samples, the latest, on which `alpha: auto` compares penalties. */
const HELD_OUT = 0.2;

/** How weights follow from sums, at one penalty; and the penalties worth a try, strongest first. */
interface Method {
  readonly family: "ridge" | "lasso" | "elastic-net";
  readonly grid: (moments: Moments) => readonly number[];
  /** Weights at each of `alphas`, strongest first. */
  readonly solve: (moments: Moments, alphas: readonly number[]) => readonly Float64Array[];
}

/**
 * Minimises sum_i s_i (y_i - b - w'z_i)^2 + alpha |w|^2 over standardised features z by the normal equations
 * (Hoerl & Kennard 1970). The intercept carries no penalty: scikit-learn's `Ridge(alpha)` behind a `StandardScaler`.
 */
export function fitRidge({ alpha, positive }: RidgeConfig, train: TrainingSet, context: FitContext): LinearParameters {
  const solveOne = (moments: Moments, strength: number): Float64Array => {
    const normal = centeredGram(moments);
    const k = moments.xy.length;
    for (let i = 0; i < k; i++) normal[i * k + i] = (normal[i * k + i] as number) + strength;
    const weights = positive ? solveNonNegative(normal, moments.xy) : moments.xy.slice();
    if (weights === null || (!positive && !solveInPlace(normal, weights))) throw collinear("ridge", "alpha", strength, "larger");
    return weights;
  };
  return fitBySquares(
    {
      family: "ridge",
      // Features over expected R2 is where the penalty should be, and neither depends on the units: from all to nothing explained.
      grid: () => Array.from({ length: 11 }, (_, i) => 10 ** (8 - i)),
      solve: (moments, alphas) => alphas.map((strength) => solveOne(moments, strength)),
    },
    alpha,
    train,
    context,
  );
}

/** scikit-learn's `Lasso(alpha)` behind a `StandardScaler`: `fitElasticNet` with nothing but its first penalty (Tibshirani 1996). */
export const fitLasso = ({ alpha, positive }: LassoConfig, train: TrainingSet, context: FitContext): LinearParameters =>
  fitSparse("lasso", 1, alpha, positive, train, context);

/**
 * Minimises sum_i s_i (y_i - b - w'z_i)^2 / (2 sum_i s_i) + alpha (r |w|_1 + (1 - r) |w|^2 / 2) over standardised features z (Zou & Hastie
 * 2005), r the share of the first penalty: scikit-learn's `ElasticNet(alpha, l1_ratio)` behind a `StandardScaler`.
 */
export const fitElasticNet = ({ alpha, l1Ratio, positive }: ElasticNetConfig, train: TrainingSet, context: FitContext): LinearParameters =>
  fitSparse("elastic-net", l1Ratio, alpha, positive, train, context);

function fitSparse(
  family: "lasso" | "elastic-net",
  ratio: number,
  alpha: number | "auto",
  positive: boolean,
  train: TrainingSet,
  context: FitContext,
): LinearParameters {
  return fitBySquares(
    {
      family,
      // Behind the penalty at which the first feature gets weight, so that a chosen model is never empty.
      grid: ({ xy, mass }) => {
        const first = xy.reduce((most, q) => Math.max(most, positive ? q : Math.abs(q)), 0) / mass / ratio;
        return first > 0 ? Array.from({ length: 30 }, (_, i) => first * 10 ** (-(i + 1) / 10)) : [1];
      },
      solve: (moments, alphas) =>
        path(family, moments, alphas, (strength) => ({ l1: strength * ratio, l2: strength * (1 - ratio) }), positive),
    },
    alpha,
    train,
    context,
  );
}

/** Coordinate descent from the strongest penalty on, each from where the last one ended. */
function path(
  family: string,
  moments: Moments,
  alphas: readonly number[],
  penalties: (alpha: number) => { readonly l1: number; readonly l2: number },
  positive: boolean,
): readonly Float64Array[] {
  const { mass, xy, yy } = moments;
  const k = xy.length;
  const gram = centeredGram(moments);
  for (let i = 0; i < k; i++) for (let j = i; j < k; j++) gram[j * k + i] = gram[i * k + j] = (gram[i * k + j] as number) / mass;
  // In units of the label's own deviation, so that no label is too small or too large to be squared.
  const unit = Math.sqrt(yy / mass) || 1;
  const weights = new Float64Array(k);
  const scaled = xy.map((q) => q / mass / unit);
  return alphas.map((alpha) => {
    const { l1, l2 } = penalties(alpha);
    const settled = descend({ gram, xy: scaled, yy: yy / mass / unit / unit, l1: l1 / unit, l2, positive }, weights);
    if (!settled) throw collinear(family, "alpha", alpha, "larger");
    return weights.map((w) => w * unit);
  });
}

function fitBySquares(method: Method, alpha: number | "auto", train: TrainingSet, context: FitContext): LinearParameters {
  const { family, solve } = method;
  const choosing = alpha === "auto";
  const share = choosing ? 0.5 : 0;
  const chosen = choosing ? choosePenalty(method, train, (done) => context.onProgress(done * share, {})) : alpha;
  const scaling = prepare(family, train);
  const moments = momentsOf(train, scaling, null, (done) => context.onProgress(share + done * (1 - share), {}));
  if (!Number.isFinite(moments.yy))
    throw new TruewindError("no-data", `${family} cannot square its labels, as some are too large: scale them down.`);
  const [weights] = solve(moments, [chosen]) as [Float64Array];
  context.onProgress(1, choosing ? { alpha: chosen } : {});
  return {
    family,
    features: train.features,
    mean: scaling.mean,
    inverseDeviation: scaling.inverseDeviation,
    weights,
    intercept: interceptOf(moments, weights),
    scale: 0,
    penalty: chosen,
  };
}

/**
 * The penalty with the smallest squared error on the latest part of the samples, learned on those before whose labels had ended by then; the
 * strongest of equals. Throws `no-data` when too few are left on either side.
 */
function choosePenalty({ family, grid, solve }: Method, train: TrainingSet, onProgress: (done: number) => void): number {
  const { training, validation } = holdOut(train, HELD_OUT);
  if (training.length < 2 || validation.length < 2) {
    throw new TruewindError(
      "no-data",
      `${family} cannot choose its alpha: of ${train.rows} samples ${training.length} are left to learn from and ${validation.length} to compare on. Give it a number, or more data.`,
    );
  }
  const scaling = prepare(family, train, training);
  const learned = momentsOf(train, scaling, null, (done) => onProgress(0.8 * done));
  const judged = momentsOf(train, { ...scaling, rows: prepare(family, train, validation).rows }, learned.center, (done) =>
    onProgress(0.8 + 0.2 * done),
  );
  const alphas = grid(learned);
  let best = alphas[0] as number;
  let least = Number.POSITIVE_INFINITY;
  solve(learned, alphas).forEach((weights, i) => {
    const error = meanSquaredError(judged, weights, interceptOf(learned, weights));
    if (error < least) [least, best] = [error, alphas[i] as number];
  });
  return best;
}
