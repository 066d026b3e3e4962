// Overnight signals as lines of a terminal. Exact sizes and all names are in --json.
import { counted, money } from "../report/number-format.js";
import type { OvernightSignal, OvernightSignals } from "./overnight-signals.js";

/** Names shown; the others are counted. */
const SHOWN = 40;

export function signalLines(found: OvernightSignals): readonly string[] {
  const { signals, session, model, equity, currency, riskBudget, volatility, risk, answer } = found;
  const active = signals.filter(({ action, targetWeight, note }) => action !== "HOLD" || targetWeight !== 0 || note !== null);
  const shown = active.slice(0, SHOWN);
  const width = Math.max("NAME".length, ...shown.map(({ instrument }) => instrument.length));
  const idle = signals.length - shown.length;
  const forecast = volatility === null ? "not known" : `${percent(volatility, 1)} a year`;
  return [
    `SIGNALS after ${session} by ${model}`,
    `  equity ${money(equity, currency)}; volatility of what is wanted: ${forecast}${riskBudget === null ? "" : `, budget ${percent(riskBudget, 1)}${over(found) ? " (passed: what stays as it is is too much for it)" : ""}`}; limits: ${risk}`,
    ...(answer === null || answer.failed.length === 0 ? [] : [`  ! portfolio by ${answer.step}: ${answer.failed.join(" ")}`]),
    "",
    `${"NAME".padEnd(width)}  ACTION  EXPECTED  CONFIDENCE    HELD  TARGET       ORDER`,
    ...shown.map((signal) => row(signal, width)),
    ...(idle > 0 ? [`${counted(idle, "more name")}: --json has them all`] : []),
    "",
    "Nothing was sent.",
  ];
}

function row(
  { instrument, action, expectedReturn, confidence, heldWeight, targetWeight, order, note }: OvernightSignal,
  width: number,
): string {
  const cells = [
    action.padEnd(6),
    (expectedReturn === null ? "-" : percent(expectedReturn, 2)).padStart(8),
    (confidence === null ? "-" : confidence.toFixed(2)).padStart(10),
    percent(heldWeight, 1).padStart(6),
    percent(targetWeight, 1).padStart(6),
    order.toLocaleString("en").padStart(10),
  ];
  return `${instrument.padEnd(width)}  ${cells.join("  ")}${note === null ? "" : `  ${note}`}`;
}

/** What a rule leaves as it is, or cannot trade now, is not scaled down. */
const over = ({ riskBudget, volatility }: OvernightSignals): boolean => (volatility ?? 0) > (riskBudget ?? Number.POSITIVE_INFINITY) + 1e-9;

const percent = (value: number, digits: number): string => `${(100 * value).toFixed(digits)}%`;
