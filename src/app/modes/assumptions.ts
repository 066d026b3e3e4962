// What a result takes for granted, in words: a reader must be able to disagree with each.
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { QuoteUse } from "#domain/quote-use.js";
import type { Experiment } from "../config/experiment.js";
import { labelWords } from "../config/label-words.js";
import { quoteUseWords } from "./quote-words.js";
import type { RecordedQuotes } from "./recorded-quotes.js";

/** `quotes`: on which orders are filled; null: on bars. `use`: what the orders of the run met there; `spread`: what half the spread cost in all. */
export function assumptionsOf(
  experiment: Experiment,
  dataset: OpenDataset,
  quotes: RecordedQuotes | null,
  use: QuoteUse | null,
  spread: number,
): readonly string[] {
  const { manifest, quality } = dataset;
  const { costs, execution, protect, rebalance, risk, label, splits, venue, weights } = experiment;
  const unit = manifest.barInterval === "1d" ? "session" : "bar";
  const words = [
    `Decisions fall every ${counted(rebalance.every, unit)}, ${rebalance.graceSeconds} seconds after the close. Orders${execution?.kind === "opportunistic" ? "" : " are market orders,"} reach the venue ${costs.latencyMs} ms later and meet the next ${quotes === null ? "bar" : "quote"}; no order is filled on ${quotes === null ? "a bar that" : "what"} the decision has seen.`,
    ...(quotes === null ? barWords(costs) : quoteWords(quotes, costs)),
    ...(use === null
      ? []
      : quoteUseWords(use, {
          chosen: experiment.data.maxQuoteSeconds !== undefined,
          currency: experiment.account.currency,
          spread: quotes?.quoted.every((one) => one === 1) === true ? spread : null,
        })),
    "The broker lets positions be opened up to twice the account's equity (Regulation T) and refuses the rest of an order.",
    `Risk takes all buys to fill and no sale to fill before it approves: what sales will pay for is bought a ${unit} later. The money waits in cash meanwhile, which equal weight, trading little, hardly knows. Limits: ${percent(risk.maxWeight)} per name, gross exposure ${risk.maxGross}, ${percent(risk.minCash)} cash, turnover ${percent(risk.maxTurnover)} a session.`,
    `Shorts pay ${costs.borrowBps} bps a year and can ${(venue?.borrow.length ?? 0) === 0 ? "always be borrowed" : `be borrowed as venue.borrow says (${venue?.borrow.length} rows); what is recalled is covered at the next decision`}. Cash earns ${ratesOf(costs.cashRate)}; Sharpe ratios are over that.`,
    `The model is fitted anew every ${splits.test} sessions on labels over ${counted(label.horizon, unit)} that start at the next open${label.kind === "forward" || label.kind === "excess" ? "" : ` (${labelWords(label, unit)})`}; a sample is used only when its label has ended ${counted(splits.embargo, "session")} before the test begins.`,
  ];
  if (execution !== undefined) words.push(executionWords(execution));
  if (protect !== undefined) words.push(protectionWords(protect));
  if (venue !== undefined) words.push(...venueWords(venue));
  if (weights !== undefined) {
    const by = [
      ...(weights.attribution ? ["the return that is its label's own"] : weights.uniqueness ? ["how unique its label is"] : []),
      ...(weights.halfLife === null ? [] : [`its age, half as much after ${weights.halfLife} sessions`]),
    ];
    if (by.length > 0) words.push(`A training sample counts by ${by.join(" and ")}.`);
  }
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
    words.push(delistingsOf(dataset));
  }
  if ((quality.flagged["missing-volume"] ?? 0) > 0)
    words.push("Some bars report no volume: where none was ever reported, trades are not limited in size and pay no impact.");
  if (manifest.names !== undefined)
    words.push(
      `Instruments bear anonymized names; \`truewind names ${manifest.name}\` reads them back in the workspace that has their key.`,
    );
  const halts = venue === undefined || venue.halts.length === 0 ? " halts," : "";
  words.push(`Not modelled: taxes, the market's answer to our orders beyond the stated impact,${halts} and failures of the broker.`);
  return words;
}

function venueWords({ halts, funding, fundingRate, fundingHours }: NonNullable<Experiment["venue"]>): string[] {
  const words: string[] = [];
  if (halts.length > 0)
    words.push(`In ${halts.length} halts, named by the experiment, nothing trades: orders rest and meet the first print after.`);
  if (funding.length > 0) words.push(`Longs pay shorts ${funding.length} fundings at the rates and moments that the experiment names.`);
  if (fundingRate !== null)
    words.push(`Longs pay shorts ${percent(fundingRate)} of the value every ${fundingHours} hours, in every instrument.`);
  return words;
}

