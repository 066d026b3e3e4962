// All features of the group smart money: what options, insiders, institutions and short sellers do. They need facts `options.*`, `insider.*`,
// `institutional.*`, `offexchange.*` and `short.*`, and are NaN without them.
import { MONEY, VOLUME } from "#features/inputs/columns.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, fact, volume } from "#features/language/inputs.js";
import { across } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";

type Ratio = Series<"ratio">;
const anything = [null, null] as const;
const unit = [0, 1] as const;
const signed = [-1, 1] as const;

const option = (name: string): Ratio => fact(`options.${name}`);
const puts = option("put_volume");
const calls = option("call_volume");
const putInterest = option("put_open_interest");
const callInterest = option("call_open_interest");
const atm = option("iv_atm_near");
const far = option("iv_atm_far");
const put25 = option("iv_put_25");
const call25 = option("iv_call_25");
const ret = close.change(1);
const realized = (bars: number): Ratio => ret.std(bars).mul(Math.sqrt(252));
/** Share of the puts in puts and calls. */
const putShare = (p: Ratio, c: Ratio, bars: number): Ratio => p.sum(bars).div(p.add(c).sum(bars)).clip(0, 1);
const putInterestShare = putInterest.div(putInterest.add(callInterest)).clip(0, 1);
const unusual = (x: Ratio, bars: number): Ratio => x.sub(x.mean(bars)).div(x.std(bars));
const place = (x: Ratio, bars: number): Ratio =>
  x
    .sub(x.rollingMin(bars))
    .div(x.rollingMax(bars).sub(x.rollingMin(bars)))
    .clip(0, 1);
const optionVolume = puts.add(calls);
const optionToStock = optionVolume.div(volume);
const skew = put25.sub(atm);
const reversal = put25.sub(call25);
const termSlope = far.sub(atm);
const smile = put25.add(call25).div(2).sub(atm);

const bought = fact<"money">("insider.bought", { show: "sum", dimension: MONEY });
const sold = fact<"money">("insider.sold", { show: "sum", dimension: MONEY });
const buyers = fact("insider.buyers", { show: "sum" });
const sellers = fact("insider.sellers", { show: "sum" });
const value = close.mul(volume);
const netBought = (bars: number): Ratio => bought.sub(sold).sum(bars).div(value.sum(bars));
const holders = fact("institutional.holders");
const shares = fact<"volume">("institutional.shares", { dimension: VOLUME });
const sharesBefore = (back: number): Series<"volume"> => fact("institutional.shares", { dimension: VOLUME, back });
const outstanding = fact<"volume">("shares_outstanding", { dimension: VOLUME });
const away = fact<"volume">("offexchange.volume", { dimension: VOLUME });
const shorted = fact<"volume">("short.volume", { dimension: VOLUME });
const interest = fact<"volume">("short.interest", { dimension: VOLUME });
const interestBefore = fact<"volume">("short.interest", { dimension: VOLUME, back: 1 });
const shareOf = (x: Series<"volume">, bars: number): Ratio => x.sum(bars).div(volume.sum(bars)).clip(0, 1);
const daysToCover = interest.div(volume.mean(20));

