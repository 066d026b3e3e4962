// GARCH(1,1) with mean zero, fitted by Gaussian quasi-maximum likelihood: s2(t) = omega + alpha x(t-1)^2 + beta s2(t-1) (Bollerslev 1986,
// eq. 7 with p = q = 1). The estimate is consistent whatever the law of the shocks (Bollerslev & Wooldridge 1992), so that they may be
// fat-tailed. The recursion starts from an exponentially weighted mean square of the first observations, as the `arch` package does.

export interface Garch {
  /** In squared units of the series; alpha, beta >= 0 and alpha + beta < 1. */
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  /** Stands for x(-1)^2 and s2(-1). */
  readonly start: number;
  readonly logLikelihood: number;
}

/** With fewer observations the variance is taken as constant. */
const FEWEST = 100;
const START_DECAY = 0.94;
const START_LENGTH = 75;
const STARTS = [
  [0.05, 0.92],
  [0.1, 0.8],
  [0.02, 0.975],
  [0.2, 0.6],
  [0.02, 0.4],
] as const;

/** `x`: no NaN. */
export function fitGarch(x: Float64Array): Garch {
  const n = x.length;
  let square = 0;
  for (let t = 0; t < n; t++) square += (x[t] as number) ** 2;
  const variance = n === 0 ? 0 : square / n;
  const constant = { omega: variance, alpha: 0, beta: 0, start: variance };
  if (n < FEWEST || !(variance > 0)) return { ...constant, logLikelihood: variance > 0 ? logLikelihood(constant, x) : 0 };
  const scale = Math.sqrt(variance);
  const z = x.map((value) => value / scale);
  const start = backcast(z);
  const evaluate = (point: readonly number[], gradient: Float64Array): number => minusLogLikelihood(point, z, start, gradient);
  const ranked = STARTS.map(([alpha, beta]) => {
    const rest = 1 - alpha - beta;
    const point = [Math.log(rest), Math.log(alpha / rest), Math.log(beta / rest)];
    return { point, value: evaluate(point, new Float64Array(3)) };
  }).sort((a, b) => a.value - b.value);
  const best = ranked
    .slice(0, 2)
    .map(({ point }) => minimize(point, evaluate))
    .sort((a, b) => a.value - b.value)[0];
  const { omega, alpha, beta } = parametersOf(best?.point as readonly number[]);
  const garch = { omega: omega * variance, alpha, beta, start: start * variance };
  return { ...garch, logLikelihood: logLikelihood(garch, x) };
}

/** Variance of each observation given those before it. */
export function conditionalVariance({ omega, alpha, beta, start }: Omit<Garch, "logLikelihood">, x: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  let variance = omega + (alpha + beta) * start;
  for (let t = 0; t < x.length; t++) {
    out[t] = variance;
    variance = omega + alpha * (x[t] as number) ** 2 + beta * variance;
  }
  return out;
}

function logLikelihood(garch: Omit<Garch, "logLikelihood">, x: Float64Array): number {
  const variance = conditionalVariance(garch, x);
  let sum = 0;
  for (let t = 0; t < x.length; t++) {
    const v = variance[t] as number;
    sum += Math.log(2 * Math.PI * v) + (x[t] as number) ** 2 / v;
  }
  return -sum / 2;
}

function backcast(x: Float64Array): number {
  let weights = 0;
  let sum = 0;
  for (let t = 0, weight = 1; t < Math.min(START_LENGTH, x.length); t++, weight *= START_DECAY) {
    weights += weight;
    sum += weight * (x[t] as number) ** 2;
  }
  return sum / weights;
}

/** A free point becomes parameters within their bounds: omega by its logarithm, (alpha, beta, rest) by their log-ratios. */
function parametersOf([a, b, c]: readonly number[]): Pick<Garch, "omega" | "alpha" | "beta"> {
  const top = Math.max(0, b as number, c as number);
  const [eb, ec, er] = [Math.exp((b as number) - top), Math.exp((c as number) - top), Math.exp(-top)];
  const sum = eb + ec + er;
  return { omega: Math.exp(a as number), alpha: eb / sum, beta: ec / sum };
}

