// Makes sure that a covariance can be inverted, and changes it only where it cannot.
import { cholesky } from "#base/cholesky.js";
import type { Covariance } from "./covariance.js";

/** As it is when positive definite; else every variance is raised by 1e-6 of the mean one, which bars nothing but names that cancel each other. */
export function regular(covariance: Covariance): Covariance {
  const { names: n, values } = covariance;
  if (cholesky(values, n) !== null) return covariance;
  const raised = Float64Array.from(values);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (values[i * n + i] as number) / n;
  for (let i = 0; i < n; i++) raised[i * n + i] = (raised[i * n + i] as number) + 1e-6 * mean;
  return { names: n, values: raised };
}
