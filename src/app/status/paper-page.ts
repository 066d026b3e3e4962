// The page of a paper session: how it stands beside equal weight and the benchmark, day by day and to the cent, what trading cost, and what was
// out of the ordinary. No network, no clock, the same bytes for the same record.
import type { DayNote } from "#domain/session-note.js";
import { maxDrawdown, totalReturn } from "#research/metrics/performance.js";
import { type ChartSeries, renderChart } from "../report/chart.js";
import { type Html, html } from "../report/html.js";
import { counted, formats, grouped, money, percent, ratio, signedPercent } from "../report/number-format.js";
import { renderPage } from "../report/page-shell.js";
import { facts, renderSection, type Section } from "../report/section.js";
import { drawdown, growth } from "../report/series.js";
import { renderStackedBar } from "../report/stacked-bar.js";
import { SIMULATED } from "../report/verdict-words.js";
import { alertSentence, tripSentence } from "../report/trip-words.js";
import { dailyReturns, type SessionRecord, returnsOf } from "./read-session.js";

/** Days in the table; the journal holds all. */
const TABLE_DAYS = 60;

export function renderPaperPage(session: SessionRecord): string {
  const { header, dates } = session;
  const stamps = session.simulated ? [SIMULATED] : [];
  const sections = [standing(session), partsSection(session), tradingSection(session), alertsSection(session), daysSection(session)];
  const { codeVersion } = header;
  return renderPage({
    codeVersion,
    title: `${header.experiment.name} on paper`,
    heading: header.experiment.name,
    subheading: `${session.run} \u00b7 ${dates.length === 0 ? "no session yet" : `${dates[0]} to ${dates.at(-1)}`}${session.finished ? "" : " \u00b7 still running"}`,
    stamps,
    sections,
    main: html`${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${codeVersion} from data <code>${header.dataId.slice(0, 12)}</code>. Past results do not promise future ones.`,
    dates,
  });
}

interface Account {
  readonly name: string;
  readonly tone: ChartSeries["tone"];
  /** Base currency. */
  readonly equity: readonly number[];
}

export function accountsOf({ days, header }: SessionRecord): readonly Account[] {
  const of = (name: string, tone: Account["tone"], cents: (day: DayNote) => number): Account => ({
    name,
    tone,
    equity: days.map((day) => cents(day) / 100),
  });
  const held = days.some(({ benchmark }) => benchmark !== null);
  return [
    of("Paper account", "strategy", (day) => day.equity),
    of("Equal weight", "baseline", (day) => day.baseline),
    ...(held ? [of(`Hold ${header.experiment.benchmark ?? "benchmark"}`, "benchmark", (day) => day.benchmark ?? Number.NaN)] : []),
  ];
}

function standing(session: SessionRecord): Section {
  const { startingCash, dates, days, header } = session;
  const accounts = accountsOf(session);
  const common = { labels: dates, labelsFrom: "sessions", axis: "calendar" } as const;
  const lines = (values: (account: Account) => readonly number[]): ChartSeries[] =>
    accounts.map((account) => ({ name: account.name, tone: account.tone, mark: "line", values: values(account) }));
  const own = (accounts[0] as Account).equity;
  return {
    id: "standing",
    title: "How it stands",
    lead: `${counted(days.length, "session")} of ${header.session.sessions} on a ${header.session.feed} feed, net of all costs, beside the same cash at the same costs in equal weight of the universe${accounts.length > 2 ? " and in the benchmark" : ""}.`,
    body: html`${accountTable(session, accounts)}
${renderChart({
  ...common,
  title: "Growth of the accounts",
  note: "Equity as a multiple of the cash at the start, at each session's mark.",
  series: lines(({ equity }) => growth(equity, startingCash)),
  format: formats.multiple,
  rule: 1,
  height: "tall",
})}
<div class="pair">${renderChart({
      ...common,
      title: "Drawdown",
      note: "Fall from the highest equity so far. Money is refused from 15% on.",
      series: [{ name: "Paper account", tone: "strategy", mark: "area", values: drawdown(own, startingCash) }],
      format: formats.percent,
      include: [0],
      height: "medium",
    })}
${renderChart({
  ...common,
  title: "Paper account against equal weight",
  note: "The ratio of the two accounts: it rises while the account does better than holding everything.",
  series: [
    {
      name: "Paper \u00f7 equal weight",
      tone: "strategy",
      mark: "line",
      values: own.map((value, i) => value / ((accounts[1] as Account).equity[i] as number)),
    },
  ],
  format: formats.multiple,
  rule: 1,
  height: "medium",
})}</div>`,
  };
}

function accountTable({ startingCash, currency }: SessionRecord, accounts: readonly Account[]): Html {
  const rows = accounts.map(({ name, equity }) => {
    const returns = returnsOf(
      equity.map((value) => value * 100),
      startingCash,
    );
    return html`<tr><th scope="row">${name}</th><td>${money(equity.at(-1) ?? startingCash, currency)}</td><td>${signedPercent(totalReturn(returns), 2)}</td><td>${percent(maxDrawdown(returns))}</td></tr>`;
  });
  return html`<figure class="chart"><div class="scroll"><table class="evidence"><thead><tr><th scope="col">Account</th><th scope="col">Equity</th><th scope="col">Net return</th><th scope="col">Deepest fall</th></tr></thead><tbody>${rows}</tbody></table></div></figure>`;
}

const parts = [
  ["market", "Market"],
  ["selection", "Selection"],
  ["fees", "Fees"],
  ["slippage", "Spread and impact"],
  ["borrow", "Borrow"],
  ["funding", "Funding"],
  ["interest", "Interest"],
] as const;

