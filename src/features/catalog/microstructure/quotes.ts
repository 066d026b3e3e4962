// The best bid and ask: spread, sizes, how they move and how they are refilled. From quotes, or from books when there are no quotes.
import { anything, aboveZero, aboveMinusOne, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, tape } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";
import { pure, ratio, shareOver, shortOverLong, slopeOn, standardised, tilt, tiltOver, variation } from "./bounds.js";

const column = (name: string): Series<"ratio"> => tape("quote", name);
const sizes = (name: string): Series<"volume"> => tape("quote", name);
const bid = tape<"price">("quote", "bid");
const ask = tape<"price">("quote", "ask");
const bidSize = sizes("bidSize");
const askSize = sizes("askSize");
const spread = column("meanSpread");
const updates = column("updates");
const flow = sizes("flow");
const meanSize = sizes("meanSize");
const midSquares = column("midSquares");
const midMoves = column("midMoves");
const bidAdded = sizes("bidAdded");
const bidRemoved = sizes("bidRemoved");
const askAdded = sizes("askAdded");
const askRemoved = sizes("askRemoved");
const sold = tape<"volume">("trade", "sold");
const bought = tape<"volume">("trade", "bought");

const mid = bid.div(2).add(ask.div(2));
const midReturn = mid.change(1);
const ups = column("bidRises").add(column("askRises"));
const downs = column("bidFalls").add(column("askFalls"));
/** Weighted by the size of the other side, relative to the mid (Stoikov 2018, the weighted mid of section 2). */
const micro = ratio(bid.mul(askSize).add(ask.mul(bidSize)), mid.mul(bidSize.add(askSize)));
/** How far the spread strays from its mean within the bar. */
const spreadWithin = column("meanSpreadSquare").sub(spread.square()).max(0).sqrt();
/** Removals over 20 bars that trades do not account for. */
const canceled = (removed: Series<"volume">, taken: Series<"volume">): Series<"volume"> => removed.sum(20).sub(taken.sum(20)).max(0);
const cont = "Cont, Kukanov and Stoikov 2014";
/** Both sizes together are twice the mean size of a side. */
const depth = meanSize.div(2);

