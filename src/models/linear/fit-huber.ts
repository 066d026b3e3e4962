// Fitting of Huber's robust regression, exact and free of chance. Newton's method, where a row joins or leaves the sums of products only when
// its error crosses from small to large: after the first steps few rows do, so that a step costs little more than two looks at each row.
import { TruewindError } from "#base/errors.js";
import type { FitContext, TrainingSet } from "#ports/model.js";
import type { LinearParameters } from "./artifact.js";
import { solveInPlace } from "./cholesky.js";
import type { HuberConfig } from "./config.js";
import { BLOCK_ROWS, Gram, blockColumns, forBlocks } from "./gram.js";
import { collinear, prepare } from "./prepare.js";
import type { Scaling } from "./scaling.js";

/** In units of the label's own spread: errors that are smaller everywhere are rounding, and the fit is exact. */
const LEAST_SCALE = 1e-9;
const MOST_STEPS = 200;

/**
 * Minimises sum_i s_i (t + t h((y_i - b - w'z_i) / t)) + alpha |w|^2 over standardised features z and the scale t of the errors, with
 * h(e) = e^2 up to `epsilon` and 2 epsilon |e| - epsilon^2 beyond (Huber 1981, section 7.7, proposal 2): scikit-learn's
 * `HuberRegressor(epsilon, alpha)` behind a `StandardScaler`.
 */
export function fitHuber({ epsilon, alpha }: HuberConfig, train: TrainingSet, context: FitContext): LinearParameters {
  const scaling = prepare("huber", train);
  const k = train.features.length;
  const { center, unit } = spreadOf(train, scaling);
  const problem = new HuberProblem(train, scaling, epsilon, alpha * unit, center, unit);
  if (unit === 0) problem.settled = true; // all labels are equal
  for (let step = 1; !problem.settled; step++) {
    if (step > MOST_STEPS) throw collinear("huber", "alpha", alpha, "larger");
    context.onProgress(1 - 1 / (1 + step / 4), { loss: problem.step() * unit });
  }
  context.onProgress(1, {});
  const { at } = problem;
  return {
    family: "huber",
    features: train.features,
    mean: scaling.mean,
    inverseDeviation: scaling.inverseDeviation,
    weights: at.slice(0, k).map((w) => w * unit),
    intercept: center + (at[k] as number) * unit,
    scale: 0,
    penalty: alpha,
  };
}

/** Weighted median of the labels and of their distance to it; the mean distance where most labels are equal, and 0 where all are. */
function spreadOf({ y, weight }: TrainingSet, { rows }: Scaling): { readonly center: number; readonly unit: number } {
  const mass = rows.reduce((sum, row) => sum + (weight === null ? 1 : (weight[row] as number)), 0);
  const median = (valueOf: (row: number) => number): number => {
    const order = rows.slice().sort((a, b) => valueOf(a) - valueOf(b));
    let below = 0;
    for (const row of order) {
      below += weight === null ? 1 : (weight[row] as number);
      if (below >= mass / 2) return valueOf(row);
    }
    return valueOf(order.at(-1) as number);
  };
  const center = median((row) => y[row] as number);
  const distance = (row: number): number => Math.abs((y[row] as number) - center);
  const unit = median(distance);
  if (unit > 0) return { center, unit };
  return { center, unit: rows.reduce((sum, row) => sum + (weight === null ? 1 : (weight[row] as number)) * distance(row), 0) / mass };
}

/** Where the search stands. Labels are taken less `center`, in units of `unit`; the scale is the best one for the weights, always. */
class HuberProblem {
  /** Weights and intercept. */
  readonly at: Float64Array;
  /** The last step was rounding. */
  settled = false;
  private scale: number;
  private value: number;
  /** 0: Newton's step; 1: curvature as if all errors were small, which no error exceeds, so that the step cannot but descend. */
  private caution = 0;
  private readonly k: number;
  private readonly share: Float64Array;
  /** Per used row: prediction less label, its change along the step, and whether it counts by its square. */
  private readonly error: Float64Array;
  private readonly change: Float64Array;
  private readonly small: Uint8Array;
  /** Over rows of small errors: sum of s z z', of s z and of s. The same over all rows. */
  private readonly gram: Gram;
  private readonly zSum: Float64Array;
  private mass = 0;
  private readonly all: { readonly gram: Float64Array; readonly zSum: Float64Array; readonly mass: number };

