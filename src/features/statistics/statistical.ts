// The tables of moments, dependence, entropy, spectra, scaling, paths and shifts as one. What is not finite (a spike overflowed, nothing to
// divide by) becomes NaN here, once for all of them.
import { dependenceStatistics } from "./dependence.js";
import { entropyStatistics } from "./entropy.js";
import { fractalStatistics } from "./fractal.js";
import { momentStatistics } from "./moments.js";
import { pathStatistics } from "./paths.js";
import { rankDependenceStatistics } from "./rank-dependence.js";
import { robustStatistics } from "./robust.js";
import { shiftStatistics } from "./shifts.js";
import { spectrumStatistics } from "./spectrum.js";
import type { Statistic } from "./statistic.js";

const tables = {
  ...momentStatistics,
  ...robustStatistics,
  ...dependenceStatistics,
  ...rankDependenceStatistics,
  ...entropyStatistics,
  ...spectrumStatistics,
  ...fractalStatistics,
  ...pathStatistics,
  ...shiftStatistics,
};

function finiteOnly<Name extends string>(table: Readonly<Record<Name, Statistic>>): Readonly<Record<Name, Statistic>> {
  const guarded = Object.entries<Statistic>(table).map(([name, statistic]) => {
    const value: Statistic["value"] = (x, y, from, n, params) => {
      const v = statistic.value(x, y, from, n, params);
      return v - v === 0 ? v : Number.NaN;
    };
    return [name, { ...statistic, value }] as const;
  });
  return Object.fromEntries(guarded) as Record<Name, Statistic>;
}

export const statisticalStatistics = finiteOnly<keyof typeof tables>(tables);
