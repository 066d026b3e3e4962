// Sensitivities of an instrument to the market, its sector and other assets, and what they leave of it.
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, marketFact } from "#features/language/inputs.js";
import { across, peer } from "#features/language/joint.js";
import type { PeerRole } from "#features/language/node.js";
import { statistic } from "#features/language/series.js";
import { explained, market, type Ratio, residual, ret, returnsOf, sector, slope, twoFactors } from "./returns.js";

const anything = [null, null] as const;
const beta = (bars: number): Ratio => slope(ret, market, bars);

/** Vasicek 1973, equation 17: the weight of the universe's mean beta is the estimate's own variance over the sum of both variances. */
function shrunk(bars: number): Ratio {
  const own = beta(bars);
  const spread = across("std", own).square();
  const error = residual(ret, market, bars)
    .square()
    .div(market.std(bars).square())
    .div(bars - 2);
  const weight = spread.div(spread.add(error));
  return own.mul(weight).add(across("mean", own).mul(weight.neg().add(1)));
}

/** Half of the covariance: products of the wanted signs only, over the market's mean square. */
const semi = (own: Ratio, others: Ratio, bars: number): Ratio => own.mul(others).sum(bars).div(market.square().sum(bars));
const [fall, rise] = [ret.min(0), ret.max(0)];
const [marketFall, marketRise] = [market.min(0), market.max(0)];
const dimson = twoFactors(ret, market, market.lag(1), 120);
const bySector = twoFactors(ret, market, sector, 120);
/** What the market leaves of each bar's return, by the beta of the last 120 bars. */
const left = ret.sub(beta(120).mul(market));
const alpha = (bars: number): Ratio => ret.mean(bars).sub(beta(bars).mul(market.mean(bars)));
const vix = marketFact("VIXCLS");
const tenYears = marketFact("DGS10");

const loading = (role: PeerRole, what: string): FeatureRow => [
  `loading_${role}_120`,
  twoFactors(ret, market, returnsOf(role), 120).second,
  "beta",
  anything,
  `slope on ${what} beside the market, least squares with two regressors`,
];
const toward = (role: PeerRole, what: string): FeatureRow => [
  `beta_${role}_120`,
  slope(ret, returnsOf(role), 120),
  "beta",
  anything,
  `slope on the returns of ${what}`,
];