  constructor(
    private readonly train: TrainingSet,
    private readonly scaling: Scaling,
    private readonly epsilon: number,
    private readonly alpha: number,
    center: number,
    unit: number,
  ) {
    const { rows } = scaling;
    this.k = train.features.length;
    this.at = new Float64Array(this.k + 1);
    this.share = Float64Array.from(rows, (row) => (train.weight === null ? 1 : (train.weight[row] as number)));
    this.error = Float64Array.from(rows, (row) => (center - (train.y[row] as number)) / (unit || 1));
    if (!this.error.every((e) => e * e < Infinity))
      throw new TruewindError("no-data", "huber cannot fit labels that differ by more than numbers can tell: scale them down.");
    this.change = new Float64Array(rows.length);
    this.small = new Uint8Array(rows.length);
    this.gram = new Gram(this.k);
    this.zSum = new Float64Array(this.k);
    this.sortErrors(Number.POSITIVE_INFINITY);
    this.all = { gram: this.gram.matrix.slice(), zSum: this.zSum.slice(), mass: this.mass };
    this.scale = this.bestScale(1);
    this.value = this.objective(this.scale, 0, this.at);
    this.sortErrors(this.scale);
  }

  /** One step; the objective behind it. */
  step(): number {
    const { k, at, alpha, scale } = this;
    const { slope, lean, square } = this.sums();
    const gradient = slope.map((g, i) => (i < k ? g + 2 * alpha * (at[i] as number) : g));
    for (;;) {
      const move = gradient.map((g) => -g);
      if (!solveInPlace(this.hessian(lean, square), move)) throw collinear("huber", "alpha", alpha, "larger");
      this.follow(move);
      const fall = move.reduce((sum, d, i) => sum - d * (gradient[i] as number), 0);
      const nextScale = this.bestScale(scale, 1);
      const next = this.objective(nextScale, 1, move);
      const size = at.reduce((most, w, i) => Math.max(most, Math.abs(w + (move[i] as number))), 0);
      const still = move.every((d) => Math.abs(d) <= 1e-11 * size) || fall <= 1e-18 * this.value;
      if (next > this.value - 1e-4 * fall && !still) {
        if (this.caution < 1) {
          this.caution = this.caution === 0 ? 0.01 : Math.min(1, 4 * this.caution);
          continue;
        }
        // The safe step does not descend either: what is left is rounding.
        this.settled = true;
        return this.value;
      }
      for (let i = 0; i <= k; i++) at[i] = (at[i] as number) + (move[i] as number);
      for (let i = 0; i < this.error.length; i++) this.error[i] = (this.error[i] as number) + (this.change[i] as number);
      this.scale = nextScale;
      this.value = next;
      this.caution = this.caution <= 0.01 ? 0 : this.caution / 4;
      this.settled = still;
      this.sortErrors(nextScale);
      return next;
    }
  }

  /** Upper triangle in weights and intercept, the scale following them, as `caution` says. */
  private hessian(lean: Float64Array, square: number): Float64Array {
    const { k, scale, gram, caution, all, zSum } = this;
    const n = k + 1;
    const out = new Float64Array(n * n);
    const blend = (small: number, every: number): number => (2 / scale) * (small + caution * (every - small));
    for (let i = 0; i < k; i++) {
      for (let j = i, from = i * gram.columns + i; j < k; j++, from++)
        out[i * n + j] = blend(gram.matrix[from] as number, all.gram[from] as number);
      out[i * n + k] = blend(zSum[i] as number, all.zSum[i] as number);
      out[i * n + i] = (out[i * n + i] as number) + 2 * this.alpha;
    }
    out[n * n - 1] = blend(this.mass, all.mass);
    if (scale > LEAST_SCALE && square > 0) {
      const follows = ((1 - caution) * 2) / (scale * square);
      for (let i = 0; i < n; i++)
        for (let j = i; j < n; j++) out[i * n + j] = (out[i * n + j] as number) - follows * (lean[i] as number) * (lean[j] as number);
    }
    // Rows of small errors may be too few to hold every direction: a grain of curvature keeps the step finite.
    for (let i = 0; i < n; i++) out[i * n + i] = (out[i * n + i] as number) + (1e-12 * all.mass) / scale;
    return out;
  }

