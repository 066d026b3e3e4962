// What `truewind books simulate` found, in lines for people.
import type { SimulationResult } from "./simulate-recording.js";

export function simulationLines(result: SimulationResult): string[] {
  const { symbol, format, from, to, rows, looks, seconds, orders, endings, maker, taker, position, feesPaid, profit, assumptions } = result;
  return [
    `${symbol}: ${format}, ${from} to ${to}`,
    row("market", `${count(rows)} rows, looked at ${count(looks)} times; ${count(Math.round(rows / seconds))} rows a second`),
    row("orders", `${count(orders)} sent`),
    ...Object.entries(endings).map(([reason, n]) => row("", `${count(n)} ended: ${reason}`)),
    row("fills", `${count(maker.fills)} resting (${figure(maker.size)}), ${count(taker.fills)} taking (${figure(taker.size)})`),
    row("position", `${figure(position)} at the end`),
    row("fees", figure(feesPaid)),
    row("profit", profit === null ? "not known: no last mid-price was seen" : `${figure(profit)}, the position at the last mid-price seen`),
    "assumed",
    ...assumptions.map((words) => `  - ${words}`),
  ];
}

function row(name: string, words: string): string {
  return `  ${name.padEnd(10)} ${words}`;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

function figure(value: number): string {
  return Number(value.toPrecision(8)).toLocaleString("en-US", { maximumFractionDigits: 8 });
}