const rows: readonly FeatureRow[] = [
  ["beta_market_20", beta(20), "beta", anything, "Sharpe 1964: slope on the market's returns"],
  ["beta_market_60", beta(60), "beta", anything, "Sharpe 1964: slope on the market's returns"],
  ["beta_market_252", beta(252), "beta", anything, "Sharpe 1964: slope on the market's returns"],
  ["beta_vasicek_120", shrunk(120), "beta", anything, "Vasicek 1973, equation 17: shrunk to the universe's mean"],
  [
    "beta_frazzini_252",
    ret
      .std(252)
      .div(market.std(252))
      .mul(close.change(3).corr(peer("market", close.change(3)), 252)),
    "beta",
    anything,
    "Frazzini and Pedersen 2014, section 3.1: ratio of volatilities x correlation of three-bar returns, both over one year",
  ],
  ["beta_down_252", statistic("downBeta", [ret, market], 252), "beta", anything, "Ang, Chen and Xing 2006, equation 6"],
  ["beta_down_60", statistic("downBeta", [ret, market], 60), "beta", anything, "Ang, Chen and Xing 2006, equation 6"],
  ["beta_up_252", statistic("upBeta", [ret, market], 252), "beta", anything, "Ang, Chen and Xing 2006, equation 7"],
  [
    "beta_asymmetry_252",
    statistic<"ratio">("downBeta", [ret, market], 252).sub(statistic<"ratio">("upBeta", [ret, market], 252)),
    "beta",
    anything,
    "Ang, Chen and Xing 2006: downside less upside beta",
  ],
  ["semibeta_falls_120", semi(fall, marketFall, 120), "beta", [0, null], "Bollerslev, Patton and Quaedvlieg 2022, equation 5: both fall"],
  ["semibeta_rises_120", semi(rise, marketRise, 120), "beta", [0, null], "Bollerslev, Patton and Quaedvlieg 2022, equation 5: both rise"],
  [
    "semibeta_hedge_120",
    semi(rise, marketFall.neg(), 120),
    "beta",
    [0, null],
    "Bollerslev, Patton and Quaedvlieg 2022, equation 5: rises while the market falls, without its sign",
  ],
  [
    "beta_dimson_120",
    dimson.first.add(dimson.second),
    "beta",
    anything,
    "Dimson 1979: sum of the slopes on this and the last market return",
  ],
  ["beta_lagged_120", dimson.second, "beta", anything, "Dimson 1979: slope on the market's last return"],
  ["beta_change_20_120", beta(20).sub(beta(120)), "beta", anything, "short less long beta"],
  ["beta_change_60_252", beta(60).sub(beta(252)), "beta", anything, "short less long beta"],
  ["beta_stability_60", beta(60).std(60), "beta", [0, null], "standard deviation of the 60-bar beta over 60 bars"],
  ["beta_sector_120", slope(ret, sector, 120), "beta", anything, "slope on the sector's mean return"],
  ["loading_sector_120", bySector.second, "beta", anything, "slope on the sector's mean return beside the market"],
  toward("bonds", "bonds"),
  toward("gold", "gold"),
  toward("oil", "oil"),
  toward("dollar", "the dollar"),
  toward("volatility", "expected volatility"),
  toward("credit", "low-grade bonds"),
  loading("bonds", "bonds"),
  loading("gold", "gold"),
  loading("oil", "oil"),
  loading("dollar", "the dollar"),
  loading("volatility", "expected volatility"),
  loading("small", "small companies (the size factor of Fama and French 1993, by a fund)"),
  loading("growth", "growth companies (the value factor of Fama and French 1993 reversed, by a fund)"),
  loading("emerging", "emerging markets"),
  loading("credit", "low-grade bonds"),
  [
    "beta_vix_60",
    slope(ret, vix.diff(1).div(100), 60),
    "return per volatility point of 1",
    anything,
    "Ang, Hodrick, Xing and Zhang 2006, equation 3, without the market beside it: slope on changes of VIXCLS",
  ],
  [
    "loading_vix_60",
    twoFactors(ret, market, vix.diff(1).div(100), 60).second,
    "return per volatility point of 1",
    anything,
    "Ang, Hodrick, Xing and Zhang 2006, equation 3: slope on changes of VIXCLS beside the market",
  ],
  ["beta_rates_120", slope(ret, tenYears.diff(1), 120), "return per percentage point", anything, "slope on changes of DGS10"],
  ["r2_market_60", explained(ret, market, 60), "ratio", [0, 1], "share of the variance that the market explains (Roll 1988)"],
  ["r2_market_252", explained(ret, market, 252), "ratio", [0, 1], "share of the variance that the market explains (Roll 1988)"],
  [
    "r2_sector_added_120",
    bySector.explained.sub(explained(ret, market, 120)).clip(0, 1),
    "ratio",
    [0, 1],
    "what the sector explains beyond the market",
  ],
  [
    "price_delay_120",
    dimson.explained
      .sub(explained(ret, market, 120))
      .div(dimson.explained)
      .clip(0, 1),
    "ratio",
    [0, 1],
    "Hou and Moskowitz 2005, equation 2 (D1), with one lag: 1 - R2 without over R2 with the lag",
  ],
  ["idio_vol_20", residual(ret, market, 20), "return per bar", [0, null], "Ang, Hodrick, Xing and Zhang 2006, with the market alone"],
  ["idio_vol_120", residual(ret, market, 120), "return per bar", [0, null], "Ang, Hodrick, Xing and Zhang 2006, with the market alone"],
  [
    "idio_vol_ratio_20_120",
    residual(ret, market, 20).div(residual(ret, market, 120)),
    "ratio",
    [0, null],
    "short over long idiosyncratic volatility",
  ],
  ["idio_skew_120", statistic("residualSkew", [ret, market], 120), "ratio", anything, "Boyer, Mitton and Vorkink 2010, equation 2"],
  ["alpha_60", alpha(60), "return per bar", anything, "Jensen 1968: intercept of the regression on the market, rates left out"],
  ["alpha_252", alpha(252), "return per bar", anything, "Jensen 1968: intercept of the regression on the market, rates left out"],
  [
    "residual_momentum_120",
    left.mean(120).div(left.std(120)),
    "ratio",
    anything,
    "Blitz, Huij and Martens 2011: mean over deviation of what the market leaves",
  ],
  [
    "residual_reversal_5",
    left.sum(5).neg().div(left.std(60)),
    "volatilities",
    anything,
    "Blitz, Huij, Lansdorp and Verbeek 2013: short-term residual reversal",
  ],
  ["residual_autocorr_60", left.corr(left.lag(1), 60), "correlation", [-1, 1], "autocorrelation of what the market leaves"],
  ["systematic_vol_60", beta(60).abs().mul(market.std(60)), "return per bar", [0, null], "|beta| x the market's volatility"],
  [
    "beta_market_trend",
    beta(120).mul(peer("market", close.change(20))),
    "return",
    anything,
    "what the market's last 20 bars promise at the own beta",
  ],
];

export const betas: readonly FeatureDefinition[] = defineFeatures("cross-asset", 1, rows);
