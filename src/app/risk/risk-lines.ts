// The result of `truewind risk` as lines for a terminal.
import type { TailRisk } from "#risk/measures/tail-risk.js";
import { type RiskMethod, riskMethods } from "#risk/measures/every-method.js";
import { MISSING, counted, money, percent } from "../report/number-format.js";
import { RISK_METHODS } from "../config/method-names.js";
import type { RiskReport } from "./risk-report.js";

const daysWord = (horizon: number): string => (horizon === 1 ? "1 day" : `${horizon} days`);
/** A level to the digits that it has. */
const levelWord = (level: number): string => `${Number((100 * level).toPrecision(6))}%`;

/** `method`: the one whose positions are told, at the first horizon and the last level. */
export function riskLines(report: RiskReport, method: RiskMethod): readonly string[] {
  const { name, currency, asOf, equity, gross, positions, measures, stress, window, from, stoodIn } = report;
  const lines = [
    `${name}: ${money(equity, currency)} at ${asOf}, ${counted(positions.length, "position")}, ${percent(gross)} of it held long or short`,
    `measured on today's positions over ${window} sessions from ${from}; losses are positive, of equity`,
  ];
  for (const { name: young, sessions } of stoodIn)
    lines.push(`  ! ${young} had no price before: its beta times the market stands in for ${counted(sessions, "session")}`);
  const columns = [...new Map(measures.map(({ horizon, level }) => [`${horizon} ${level}`, { horizon, level }])).values()];
  if (columns.length > 0) {
    const head = columns.map(({ horizon, level }) => `${daysWord(horizon)} ${levelWord(level)}`.padStart(18));
    const kinds = columns.map(() => `${"VaR".padStart(10)}${"ES".padStart(8)}`);
    lines.push("", `  ${"".padEnd(18)}${head.join("")}`, `  ${"".padEnd(18)}${kinds.join("")}`);
    for (const one of riskMethods)
      lines.push(
        `  ${RISK_METHODS[one].padEnd(18)}${columns
          .map(({ horizon, level }) => {
            const risk = measures.find((cell) => cell.method === one && cell.horizon === horizon && cell.level === level)?.risk ?? null;
            return `${percent(risk?.valueAtRisk, 2).padStart(10)}${percent(risk?.expectedShortfall, 2).padStart(8)}`;
          })
          .join("")}`,
      );
    lines.push("", ...positionLines(report, method));
  }
  lines.push("", "  STRESS");
  const widest = Math.max(18, ...stress.map((row) => row.name.length));
  for (const row of stress)
    lines.push(
      `  ${row.name.padEnd(widest)}${percent(row.loss, 2).padStart(10)}  ${row.why ?? (row.from === null ? "by betas of the same sessions" : row.from === row.to ? row.from : `${row.from} to ${row.to}`)}`,
    );
  return lines;
}

function positionLines({ measures, positions }: RiskReport, method: RiskMethod): readonly string[] {
  const { horizon = 1 } = measures[0] ?? {};
  const level = measures.at(-1)?.level ?? 0.99;
  const risk = measures.find((cell) => cell.method === method && cell.horizon === horizon && cell.level === level)?.risk ?? null;
  if (risk === null) return [`  ${RISK_METHODS[method]} has no answer for this portfolio: no parts to show.`];
  const width = Math.max(18, ...positions.map(({ name }) => name.length));
  const cells = (of: TailRisk | null): string =>
    `${(of === null ? MISSING : percent(of.valueAtRisk, 2)).padStart(12)}${(of === null ? MISSING : percent(of.expectedShortfall, 2)).padStart(9)}`;
  const named = ["marginal", "component", "incremental"].map((part) => part.padStart(21)).join("");
  const kinds = Array.from({ length: 3 }, () => `${"VaR".padStart(12)}${"ES".padStart(9)}`).join("");
  return [
    `  PARTS by ${RISK_METHODS[method]}, ${daysWord(horizon)} ${levelWord(level)}: components add up`,
    `  ${"".padEnd(width)}${"weight".padStart(9)}${named}`,
    `  ${"".padEnd(width)}${"".padStart(9)}${kinds}`,
    ...positions.map(({ name, weight }, k) => {
      const part = risk.positions[k];
      return `  ${name.padEnd(width)}${percent(weight).padStart(9)}${[part?.marginal, part?.component, part?.incremental].map((one) => cells(one ?? null)).join("")}`;
    }),
    `  ${"all".padEnd(width)}${"".padStart(9)}${"".padStart(21)}${cells(risk)}`,
  ];
}
