// What trading took: costs by kind, turnover, exposure, orders and the rules of risk that spoke.
import type { TripRecord } from "#domain/breaker.js";
import type { RunResult } from "#domain/run-result.js";
import { renderChart } from "./chart.js";
import { choiceWords } from "./choice-words.js";
import { countTable } from "./count-table.js";
import { type Html, html } from "./html.js";
import { counted, formats, grouped, isKnown, money, percent, times } from "./number-format.js";
import { quotedOrders } from "./quoted-orders.js";
import { facts, type Section } from "./section.js";
import { renderSectors } from "./sector-rows.js";
import { byPeriod } from "./series.js";
import { renderStackedBar } from "./stacked-bar.js";

export function tradingSection(result: RunResult): Section {
  const turnover = byPeriod(result.dates, result.strategy.turnover, 7, "sum");
  const cost = byPeriod(result.dates, result.strategy.cost, 7, "sum");
  return {
    id: "trading",
    title: "Trading and risk",
    lead: "What it took to follow the model: turnover, costs, exposure, and where the rules stepped in.",
    body: html`${costs(result)}
<div class="pair">${renderChart({
      title: "Turnover by month",
      note: `Traded notional over equity, buys and sells. A year: ${times(result.metrics.strategy.annualTurnover)} the account.`,
      labels: turnover.names,
      labelsFrom: "own",
      axis: "calendar",
      series: [{ name: "Turnover", tone: "strategy", mark: "bars", values: turnover.values }],
      format: formats.percent,
      height: "short",
    })}
${renderChart({
  title: "Costs by month",
  note: `Fees, spread, slippage, borrow and funding over equity. A year: ${percent(result.metrics.strategy.annualCost, 2)}.`,
  labels: cost.names,
  labelsFrom: "own",
  axis: "calendar",
  series: [{ name: "Costs", tone: "baseline", mark: "bars", values: cost.values }],
  format: formats.finePercent,
  height: "short",
})}</div>
${renderSectors(result.sectorExposure)}
${result.trips !== undefined && tripped(result.trips)}${orders(result.orders)}${result.quotes !== undefined && quotedOrders(result.quotes, result.currency)}${result.answers !== undefined && answered(result.answers)}`,
  };
}

/** Trips in the table; result.json holds all. */
const MOST_TRIPS = 40;

function tripped(trips: readonly TripRecord[]): Html {
  const whole = trips.find(({ instrument }) => instrument === null);
  return html`<figure class="chart"><figcaption><h3>Breakers that opened</h3><p>${
    whole === undefined
      ? "Each closed one instrument: nothing but reductions of it passed from then on."
      : `From ${whole.date} on nothing but reductions passed: in a backtest nobody approves.`
  }${trips.length > MOST_TRIPS && ` The first ${MOST_TRIPS} of ${trips.length}.`}</p></figcaption><div class="scroll"><table class="evidence"><thead><tr><th scope="col">Breaker</th><th scope="col">Session</th><th scope="col">Instrument</th><th scope="col">Loss</th><th scope="col">Allowed</th></tr></thead><tbody>${trips
    .slice(0, MOST_TRIPS)
    .map(
      ({ breaker, date, instrument, measured, allowed }) =>
        html`<tr><th scope="row">${breaker}</th><td>${date}</td><td>${instrument ?? "all"}</td><td>${percent(measured)}</td><td>${percent(allowed)}</td></tr>`,
    )}</tbody></table></div></figure>`;
}

function answered(answers: NonNullable<RunResult["answers"]>): Html {
  const why = answers.findLast((one) => one.why !== null)?.why;
  return html`<figure class="chart"><figcaption><h3>Who made the portfolio</h3><p>${
    why ? `Where a step had no answer, the next one was asked. The last that failed: ${why}` : "The optimizer answered every time."
  }${choiceWords(answers)}</p></figcaption>${countTable(
    "Step",
    "Decisions",
    answers.map(({ step, times: count }) => [step, count] as const),
  )}</figure>`;
}

function costs(result: RunResult): Html {
  const { fees, spread, slippage, borrow, funding = 0, interest } = result.costs;
  const parts = [
    { name: "Fees", value: fees },
    { name: "Spread", value: spread },
    { name: "Slippage", value: slippage },
    { name: "Borrow", value: borrow },
    ...(funding === 0 ? [] : [{ name: "Funding", value: funding }]),
  ];
  const total = fees + spread + slippage + borrow + funding;
  const held = isKnown(interest) && interest !== 0 ? ` Interest on cash came to ${money(interest, result.currency)}.` : "";
  return html`<figure class="chart"><figcaption><h3>Where the costs went</h3><p>${money(total, result.currency)} in all, ${percent(total / result.startingCash)} of the starting cash.${held}</p></figcaption>${renderStackedBar(
    "Costs by kind",
    parts,
    (value) => money(value, result.currency),
  )}</figure>`;
}

function orders(counts: RunResult["orders"]): Html {
  const rules = Object.entries(counts.rules);
  return html`<figure class="chart"><figcaption><h3>Orders and rules</h3><p>${
    counts.sent === 0 && counts.refused === 0
      ? "No order was sent."
      : `${counted(counts.sent, "order")} went to the venue; ${grouped(counts.resized)} were made smaller and ${grouped(counts.refused)} refused by the rules of risk.`
  }</p></figcaption>
${facts([
  ["Sent", grouped(counts.sent)],
  ["Filled", grouped(counts.filled)],
  ["Resized", grouped(counts.resized)],
  ["Refused", grouped(counts.refused)],
  ...(counts.halted === undefined ? [] : [["Met a halt", grouped(counts.halted)] as const]),
  ...(counts.unborrowed === undefined ? [] : [["Shorts not lent", grouped(counts.unborrowed)] as const]),
])}${rules.length > 0 && countTable("Rule", "Times", rules)}</figure>`;
}
