// Cycles: Hilbert-transform indicators of TA-Lib, and Ehlers' later filters.
import { anything, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import { type Series, statistic } from "#features/language/series.js";
import { cyclePeriod, inPhase, quadrature, smoothed, superSmoother, trendLine } from "./averages.js";
import { perPrice } from "./bounds.js";

/** TA-Lib HT_DCPHASE, in degrees. */
export const cyclePhase: Series<"ratio"> = statistic("cyclePhase", [smoothed(close), cyclePeriod], 50);
const sineAt = (offset: number): Series<"ratio"> => cyclePhase.statistic("sine", 1, [offset]);
/** TA-Lib HT_SINE. */
export const sine = sineAt(0);
export const leadSine = sineAt(45);
/** TA-Lib HT_TRENDMODE. */
export const trendMode: Series<"ratio"> = fold("trendMode", [sine, leadSine, cyclePeriod, cyclePhase, trendLine, smoothed(close)]);

const highPass = (x: Series<"price">, period: number): Series<"price"> => fold("highPass", [x, x.lag(1), x.lag(2)], [period]);
/** Band pass: high pass, then super smoother (Ehlers 2013, chapter 7: roofing filter). */
const roof = superSmoother(highPass(close, 48), 10);
/** In units of its own size over a window (Ehlers 2018, automatic gain by root mean square). */
const leveled = (x: Series<"price">, bars: number): Series<"ratio"> => {
  // Averaged as a fraction of the close: squares of prices could overflow.
  const share = perPrice(x);
  return share.div(share.square().mean(bars).sqrt());
};
const wave = roof.add(roof.lag(1)).add(roof.lag(2)).div(3);
const power = roof.div(close).square().add(roof.lag(1).div(close).square()).add(roof.lag(2).div(close).square()).div(3).sqrt();

export const cycle: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["ht_dcperiod", cyclePeriod, "bars", [0, 50], "TA-Lib HT_DCPERIOD; Ehlers 2001"],
  ["ht_dcperiod_change", cyclePeriod.diff(5), "bars", [-50, 50], "change of TA-Lib HT_DCPERIOD over 5 bars; Ehlers 2001"],
  ["ht_dcphase", cyclePhase, "degrees", [-45 - 1e-9, 315 + 1e-9], "TA-Lib HT_DCPHASE; Ehlers 2001"],
  ["ht_sine", sine, "ratio", signedUnit, "TA-Lib HT_SINE; Ehlers 2001"],
  ["ht_lead_sine", leadSine, "ratio", signedUnit, "lead line of TA-Lib HT_SINE; Ehlers 2001"],
  ["ht_sine_cross", leadSine.sub(sine), "ratio", [-1, 1], "lead line less sine of TA-Lib HT_SINE; Ehlers 2001"],
  ["ht_trendmode_20", trendMode.mean(20), "share", unit, "share of TA-Lib HT_TRENDMODE in 20 bars; Ehlers 2001"],
  ["ht_in_phase", perPrice(inPhase), "ratio", anything, "in-phase part of TA-Lib HT_PHASOR over close; Ehlers 2001"],
  ["ht_quadrature", perPrice(quadrature), "ratio", anything, "quadrature part of TA-Lib HT_PHASOR over close; Ehlers 2001"],
  [
    "ht_amplitude",
    perPrice(inPhase).square().add(perPrice(quadrature).square()).sqrt(),
    "ratio",
    [0, null],
    "length of TA-Lib HT_PHASOR over close; Ehlers 2001",
  ],
  [
    "roofing_48_10",
    leveled(roof, 50),
    "ratio",
    [-Math.sqrt(50) - 1e-9, Math.sqrt(50) + 1e-9],
    "roofing filter over its root mean square; Ehlers 2013, chapter 7",
  ],
  ["decycler_125", perPrice(highPass(close, 125)), "ratio", anything, "close less decycler: high pass(125) over close; Ehlers 2015"],
  [
    "decycler_oscillator",
    perPrice(highPass(close, 60).sub(highPass(close, 30))),
    "ratio",
    anything,
    "decycler oscillator (30, 60) over close; Ehlers 2015",
  ],
  ["even_better_sine", perPrice(wave).div(power).clip(-1, 1), "ratio", signedUnit, "even better sinewave; Ehlers 2013, chapter 12"],
  [
    "super_smoother_slope_20",
    superSmoother(close, 20).diff(1).div(close),
    "ratio",
    anything,
    "change of the super smoother(20) over close; Ehlers 2013",
  ],
  [
    "correlation_cycle_20",
    close.corr(close.lag(10), 20),
    "correlation",
    signedUnit,
    "correlation of the close with itself half a window ago; Ehlers 2013, chapter 8",
  ],
]);
