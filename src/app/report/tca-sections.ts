// What trading cost, as sections of a page: the shortfall taken apart, where prices went after the fills, and who was to blame. Of a page of its own and of a
// run's report.
import { percentOf, renderChart } from "./chart.js";
import { type Html, html } from "./html.js";
import { MISSING, counted, grouped, isKnown, money, percent } from "./number-format.js";
import { createScale, domainOf } from "./scale.js";
import { facts, type Section } from "./section.js";
import type { TcaCosts, TcaGroup, TcaParts, TcaResult, TcaSide } from "./trade-costs.js";

const PARTS: readonly (readonly [keyof TcaParts, name: string, what: string])[] = [
  ["delay", "Delay", "decision to the first bar met"],
  ["timing", "Timing", "from there to each slice"],
  ["crossing", "Crossing", "slice to fill: spread and impact"],
  ["opportunity", "Unfilled", "what was decided and not done"],
  ["fees", "Fees", "as the venue took them"],
];
/** Rows of a table; `--json` has all. */
const MOST_ROWS = 25;
const BPS = { factor: 1, digits: 1, unit: " bps" } as const;

/** The first sections of the page, and all that a report says. */
export function costSections(result: TcaResult): readonly Section[] {
  return [shortfallSection(result), markoutSection(result)];
}

export function blameSections(result: TcaResult): readonly Section[] {
  return [groupsSection(result), daysSection(result), parentsSection(result)];
}

export function shortfallSection({ sides, currency, style, leftOut }: TcaResult): Section {
  const [all] = sides as readonly [TcaSide, ...TcaSide[]];
  return {
    id: "shortfall",
    title: "What trading cost",
    lead:
      all.parents === 0
        ? "No order was decided that could be judged."
        : `${counted(all.parents, "parent order")}, ${money(all.notional, currency)} decided, traded ${style}: implementation shortfall in basis points of what was decided, against the prices of the decisions.`,
    body:
      all.parents === 0
        ? null
        : html`${facts([
            ["Shortfall", `${withError(inBps(all, "total"), all.error)} bps`],
            ["In money", money(all.parts.total, currency)],
            ["Filled", percent(all.filled)],
            ["Over interval VWAP", isKnown(all.vwap) ? `${bps(all.vwap)} bps` : MISSING],
            ["Share of volume", percent(all.participation, 2)],
          ])}
<figure class="chart"><figcaption><h3>Implementation shortfall, taken apart</h3><p>Basis points of the orders decided; each bar begins where the one before ended. The parts add up exactly. Behind \u00b1: one standard error over decisions.</p></figcaption>${waterfall(all)}</figure>
<figure class="chart"><figcaption><h3>Buys and sales</h3></figcaption>${table(
            "Side",
            sides.map((side) => ({ ...side, name: side.side })),
          )}</figure>
${leftOut > 0 && html`<p class="fine">${counted(leftOut, "parent order")} left out: no decision asked for them (what protects a position), a split cut them in two, or the journal ends before the bar that they met.</p>`}`,
  };
}

function markoutSection({ sides }: TcaResult): Section {
  const known = sides.filter(({ markouts }) => markouts.some(({ fills }) => fills > 0));
  const bars = sides[0]?.markouts.map((one) => one.bars) ?? [];
  const tones = { all: "strategy", buys: "baseline", sales: "benchmark" } as const;
  return {
    id: "markout",
    title: "After the fills",
    lead: "Where the price stood so many bars after each fill, signed by the order: above zero it went on in the order's favor, below zero it came back, and the fill had paid for impact or met somebody who knew more.",
    body:
      known.length === 0
        ? html`<p class="fine">No fill has a bar after it.</p>`
        : html`${renderChart({
            title: "Markout",
            note: "Basis points of the fills, mean by value.",
            labels: ["fill", ...bars.map(String)],
            spoken: ["at the fill", ...bars.map((count) => `${counted(count, "bar")} after`)],
            labelsFrom: "own",
            axis: "each",
            series: known.map(({ side, markouts }) => ({
              name: side,
              tone: tones[side],
              mark: "line",
              values: [0, ...markouts.map(({ mean }) => mean)],
            })),
            format: BPS,
            rule: 0,
            height: "medium",
          })}
<figure class="chart"><div class="scroll" tabindex="0"><table class="evidence"><thead><tr><th scope="col">Bars after</th>${known.map(({ side }) => html`<th scope="col">${side}</th>`)}<th scope="col">Fills</th></tr></thead><tbody>${bars.map(
            (count, k) =>
              html`<tr><th scope="row">${count}</th>${known.map(({ markouts }) => {
                const one = markouts[k];
                return html`<td>${withError(one?.mean, one?.error)}</td>`;
              })}<td>${grouped(known[0]?.markouts[k]?.fills)}</td></tr>`,
          )}</tbody></table></div></figure>`,
  };
}

function groupsSection({ styles, instruments }: TcaResult): Section {
  const byMoney = [...instruments].sort((a, b) => Math.abs(b.parts.total) - Math.abs(a.parts.total) || (a.name < b.name ? -1 : 1));
  return {
    id: "groups",
    title: "By style and instrument",
    lead: "Basis points of what each group decided. A group of few decisions says little: look at the error beside it.",
    body: html`<figure class="chart"><figcaption><h3>By style</h3><p>How the orders were sent, and what filled them.</p></figcaption>${table("Style", styles)}</figure>
<figure class="chart"><figcaption><h3>By instrument</h3><p>${shown(byMoney.length, "instrument", "that cost or earned most")}</p></figcaption>${table("Instrument", byMoney.slice(0, MOST_ROWS))}</figure>`,
  };
}

