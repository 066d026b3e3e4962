// The expansion of Cornish & Fisher: a normal quantile bent by skewness and kurtosis. The bent quantile is that of a law only where the cubic
// rises everywhere (Maillard 2012); elsewhere a higher level could give a lower loss, and nothing is returned.
import { normalQuantile } from "#base/normal-quantile.js";
import { type Moments, momentsOver } from "./moments.js";
import { type RiskOptions, type TailRisk, horizonOrThrow } from "./tail-risk.js";

export interface CornishFisherOptions extends RiskOptions {
  /**
   * `matched`, the default: the cubic's parameters are chosen so that the law has the given moments (Maillard 2012), up to an excess
   * kurtosis of about 40. `plain`: the moments are put in as parameters (Zangari 1996), which is right only near zero and valid up to 8.
   */
  readonly parameters?: "matched" | "plain";
}

/** Coefficients of 1, z, z^2, z^3. */
type Cubic = readonly [number, number, number, number];

/**
 * Moments per session, as of `momentsOf`; over a horizon, those of a sum of independent returns. The shortfall is the exact mean of the bent
 * law's tail. Null outside the domain of validity. Throws `bad-usage` for options out of range.
 */
export function cornishFisherRisk(moments: Moments, options: CornishFisherOptions): TailRisk | null {
  const { mean, deviation, skewness, excessKurtosis } = momentsOver(horizonOrThrow(options), moments);
  const cubic = options.parameters === "plain" ? cubicOf(skewness, excessKurtosis) : matchedCubic(skewness, excessKurtosis);
  if (cubic === null || !rises(cubic)) return null;
  const unit = options.parameters === "plain" ? 1 : Math.sqrt(cumulantsOf(cubic)[0]);
  const alpha = 1 - options.level;
  const z = -normalQuantile(options.level);
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) / alpha;
  const [a, b, c, d] = cubic;
  // Means of 1, z, z^2, z^3 below the quantile.
  const tail = a - b * density + c * (1 - z * density) - d * (z * z + 2) * density;
  return {
    valueAtRisk: -(mean + (deviation * (a + z * (b + z * (c + z * d)))) / unit),
    expectedShortfall: -(mean + (deviation * tail) / unit),
  };
}

/** Cornish & Fisher 1938 in the form of Zangari 1996: z + (z^2 - 1) s / 6 + (z^3 - 3 z) k / 24 - (2 z^3 - 5 z) s^2 / 36. */
function cubicOf(s: number, k: number): Cubic {
  return [-s / 6, 1 - k / 8 + (5 * s * s) / 36, s / 6, k / 24 - (s * s) / 18];
}

/** True when the derivative is nowhere negative. */
function rises([, b, c, d]: Cubic): boolean {
  // Rounding must not refuse the normal law, at which both sides are zero.
  return d >= -1e-15 && b >= 0 && c * c <= 3 * d * b + 1e-15;
}

/** Variance, third moment and fourth cumulant of the cubic of a standard normal, whose mean is 0 (Fleishman 1978). */
function cumulantsOf([, b, c, d]: Cubic): readonly [second: number, third: number, fourth: number] {
  const second = b * b + 6 * b * d + 2 * c * c + 15 * d * d;
  const third = 2 * c * (3 * b * b + 36 * b * d + 135 * d * d + 4 * c * c);
  const bent = b * b * d + 18 * b * d * d + 36 * c * c * d + 135 * d ** 3 + 2 * b * c * c;
  return [second, third, 24 * (b * bent + 2 * c ** 4 + 180 * c * c * d * d + 405 * d ** 4)];
}

const STAGES = 8;

/** The cubic whose law has this skewness and excess kurtosis: Newton's method along the straight way from the normal law. Null when it does not arrive. */
function matchedCubic(skewness: number, excessKurtosis: number): Cubic | null {
  let [s, k] = [0, 0];
  const shape = (s: number, k: number): readonly [number, number] => {
    const [second, third, fourth] = cumulantsOf(cubicOf(s, k));
    return [third / second ** 1.5, fourth / second ** 2];
  };
  for (let stage = 1; stage <= STAGES; stage++) {
    const [wantedS, wantedK] = [(skewness * stage) / STAGES, (excessKurtosis * stage) / STAGES];
    let off = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 30 && off > (stage < STAGES ? 1e-3 : 1e-12); round++) {
      const step = 1e-6;
      const [atS, atK] = shape(s, k);
      const [upS, downS, upK, downK] = [shape(s + step, k), shape(s - step, k), shape(s, k + step), shape(s, k - step)];
      const [ss, ks] = [(upS[0] - downS[0]) / (2 * step), (upS[1] - downS[1]) / (2 * step)];
      const [sk, kk] = [(upK[0] - downK[0]) / (2 * step), (upK[1] - downK[1]) / (2 * step)];
      const determinant = ss * kk - sk * ks;
      const [missS, missK] = [wantedS - atS, wantedK - atK];
      s += (missS * kk - missK * sk) / determinant;
      k += (missK * ss - missS * ks) / determinant;
      off = Math.abs(missS) + Math.abs(missK);
      if (!Number.isFinite(s + k)) return null;
    }
    if (!(off < (stage < STAGES ? 1e-3 : 1e-9))) return null;
  }
  return cubicOf(s, k);
}
