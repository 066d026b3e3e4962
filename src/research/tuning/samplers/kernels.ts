// The densities that a Parzen estimate is made of, one per observation and a last one for the prior: normal curves cut to the bounds for
// numbers, choices seen once more than others for categories. Widths and weights are those of Optuna 5 (Watanabe 2023, sections 3.2 to 3.4).
import { normalDistribution } from "#base/normal-quantile.js";
import type { Rng } from "#base/rng.js";
import { axisOf, type Axis } from "../space/axis.js";
import type { CategoricalParameter, Choice, NumericParameter, Parameter } from "../space/parameter.js";

export interface Kernels {
  draw(kernel: number, rng: Rng): Choice;
  /** Adds the log density of a value under each kernel. On a logarithmic axis the density is that of the logarithm. */
  addLogDensity(value: Choice, to: Float64Array): void;
}

const PRIOR_WEIGHT = 1;

export function kernelsOf(parameter: Parameter, observed: readonly Choice[]): Kernels {
  return parameter.kind === "categorical"
    ? categoricalKernels(parameter, observed)
    : numericKernels(parameter, observed as readonly number[]);
}

function categoricalKernels({ choices }: CategoricalParameter, observed: readonly Choice[]): Kernels {
  const kernels = observed.length + 1;
  // Every choice has the prior's share in each kernel, and what was observed counts one more; the last kernel is the prior alone.
  const small = PRIOR_WEIGHT / kernels;
  const total = small * choices.length + 1;
  return {
    draw(kernel, rng) {
      const seen = observed[kernel];
      if (kernel < observed.length && rng.next() * total < 1) return seen as Choice;
      return choices[rng.int(choices.length)] as Choice;
    },
    addLogDensity(value, to) {
      const [hit, miss] = [Math.log((1 + small) / total), Math.log(small / total)];
      for (let k = 0; k < observed.length; k++) to[k] = (to[k] as number) + (observed[k] === value ? hit : miss);
      to[observed.length] = (to[observed.length] as number) - Math.log(choices.length);
    },
  };
}

function numericKernels(parameter: NumericParameter, observed: readonly number[]): Kernels {
  const axis = axisOf(parameter);
  const range = axis.high - axis.low;
  const n = observed.length;
  const means = Float64Array.of(...observed.map((value) => axis.place(value)), (axis.low + axis.high) / 2);
  // No kernel is so narrow that it repeats what was seen, and none wider than the prior.
  const narrowest = range / Math.min(100, n + 2);
  const wanted = neighborWidths(means.subarray(0, n), axis);
  const widths = Float64Array.from(means, (_, k) => (k === n ? range : Math.min(range, Math.max(narrowest, wanted[k] as number))));
  const logMass = Float64Array.from(means, (mean, k) => Math.log(massBetween(axis.low, axis.high, mean, widths[k] as number)));
  return {
    draw: (kernel, rng) => axis.value(cutNormal(means[kernel] as number, widths[kernel] as number, axis, rng)),
    addLogDensity(value, to) {
      const logOf = axis.discrete ? cellLog(axis.cell(value as number)) : pointLog(axis.place(value as number));
      for (let k = 0; k <= n; k++) to[k] = (to[k] as number) + logOf(means[k] as number, widths[k] as number) - (logMass[k] as number);
    },
  };
}

/**
 * Width of each kernel: the larger of the distances to its neighbors (Bergstra et al. 2011, section 4.2); those at the ends have one neighbor,
 * and a single one reaches to the farther bound.
 */
function neighborWidths(means: Float64Array, { low, high }: Axis): Float64Array {
  const [only] = means;
  if (means.length === 1 && only !== undefined) return Float64Array.of(Math.max(only - low, high - only));
  const order = Array.from(means.keys()).sort((a, b) => (means[a] as number) - (means[b] as number) || a - b);
  const at = (i: number): number => means[order[i] as number] as number;
  const out = new Float64Array(means.length);
  order.forEach((kernel, i) => {
    const before = i === 0 ? 0 : at(i) - at(i - 1);
    const behind = i === order.length - 1 ? 0 : at(i + 1) - at(i);
    out[kernel] = Math.max(before, behind);
  });
  return out;
}

type LogOf = (mean: number, width: number) => number;

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

const pointLog =
  (place: number): LogOf =>
  (mean, width) =>
    -0.5 * ((place - mean) / width) ** 2 - Math.log(width) - HALF_LOG_TWO_PI;

const cellLog =
  ([from, to]: readonly [number, number]): LogOf =>
  (mean, width) =>
    Math.log(massBetween(from, to, mean, width));

/** Of a normal curve; from the side where it keeps its digits. */
function massBetween(from: number, to: number, mean: number, width: number): number {
  const [a, b] = [(from - mean) / width, (to - mean) / width];
  return a > 0 ? normalDistribution(-a) - normalDistribution(-b) : normalDistribution(b) - normalDistribution(a);
}

/** The mean lies within the bounds and the width is no more than the range: at least a third of all draws are kept. */
function cutNormal(mean: number, width: number, { low, high }: Axis, rng: Rng): number {
  for (;;) {
    const at = mean + width * rng.normal();
    if (at >= low && at <= high) return at;
  }
}
