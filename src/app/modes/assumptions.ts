// What a result takes for granted, in words: a reader must be able to disagree with each.
import type { DatasetManifest } from "#domain/dataset.js";
import type { Experiment } from "../config/experiment.js";

export function assumptionsOf(experiment: Experiment, manifest: DatasetManifest, calendarDaysWithoutVolume: boolean): readonly string[] {
  const { costs, rebalance, risk, label, splits } = experiment;
  const unit = manifest.barInterval === "1d" ? "session" : "bar";
  const words = [
    `Decisions fall every ${rebalance.every} ${unit}${rebalance.every === 1 ? "" : "s"}, ${rebalance.graceSeconds} seconds after the close. Orders are market orders and meet the next bar; no order is filled on a bar that the decision has seen.`,
    `A bar is taken as four prints: open, the worse leg for the order's side, the better leg, close. An order that arrives late in a bar gets the worse of the last print and the close. Limit orders fill only when the market trades through them.`,
    `Each trade pays ${costs.feeBps} bps of fees, ${costs.halfSpreadBps} bps for half the spread (never less than half a tick) and an impact of ${costs.impactBps} bps times the square root of its share of the trailing volume.`,
    `At most ${percent(costs.participation)} of the trailing volume of a bar is taken, and never more than the bar printed; the rest waits for the next bar.`,
    "The broker lets positions be opened up to twice the account's equity (Regulation T) and refuses the rest of an order.",
    `Risk takes all buys to fill and no sale to fill before it approves: what sales will pay for is bought a session later. Limits: ${percent(risk.maxWeight)} per name, gross exposure ${risk.maxGross}, ${percent(risk.minCash)} cash, turnover ${percent(risk.maxTurnover)} a session.`,
    `Shorts pay ${costs.borrowBps} bps a year and can always be borrowed. Cash earns ${costs.cashRate.length === 0 ? "nothing" : "the stated rate"}; Sharpe ratios are over that rate.`,
    `The model is fitted anew every ${splits.test} sessions on labels over ${label.horizon} sessions that start at the next open; a sample is used only when its label has ended ${splits.embargo} sessions before the test begins.`,
  ];
  if (manifest.priceBasis === "raw") {
    words.push(
      manifest.hasActions
        ? "Prices are raw. Splits and dividends enter as events on their day; dividends are paid in cash on the ex-date, before tax."
        : "Prices are raw and no splits or dividends are known for this dataset: a split looks like a loss or a gain.",
    );
  } else {
    const what = manifest.priceBasis === "full" ? "splits and dividends" : "splits";
    words.push(
      `Prices are adjusted for later ${what}${manifest.priceBasisAssumed ? " (assumed: the dataset does not say)" : ""}. The true level and tick are not known: level and dollar-volume features are left out, and the tick is taken as 0.01 % of the price.`,
    );
  }
  if (manifest.survivorsOnly) {
    words.push(
      `The dataset holds only names that were still listed at its end${manifest.survivorsAssumed ? " (inferred: no name in it ends early)" : ""}: every long portfolio looks better than it could have been, equal weight included. The verdict compares with equal weight of the same names, which removes most but not all of it.`,
    );
  } else {
    words.push("Positions in names that leave the data are closed at the last price times one plus the delisting return.");
  }
  if (calendarDaysWithoutVolume) words.push("Some instruments report no volume: their trades are not limited in size and pay no impact.");
  words.push("Not modelled: taxes, the market's answer to our orders beyond the stated impact, halts, and failures of the broker.");
  return words;
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(6))} %`;
}
