// The result of `truewind tca` as lines for a terminal.
import { MISSING, percent } from "../report/number-format.js";
import type { TcaParts, TcaResult, TcaSide } from "../report/trade-costs.js";

const PARTS: readonly (readonly [keyof TcaParts, string])[] = [
  ["delay", "delay"],
  ["timing", "timing"],
  ["crossing", "crossing"],
  ["opportunity", "unfilled"],
  ["fees", "fees"],
  ["total", "shortfall"],
];

export function tcaLines({ run, currency, sides, leftOut }: TcaResult): readonly string[] {
  const cells = (of: (side: TcaSide) => string): string => sides.map((side) => of(side).padStart(20)).join("");
  const line = (name: string, of: (side: TcaSide) => string): string => `${name.padEnd(22)}${cells(of)}`;
  const lines = [
    `${run}: every order repeated from the journal`,
    "",
    line("", ({ side }) => side),
    line("parent orders", ({ parents }) => String(parents)),
    line(`decided, ${currency}`, ({ notional }) => Math.round(notional).toLocaleString("en")),
    line("filled", ({ filled }) => percent(filled)),
    "",
    line("BASIS POINTS DECIDED", () => ""),
    ...PARTS.map(([part, name]) =>
      line(name, (side) => `${bps((1e4 * side.parts[part]) / side.notional)}${part === "total" ? ` ± ${bps(side.error)}` : ""}`),
    ),
    "",
    line("BASIS POINTS FILLED", () => ""),
    line("over interval VWAP", ({ vwap }) => bps(vwap)),
    ...(sides[0]?.markouts ?? []).map(({ bars }, k) =>
      line(`after ${bars} ${bars === 1 ? "bar" : "bars"}`, ({ markouts }) => bps(markouts[k]?.mean ?? Number.NaN)),
    ),
    line("share of volume", ({ participation }) => percent(participation, 2)),
    "",
    "delay: from decision to the first bar met; timing: from there to each slice; crossing: from the slice's bar to the fill, so spread and impact;",
    "unfilled: what was decided and not done, at the price when another decision came. Behind ±: one standard error over decisions.",
  ];
  if (leftOut > 0)
    lines.push(
      `${leftOut} parent orders are left out: no decision asked for them (what protects a position), a split cut them in two, or the journal ends before the bar that they met.`,
    );
  return lines.map((text) => text.trimEnd());
}

function bps(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : MISSING;
}
