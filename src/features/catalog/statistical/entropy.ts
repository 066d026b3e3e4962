// Disorder: entropies, complexities and spectra of returns and volumes.
import { aboveZero, anything, unit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { volume } from "#features/language/inputs.js";
import { ret, size, volumeChange } from "./quantities.js";

export const entropy: readonly FeatureDefinition[] = defineFeatures("statistical", 1, [
  ["bin_entropy_60", ret.statistic("binEntropy", 60, [8]), "share", unit, "Shannon 1948: eight equal bins, 60 bars"],
  ["bin_entropy_120", ret.statistic("binEntropy", 120, [10]), "share", unit, "Shannon 1948: ten equal bins, 120 bars"],
  ["permutation_entropy_3_60", ret.statistic("permutationEntropy", 60, [3]), "share", unit, "Bandt and Pompe 2002: order 3, 60 bars"],
  ["permutation_entropy_4_120", ret.statistic("permutationEntropy", 120, [4]), "share", unit, "Bandt and Pompe 2002: order 4, 120 bars"],
  ["weighted_entropy_3_60", ret.statistic("weightedPermutationEntropy", 60, [3]), "share", unit, "Fadlallah et al. 2013: order 3, 60 bars"],
  [
    "weighted_entropy_3_120",
    ret.statistic("weightedPermutationEntropy", 120, [3]),
    "share",
    unit,
    "Fadlallah et al. 2013: order 3, 120 bars",
  ],
  ["sign_entropy_2_60", ret.statistic("signWordEntropy", 60, [2]), "share", unit, "Lopez de Prado 2018, 18.3: pairs of signs, 60 bars"],
  ["sign_entropy_4_120", ret.statistic("signWordEntropy", 120, [4]), "share", unit, "Lopez de Prado 2018, 18.3: four signs, 120 bars"],
  ["dispersion_entropy_60", ret.statistic("dispersionEntropy", 60, [2]), "share", unit, "Rostaghi and Azami 2016: words of 2, 60 bars"],
  ["dispersion_entropy_120", ret.statistic("dispersionEntropy", 120, [3]), "share", unit, "Rostaghi and Azami 2016: words of 3, 120 bars"],
  ["size_entropy_20", size.statistic("shareEntropy", 20), "share", unit, "Theil 1967: shares of the moves, 20 bars"],
  ["size_entropy_60", size.statistic("shareEntropy", 60), "share", unit, "Theil 1967: shares of the moves, 60 bars"],
  ["volume_entropy_40", volume.statistic("shareEntropy", 40), "share", unit, "Theil 1967: shares of the volume, 40 bars"],
  ["lempel_ziv_60", ret.statistic("lempelZiv", 60), "ratio", aboveZero, "Lempel and Ziv 1976: signs about the median, 60 bars"],
  ["lempel_ziv_90", ret.statistic("lempelZiv", 90), "ratio", aboveZero, "Lempel and Ziv 1976: signs about the median, 90 bars"],
  [
    "sample_entropy_40",
    ret.statistic("sampleEntropy", 40, [1, 0.3]),
    "nats",
    aboveZero,
    "Richman and Moorman 2000: m = 1, r = 0.3, 40 bars",
  ],
  [
    "volume_sample_entropy_40",
    volumeChange.statistic("sampleEntropy", 40, [1, 0.3]),
    "nats",
    aboveZero,
    "Richman and Moorman 2000: of log volume changes",
  ],
  ["approximate_entropy_40", ret.statistic("approximateEntropy", 40, [1, 0.25]), "nats", anything, "Pincus 1991: m = 1, r = 0.25, 40 bars"],
  ["spectral_entropy_64", ret.statistic("spectralEntropy", 64), "share", unit, "Inouye et al. 1991: periodogram, 64 bars"],
  ["spectral_entropy_128", ret.statistic("spectralEntropy", 128), "share", unit, "Inouye et al. 1991: periodogram, 128 bars"],
  ["size_spectral_entropy_64", size.statistic("spectralEntropy", 64), "share", unit, "Inouye et al. 1991: of absolute returns, 64 bars"],
  [
    "slow_power_64",
    ret.statistic("bandPower", 64, [16, 64]),
    "share",
    unit,
    "Priestley 1981: power at periods of 16 bars and more, 64 bars",
  ],
  ["cycle_power_64", ret.statistic("bandPower", 64, [6, 14]), "share", unit, "Priestley 1981: power at periods of 6 to 14 bars, 64 bars"],
  ["fast_power_64", ret.statistic("bandPower", 64, [2, 3]), "share", unit, "Priestley 1981: power at periods of 2 to 3 bars, 64 bars"],
  [
    "week_power_128",
    ret.statistic("bandPower", 128, [4.5, 5.5]),
    "share",
    unit,
    "Priestley 1981: power at periods of about 5 bars, 128 bars",
  ],
  ["peak_frequency_64", ret.statistic("peakFrequency", 64), "cycles per bar", [0, 0.5], "Schuster 1898: highest point of the periodogram"],
  ["fisher_g_64", ret.statistic("fisherG", 64), "share", unit, "Fisher 1929: power of the strongest frequency, 64 bars"],
  ["fisher_g_128", ret.statistic("fisherG", 128), "share", unit, "Fisher 1929: power of the strongest frequency, 128 bars"],
]);
