// The tables of moments, dependence, entropy, spectra, scaling, paths and shifts as one.
import { dependenceStatistics } from "./dependence.js";
import { entropyStatistics } from "./entropy.js";
import { fractalStatistics } from "./fractal.js";
import { momentStatistics } from "./moments.js";
import { pathStatistics } from "./paths.js";
import { rankDependenceStatistics } from "./rank-dependence.js";
import { robustStatistics } from "./robust.js";
import { shiftStatistics } from "./shifts.js";
import { spectrumStatistics } from "./spectrum.js";

export const statisticalStatistics = {
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