const rows: readonly FeatureRow[] = [
  ["quote_spread", ratio(ask.sub(bid), mid), "ratio", [-2, 2], "quoted spread over mid at the bar's end; below 0 when crossed"],
  ["quote_mean_spread", spread, "ratio", [-2, 2], "quoted spread over mid, averaged over the bar's time; McInish and Wood 1992"],
  ["quote_spread_5_60", shortOverLong(spread, 5, 60), "ratio", anything, "short over long mean quoted spread"],
  ["quote_spread_z_60", standardised(spread, 60), "deviations", anything, "quoted spread in deviations from its mean"],
  ["quote_spread_variation_60", variation(spread, 60), "ratio", anything, "coefficient of variation of the quoted spread"],
  [
    "quote_spread_within_20",
    shareOver(spreadWithin, spread, 20),
    "ratio",
    anything,
    "deviation of the spread within bars, over the spread",
  ],
  [
    "quote_spread_return_60",
    pure(slopeOn(spread.diff(1), spread.lag(1), 60)),
    "ratio",
    anything,
    "speed at which the spread returns to its mean, negative when it does; Foucault, Kadan and Kandel 2005",
  ],
  [
    "quote_narrowing_20",
    tiltOver(column("narrowed"), column("widened"), 20),
    "ratio",
    signedUnit,
    "narrowing less widening of the spread over both: resilience",
  ],
  ["quote_widening_rate_5_60", shortOverLong(column("widened"), 5, 60), "ratio", aboveZero, "short over long widening of the spread"],
  ["quote_imbalance", tilt(bidSize, askSize), "ratio", signedUnit, "(bid size - ask size) / both at the best; Gould and Bonart 2016"],
  ["quote_mean_imbalance", column("meanImbalance"), "ratio", signedUnit, "imbalance of sizes at the best, averaged over the bar's time"],
  ["quote_mean_imbalance_10", column("meanImbalance").mean(10), "ratio", signedUnit, "imbalance of sizes at the best, averaged over time"],
  ["quote_mean_imbalance_60", column("meanImbalance").mean(60), "ratio", signedUnit, "imbalance of sizes at the best, averaged over time"],
  ["quote_imbalance_change_5", tilt(bidSize, askSize).diff(5), "ratio", [-2, 2], "change of the imbalance at the best"],
  [
    "quote_imbalance_autocorr_60",
    column("meanImbalance").corr(column("meanImbalance").lag(1), 60),
    "correlation",
    signedUnit,
    "persistence of the imbalance at the best",
  ],
  ["micro_price_gap", micro.sub(1), "return", aboveMinusOne, "size-weighted mid over mid; Stoikov 2018, section 2"],
  ["micro_price_change_5", micro.sub(micro.lag(5)), "return", anything, "change of the gap between size-weighted mid and mid"],
  [
    "quote_close_micro_gap",
    ratio(close.mul(bidSize.add(askSize)), bid.mul(askSize).add(ask.mul(bidSize))).sub(1),
    "return",
    aboveMinusOne,
    "close over size-weighted mid",
  ],
  ["quote_size_5_60", shortOverLong(meanSize, 5, 60), "ratio", aboveZero, "short over long mean size at the best"],
  ["quote_size_variation_60", variation(meanSize, 60), "ratio", aboveZero, "coefficient of variation of the size at the best"],
  [
    "quote_size_to_volume_20",
    ratio(meanSize.mean(20), bought.add(sold).mean(20)),
    "ratio",
    aboveZero,
    "size at the best over volume traded per bar",
  ],
  ["quote_updates_5_60", shortOverLong(updates, 5, 60), "ratio", aboveZero, "short over long number of updates"],
  ["quote_size_only_20", shareOver(column("sizeOnly"), updates, 20), "ratio", unit, "updates that change no price"],
  [
    "quote_to_trade_20",
    shareOver(updates, tape("trade", "count"), 20),
    "ratio",
    aboveZero,
    "updates per trade; Hendershott, Jones and Menkveld 2011",
  ],
  ["quote_drift_20", tiltOver(ups, downs, 20), "ratio", signedUnit, "moves up less moves down of both sides"],
  ["quote_drift_60", tiltOver(ups, downs, 60), "ratio", signedUnit, "moves up less moves down of both sides"],
  [
    "quote_leader_20",
    tiltOver(column("bidRises").add(column("bidFalls")), column("askRises").add(column("askFalls")), 20),
    "ratio",
    signedUnit,
    "moves of the bid less moves of the ask: which side leads; Hasbrouck 1991",
  ],
  [
    "quote_improvement_20",
    tiltOver(column("bidRises").add(column("askFalls")), column("bidFalls").add(column("askRises")), 20),
    "ratio",
    signedUnit,
    "moves inwards less moves outwards",
  ],
  ["quote_turn_share_20", shareOver(column("midTurns"), midMoves, 20), "ratio", unit, "moves of the mid against the move before"],
  ["quote_move_rate_5_60", shortOverLong(midMoves, 5, 60), "ratio", aboveZero, "short over long number of moves of the mid"],
  ["quote_vol_20", midSquares.mean(20).sqrt(), "return per bar", aboveZero, "root of the realised variance of the mid"],
  ["quote_vol_5_60", shortOverLong(midSquares, 5, 60), "ratio", aboveZero, "short over long realised variance of the mid"],
  [
    "quote_efficiency_20",
    ratio(ratio(mid, mid.lag(20)).log().abs(), column("midAbsolute").sum(20)),
    "ratio",
    aboveZero,
    "net over gross path of the mid; Kaufman 1995",
  ],
  [
    "quote_spread_to_vol_20",
    ratio(spread.mean(20), midSquares.mean(20).sqrt()),
    "ratio",
    anything,
    "quoted spread over volatility of the mid; Wyart, Bouchaud, Kockelkoren, Potters and Vettorazzo 2008",
  ],
  ["quote_age", column("age"), "seconds", aboveZero, "time since the mid last moved"],
  ["quote_age_60", ratio(column("age"), column("age").mean(60)), "ratio", aboveZero, "time since the mid last moved over its mean"],
  ["quote_crossed_20", column("crossed").mean(20), "ratio", unit, "share of time locked or crossed; Shkilko, Van Ness and Van Ness 2008"],
  ["ofi_1", ratio(flow, depth), "ratio", anything, `${cont}, equation 4, over mean depth of a side`],
  ["ofi_1_10", shareOver(flow, depth, 10), "ratio", anything, `${cont}, equation 4, over mean depth of a side`],
  ["ofi_1_60", shareOver(flow, depth, 60), "ratio", anything, `${cont}, equation 4, over mean depth of a side`],
  ["ofi_net_share_20", shareOver(flow, sizes("absoluteFlow"), 20), "ratio", signedUnit, `net over gross order flow at the best; ${cont}`],
  [
    "ofi_impact_60",
    pure(slopeOn(midReturn, flow, 60).mul(depth.mean(60))),
    "return",
    anything,
    `price impact coefficient of order flow, times depth; ${cont}, equation 10`,
  ],
  [
    "ofi_return_corr_60",
    midReturn.corr(flow, 60),
    "correlation",
    signedUnit,
    `correlation of mid returns with order flow; ${cont}, section 3`,
  ],
  ["ofi_autocorr_60", flow.corr(flow.lag(1), 60), "correlation", signedUnit, "persistence of order flow at the best"],
  [
    "ofi_lead_60",
    midReturn.corr(flow.lag(1), 60),
    "correlation",
    signedUnit,
    "correlation of mid returns with order flow one bar before; Cont, Cucuringu and Zhang 2023",
  ],
  ["queue_bid_growth_10", tiltOver(bidAdded, bidRemoved, 10), "ratio", signedUnit, "additions less removals at the best bid"],
  ["queue_ask_growth_10", tiltOver(askAdded, askRemoved, 10), "ratio", signedUnit, "additions less removals at the best ask"],
  ["queue_added_tilt_10", tiltOver(bidAdded, askAdded, 10), "ratio", signedUnit, "additions at the best bid less those at the best ask"],
  [
    "queue_removed_tilt_10",
    tiltOver(bidRemoved, askRemoved, 10),
    "ratio",
    signedUnit,
    "removals at the best bid less those at the best ask",
  ],
  [
    "queue_churn_20",
    shareOver(bidAdded.add(bidRemoved).add(askAdded).add(askRemoved), meanSize, 20),
    "ratio",
    aboveZero,
    "additions and removals at the best over mean size",
  ],
  [
    "queue_churn_5_60",
    shortOverLong(bidAdded.add(bidRemoved).add(askAdded).add(askRemoved), 5, 60),
    "ratio",
    aboveZero,
    "short over long additions and removals at the best",
  ],
  [
    "queue_executed_20",
    shareOver(bought.add(sold), bidRemoved.add(askRemoved), 20),
    "ratio",
    aboveZero,
    "volume traded over removals at unchanged best prices: low where orders are mostly canceled; Hasbrouck and Saar 2009",
  ],
  [
    "queue_cancel_tilt_20",
    ratio(canceled(bidRemoved, sold).sub(canceled(askRemoved, bought)), bidRemoved.add(askRemoved).sum(20)),
    "ratio",
    signedUnit,
    "removals beyond trades at the bid less those at the ask, over all removals",
  ],
  [
    "queue_depletion_tilt_10",
    ratio(bidRemoved.sum(10).mul(askSize), askRemoved.sum(10).mul(bidSize)).log(),
    "log ratio",
    anything,
    "rate of removal over size left, bid against ask: which queue is emptied first; Cont and de Larrard 2013",
  ],
];

export const quoteFeatures: readonly FeatureDefinition[] = defineFeatures("microstructure", 1, rows);
