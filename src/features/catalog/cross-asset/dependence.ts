// How an instrument goes together with others: correlation and its breaks, tails, leads and lags.
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import type { PeerRole } from "#features/language/node.js";
import { constant, statistic, where } from "#features/language/series.js";
import { market, type Ratio, ret, returnsOf, sector } from "./returns.js";

const anything = [null, null] as const;
const signed = [-1, 1] as const;
const twice = [-2, 2] as const;

/** Short less long correlation. */
const broken = (other: Ratio, short: number, long: number): Ratio => ret.corr(other, short).sub(ret.corr(other, long));
const correlation = (role: PeerRole): FeatureRow => [
  `corr_${role}_60`,
  ret.corr(returnsOf(role), 60),
  "correlation",
  signed,
  `correlation of returns with those of the role ${role}`,
];
const correlationBreak = (role: PeerRole): FeatureRow => [
  `corr_break_${role}_20_120`,
  broken(returnsOf(role), 20, 120),
  "correlation",
  twice,
  `correlation over 20 less that over 120 bars, role ${role}`,
];
const tail = (a: Ratio, b: Ratio): Ratio => statistic("tailDependence", [a, b], 252, [0.1]);

const rows: readonly FeatureRow[] = [
  ["corr_market_20", ret.corr(market, 20), "correlation", signed, "correlation of returns with the market's"],
  ["corr_market_120", ret.corr(market, 120), "correlation", signed, "correlation of returns with the market's"],
  ["corr_sector_60", ret.corr(sector, 60), "correlation", signed, "correlation of returns with the sector's mean"],
  correlation("bonds"),
  correlation("gold"),
  correlation("oil"),
  correlation("dollar"),
  correlation("volatility"),
  correlation("emerging"),
  correlationBreak("market"),
  correlationBreak("bonds"),
  correlationBreak("oil"),
  correlationBreak("dollar"),
  ["corr_break_sector_20_120", broken(sector, 20, 120), "correlation", twice, "correlation over 20 less that over 120 bars, own sector"],
  [
    "corr_sector_less_market_60",
    ret.corr(sector, 60).sub(ret.corr(market, 60)),
    "correlation",
    twice,
    "correlation with the sector less that with the market",
  ],
  [
    "corr_down_252",
    statistic("downCorrelation", [ret, market], 252),
    "correlation",
    signed,
    "Longin and Solnik 2001: market below its mean",
  ],
  [
    "corr_asymmetry_252",
    statistic<"ratio">("downCorrelation", [ret, market], 252).sub(statistic<"ratio">("upCorrelation", [ret, market], 252)),
    "correlation",
    twice,
    "Ang and Chen 2002: correlation in falls less that in rises of the market",
  ],
  ["coskew_120", statistic("coskewness", [ret, market], 120), "ratio", anything, "Harvey and Siddique 2000, equation 11"],
  ["coskew_252", statistic("coskewness", [ret, market], 252), "ratio", anything, "Harvey and Siddique 2000, equation 11"],
  ["cokurt_252", statistic("cokurtosis", [ret, market], 252), "ratio", anything, "Dittmar 2002"],
  ["tail_market_252", tail(ret, market), "ratio", [0, 1], "empirical lower tail dependence at 0.1 (Joe 1997, section 2.1.10)"],
  ["tail_crash_252", tail(ret.neg(), market.neg()).sub(tail(ret, market)), "ratio", signed, "upper less lower tail dependence at 0.1"],
  [
    "hedge_share_60",
    where(ret.mul(market).gt(0), constant(0), 1).mean(60),
    "ratio",
    [0, 1],
    "share of bars that do not go the market's way",
  ],
  [
    "lag_market_60",
    ret.corr(market.lag(1), 60),
    "correlation",
    signed,
    "Lo and MacKinlay 1990: correlation with the market one bar before",
  ],
  [
    "lead_market_60",
    ret.lag(1).corr(market, 60),
    "correlation",
    signed,
    "Lo and MacKinlay 1990: correlation of the market with the own return one bar before",
  ],
  [
    "lead_lag_market_120",
    ret
      .lag(1)
      .corr(market, 120)
      .sub(ret.corr(market.lag(1), 120)),
    "correlation",
    twice,
    "lead less lag",
  ],
  [
    "lag_sector_60",
    ret.corr(sector.lag(1), 60),
    "correlation",
    signed,
    "Moskowitz and Grinblatt 1999: correlation with the sector one bar before",
  ],
  [
    "lead_sector_60",
    ret.lag(1).corr(sector, 60),
    "correlation",
    signed,
    "Hou 2007: correlation of the sector with the own return one bar before",
  ],
  [
    "lag_oil_60",
    ret.corr(returnsOf("oil").lag(1), 60),
    "correlation",
    signed,
    "Driesprong, Jacobsen and Maat 2008: correlation with oil one bar before",
  ],
  ["vol_corr_market_60", ret.abs().corr(market.abs(), 60), "correlation", signed, "correlation of absolute returns with the market's"],
  [
    "vol_response_60",
    ret.abs().corr(market, 60),
    "correlation",
    signed,
    "correlation of absolute returns with the market's returns (leverage effect, Black 1976)",
  ],
];

export const dependences: readonly FeatureDefinition[] = defineFeatures("cross-asset", 1, rows);
