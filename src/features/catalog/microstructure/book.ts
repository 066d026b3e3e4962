// The shape of the book: ten levels on each side at the bar's end, and their averages over its time.
import { anything, aboveZero, aboveMinusOne, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { tape } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";
import { pure, ratio, shortOverLong, standardised, tilt, tiltOver, variation } from "./bounds.js";

const column = (name: string): Series<"ratio"> => tape("book", name);
const sizeOf = (name: string): Series<"volume"> => tape("book", name);
const price = (side: "bid" | "ask", level: number): Series<"price"> => tape("book", `${side}Price${level}`);
const size = (side: "bid" | "ask", level: number): Series<"volume"> => tape("book", `${side}Size${level}`);
const upTo = (side: "bid" | "ask", levels: number): Series<"volume"> =>
  Array.from({ length: levels - 1 }, (_, k) => size(side, k + 2)).reduce((sum, more) => sum.add(more), size(side, 1));
const mid = price("bid", 1).div(2).add(price("ask", 1).div(2));
const spread = price("ask", 1).sub(price("bid", 1));
const bidDepth = sizeOf("bidDepth");
const askDepth = sizeOf("askDepth");
const depth = bidDepth.add(askDepth);
const imbalance = tilt(bidDepth, askDepth);
/** How much farther from the mid the ask's level is than the bid's. */
const lean = (level: number): Series<"ratio"> =>
  ratio(price("ask", level).add(price("bid", level)).sub(mid.mul(2)), price("ask", level).sub(price("bid", level)));
/** Mean of both sides' average prices, each weighted by the other side's depth of `levels` levels. */
const microOver = (levels: number): Series<"ratio"> => {
  const [bids, asks] = [upTo("bid", levels), upTo("ask", levels)];
  const worth = (side: "bid" | "ask"): Series =>
    Array.from({ length: levels - 1 }, (_, k) => price(side, k + 2).mul(size(side, k + 2))).reduce(
      (sum, more) => sum.add(more),
      price(side, 1).mul(size(side, 1)),
    );
  const average = ratio(worth("bid").div(bids).mul(asks).add(worth("ask").div(asks).mul(bids)), mid.mul(bids.add(asks)));
  return average.sub(1);
};
/** Average distance of the depth from the mid, relative to the mid. */
const distance = (side: "bid" | "ask"): Series<"ratio"> => ratio(tape<"money">("book", `${side}Moment`), mid.mul(sizeOf(`${side}Depth`)));
const steepness = (side: "bid" | "ask"): Series<"ratio"> => ratio(upTo(side, 3), sizeOf(`${side}Depth`));

const meanDepth = tape<"volume">("flow", "meanDepth");
const meanImbalance = tape("flow", "meanImbalance10");
const levels = (last: number): readonly number[] => Array.from({ length: last - 1 }, (_, k) => k + 2);
const gould = "Gould and Bonart 2016 at level";
const cao = "Cao, Hansch and Wang 2009";

const rows: readonly FeatureRow[] = [
  ...levels(10).map(
    (k): FeatureRow => [
      `book_imbalance_level_${k}`,
      tilt(size("bid", k), size("ask", k)),
      "ratio",
      signedUnit,
      `(bid size - ask size) / both; ${gould} ${k}`,
    ],
  ),
  ...[3, 5].map(
    (k): FeatureRow => [
      `book_imbalance_to_${k}`,
      tilt(upTo("bid", k), upTo("ask", k)),
      "ratio",
      signedUnit,
      `imbalance of the best ${k} levels; ${cao}`,
    ],
  ),
  ["book_imbalance_to_10", imbalance, "ratio", signedUnit, `imbalance of the best 10 levels; ${cao}`],
  [
    "book_imbalance_weighted",
    tilt(sizeOf("bidWeighted"), sizeOf("askWeighted")),
    "ratio",
    signedUnit,
    "imbalance of ten levels weighted by nearness to the mid",
  ],
  ["book_mean_imbalance_3", tape("flow", "meanImbalance3"), "ratio", signedUnit, "imbalance of three levels, averaged over the bar's time"],
  ["book_mean_imbalance_10", meanImbalance, "ratio", signedUnit, "imbalance of ten levels, averaged over the bar's time"],
  ["book_mean_imbalance_10_60", meanImbalance.mean(60), "ratio", signedUnit, "imbalance of ten levels, averaged over time"],
  ["book_imbalance_z_60", standardised(meanImbalance, 60), "deviations", anything, "imbalance of ten levels in deviations from its mean"],
  ["book_imbalance_change_10", imbalance.diff(10), "ratio", [-2, 2], "change of the imbalance of ten levels"],
  [
    "book_imbalance_twist",
    tilt(size("bid", 1), size("ask", 1)).sub(imbalance),
    "ratio",
    [-2, 2],
    "imbalance at the best less that of ten levels: hidden intentions",
  ],
  [
    "book_micro_3",
    microOver(3),
    "return",
    anything,
    "mid weighted by three levels' depth over mid; Stoikov 2018, weighted mid, extended to levels",
  ],
  [
    "book_micro_10",
    microOver(10),
    "return",
    anything,
    "mid weighted by ten levels' depth over mid; Stoikov 2018, weighted mid, extended to levels",
  ],
  ...[2, 5, 10].map(
    (k): FeatureRow => [
      `book_spread_level_${k}`,
      ratio(price("ask", k).sub(price("bid", k)), mid),
      "ratio",
      anything,
      `ask less bid at level ${k} over mid; Biais, Hillion and Spatt 1995`,
    ],
  ),
  ...[2, 3, 5, 10].map(
    (k): FeatureRow => [
      `book_lean_${k}`,
      lean(k),
      "ratio",
      anything,
      `distance of the ask's level ${k} from the mid less that of the bid's, over both; ${cao}`,
    ],
  ),
  [
    "book_gap_bid",
    ratio(price("bid", 1).sub(price("bid", 2)), spread),
    "ratio",
    anything,
    "step behind the best bid over the spread; Farmer, Gillemot, Lillo, Mike and Sen 2004",
  ],
  [
    "book_gap_ask",
    ratio(price("ask", 2).sub(price("ask", 1)), spread),
    "ratio",
    anything,
    "step behind the best ask over the spread; Farmer, Gillemot, Lillo, Mike and Sen 2004",
  ],
  ["book_hole_tilt", tilt(column("bidHole"), column("askHole")), "ratio", signedUnit, "widest step between bids less that between asks"],
  [
    "book_hole_share_bid",
    ratio(column("bidHole"), column("bidReach")),
    "ratio",
    aboveZero,
    "widest step between bids over the distance of the deepest",
  ],
  [
    "book_hole_share_ask",
    ratio(column("askHole"), column("askReach")),
    "ratio",
    aboveZero,
    "widest step between asks over the distance of the deepest",
  ],
  [
    "book_distance_bid",
    distance("bid"),
    "ratio",
    aboveZero,
    "mean distance of bid depth from the mid; Naes and Skjeltorp 2006, slope of the book",
  ],
  [
    "book_distance_ask",
    distance("ask"),
    "ratio",
    aboveZero,
    "mean distance of ask depth from the mid; Naes and Skjeltorp 2006, slope of the book",
  ],
  ["book_distance_tilt", tilt(distance("bid"), distance("ask")), "ratio", signedUnit, "mean distance of bid depth less that of ask depth"],
  [
    "book_half_tilt",
    tilt(column("bidHalf"), column("askHalf")),
    "ratio",
    signedUnit,
    "distance at which half the bid depth is reached less that of the ask",
  ],
  [
    "book_half_share_bid",
    ratio(column("bidHalf"), column("bidReach")),
    "ratio",
    aboveZero,
    "distance of half the bid depth over that of the deepest level: convexity",
  ],
  [
    "book_half_share_ask",
    ratio(column("askHalf"), column("askReach")),
    "ratio",
    aboveZero,
    "distance of half the ask depth over that of the deepest level: convexity",
  ],
  ["book_front_bid", steepness("bid"), "ratio", unit, "share of the bid depth on three levels"],
  ["book_front_ask", steepness("ask"), "ratio", unit, "share of the ask depth on three levels"],
  ["book_front_tilt", steepness("bid").sub(steepness("ask")), "ratio", signedUnit, "share of depth on three levels, bid less ask"],
  ["book_best_share", tape("flow", "meanBestShare"), "ratio", unit, "share of the depth at the best, averaged over the bar's time"],
  [
    "book_cost_bid_small",
    column("bidCostSmall"),
    "ratio",
    aboveZero,
    "cost of selling a quarter of the thinner side's depth, relative to the mid; Irvine, Benston and Kandel 2000",
  ],
  [
    "book_cost_ask_small",
    column("askCostSmall"),
    "ratio",
    aboveZero,
    "cost of buying a quarter of the thinner side's depth, relative to the mid; Irvine, Benston and Kandel 2000",
  ],
  [
    "book_cost_tilt_small",
    tilt(column("bidCostSmall"), column("askCostSmall")),
    "ratio",
    signedUnit,
    "cost of selling less cost of buying a quarter of the thinner side's depth",
  ],
  [
    "book_cost_tilt_large",
    tilt(column("bidCostLarge"), column("askCostLarge")),
    "ratio",
    signedUnit,
    "cost of selling less cost of buying three quarters of the thinner side's depth",
  ],
  [
    "book_cost_convexity_bid",
    ratio(column("bidCostLarge"), column("bidCostSmall")),
    "ratio",
    aboveZero,
    "cost of selling much over cost of selling little",
  ],
  [
    "book_cost_convexity_ask",
    ratio(column("askCostLarge"), column("askCostSmall")),
    "ratio",
    aboveZero,
    "cost of buying much over cost of buying little",
  ],
  ["book_concentration_bid", column("bidConcentration"), "ratio", unit, "Herfindahl index of bid sizes over levels"],
  ["book_concentration_ask", column("askConcentration"), "ratio", unit, "Herfindahl index of ask sizes over levels"],
  ["book_wall_bid", column("bidWall"), "level", [1, 10], "level of the largest bid size"],
  ["book_wall_ask", column("askWall"), "level", [1, 10], "level of the largest ask size"],
  [
    "book_wall_tilt",
    tilt(sizeOf("bidLargest"), sizeOf("askLargest")),
    "ratio",
    signedUnit,
    "largest bid size less largest ask size over both",
  ],
  ["book_depth_5_60", shortOverLong(meanDepth, 5, 60), "ratio", aboveZero, "short over long mean depth"],
  ["book_depth_z_60", standardised(depth, 60), "deviations", anything, "depth at the bar's end in deviations from its mean"],
  ["book_depth_variation_60", variation(meanDepth, 60), "ratio", aboveZero, "coefficient of variation of depth"],
  [
    "book_depth_to_volume_20",
    ratio(meanDepth.mean(20), tape<"volume">("trade", "volume").mean(20)),
    "ratio",
    aboveZero,
    "depth over volume traded per bar: bars to trade through the book",
  ],
  [
    "book_depth_spread_corr_60",
    meanDepth.corr(ratio(spread, mid), 60),
    "correlation",
    signedUnit,
    "correlation of depth and spread; Lee, Mucklow and Ready 1993",
  ],
  ["book_depth_trend_bid_20", ratio(bidDepth.slope(20), bidDepth.mean(20)), "per bar", anything, "slope of the bid depth over its mean"],
  ["book_depth_trend_ask_20", ratio(askDepth.slope(20), askDepth.mean(20)), "per bar", anything, "slope of the ask depth over its mean"],
  [
    "book_pressure_20",
    tiltOver(sizeOf("bidWeighted"), sizeOf("askWeighted"), 20),
    "ratio",
    signedUnit,
    "near depth, bid less ask, over bars",
  ],
  [
    "book_tightness_20",
    ratio(pure(spread).mean(20), price("ask", 10).sub(price("bid", 10)).mean(20)),
    "ratio",
    anything,
    "spread over the distance between the tenth levels",
  ],
  ["book_mid_gap_20", ratio(mid, mid.mean(20)).sub(1), "return", aboveMinusOne, "mid over its mean"],
];

export const bookFeatures: readonly FeatureDefinition[] = defineFeatures("microstructure", 1, rows);
