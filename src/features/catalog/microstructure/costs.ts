// What trading costs and how prices answer to it: spreads paid, price impact, adverse selection. Windows are in bars of the run.
import { anything, aboveZero, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, tape } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";
import { pure, ratio, shareOver, slopeOn, whereSome } from "./bounds.js";

const paid = tape<"money">("cost", "paid");
const quoted = tape<"money">("cost", "quoted");
const lasting = tape<"money">("cost", "lasting");
const money = tape<"money">("cost", "money");
const traded = tape<"volume">("cost", "volume");
const met = tape<"volume">("cost", "met");
const meeting = tape<"volume">("cost", "meeting");
const answer = tape("cost", "answer");
const answered = tape("cost", "answered");
const absolute = tape("tick", "absolute");
const flowSquares = tape<"mixed">("tick", "flowSquares");
const net = tape<"volume">("trade", "bought").sub(tape<"volume">("trade", "sold"));
const volume = tape<"volume">("trade", "volume");
const count = tape("trade", "count");
const tradedMoney = tape<"money">("trade", "money");
const ret = close.change(1);
/** Mean size of a trade: what impact is measured per. */
const size = (bars: number): Series<"volume"> => volume.sum(bars).div(count.sum(bars));
/** Sign of the net volume x root of the net volume over its mean size. */
const rooted = net.sign().mul(pure(net.abs().div(net.abs().mean(60))).sqrt());
const illiquidity = (bars: number): Series => absolute.sum(bars).div(tradedMoney.sum(bars));