/** Constants left out. Fills `gradient` by the free point. */
function minusLogLikelihood(point: readonly number[], x: Float64Array, start: number, gradient: Float64Array): number {
  const { omega, alpha, beta } = parametersOf(point);
  let variance = omega + (alpha + beta) * start;
  let [byOmega, byAlpha, byBeta] = [1, start, start];
  let [sum, gOmega, gAlpha, gBeta] = [0, 0, 0, 0];
  for (let t = 0; t < x.length; t++) {
    const square = (x[t] as number) ** 2;
    const ratio = square / variance;
    sum += Math.log(variance) + ratio;
    const factor = (1 - ratio) / variance;
    gOmega += factor * byOmega;
    gAlpha += factor * byAlpha;
    gBeta += factor * byBeta;
    byOmega = 1 + beta * byOmega;
    byAlpha = square + beta * byAlpha;
    byBeta = variance + beta * byBeta;
    variance = omega + alpha * square + beta * variance;
  }
  gradient[0] = (gOmega * omega) / 2;
  gradient[1] = (gAlpha * alpha * (1 - alpha) - gBeta * alpha * beta) / 2;
  gradient[2] = (gBeta * beta * (1 - beta) - gAlpha * alpha * beta) / 2;
  return Number.isFinite(sum) ? sum / 2 : Number.POSITIVE_INFINITY;
}

const MOST_STEPS = 300;
const SMALL_GRADIENT = 1e-5;
/** Free points beyond it differ by nothing that a series could tell. */
const FARTHEST = 30;

/** BFGS with a backtracking line search (Nocedal & Wright 2006, algorithms 6.1 and 3.1). */
function minimize(
  from: readonly number[],
  evaluate: (point: readonly number[], gradient: Float64Array) => number,
): { readonly point: readonly number[]; readonly value: number } {
  const n = from.length;
  let point = [...from];
  let gradient = new Float64Array(n);
  let value = evaluate(point, gradient);
  let inverse = identity(n, 1 / Math.max(1, norm(gradient)));
  for (let step = 0; step < MOST_STEPS && norm(gradient) > SMALL_GRADIENT; step++) {
    let direction = multiply(inverse, gradient).map((d) => -d);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      inverse = identity(n, 1 / Math.max(1, norm(gradient)));
      direction = gradient.map((g) => -g * (1 / Math.max(1, norm(gradient))));
      slope = dot(direction, gradient);
    }
    const next = new Float64Array(n);
    let length = 1;
    let moved = point;
    let reached = Number.POSITIVE_INFINITY;
    for (; length > 1e-12; length /= 2) {
      moved = point.map((p, i) => Math.max(-FARTHEST, Math.min(FARTHEST, p + length * (direction[i] as number))));
      reached = evaluate(moved, next);
      if (reached <= value + 1e-4 * length * slope) break;
    }
    if (!(reached < value)) break;
    const s = Float64Array.from(moved, (p, i) => p - (point[i] as number));
    const y = next.map((g, i) => g - (gradient[i] as number));
    const curvature = dot(s, y);
    if (curvature > 1e-12) {
      const hy = multiply(inverse, y);
      const yhy = dot(y, hy);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const at = i * n + j;
          const [si, sj] = [s[i] as number, s[j] as number];
          inverse[at] =
            (inverse[at] as number) + ((1 + yhy / curvature) * si * sj - si * (hy[j] as number) - (hy[i] as number) * sj) / curvature;
        }
      }
    }
    const fallen = value - reached;
    [point, gradient, value] = [moved, next, reached];
    if (fallen < 1e-10) break;
  }
  return { point, value };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
const identity = (n: number, scale: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? scale : 0));
const multiply = (matrix: Float64Array, v: Float64Array): Float64Array =>
  v.map((_, i) => v.reduce((sum, value, j) => sum + (matrix[i * v.length + j] as number) * value, 0));