function daysSection({ days }: TcaResult): Section {
  const worst = [...days].sort((a, b) => b.parts.total - a.parts.total || (a.name < b.name ? -1 : 1));
  const listed = days.length > MOST_ROWS ? worst.slice(0, MOST_ROWS) : days;
  return {
    id: "days",
    title: "By day",
    lead: "By the day of the decision.",
    body: html`${
      days.length > 0 &&
      renderChart({
        title: "Shortfall by day",
        note: "Basis points of what was decided that day.",
        labels: days.map(({ name }) => name),
        labelsFrom: "own",
        axis: "calendar",
        series: [{ name: "Shortfall", tone: "strategy", mark: "bars", values: days.map((day) => inBps(day, "total")) }],
        format: BPS,
        rule: 0,
        height: "short",
      })
    }
<figure class="chart"><figcaption><p>${shown(days.length, "day", "that cost most")}</p></figcaption>${table("Day", listed)}</figure>`,
  };
}

function parentsSection({ parents, currency }: TcaResult): Section {
  const most = [...parents].sort((a, b) => b.parts.total - a.parts.total).slice(0, MOST_ROWS);
  return {
    id: "parents",
    title: "Parent orders",
    lead: `${shown(parents.length, "parent order", "that cost most")} A parent order is a change of the target, from its decision until another one comes.`,
    body: html`<figure class="chart"><div class="scroll" tabindex="0"><table class="evidence"><thead><tr><th scope="col">Instrument</th><th scope="col">Decided</th><th scope="col">Lots</th><th scope="col">Filled</th><th scope="col">${currency}</th>${PARTS.map(([, name]) => html`<th scope="col">${name}</th>`)}<th scope="col">Shortfall</th></tr></thead><tbody>${most.map(
      (one) =>
        html`<tr><th scope="row">${one.instrument}</th><td>${one.decidedAt.slice(0, 16).replace("T", " ")}</td><td>${grouped(one.lots)}</td><td>${grouped(one.filledLots)}</td><td>${grouped(Math.round(one.notional))}</td>${PARTS.map(([part]) => html`<td>${bps(inBps(one, part))}</td>`)}<td>${bps(inBps(one, "total"))}</td></tr>
`,
    )}</tbody></table></div></figure>`,
  };
}

function waterfall(all: TcaCosts): Html {
  let at = 0;
  const steps = PARTS.map(([part, name, what]) => {
    const from = at;
    at += inBps(all, part);
    return { name, what, from, to: at, kind: at < from ? "neg" : "pos" };
  });
  steps.push({ name: "Shortfall", what: "", from: 0, to: at, kind: "total" });
  const ends = steps.map(({ from, to }) => [from, to]);
  const scale = createScale(domainOf(ends, [0], false), false);
  const place = (value: number): number => Math.min(1, Math.max(0, scale(value)));
  return html`<ol class="waterfall">${steps.map(({ name, what, from, to, kind }, i) => {
    const [low, high] = [place(Math.min(from, to)), place(Math.max(from, to))];
    // Where a bar leaves no room on either side, its figure stands on it.
    const within = high > 0.82 && low < 0.3;
    const side =
      high > 0.82 ? `right:${percentOf(1 - (within ? high : low))};padding-right:6px` : `left:${percentOf(high)};padding-left:6px`;
    const next = i + 1 < steps.length ? html`<s style="left:${percentOf(place(to))}"></s>` : null;
    const value = kind === "total" ? withError(to, all.error) : bps(to - from);
    return html`<li class="${kind}"><span class="name">${name}${what !== "" && html` <small>${what}</small>`}</span><span class="lane"><i style="left:${percentOf(low)};width:${percentOf(Math.max(high - low, 0.002))}"></i>${next}<b${within ? html` class="on"` : ""} style="${side}">${value}</b></span></li>
`;
  })}</ol>`;
}

function table(head: string, groups: readonly TcaGroup[]): Html {
  return html`<div class="scroll" tabindex="0"><table class="evidence"><thead><tr><th scope="col">${head}</th><th scope="col">Orders</th><th scope="col">Decided</th><th scope="col">Filled</th>${PARTS.map(([, name]) => html`<th scope="col">${name}</th>`)}<th scope="col">Shortfall</th><th scope="col">Over VWAP</th></tr></thead><tbody>${groups.map(
    (group) =>
      html`<tr><th scope="row">${group.name}</th><td>${grouped(group.parents)}</td><td>${grouped(Math.round(group.notional))}</td><td>${percent(group.filled)}</td>${PARTS.map(([part]) => html`<td>${bps(inBps(group, part))}</td>`)}<td>${withError(inBps(group, "total"), group.error)}</td><td>${bps(group.vwap)}</td></tr>
`,
  )}</tbody></table></div>`;
}

const inBps = ({ parts, notional }: { readonly parts: TcaParts; readonly notional: number }, part: keyof TcaParts): number =>
  (1e4 * parts[part]) / notional;

function bps(value: number | null | undefined): string {
  return isKnown(value)
    ? value
        .toFixed(1)
        .replace(/^-(?=.*[1-9])/, "\u2212")
        .replace(/^-/, "")
    : MISSING;
}

function withError(value: number | null | undefined, error: number | null | undefined): string {
  return isKnown(error) ? `${bps(value)} \u00b1 ${bps(error)}` : bps(value);
}

function shown(count: number, noun: string, which: string): string {
  return count > MOST_ROWS ? `The ${MOST_ROWS} ${noun}s ${which}, of ${grouped(count)}.` : `${counted(count, noun)}.`;
}
