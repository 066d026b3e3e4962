// How many independent trials a group of like ones is worth.
import { normalDistribution, normalQuantile } from "#base/normal-quantile.js";

/** Nearer to one the integrand is a step that the grid would miss; a smaller correlation only counts more. */
const MOST = 0.9999;
const STEPS = 4000;
const REACH = 8.5;

/**
 * The number of independent tests at `level`, each one-sided and normal, that raise a false alarm as often as `count` tests do whose
 * correlations are all `least` or more. It is the number for tests that are all correlated by `least`, and no larger correlation can make it
 * more (Slepian 1962): an upper bound. From 1 (`least` is 1) to nearly `count` (0 or less).
 */
export function worthOfAlike(count: number, least: number, level: number): number {
  if (count <= 1 || least >= 1) return Math.min(1, count);
  if (least <= 0) return count;
  const rho = Math.min(least, MOST);
  const z = -normalQuantile(level);
  const [common, own] = [Math.sqrt(rho), Math.sqrt(1 - rho)];
  const step = (2 * REACH) / STEPS;
  let alarm = 0;
  for (let i = 0; i <= STEPS; i++) {
    const u = -REACH + i * step;
    const tail = normalDistribution((common * u - z) / own);
    if (tail <= 0) continue;
    const any = tail >= 1 ? 1 : -Math.expm1(count * Math.log1p(-tail));
    alarm += any * Math.exp(-0.5 * u * u);
  }
  return Math.min(count, Math.max(1, (alarm * step) / Math.sqrt(2 * Math.PI) / level));
}
