// The result of `truewind execute` as lines for a terminal and for a page of the guide.
import { MISSING, percent } from "../report/number-format.js";
import type { ExecutionResult, StyleResult } from "./execution-result.js";
import type { MeanAndError } from "./mean-and-error.js";

export const styleNames: Readonly<Record<StyleResult["style"], string>> = {
  twap: "TWAP",
  vwap: "VWAP",
  pov: "POV",
  shortfall: "Shortfall",
  opportunistic: "Opportunistic",
};

const impactNames = { "square-root": "square root", "almgren": "Almgren" } as const;

export function executionLines(result: ExecutionResult): readonly string[] {
  const { styles, curves, orders, days, from, to, instruments } = result;
  const names = instruments.length <= 8 ? instruments.join(", ") : `${instruments.length} instruments`;
  return [
    `${orders} orders of ${percent(result.share)} of a session's mean volume, half of them buys, on ${days} days ${from} to ${to}: ${names}`,
    "",
    "BASIS POINTS OF THE ORDER, WITHOUT IMPACT",
    row("", ["filled", "rested", "timing", "spread", "unfilled", "risk", "over VWAP"]),
    ...styles.map((style) => {
      const { parts } = style.costs[0] as StyleResult["costs"][number];
      return row(styleNames[style.style], [
        percent(style.filled),
        percent(style.rested),
        pair(parts.timing),
        bps(parts.spread.mean),
        pair(parts.opportunity),
        bps(style.risk),
        `${bps(style.vwap.mean)} (${bps(style.vwap.deviation)})`,
      ]);
    }),
    "",
    "WITH IMPACT, AT HALF, ONCE AND TWICE THE CONSTANTS OF THE LITERATURE",
    row("", ["model", "temporary", "lasting", "whole at 1/2", "whole", "whole at 2"]),
    ...styles.flatMap((style) =>
      (["square-root", "almgren"] as const).map((impact) => {
        const at = (scale: number): StyleResult["costs"][number] =>
          style.costs.find((cost) => cost.impact === impact && cost.scale === scale) as StyleResult["costs"][number];
        const { temporary, lasting } = at(1).parts;
        return row(styleNames[style.style], [
          impactNames[impact],
          bps(temporary.mean),
          bps(lasting.mean),
          pair(at(0.5).parts.total),
          pair(at(1).parts.total),
          pair(at(2).parts.total),
        ]);
      }),
    ),
    "",
    "VOLUME FORETOLD",
    row("", ["off by", "tracking"], 30),
    ...curves.map(({ curve, distance, tracking }) =>
      row(curve, [`${percent(distance.mean, 2)} ± ${percent(distance.error, 2)}`, `${bps(tracking)} bps`], 30),
    ),
    "",
    "risk: standard deviation of one order. Behind ±: one standard error, days taken to be independent; in brackets: standard deviation of one order.",
    "Impact is a model with constants from the literature on whole orders of others; nobody's order was in these prices.",
  ];
}

function row(name: string, cells: readonly string[], width = 16): string {
  return `${name.padEnd(width)}${cells.map((cell) => cell.padStart(15)).join("")}`.trimEnd();
}

function bps(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : MISSING;
}

function pair({ mean, error }: MeanAndError): string {
  return Number.isFinite(error) ? `${bps(mean)} ± ${bps(error)}` : bps(mean);
}