  /**
   * Where the objective is least in the scale t, at `length` of the step: sum of s (1 - min(e^2 / t^2, epsilon^2)) = 0, which is convex and
   * made of straight lines in 1 / t^2, so that Newton's method from the left ends at the root.
   */
  private bestScale(start: number, length = 0): number {
    const { epsilon, error, change, share, all } = this;
    let inverse = 1 / (start * start);
    for (let round = 0; round < 100; round++) {
      let square = 0;
      let large = 0;
      const bound = (epsilon * epsilon) / inverse;
      for (let i = 0; i < error.length; i++) {
        const e = (error[i] as number) + length * (change[i] as number);
        if (e * e < bound) square += (share[i] as number) * e * e;
        else large += share[i] as number;
      }
      const next = (all.mass - epsilon * epsilon * large) / square;
      if (!(next > 0)) {
        if (round > 0) break;
        inverse = Number.MIN_VALUE; // too far right to be led back: from the left end
        continue;
      }
      if (next >= 1 / (LEAST_SCALE * LEAST_SCALE)) return LEAST_SCALE;
      if (Math.abs(next - inverse) <= 1e-15 * next) break;
      inverse = next;
    }
    return Math.max(LEAST_SCALE, 1 / Math.sqrt(inverse));
  }

  private objective(scale: number, length: number, move: Float64Array): number {
    const { k, at, epsilon, error, change, share } = this;
    const bound = epsilon * scale;
    let value = 0;
    for (let i = 0; i < error.length; i++) {
      const e = Math.abs((error[i] as number) + length * (change[i] as number));
      value += (share[i] as number) * (e < bound ? (e * e) / scale : 2 * epsilon * e - epsilon * bound);
    }
    for (let j = 0; j < k; j++) value += this.alpha * ((at[j] as number) + length * (move[j] as number)) ** 2;
    return value + this.all.mass * scale;
  }

  /** `change` along a step: z'd of each row, its intercept included. */
  private follow(move: Float64Array): void {
    const { k, change } = this;
    let from = 0;
    forBlocks(this.train, this.scaling, (z, rows) => {
      const part = change.subarray(from, from + rows.length).fill(move[k] as number);
      for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
        const d = move[j] as number;
        if (d !== 0) for (let r = 0; r < rows.length; r++) part[r] = (part[r] as number) + d * (z[base + r] as number);
      }
      from += rows.length;
    });
  }

  /**
   * `slope`: of the objective without its penalty, per weight and intercept; `lean`: sum of s e z, and of s e, over small errors; `square`: of
   * s e^2 over them.
   */
  private sums(): { readonly slope: Float64Array; readonly lean: Float64Array; readonly square: number } {
    const { k, epsilon, error, share, small, scale } = this;
    const slope = new Float64Array(k + 1);
    const lean = new Float64Array(k + 1);
    const pull = new Float64Array(BLOCK_ROWS);
    const kept = new Float64Array(BLOCK_ROWS);
    let square = 0;
    let from = 0;
    forBlocks(this.train, this.scaling, (z, rows) => {
      for (let r = 0; r < rows.length; r++) {
        const e = error[from + r] as number;
        const s = share[from + r] as number;
        const within = small[from + r] === 1;
        kept[r] = within ? s * e : 0;
        pull[r] = within ? (2 * s * e) / scale : 2 * epsilon * s * Math.sign(e);
        if (within) square += s * e * e;
        slope[k] = (slope[k] as number) + (pull[r] as number);
        lean[k] = (lean[k] as number) + (kept[r] as number);
      }
      for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
        let g = 0;
        let h = 0;
        for (let r = 0; r < rows.length; r++) {
          const value = z[base + r] as number;
          g += value * (pull[r] as number);
          h += value * (kept[r] as number);
        }
        slope[j] = (slope[j] as number) + g;
        lean[j] = (lean[j] as number) + h;
      }
      from += rows.length;
    });
    return { slope, lean, square };
  }

  /** Brings the sums over rows of small errors up to date. */
  private sortErrors(scale: number): void {
    const { k, error, small, share, gram, zSum, scaling } = this;
    const bound = this.epsilon * scale;
    const crossed: number[] = [];
    for (let i = 0; i < error.length; i++) {
      const within = Math.abs(error[i] as number) < bound ? 1 : 0;
      if (within === small[i]) continue;
      small[i] = within;
      this.mass += (within === 1 ? 1 : -1) * (share[i] as number);
      crossed.push(i);
    }
    const v = new Float64Array(blockColumns(k) * BLOCK_ROWS);
    const rows = Uint32Array.from(crossed, (i) => scaling.rows[i] as number);
    let from = 0;
    forBlocks(this.train, { ...scaling, rows }, (z, block) => {
      for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
        let sum = 0;
        for (let r = 0; r < block.length; r++) {
          const i = crossed[from + r] as number;
          const s = small[i] === 1 ? (share[i] as number) : -(share[i] as number);
          sum += v[base + r] = s * (z[base + r] as number);
        }
        zSum[j] = (zSum[j] as number) + sum;
      }
      gram.add(z, v, block.length);
      from += block.length;
    });
  }
}
