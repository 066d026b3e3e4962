// Value at risk and expected shortfall of a normal law and of Student's t, in closed form. Over several sessions returns are taken as
// independent and added up, not compounded: variances add up, and so do means.
import { TruewindError } from "#base/errors.js";
import { logGamma } from "#base/log-gamma.js";
import { normalQuantile } from "#base/normal-quantile.js";
import { quantileAbove } from "#base/student-t.js";
import type { Moments } from "./moments.js";
import { type RiskOptions, type TailRisk, horizonOrThrow, knownOrThrow } from "./tail-risk.js";

type Location = Pick<Moments, "mean" | "deviation">;

/** Mean and deviation per session, fractions. McNeil, Frey & Embrechts 2005, examples 2.14 and 2.18. Throws `bad-usage` for options out of range. */
export function normalRisk(moments: Location, options: RiskOptions): TailRisk {
  const horizon = horizonOrThrow(options);
  const z = normalQuantile(options.level);
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return scaled(moments, horizon, z, density / (1 - options.level));
}

/**
 * Student's t with `degrees` (real, > 2, so that the deviation exists), mean and deviation per session. McNeil, Frey & Embrechts 2005, examples
 * 2.14 and 2.19. A sum of such returns has no law of that name: over a horizon it is the t of the same variance and kurtosis, with
 * 4 + horizon (degrees - 4) degrees of freedom, and with unchanged ones up to 4, where there is no kurtosis. Throws `bad-usage` for options or
 * degrees out of range.
 */
export function studentRisk(moments: Location, options: RiskOptions & { readonly degrees: number }): TailRisk {
  const horizon = horizonOrThrow(options);
  const { level, degrees } = options;
  degreesOrThrow(degrees);
  const nu = degrees > 4 ? 4 + horizon * (degrees - 4) : degrees;
  const t = quantileAbove(1 - level, nu);
  const density = Math.exp(logGamma((nu + 1) / 2) - logGamma(nu / 2) - ((nu + 1) / 2) * Math.log1p((t * t) / nu)) / Math.sqrt(nu * Math.PI);
  const unit = Math.sqrt((nu - 2) / nu);
  return scaled(moments, horizon, unit * t, (unit * density * (nu + t * t)) / ((nu - 1) * (1 - level)));
}

/** Throws `bad-usage` unless Student's t of these degrees has a variance. */
export function degreesOrThrow(degrees: number): void {
  if (!(degrees > 2 && degrees < 1e6))
    throw new TruewindError("bad-usage", `Degrees of freedom of a measure of risk are above 2 and below a million, not ${degrees}.`);
}

function scaled({ mean, deviation }: Location, horizon: number, quantile: number, shortfall: number): TailRisk {
  const [center, spread] = [mean * horizon, deviation * Math.sqrt(horizon)];
  if (!Number.isFinite(mean) || !(deviation >= 0 && deviation < Number.POSITIVE_INFINITY))
    throw new TruewindError("bad-usage", `A law of returns has a known mean and a deviation from 0 on, not ${mean} and ${deviation}.`);
  return { valueAtRisk: spread * quantile - center, expectedShortfall: spread * shortfall - center };
}

const FEWEST_DEGREES = 2.1;
const MOST_DEGREES = 200;

/**
 * Degrees of freedom, in [2.1, 200], at which Student's t with the mean and deviation of the returns is likeliest: maximum likelihood over that
 * one parameter, with 200 standing for a normal law. Throws `bad-usage` for fewer than 20 returns, and one that is not finite.
 */
export function likeliestDegrees(returns: Float64Array, { mean, deviation }: Location): number {
  knownOrThrow(returns, 20, "returns");
  if (!(deviation > 0)) return MOST_DEGREES;
  const squares = returns.map((r) => ((r - mean) / deviation) ** 2);
  const minusLikelihood = (nu: number): number => {
    let sum = 0;
    for (const square of squares) sum += Math.log1p(square / (nu - 2));
    return ((nu + 1) / 2) * sum - squares.length * (logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(nu - 2));
  };
  // Golden section over 1 / nu, along which the likelihood is nearly a parabola.
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [1 / MOST_DEGREES, 1 / FEWEST_DEGREES];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atA, atB] = [minusLikelihood(1 / a), minusLikelihood(1 / b)];
  while (high - low > 1e-9) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - ratio * (high - low);
      atA = minusLikelihood(1 / a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + ratio * (high - low);
      atB = minusLikelihood(1 / b);
    }
  }
  return 2 / (low + high);
}
