// Tails of returns: the largest gains and losses, value at risk and beyond, and what prices lose from their highs.
import { aboveMinusOne, aboveZero, anything, signedUnit, unit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { logReturn, ret } from "./quantities.js";

const size = ret.abs();

export const tails: readonly FeatureDefinition[] = defineFeatures("statistical", 1, [
  ["min_return_20", ret.rollingMin(20), "return", aboveMinusOne, "Bali, Cakici and Whitelaw 2011 (MIN), 20 bars"],
  [
    "max_five_20",
    ret.statistic("highMean", 20, [0.25]),
    "volatilities",
    anything,
    "Bali, Cakici and Whitelaw 2011 (MAX5): five best of 20 bars",
  ],
  [
    "max_five_90",
    ret.statistic("highMean", 90, [1 / 18]),
    "volatilities",
    anything,
    "Bali, Cakici and Whitelaw 2011: five best of 90 bars",
  ],
  ["value_at_risk_60", ret.quantile(0.05, 60).div(ret.std(60)), "volatilities", anything, "Jorion 1996: 5 % quantile, 60 bars"],
  ["value_at_risk_120", ret.quantile(0.05, 120).div(ret.std(120)), "volatilities", anything, "Jorion 1996: 5 % quantile, 120 bars"],
  [
    "shortfall_40",
    ret.statistic("lowMean", 40, [0.1]),
    "volatilities",
    anything,
    "Acerbi and Tasche 2002: mean of the worst 10 % of 40 bars",
  ],
  [
    "shortfall_90",
    ret.statistic("lowMean", 90, [0.05]),
    "volatilities",
    anything,
    "Acerbi and Tasche 2002: mean of the worst 5 % of 90 bars",
  ],
  [
    "excess_loss_60",
    ret.statistic("excessLoss", 60, [0.1]),
    "volatilities",
    aboveZero,
    "Embrechts et al. 1997: mean excess of the worst 10 % of 60",
  ],
  [
    "excess_loss_120",
    ret.statistic("excessLoss", 120, [0.05]),
    "volatilities",
    aboveZero,
    "Embrechts et al. 1997: mean excess of the worst 5 %",
  ],
  ["hill_60", size.statistic("hill", 60, [0.1]), "1 / index", aboveZero, "Hill 1975: absolute returns, largest 10 % of 60 bars"],
  ["hill_120", size.statistic("hill", 120, [0.1]), "1 / index", aboveZero, "Hill 1975: absolute returns, largest 10 % of 120 bars"],
  ["hill_up_120", ret.statistic("hill", 120, [0.1]), "1 / index", aboveZero, "Hill 1975: gains, largest 10 % of 120 bars"],
  ["hill_down_120", ret.statistic("hillLow", 120, [0.1]), "1 / index", aboveZero, "Hill 1975: losses, largest 10 % of 120 bars"],
  ["drawdown_30", logReturn.statistic("maxDrawdown", 30), "share", unit, "largest loss from a high within 30 bars"],
  ["drawdown_120", logReturn.statistic("maxDrawdown", 120), "share", unit, "largest loss from a high within 120 bars"],
  ["fall_balance_30", logReturn.statistic("fallBalance", 30), "share", signedUnit, "largest fall less largest rise over both, 30 bars"],
  ["fall_balance_120", logReturn.statistic("fallBalance", 120), "share", signedUnit, "largest fall less largest rise over both, 120 bars"],
  [
    "pain_ratio_60",
    logReturn.statistic("painRatio", 60),
    "ratio",
    unit,
    "mean over largest loss from the high, 60 bars; Becker 2006 (pain)",
  ],
  [
    "pain_ratio_120",
    logReturn.statistic("painRatio", 120),
    "ratio",
    unit,
    "mean over largest loss from the high, 120 bars; Becker 2006 (pain)",
  ],
]);