const rows: readonly FeatureRow[] = [
  ["put_volume_share_1", puts.div(optionVolume).clip(0, 1), "ratio", unit, "Pan and Poteshman 2006, equation 1, by all volume"],
  ["put_volume_share_5", putShare(puts, calls, 5), "ratio", unit, "Pan and Poteshman 2006, equation 1, by all volume"],
  ["put_volume_share_20", putShare(puts, calls, 20), "ratio", unit, "Pan and Poteshman 2006, equation 1, by all volume"],
  ["put_volume_change_5_60", putShare(puts, calls, 5).sub(putShare(puts, calls, 60)), "ratio", signed, "short less long share of puts"],
  ["put_interest_share", putInterestShare, "ratio", unit, "share of puts in open interest"],
  ["put_interest_change_5", putInterestShare.diff(5), "ratio", signed, "change of the share of puts in open interest"],
  ["call_interest_change_5", callInterest.change(5), "ratio", anything, "growth of open calls (Fodor, Krieger and Doran 2011)"],
  ["put_growth_5", putInterest.change(5), "ratio", anything, "growth of open puts (Fodor, Krieger and Doran 2011)"],
  [
    "option_turnover_5",
    optionVolume.mean(5).div(putInterest.add(callInterest).mean(5)),
    "ratio",
    anything,
    "option volume over open interest",
  ],
  ["option_unusual_1_20", optionVolume.div(optionVolume.mean(20)), "ratio", anything, "option volume over the usual one"],
  [
    "option_to_stock_5_60",
    optionToStock.mean(5).div(optionToStock.mean(60)),
    "ratio",
    anything,
    "Johnson and So 2012: option to stock volume over its usual value",
  ],
  [
    "call_unusual_less_put_5",
    calls
      .mean(5)
      .div(calls.mean(60))
      .sub(puts.mean(5).div(puts.mean(60))),
    "ratio",
    anything,
    "unusual calls less unusual puts",
  ],
  ["iv_level", atm, "annual volatility", anything, "implied volatility at the money, near expiry"],
  ["iv_change_5", atm.div(atm.lag(5)).sub(1), "ratio", anything, "relative change of implied volatility"],
  ["iv_z_60", unusual(atm, 60), "deviations", anything, "implied volatility in deviations from its mean"],
  ["iv_rank_252", place(atm, 252), "ratio", unit, "place of implied volatility between its lowest and highest of a year (IV rank)"],
  ["iv_percentile_252", atm.statistic("percentRank", 252), "percentile", unit, "rank of implied volatility among a year's (IV percentile)"],
  ["iv_less_realized_20", atm.sub(realized(20)), "annual volatility", anything, "Goyal and Saretto 2009: implied less realized volatility"],
  ["iv_over_realized_60", atm.div(realized(60)), "ratio", anything, "implied over realized volatility"],
  [
    "iv_skew",
    skew.div(atm),
    "ratio",
    anything,
    "Xing, Zhang and Zhao 2010, equation 1, over the level: out-of-the-money puts less at the money",
  ],
  ["iv_skew_change_5", skew.diff(5), "annual volatility", anything, "change of the skew"],
  ["iv_skew_z_60", unusual(skew, 60), "deviations", anything, "skew in deviations from its mean"],
  ["iv_reversal", reversal.div(atm), "ratio", anything, "risk reversal: put less call of delta 0.25, over the level"],
  [
    "iv_reversal_change_5",
    reversal.diff(5),
    "annual volatility",
    anything,
    "An, Ang, Bali and Cakici 2014: change of put less change of call volatility",
  ],
  [
    "iv_smile",
    smile.div(atm),
    "ratio",
    anything,
    "curvature: mean of put and call of delta 0.25 less at the money, over the level (butterfly)",
  ],
  ["iv_term_slope", termSlope.div(atm), "ratio", anything, "Vasquez 2017: far less near implied volatility, over the level"],
  ["iv_term_change_5", termSlope.diff(5), "annual volatility", anything, "change of the term slope"],
  [
    "iv_forward",
    far
      .square()
      .mul(option("days_far"))
      .sub(atm.square().mul(option("days_near")))
      .div(option("days_far").sub(option("days_near")))
      .div(atm.square()),
    "ratio",
    anything,
    "variance implied between both expiries over near variance",
  ],
  [
    "iv_expected_move",
    atm.mul(option("days_near").div(365).sqrt()),
    "return",
    anything,
    "one deviation to the near expiry: iv sqrt(days / 365)",
  ],
  ["iv_less_universe", atm.sub(across("mean", atm)), "annual volatility", anything, "implied volatility less the universe's mean"],
  ["iv_return_corr_60", atm.diff(1).corr(ret, 60), "correlation", signed, "changes of implied volatility with returns (leverage effect)"],
  [
    "iv_move_surprise_5",
    ret.sum(5).div(atm.lag(5).mul(Math.sqrt(5 / 252))),
    "deviations",
    anything,
    "five-bar return over what options expected",
  ],
  ["insider_net_20", netBought(20), "ratio", anything, "Lakonishok and Lee 2001: insiders' net purchases, over traded value"],
  ["insider_net_120", netBought(120), "ratio", anything, "Lakonishok and Lee 2001: insiders' net purchases, over traded value"],
  [
    "insider_buy_share_120",
    bought.sum(120).div(bought.add(sold).sum(120)).clip(0, 1),
    "ratio",
    unit,
    "share of purchases in insiders' trades, by value",
  ],
  [
    "insider_buyers_120",
    buyers.sub(sellers).sum(120).div(buyers.add(sellers).sum(120)).clip(-1, 1),
    "ratio",
    signed,
    "Lakonishok and Lee 2001: net purchase ratio by persons",
  ],
  ["insider_cluster_20", buyers.sum(20).sub(sellers.sum(20)), "persons", anything, "buyers less sellers among insiders (cluster buying)"],
  [
    "institutional_holders_change",
    holders.div(fact("institutional.holders", { back: 1 })).sub(1),
    "ratio",
    anything,
    "Chen, Hong and Stein 2002: change of breadth of ownership",
  ],
  ["institutional_change_1", shares.div(sharesBefore(1)).sub(1), "ratio", anything, "change of institutions' shares over a report"],
  ["institutional_change_4", shares.div(sharesBefore(4)).sub(1), "ratio", anything, "change of institutions' shares over four reports"],
  ["institutional_share", shares.div(outstanding), "ratio", anything, "institutions' shares over shares outstanding"],
  ["offexchange_share_5", shareOf(away, 5), "ratio", unit, "share of volume off exchange"],
  ["offexchange_change_5_60", shareOf(away, 5).sub(shareOf(away, 60)), "ratio", signed, "short less long share of volume off exchange"],
  ["short_share_1", shorted.div(volume).clip(0, 1), "ratio", unit, "Boehmer, Jones and Zhang 2008: short sales over volume"],
  ["short_share_5", shareOf(shorted, 5), "ratio", unit, "Boehmer, Jones and Zhang 2008: short sales over volume"],
  ["short_share_change_5_60", shareOf(shorted, 5).sub(shareOf(shorted, 60)), "ratio", signed, "short less long share of short sales"],
  ["short_share_z_60", unusual(shorted.div(volume), 60), "deviations", anything, "share of short sales in deviations from its mean"],
  [
    "short_return_corr_60",
    shorted.div(volume).corr(ret, 60),
    "correlation",
    signed,
    "short sellers follow (above 0) or lean against (below 0) returns (Diether, Lee and Werner 2009)",
  ],
  ["short_days_to_cover", daysToCover, "days", anything, "Hong and others 2015: short interest over mean daily volume"],
  [
    "short_interest_share",
    interest.div(outstanding),
    "ratio",
    anything,
    "Asquith, Pathak and Ritter 2005: short interest over shares outstanding",
  ],
  ["short_interest_change", interest.div(interestBefore).sub(1), "ratio", anything, "change of short interest over a report"],
  ["short_squeeze", daysToCover.mul(close.change(20)), "days x return", anything, "days to cover x the return of twenty bars"],
];

export const smartMoney: readonly FeatureDefinition[] = defineFeatures("smart-money", 1, rows);
