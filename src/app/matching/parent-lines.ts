// What parent orders at recorded books cost, in lines for people.
import { MISSING, percent } from "../report/number-format.js";
import type { MeanAndError } from "../execution/mean-and-error.js";
import type { ParentsResult, PlaceResult } from "./simulate-parents.js";

const PARTS: readonly (readonly [keyof ParentsResult["costs"], string])[] = [
  ["timing", "timing"],
  ["crossing", "crossing"],
  ["opportunity", "unfilled"],
  ["fees", "fees"],
  ["total", "shortfall"],
];

export function parentLines(result: ParentsResult): string[] {
  const {
    symbol,
    format,
    from,
    to,
    steps,
    events,
    seconds,
    style,
    parents,
    orders,
    endings,
    filled,
    rested,
    profit,
    exits,
    costs,
    venues,
  } = result;
  return [
    `${symbol}: ${format}, ${from} to ${to}`,
    row("market", `${count(events)} events of the engine, ${count(steps)} steps; ${count(Math.round(events / seconds))} events a second`),
    row("parents", `${count(parents.length)}, ${style}; ${percent(filled)} filled, ${percent(rested)} of it resting`),
    row("orders", `${count(orders)} sent`),
    row("profit", profit.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).replace("-", "−")),
    ...exits.map(({ type, fills, size }) => row("exits", `${count(fills)} fills of ${figure(size)} in all: ${type}`)),
    ...Object.entries(endings).map(([reason, n]) => row("", `${count(n)} ended: ${reason}`)),
    "",
    "BASIS POINTS DECIDED",
    ...PARTS.map(([part, name]) => row(name, pair(costs[part]).padStart(16))),
    "",
    cells("AT", ["orders", "sent", "filled", "rested", "fees"]),
    ...venues.map((place) => cells(place.name, placeCells(place))),
    "",
    "timing: from the decision to each slice; crossing: from the slice's mid-price to its fills; unfilled: what was not done, at the price when the next",
    "order was decided. Behind ±: one standard error over parent orders.",
    "assumed",
    ...result.assumptions.map((words) => `  - ${words}`),
  ];
}

function placeCells({ orders, sent, filled, rested, feesPaid }: PlaceResult): string[] {
  return [count(orders), figure(sent), figure(filled), percent(rested), figure(feesPaid)];
}

function row(name: string, words: string): string {
  return `  ${name.padEnd(10)} ${words}`;
}

function cells(name: string, values: readonly string[]): string {
  return `${name.padEnd(16)}${values.map((value) => value.padStart(14)).join("")}`;
}

function pair({ mean, error }: MeanAndError): string {
  return Number.isFinite(error) ? `${bps(mean)} ± ${bps(error)}` : bps(mean);
}

function bps(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3).replace("-", "−") : MISSING;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

function figure(value: number): string {
  return Number(value.toPrecision(8)).toLocaleString("en-US", { maximumFractionDigits: 8 });
}