function partsSection({ days, currency }: SessionRecord): Section {
  const sum = (of: (typeof parts)[number][0]): number => days.reduce((total, day) => total + (day[of] ?? 0), 0) / 100;
  const change = days.reduce((total, day) => total + day.change, 0) / 100;
  return {
    id: "parts",
    title: "Where it came from",
    lead: `The change of the equity, ${signedMoney(change, currency)}, in parts that add up to it to the cent, day by day.`,
    body: html`${facts(parts.map(([key, name]) => [name, signedMoney(sum(key), currency)] as const))}<p class="fine">Market is what the declared exposure to equal weight earned before costs; selection is what the positions earned beyond that.</p>`,
  };
}

function tradingSection(session: SessionRecord): Section {
  const { days, currency, dates } = session;
  const sum = (of: (day: DayNote) => number): number => days.reduce((total, day) => total + of(day), 0);
  const [realised, modelled] = [sum((day) => day.realised) / 100, sum((day) => day.modelled) / 100];
  return {
    id: "trading",
    title: "Trading",
    lead: "Orders and what they cost, beside what the experiment's model of costs says of the same trades.",
    body: html`${facts([
      ["Orders", grouped(session.orders)],
      ["Fills", grouped(session.fills)],
      ["Refused by risk", grouped(sum((day) => day.refused))],
      ["Rejected by the venue", grouped(sum((day) => day.rejected))],
      ["Cost of market orders", money(realised, currency)],
      ["By the model", money(modelled, currency)],
      ["Realised \u00f7 modelled", modelled > 0 ? ratio(realised / modelled) : "\u2013"],
    ])}
<figure class="chart"><figcaption><h3>Where the costs went</h3><p>Fees, spread and impact, borrowing and funding.</p></figcaption>${renderStackedBar(
      "Costs by kind",
      [
        { name: "Fees", value: -sum((day) => day.fees) / 100 },
        { name: "Spread and impact", value: -sum((day) => day.slippage) / 100 },
        { name: "Borrow", value: -sum((day) => day.borrow) / 100 },
        ...(days.some((day) => day.funding) ? [{ name: "Funding", value: -sum((day) => day.funding ?? 0) / 100 }] : []),
      ],
      (value) => money(value, currency),
    )}</figure>
${renderChart({
  title: "Turnover by session",
  note: "Traded notional over equity, buys and sells.",
  labels: dates,
  labelsFrom: "sessions",
  axis: "calendar",
  series: [{ name: "Turnover", tone: "strategy", mark: "bars", values: days.map(({ turnover }) => turnover) }],
  format: formats.percent,
  height: "short",
})}`,
  };
}

function alertsSection({ alerts, trips, expected, dates, days }: SessionRecord): Section {
  const dayOf = (at: number): string => dates[days.findIndex((day) => day.at >= at)] ?? dates.at(-1) ?? "";
  return {
    id: "alerts",
    title: "Out of the ordinary",
    lead:
      expected === null
        ? "There is no backtest before the session to compare with: only the feed and the fills are watched."
        : `Watched against the backtest of ${expected.from} to ${expected.to}. ${alertSentence(alerts.length, trips.length)}`,
    body: html`${trips.length === 0 ? html`` : html`<ul>${trips.map((trip) => html`<li>${tripSentence(trip)}</li>`)}</ul>`}${
      alerts.length === 0
        ? html``
        : html`<table class="gates"><thead><tr><th scope="col">Session</th><th scope="col">Alert</th><th scope="col">What it says</th></tr></thead><tbody>${alerts.map(
            ({ at, alert, detail }) =>
              html`<tr><th scope="row">${dayOf(at)}</th><td class="answer"><b class="no">${alert}</b></td><td>${detail}</td></tr>`,
          )}</tbody></table>`
    }`,
  };
}

function daysSection({ days, dates, currency, startingCash }: SessionRecord): Section {
  const { own, other } = dailyReturns({ days, startingCash });
  const from = Math.max(0, days.length - TABLE_DAYS);
  const amount = (cents: number): string => signedAmount(cents / 100);
  const rows = days.slice(from).map((day, k) => {
    const i = from + k;
    return html`<tr><th scope="row">${dates[i]}</th><td>${money(day.equity / 100, currency)}</td><td>${signedPercent(own[i], 2)}</td><td>${signedPercent(other[i], 2)}</td><td>${amount(day.market)}</td><td>${amount(day.selection)}</td><td>${amount(day.fees + day.slippage + day.borrow + (day.funding ?? 0))}</td><td>${amount(day.interest)}</td><td>${day.positions}</td></tr>
`;
  });
  return {
    id: "days",
    title: "Day by day",
    lead: `${from === 0 ? "All" : `The last ${TABLE_DAYS}`} sessions; amounts in ${currency}. Market, selection, costs and interest add up to the change of the equity.`,
    body: html`<figure class="chart"><div class="scroll" tabindex="0"><table class="evidence"><thead><tr><th scope="col">Session</th><th scope="col">Equity</th><th scope="col">Return</th><th scope="col">Equal weight</th><th scope="col">Market</th><th scope="col">Selection</th><th scope="col">Costs</th><th scope="col">Interest</th><th scope="col">Held</th></tr></thead><tbody>${rows}</tbody></table></div></figure>`,
  };
}

function signedMoney(value: number, currency: string): string {
  return `${value > 0 ? "+" : value < 0 ? "\u2212" : ""}${money(Math.abs(value), currency)}`;
}

function signedAmount(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "\u2212" : ""}${grouped(Math.abs(value))}`;
}