function barWords({ feeBps, makerFeeBps, halfSpreadBps, impactBps, participation }: Experiment["costs"]): string[] {
  return [
    `A bar is taken as four prints: open, the worse leg for the order's side, the better leg, close. An order that arrives late in a bar gets the worse of the last print and the close. Limit orders fill only when the market trades through them.`,
    `Each trade pays ${feeBps} bps of fees${makerFeeBps === undefined ? "" : ` (${makerFeeBps} bps where a limit order had to wait)`}, ${halfSpreadBps} bps for half the spread (never less than half a tick) and an impact of ${impactBps} bps times the square root of its share of the trailing volume.`,
    `At most ${percent(participation)} of the trailing volume of a bar is taken, and never more than the bar printed; the rest waits for the next bar.`,
  ];
}

function quoteWords({ manifest, quoted }: RecordedQuotes, costs: Experiment["costs"]): string[] {
  const { feeBps, makerFeeBps, participation } = costs;
  const some = quoted.reduce((sum, one) => sum + one, 0);
  const words = [
    `Orders of ${some} of ${quoted.length} instruments are filled on the recorded quotes ${manifest.name} (${manifest.id.slice(0, 12)}) and never on their bars. Who takes pays the displayed price of the far side and gets at most the displayed size; the rest waits for what later quotes show anew. Our trades do not move the quotes.`,
    "A limit order that rests is filled at its limit once the far side is better than it by one increment, never by a touch. Stops look at the side that executes them. A crossed quote is traded at its worse side; outside of sessions and in halts nothing is.",
    `Each trade pays ${feeBps} bps of fees${makerFeeBps === undefined ? "" : ` (${makerFeeBps} bps where a limit order had to wait)`}; spread and price are those of the record. At most ${percent(participation)} of the trailing volume of a bar is taken within a bar. Positions are valued at the close of the last bar.`,
  ];
  return some === quoted.length ? words : [...words, "For the other instruments:", ...barWords(costs)];
}

function executionWords(execution: NonNullable<Experiment["execution"]>): string {
  if (execution.kind === "pov")
    return `A change of the target is traded at ${percent(execution.participation)} of the volume that the market has traded since (pov), by every account that is compared.`;
  const bounded = execution.participation === null ? "" : `, at most ${percent(execution.participation)} of a bar's forecast volume`;
  return `A change of the target is traded over ${execution.bars} bars (${execution.kind}${bounded}), by every account that is compared.`;
}

function protectionWords(protect: NonNullable<Experiment["protect"]>): string {
  const { stopLoss, takeProfit, trailing, time, atrBars } = protect;
  const by = (fraction: number, ranges: number | null): string =>
    ranges === null ? percent(fraction) : `${percent(fraction)} or ${ranges} average true ranges of ${atrBars} bars, whichever is nearer`;
  const ways = [
    ...(stopLoss === null ? [] : [`at a loss of ${by(stopLoss, protect.stopLossAtr)} by a stop that takes the price beyond it`]),
    ...(trailing === null ? [] : [`at a fall of ${by(trailing, protect.trailingAtr)} from the best price by a stop that trails it`]),
    ...(takeProfit === null ? [] : [`at a gain of ${by(takeProfit, protect.takeProfitAtr)} by a limit order`]),
    ...(time === null ? [] : [`after ${time} bars by a market order`]),
  ];
  return `Positions of the strategy end at the venue ${ways.join(", or ")}; where a bar reaches several, the worst comes first. They are bought back at the next decision that wants them.`;
}

function ratesOf(steps: Experiment["costs"]["cashRate"]): string {
  if (steps.length === 0) return "nothing";
  return `${steps.map(({ from, rate }) => `${percent(rate)} a year from ${from}`).join(", ")} (a debt pays it)`;
}

/** How many names die, and what their holders are taken to receive. */
function delistingsOf(dataset: OpenDataset): string {
  const returns = dataset.references().flatMap((event) => (event.kind === "delisting" ? [event.finalReturn] : []));
  if (returns.length === 0) return "No name leaves the data before its end.";
  const different = [...new Set(returns)];
  const paid =
    different.length === 1
      ? `the last price x ${Number((1 + (different[0] as number)).toPrecision(4))}`
      : `between ${percent(1 + Math.min(...returns))} and ${percent(1 + Math.max(...returns))} of the last price`;
  return `${returns.length} names leave the data before its end. Their holders receive ${paid}; where the data does not say how a name ended, that is an assumption which can decide a result.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(6))} %`;
}
