// An instrument beside the market and its sector, its sector beside the universe, and the state of markets as a whole.
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, marketFact, volume } from "#features/language/inputs.js";
import { across, peer, withinSector } from "#features/language/joint.js";
import { changeOf, market, type Ratio, ret, returnsOf, sector } from "./returns.js";

const anything = [null, null] as const;
const unit = [0, 1] as const;
const signed = [-1, 1] as const;
const zero = [0, null] as const;

const own = (bars: number): Ratio => close.change(bars);
const toMarket = (bars: number): Ratio => own(bars).sub(changeOf("market", bars));
const toSector = (bars: number): Ratio => own(bars).sub(withinSector("mean", own(bars)));
const rotation = (bars: number): Ratio => withinSector("mean", own(bars)).sub(across("mean", own(bars)));
const overAverage = (bars: number): Ratio => close.div(close.mean(bars)).sub(1);
const range = (x: Ratio, bars: number): Ratio => x.sub(x.mean(bars)).div(x.std(bars));
/** Running sum of what the market leaves, in deviations from its mean over the window. */
const gapPath = ret.sub(market).sum(60);
const unusual = volume.mean(5).div(volume.mean(60));
const vix = marketFact("VIXCLS");
const marketVol = market.std(20).mul(Math.sqrt(252));
/** Variance of the mean over the mean variance: near the mean correlation when there are many instruments. */
const together = (bars: number): Ratio =>
  across("mean", ret)
    .std(bars)
    .square()
    .div(across("mean", ret.std(bars).square()))
    .clip(0, 1);
const between = (a: Parameters<typeof changeOf>[0], b: Parameters<typeof changeOf>[0], bars: number): Ratio =>
  changeOf(a, bars).sub(changeOf(b, bars));

