// Almgren & Chriss, "Optimal execution of portfolio transactions" (2000): linear impact, a random walk, and a price for risk. Closed forms. Money in any
// one currency, sizes in units, time in any one unit; a sale and a buy are the same but for the sign.
import { TruewindError } from "#base/errors.js";
import { sinhRatio } from "./shares.js";

export interface AlmgrenChriss {
  /** Units to be traded, positive. */
  readonly units: number;
  /** Time it may take, and equal steps within it. */
  readonly time: number;
  readonly steps: number;
  /** Standard deviation of the price over one unit of time, currency. */
  readonly volatility: number;
  /** Fixed cost of a unit, as half a spread, currency (epsilon). */
  readonly fixed: number;
  /** Temporary impact: currency per unit, for a rate of one unit per unit of time (eta). */
  readonly temporary: number;
  /** Permanent impact: currency per unit, for each unit traded (gamma). */
  readonly permanent: number;
  /** Price of risk: per currency (lambda); 0 does not mind it. */
  readonly riskAversion: number;
}

export interface ExpectedCost {
  /** Mean shortfall against the price at arrival, currency. */
  readonly mean: number;
  /** Its variance, currency squared. */
  readonly variance: number;
}

/** Temporary impact net of what permanent impact explains within a step: eta tilde of the paper, eq. 8; positive. */
function netTemporary({ temporary, permanent, time, steps }: AlmgrenChriss): number {
  return temporary - (permanent * time) / steps / 2;
}

/** kappa, per unit of time: the rate at which the rest decays (eq. 16). 1 / kappa is the half-life of the trade, in the paper's words. Throws `bad-usage`. */
export function decayOf(problem: AlmgrenChriss): number {
  refuseNonsense(problem);
  const tau = problem.time / problem.steps;
  const squared = (problem.riskAversion * problem.volatility ** 2) / netTemporary(problem);
  return (2 * Math.asinh((tau * Math.sqrt(squared)) / 2)) / tau; // cosh x - 1 = 2 sinh^2(x / 2), which small x survives
}

/** Throws `bad-usage` for what is no order in no market, naming the number. */
function refuseNonsense(problem: AlmgrenChriss): void {
  const { units, time, steps } = problem;
  const refuse = (what: string, bound: string): never => {
    throw new TruewindError("bad-usage", `An order after Almgren and Chriss needs \`${what}\` ${bound}.`);
  };
  if (!(units > 0 && units < Infinity)) refuse("units", "above 0");
  if (!(time > 0 && time < Infinity)) refuse("time", "above 0");
  if (!Number.isInteger(steps) || steps < 1) refuse("steps", "of at least 1, a whole number");
  for (const name of ["volatility", "fixed", "permanent", "riskAversion"] as const)
    if (!(problem[name] >= 0 && problem[name] < Infinity)) refuse(name, "of at least 0");
  if (!(netTemporary(problem) > 0 && problem.temporary < Infinity))
    refuse("temporary", "above half of what permanent impact makes of a step");
}

/** Units that are left after each step, from the first to the last, which leaves 0 (eq. 17). Throws `bad-usage`. */
export function optimalRest(problem: AlmgrenChriss): Float64Array {
  refuseNonsense(problem);
  const urgency = decayOf(problem) * problem.time;
  return Float64Array.from({ length: problem.steps }, (_, k) => problem.units * sinhRatio(urgency, 1 - (k + 1) / problem.steps));
}

/** Mean and variance of any schedule, given by what it leaves after each step (eqs. 4 to 8, with units bought back counted as traded). Throws `bad-usage`. */
export function expectedCost(problem: AlmgrenChriss, rest: ArrayLike<number>): ExpectedCost {
  refuseNonsense(problem);
  if (rest.length !== problem.steps)
    throw new TruewindError(
      "bad-usage",
      `What is left has ${rest.length} entries, and the order ${problem.steps} steps: give one for each.`,
    );
  const { units, time, steps, volatility, fixed, permanent } = problem;
  const tau = time / steps;
  let [traded, squares, exposure, before] = [0, 0, 0, units];
  for (let k = 0; k < steps; k++) {
    const left = rest[k] as number;
    traded += Math.abs(before - left);
    squares += (before - left) ** 2;
    exposure += left ** 2;
    before = left;
  }
  return {
    mean: 0.5 * permanent * units ** 2 + fixed * traded + (netTemporary(problem) / tau) * squares,
    variance: volatility ** 2 * tau * exposure,
  };
}

/** The optimum's mean and variance in closed form (eq. 20). Throws `bad-usage`. */
export function efficientCost(problem: AlmgrenChriss): ExpectedCost {
  refuseNonsense(problem);
  const { units, time, steps, volatility, fixed, permanent } = problem;
  const tau = time / steps;
  const kappa = decayOf(problem);
  const linear = 0.5 * permanent * units ** 2 + fixed * units;
  const net = netTemporary(problem);
  if (kappa * time < 1e-4) {
    const variance = (volatility ** 2 * time * units ** 2 * (1 - 1 / steps) * (1 - 1 / (2 * steps))) / 3;
    return { mean: linear + (net * units ** 2) / time, variance };
  }
  if (kappa * time > 300) return expectedCost(problem, optimalRest(problem)); // hyperbolic functions are near their largest number
  const [sinhT, sinh2T] = [Math.sinh(kappa * time), Math.sinh(2 * kappa * time)];
  const half = Math.tanh((kappa * tau) / 2);
  const squares = (half * (tau * sinh2T + 2 * time * Math.sinh(kappa * tau))) / (2 * tau ** 2 * sinhT ** 2);
  const exposure = (tau * sinhT * Math.cosh(kappa * (time - tau)) - time * Math.sinh(kappa * tau)) / (sinhT ** 2 * Math.sinh(kappa * tau));
  return { mean: linear + net * units ** 2 * squares, variance: 0.5 * volatility ** 2 * units ** 2 * exposure };
}