const rows: readonly FeatureRow[] = [
  [
    "effective_spread_20",
    shareOver(paid.mul(2), money, 20),
    "ratio",
    anything,
    "2 x sign x (price - mid) / mid, weighted by size; Huang and Stoll 1996, equation 1",
  ],
  [
    "effective_spread_100",
    shareOver(paid.mul(2), money, 100),
    "ratio",
    anything,
    "2 x sign x (price - mid) / mid, weighted by size; Huang and Stoll 1996, equation 1",
  ],
  [
    "realised_spread_20",
    shareOver(lasting.mul(2), money, 20),
    "ratio",
    anything,
    "as the effective spread, against the mid at the bar's end; Huang and Stoll 1996, equation 2",
  ],
  [
    "price_impact_20",
    shareOver(paid.sub(lasting).mul(2), money, 20),
    "ratio",
    anything,
    "effective less realised spread; Bessembinder and Kaufman 1997",
  ],
  [
    "adverse_selection_100",
    shareOver(paid.sub(lasting), quoted, 100),
    "ratio",
    anything,
    "price impact over the quoted spread at trades; Glosten and Harris 1988",
  ],
  [
    "price_improvement_20",
    shareOver(quoted.sub(paid), quoted, 20),
    "ratio",
    anything,
    "1 - effective over quoted spread at trades; Lee 1993",
  ],
  [
    "inside_share_20",
    shareOver(tape<"volume">("cost", "inside"), traded, 20),
    "ratio",
    unit,
    "volume between the best prices; Bessembinder 2003",
  ],
  ["trade_through_share_20", shareOver(tape<"volume">("cost", "beyond"), traded, 20), "ratio", unit, "volume beyond the best prices"],
  [
    "quoted_spread_timing_20",
    ratio(shareOver(quoted, money, 20).mul(2), tape("quote", "meanSpread").mean(20)),
    "ratio",
    anything,
    "quoted spread at trades over that over time: who waits for a tight spread",
  ],
  [
    "mid_answer_20",
    shareOver(answer, answered, 20),
    "log return",
    anything,
    "move of the mid in the trade's direction when it next moves; Hasbrouck 1991",
  ],
  [
    "mid_answer_to_spread_60",
    ratio(shareOver(answer, answered, 60), shareOver(quoted, money, 60)),
    "ratio",
    anything,
    "the same over half the quoted spread",
  ],
  [
    "take_to_queue_20",
    shareOver(meeting, met, 20),
    "ratio",
    aboveZero,
    "size of trades over the size that they met at the best; Farmer, Gillemot, Lillo, Mike and Sen 2004",
  ],
  [
    "sweep_share_20",
    shareOver(tape<"volume">("cost", "sweeping"), meeting, 20),
    "ratio",
    unit,
    "volume of trades at least as large as the best size that they met",
  ],
  [
    "sign_impact_20",
    shareOver(tape("tick", "signReturn"), absolute, 20),
    "ratio",
    signedUnit,
    "returns in the direction of their trade over all returns; Hasbrouck 1991",
  ],
  [
    "sign_continuation_20",
    shareOver(tape("tick", "nextSign"), absolute, 20),
    "ratio",
    signedUnit,
    "returns in the direction of the trade before over all returns; Bouchaud, Gefen, Potters and Wyart 2004",
  ],
  [
    "kyle_lambda_trades_60",
    pure(tape<"volume">("tick", "flowReturn").sum(60).div(flowSquares.sum(60)).mul(size(60))),
    "return",
    anything,
    "Kyle 1985: regression of returns on signed volume trade by trade, per mean trade",
  ],
  [
    "impact_continuation_60",
    ratio(tape<"volume">("tick", "nextReturn").sum(60), tape<"volume">("tick", "flowReturn").sum(60)),
    "ratio",
    anything,
    "what the return after a trade adds to the return of the trade, weighted by size; Bouchaud, Gefen, Potters and Wyart 2004",
  ],
  [
    "kyle_lambda_60",
    pure(slopeOn(ret, net, 60).mul(volume.mean(60))),
    "return",
    anything,
    "Kyle 1985: regression of bar returns on net volume, per mean bar's volume",
  ],
  [
    "kyle_lambda_200",
    pure(slopeOn(ret, net, 200).mul(volume.mean(200))),
    "return",
    anything,
    "Kyle 1985: regression of bar returns on net volume, per mean bar's volume",
  ],
  [
    "hasbrouck_lambda_60",
    pure(slopeOn(ret, rooted, 60)),
    "return",
    anything,
    "Hasbrouck 2009, equation 5: regression on the signed root of net volume",
  ],
  [
    "impact_next_bar_60",
    pure(slopeOn(ret, net.lag(1), 60).mul(volume.mean(60))),
    "return",
    anything,
    "regression of returns on net volume one bar before; Chordia and Subrahmanyam 2004",
  ],
  [
    "impact_buy_sell_60",
    pure(
      ret
        .max(0)
        .mul(net.max(0))
        .sum(60)
        .div(net.max(0).square().sum(60))
        .sub(ret.min(0).mul(net.min(0)).sum(60).div(net.min(0).square().sum(60)))
        .mul(volume.mean(60)),
    ),
    "return",
    anything,
    "impact of buying less impact of selling; Brennan, Chordia, Subrahmanyam and Tong 2012",
  ],
  [
    "tick_illiquidity_5_60",
    pure(illiquidity(5).div(illiquidity(60))),
    "ratio",
    aboveZero,
    "short over long gross path per money traded; Amihud 2002 from trade to trade",
  ],
  [
    "flow_per_volatility_20",
    pure(net.abs().sum(20).div(volume.sum(20))).div(absolute.sum(20)),
    "1 / log return",
    aboveZero,
    "one-sidedness of volume per gross path: absorption",
  ],
  ["cost_trend_5_60", ratio(shareOver(paid, money, 5), shareOver(paid, money, 60)), "ratio", anything, "short over long effective spread"],
  [
    "cost_size_tilt_60",
    whereSome(traded, ratio(paid, money)).corr(traded, 60),
    "correlation",
    signedUnit,
    "correlation of the effective spread with volume",
  ],
];

export const costFeatures: readonly FeatureDefinition[] = defineFeatures("microstructure", 1, rows);
