// Curves of the form 1 / (1 + exp(-(slope x + intercept))) through outcomes: Platt scaling and temperature scaling.

export interface LogisticCurve {
  readonly slope: number;
  readonly intercept: number;
}

/** exp of -37 is lost beside 1 in double precision: beyond it a probability is 0 or 1 anyway. */
const STEEPEST = 37;

/** Scores that differ by less are equal: the slope between them would not be a finite number. */
const LEAST_SPREAD = 1e-300;

/**
 * Platt scaling (Platt 1999) by the Newton method of Lin, Lin & Weng (2007): the targets are (n1 + 1) / (n1 + 2) for a rise and
 * 1 / (n0 + 2) else, so that it stays finite when one class is missing or the classes are apart. `rise`: 1 or 0. No NaN, at least one pair.
 */
export function fitPlatt(scores: Float64Array, rise: Uint8Array, weight: Float64Array | null): LogisticCurve {
  let [ups, downs, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < scores.length; i++) {
    const w = weight === null ? 1 : (weight[i] as number);
    if (rise[i] === 1) ups += w;
    else downs += w;
    low = Math.min(low, scores[i] as number);
    high = Math.max(high, scores[i] as number);
  }
  const [up, down] = [(ups + 1) / (ups + 2), 1 / (downs + 2)];
  const scale = Math.max(Math.abs(low), Math.abs(high));
  const mean = (ups * up + downs * down) / (ups + downs);
  const start = { slope: 0, intercept: Math.log(mean / (1 - mean)) };
  // Where the scores do not differ nothing but the share of rises is to be learned.
  if (!(high - low > Math.max(1e-12 * scale, LEAST_SPREAD))) return start;
  const middle = low / 2 + high / 2;
  const half = high / 2 - low / 2;
  let at = start;
  let now = lossAt(at);
  for (let round = 0; round < 100; round++) {
    const { aa, ab, bb, a, b } = now;
    const determinant = aa * bb - ab * ab;
    const step = { slope: -(bb * a - ab * b) / determinant, intercept: -(aa * b - ab * a) / determinant };
    let length = 1;
    let next = at;
    let then = now;
    for (; length > 1e-10; length /= 2) {
      next = { slope: at.slope + length * step.slope, intercept: at.intercept + length * step.intercept };
      then = lossAt(next);
      if (then.value <= now.value) break;
    }
    if (!(then.value <= now.value)) break; // no way down: rounding
    const moved = Math.max(Math.abs(next.slope - at.slope), Math.abs(next.intercept - at.intercept));
    at = next;
    now = then;
    if (moved < 1e-12) break;
  }
  // Back from scores within [-1, 1] to those that were given.
  const slope = at.slope / half;
  return { slope, intercept: at.intercept - slope * middle };

  /** Mean loss, its gradient and its curvature; a trace of curvature more keeps the step finite (Lin, Lin & Weng, section 4). */
  function lossAt({ slope, intercept }: LogisticCurve): Record<"value" | "a" | "b" | "aa" | "ab" | "bb", number> {
    let [value, a, b, aa, ab, bb] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < scores.length; i++) {
      const w = (weight === null ? 1 : (weight[i] as number)) / (ups + downs);
      const target = rise[i] === 1 ? up : down;
      const x = ((scores[i] as number) - middle) / half;
      const f = slope * x + intercept;
      const p = sigmoid(f);
      // -(t log p + (1 - t) log(1 - p)), without overflow.
      value += w * (f >= 0 ? (1 - target) * f + Math.log1p(Math.exp(-f)) : -target * f + Math.log1p(Math.exp(f)));
      const g = w * (p - target);
      const h = w * p * (1 - p);
      a += g * x;
      b += g;
      aa += h * x * x;
      ab += h * x;
      bb += h;
    }
    return { value, a, b, aa: aa + 1e-14, ab, bb: bb + 1e-14 };
  }
}

/**
 * Temperature scaling (Guo et al. 2017, equation 9): 1 / (1 + exp(-x / T)) with the T of the highest likelihood; slope is 1 / T. Scores
 * that go against the outcomes give slope 0, a probability of a half for all. No NaN, at least one pair.
 */
export function fitTemperature(scores: Float64Array, rise: Uint8Array, weight: Float64Array | null): LogisticCurve {
  const scale = scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  if (scale < LEAST_SPREAD) return { slope: 0, intercept: 0 };
  /** Derivative of the loss by the slope; the loss is convex, so it rises. */
  const derivative = (slope: number): number => {
    let sum = 0;
    for (let i = 0; i < scores.length; i++) {
      const x = (scores[i] as number) / scale;
      sum += (weight === null ? 1 : (weight[i] as number)) * (sigmoid(slope * x) - (rise[i] === 1 ? 1 : 0)) * x;
    }
    return sum;
  };
  let low = 0;
  if (derivative(0) >= 0) return { slope: 0, intercept: 0 };
  let high = 1;
  while (derivative(high) < 0) {
    low = high;
    high *= 2;
    // The classes are apart: any slope can be bettered.
    if (high > STEEPEST * 1e6) return { slope: high / scale, intercept: 0 };
  }
  for (let round = 0; round < 200 && high - low > 1e-15 * high; round++) {
    const middle = (low + high) / 2;
    if (derivative(middle) < 0) low = middle;
    else high = middle;
  }
  return { slope: (low + high) / 2 / scale, intercept: 0 };
}

export function readLogistic({ slope, intercept }: LogisticCurve, x: number): number {
  return sigmoid(slope * x + intercept);
}

function sigmoid(f: number): number {
  return f >= 0 ? 1 / (1 + Math.exp(-f)) : Math.exp(f) / (1 + Math.exp(f));
}