const rows: readonly FeatureRow[] = [
  ["rel_market_5", toMarket(5), "return", anything, "return less the market's (Levy 1967)"],
  ["rel_market_20", toMarket(20), "return", anything, "return less the market's (Levy 1967)"],
  ["rel_market_120", toMarket(120), "return", anything, "return less the market's (Levy 1967)"],
  ["rel_sector_5", toSector(5), "return", anything, "return less the sector's mean (Moskowitz and Grinblatt 1999)"],
  ["rel_sector_20", toSector(20), "return", anything, "return less the sector's mean (Moskowitz and Grinblatt 1999)"],
  ["rel_sector_120", toSector(120), "return", anything, "return less the sector's mean (Moskowitz and Grinblatt 1999)"],
  [
    "rel_market_z_60",
    range(gapPath, 60),
    "deviations",
    anything,
    "60-bar return less the market's, in deviations from its mean over 60 bars",
  ],
  ["rel_bonds_60", own(60).sub(changeOf("bonds", 60)), "return", anything, "return less that of bonds (dual momentum, Antonacci 2014)"],
  ["rel_volume_sector_5", unusual.sub(withinSector("mean", unusual)), "ratio", anything, "unusual volume less the sector's mean"],
  ["rel_vol_market_20", ret.std(20).div(market.std(20)), "ratio", zero, "own over the market's volatility"],
  ["rel_vol_sector_20", ret.std(20).div(withinSector("mean", ret.std(20))), "ratio", zero, "own over the sector's mean volatility"],
  ["sector_mom_5", rotation(5), "return", anything, "sector's mean return less the universe's (Moskowitz and Grinblatt 1999)"],
  ["sector_mom_20", rotation(20), "return", anything, "sector's mean return less the universe's (Moskowitz and Grinblatt 1999)"],
  ["sector_mom_120", rotation(120), "return", anything, "sector's mean return less the universe's (Moskowitz and Grinblatt 1999)"],
  [
    "sector_rotation_20_120",
    rotation(20).div(20).sub(rotation(120).div(120)),
    "return per bar",
    anything,
    "short less long sector momentum, per bar",
  ],
  ["sector_breadth_20", withinSector("share", overAverage(20)), "ratio", unit, "share of the sector above its 20-bar mean"],
  [
    "sector_breadth_gap_50",
    withinSector("share", overAverage(50)).sub(across("share", overAverage(50))),
    "ratio",
    signed,
    "share above the 50-bar mean, sector less universe",
  ],
  ["sector_dispersion_20", withinSector("std", own(20)), "return", zero, "spread of 20-bar returns within the sector"],
  [
    "sector_vol_ratio_20",
    withinSector("mean", ret.std(20)).div(across("mean", ret.std(20))),
    "ratio",
    zero,
    "sector's over the universe's mean volatility",
  ],
  [
    "sector_beta_60",
    sector.cov(market, 60).div(market.std(60).square()),
    "beta",
    anything,
    "slope of the sector's mean return on the market's",
  ],
  ["universe_breadth_50", across("share", overAverage(50)), "ratio", unit, "share of the universe above its 50-bar mean"],
  ["universe_advance_10", across("share", ret).mean(10), "ratio", unit, "mean share of rising instruments (advance-decline)"],
  [
    "universe_thrust_10",
    across("share", ret).ema(10),
    "ratio",
    unit,
    "Zweig 1986, breadth thrust: exponential mean of the share of rising instruments",
  ],
  [
    "universe_mcclellan",
    across("share", ret).mul(2).sub(1).ema(19).sub(across("share", ret).mul(2).sub(1).ema(39)),
    "ratio",
    signed,
    "McClellan 1969: EMA(19) - EMA(39) of net advances over all",
  ],
  ["universe_dispersion_1", across("std", ret), "return", zero, "cross-sectional spread of returns (Stivers and Sun 2010)"],
  ["universe_dispersion_20", across("std", own(20)), "return", zero, "cross-sectional spread of 20-bar returns (Stivers and Sun 2010)"],
  ["universe_comovement_60", together(60), "ratio", unit, "Pollet and Wilson 2010: variance of the mean over the mean variance"],
  [
    "universe_sectors_20",
    across("betweenSectors", own(20)),
    "ratio",
    unit,
    "share of the spread of 20-bar returns between sectors (analysis of variance)",
  ],
  [
    "universe_equal_less_market_20",
    across("mean", own(20)).sub(changeOf("market", 20)),
    "return",
    anything,
    "equal-weighted universe less the market: narrow or broad",
  ],
  [
    "volume_concentration",
    across("concentration", close.mul(volume).div(close.mul(volume).mean(60))),
    "ratio",
    unit,
    "Herfindahl index of unusual traded value over the universe",
  ],
  ["market_mom_20", changeOf("market", 20), "return", [-1, null], "the market's return"],
  ["market_mom_252", changeOf("market", 252), "return", [-1, null], "Cooper, Gutierrez and Hameed 2004: state of the market"],
  [
    "market_drawdown_252",
    peer("market", close.div(close.rollingMax(252)).sub(1)),
    "return",
    [-1, 0],
    "the market below its highest close of a year",
  ],
  ["market_std_20", market.std(20), "return per bar", zero, "the market's volatility"],
  ["market_vol_ratio_20_120", market.std(20).div(market.std(120)), "ratio", zero, "short over long volatility of the market"],
  [
    "mom_in_market_state",
    own(120).mul(changeOf("market", 252).sign()),
    "return",
    anything,
    "Cooper, Gutierrez and Hameed 2004: momentum times the sign of the market's year",
  ],
  [
    "size_premium_20",
    between("small", "market", 20),
    "return",
    anything,
    "small companies less the market (Fama and French 1993, by funds)",
  ],
  [
    "growth_premium_60",
    between("growth", "market", 60),
    "return",
    anything,
    "growth companies less the market (Fama and French 1993, by funds)",
  ],
  ["emerging_premium_60", between("emerging", "market", 60), "return", anything, "emerging markets less the market"],
  [
    "credit_premium_20",
    between("credit", "bonds", 20),
    "return",
    anything,
    "low-grade less government bonds: change of the credit spread, by funds",
  ],
  ["stocks_less_bonds_60", between("market", "bonds", 60), "return", anything, "the market less bonds"],
  [
    "stock_bond_corr_60",
    market.corr(returnsOf("bonds"), 60),
    "correlation",
    signed,
    "Connolly, Stivers and Sun 2005: correlation of the market with bonds",
  ],
  ["gold_less_oil_60", between("gold", "oil", 60), "return", anything, "gold less oil"],
  [
    "gold_less_market_20",
    between("gold", "market", 20),
    "return",
    anything,
    "gold less the market: flight to safety (Baur and Lucey 2010)",
  ],
  ["dollar_mom_60", changeOf("dollar", 60), "return", [-1, null], "the dollar's return"],
  ["oil_mom_20", changeOf("oil", 20), "return", [-1, null], "oil's return (Driesprong, Jacobsen and Maat 2008)"],
  ["volatility_mom_5", changeOf("volatility", 5), "return", [-1, null], "return of expected volatility"],
  [
    "oil_exposed_20",
    ret.cov(returnsOf("oil"), 120).div(returnsOf("oil").std(120).square()).mul(changeOf("oil", 20)),
    "return",
    anything,
    "oil's return at the own slope on oil",
  ],
  [
    "dollar_exposed_60",
    ret.cov(returnsOf("dollar"), 120).div(returnsOf("dollar").std(120).square()).mul(changeOf("dollar", 60)),
    "return",
    anything,
    "the dollar's return at the own slope on the dollar",
  ],
  [
    "variance_premium_20",
    vix.div(100).square().sub(marketVol.square()),
    "annual variance",
    anything,
    "Bollerslev, Tauchen and Zhou 2009: VIX squared less realized variance of the market",
  ],
  ["vix_market_corr_60", market.corr(vix.diff(1), 60), "correlation", signed, "correlation of the market with changes of VIXCLS"],
];

export const relatives: readonly FeatureDefinition[] = defineFeatures("cross-asset", 1, rows);
