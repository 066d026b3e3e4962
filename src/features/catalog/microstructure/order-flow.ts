// Order flow through the book: what each message changed, at the best and at nine levels behind it. Windows are in bars of the run.
import { anything, aboveZero, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, tape } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";
import { pure, ratio, shareOver, shortOverLong, slopeOn, tiltOver } from "./bounds.js";

const LEVELS = 10;
const column = (name: string): Series<"ratio"> => tape("flow", name);
const sizeOf = (name: string): Series<"volume"> => tape("flow", name);
const flow = (level: number): Series<"volume"> => sizeOf(`flow${level}`);
const standing = (level: number): Series<"volume"> => sizeOf(`standing${level}`);
const sumOver = (of: (level: number) => Series<"volume">, first: number, last: number): Series<"volume"> =>
  Array.from({ length: last - first }, (_, k) => of(first + k + 1)).reduce((sum, more) => sum.add(more), of(first));
const messages = column("messages");
/** Mean size of one side of a level: four sizes are summed at each message. */
const depth = (of: Series<"volume">, bars: number): Series<"volume"> => of.sum(bars).div(messages.sum(bars).mul(4));
const scaled = (level: number, bars: number): Series<"ratio"> => ratio(flow(level).sum(bars), depth(standing(level), bars));
const all = sumOver(flow, 1, LEVELS);
const everything = sumOver(standing, 1, LEVELS);
/** All levels, equally weighted, over the mean depth of a level. */
const integrated = (bars: number): Series<"ratio"> => ratio(all.sum(bars), depth(everything, bars));
const bidCame = sizeOf("bidCame");
const bidWent = sizeOf("bidWent");
const askCame = sizeOf("askCame");
const askWent = sizeOf("askWent");
const squares = tape<"mixed">("flow", "squares");
const products = tape<"mixed">("flow", "products");
const ret = close.change(1);
const xu = "Xu, Gould and Howison 2018, equation 10, over mean depth; level";
const sum = "Cont, Cucuringu and Zhang 2023, integrated order flow with equal weights in place of the first principal component";

const rows: readonly FeatureRow[] = [
  ...Array.from({ length: LEVELS - 1 }, (_, k): FeatureRow => [`ofi_${k + 2}_10`, scaled(k + 2, 10), "ratio", anything, `${xu} ${k + 2}`]),
  ["ofi_all", ratio(all, everything.div(messages.mul(4))), "ratio", anything, sum],
  ["ofi_all_10", integrated(10), "ratio", anything, sum],
  ["ofi_all_60", integrated(60), "ratio", anything, sum],
  [
    "ofi_front_back_10",
    scaled(1, 10).sub(ratio(sumOver(flow, 4, LEVELS).sum(10), depth(sumOver(standing, 4, LEVELS), 10))),
    "ratio",
    anything,
    "order flow at the best less that of levels 4 to 10",
  ],
  [
    "ofi_all_impact_60",
    pure(slopeOn(ret, all, 60).mul(everything.sum(60).div(messages.sum(60)))),
    "return",
    anything,
    "price impact coefficient of order flow over ten levels, times depth; Xu, Gould and Howison 2018",
  ],
  [
    "ofi_all_return_corr_60",
    ret.corr(all, 60),
    "correlation",
    signedUnit,
    "correlation of returns with order flow over ten levels; Xu, Gould and Howison 2018",
  ],
  ["ofi_all_lead_60", ret.corr(all.lag(1), 60), "correlation", signedUnit, "correlation of returns with order flow one bar before"],
  ["ofi_all_autocorr_60", all.corr(all.lag(1), 60), "correlation", signedUnit, "persistence of order flow over ten levels"],
  ["ofi_message_autocorr_20", shareOver(products, squares, 20), "ratio", anything, "autocorrelation of order flow from message to message"],
  [
    "ofi_sign_autocorr_20",
    shareOver(column("signProducts"), messages, 20),
    "ratio",
    signedUnit,
    "mean product of the signs of neighboring messages' order flow",
  ],
  [
    "ofi_noise_20",
    ratio(all.sum(20).square(), squares.sum(20).mul(messages.sum(20))),
    "ratio",
    aboveZero,
    "squared net order flow over its squares: 1 / messages for independent ones",
  ],
  [
    "ofi_against_trades_20",
    tiltOver(all.max(0), all.min(0).neg(), 20).sub(tiltOver(tape<"volume">("trade", "bought"), tape<"volume">("trade", "sold"), 20)),
    "ratio",
    [-2, 2],
    "share of order flow that buys less share of trades that buy",
  ],
  [
    "book_bid_replenished_10",
    shareOver(bidCame, bidWent, 10),
    "ratio",
    aboveZero,
    "depth that came over depth that went on the bid; Obizhaeva and Wang 2013, resilience",
  ],
  [
    "book_ask_replenished_10",
    shareOver(askCame, askWent, 10),
    "ratio",
    aboveZero,
    "depth that came over depth that went on the ask; Obizhaeva and Wang 2013, resilience",
  ],
  ["book_came_tilt_10", tiltOver(bidCame, askCame, 10), "ratio", signedUnit, "depth that came on the bid less that on the ask"],
  ["book_went_tilt_10", tiltOver(bidWent, askWent, 10), "ratio", signedUnit, "depth that went on the bid less that on the ask"],
  [
    "book_net_tilt_60",
    tiltOver(bidCame.add(askWent), bidWent.add(askCame), 60),
    "ratio",
    signedUnit,
    "changes of depth that support the price less those that press on it",
  ],
  [
    "book_turnover_20",
    shareOver(bidCame.add(bidWent).add(askCame).add(askWent), sizeOf("meanDepth"), 20),
    "ratio",
    aboveZero,
    "changes of depth over depth",
  ],
  [
    "book_refill_lag_60",
    bidCame.add(askCame).corr(bidWent.add(askWent).lag(1), 60),
    "correlation",
    signedUnit,
    "correlation of what comes with what went one bar before; Degryse, de Jong, Ravenswaaij and Wuyts 2005",
  ],
  ["book_messages_5_60", shortOverLong(messages, 5, 60), "ratio", aboveZero, "short over long number of messages"],
  [
    "book_messages_clustering_60",
    ratio(messages.std(60).square(), messages.mean(60)),
    "ratio",
    aboveZero,
    "Fano factor of the number of messages",
  ],
  [
    "book_messages_autocorr_60",
    messages.corr(messages.lag(1), 60),
    "correlation",
    signedUnit,
    "persistence of the number of messages; Hawkes 1971",
  ],
  ["book_at_best_20", shareOver(column("atBest"), messages, 20), "ratio", unit, "messages that change the best level"],
  ["book_deeper_20", shareOver(column("deeper"), messages, 20), "ratio", unit, "messages that change deeper levels only"],
  [
    "book_messages_per_trade_20",
    shareOver(messages, tape("trade", "count"), 20),
    "ratio",
    aboveZero,
    "messages per trade; Hendershott, Jones and Menkveld 2011",
  ],
];

export const orderFlowFeatures: readonly FeatureDefinition[] = defineFeatures("microstructure", 1, rows);
