// The end of a run in the terminal: verdict, headline table, next steps, as plain lines of at most 100 columns.
// No color and no control characters: what comes from data is cleaned before it is printed.
import type { AdviceResult } from "#domain/confidence-result.js";
import type { AccountMetrics, RunResult } from "#domain/run-result.js";
import { choiceWords } from "./choice-words.js";
import type { ReportExtras } from "./extras.js";
import { counted, money, percent, ratio, signedPercent, times } from "./number-format.js";
import { tripSentence } from "./trip-words.js";
import { stampsOf, trialsSentence, verdictHeadline } from "./verdict-words.js";

export const TEXT_COLUMNS = 100;

/**
 * Lines without line ends. `nextSteps` are commands or paths: each stands on a line of its own and is wrapped at spaces;
 * a single word longer than the line (a path) is left whole, because a broken path cannot be copied.
 */
export function renderTextSummary(result: RunResult, extras: ReportExtras, nextSteps: readonly string[]): string[] {
  const verdict = extras.adjustedVerdict;
  const lines: string[] = [
    `VERDICT: ${verdictHeadline(verdict.decision)}`,
    "",
    ...wrap(verdict.because),
    ...wrap(trialsSentence(extras, result.verdict)),
    "",
    ...table(result),
    "",
    ...wrap(costLine(result)),
  ];
  for (const trip of (result.trips ?? []).slice(0, MOST_TRIPS)) lines.push(...wrap(`! ${printable(tripSentence(trip))}`, "  "));
  if ((result.trips ?? []).length > MOST_TRIPS)
    lines.push(`  and ${(result.trips ?? []).length - MOST_TRIPS} more, in the run's result.json`);
  if (result.answers) lines.push(...answerLines(result.answers));
  if (result.advice) lines.push("", ...adviceLines(result.advice));
  const stamps = stampsOf(result.dataset);
  if (stamps.length > 0) lines.push("");
  for (const stamp of stamps) lines.push(...wrap(`! ${stamp.label}: ${stamp.meaning}`, "  "));
  if (nextSteps.length > 0) {
    lines.push("", "NEXT");
    for (const step of nextSteps) lines.push(...wrap(step, "    ", "  "));
  }
  return lines;
}

/** Which step of an optimized portfolio's chain answered; also the end of a paper session. */
export function answerLines(answers: NonNullable<RunResult["answers"]>): string[] {
  const parts = answers.map(({ step, times: count }) => `${step} ${counted(count, "time")}`);
  const why = answers.findLast((one) => one.why !== null)?.why;
  return wrap(`Portfolio by ${parts.join(", ")}.${choiceWords(answers)}${why ? ` The last that failed: ${printable(why)}` : ""}`);
}

/** Most breakers that are listed. */
const MOST_TRIPS = 5;
/** Most advices that are listed by name. */
const MOST_ADVICES = 20;
/** An anonymized one is whole. */
const LONGEST_NAME = 28;

/** BUY, SELL and HOLD of the last decision; also the end of a paper session. */
export function adviceLines({ date, rows, hold }: AdviceResult): string[] {
  const lines = [
    `SIGNALS of ${date}: ${rows.filter(({ action }) => action === "BUY").length} BUY, ${rows.filter(({ action }) => action === "SELL").length} SELL, ${hold} HOLD`,
  ];
  const shown = rows.slice(0, MOST_ADVICES).map((row) => ({ ...row, name: printable(row.instrument).slice(0, LONGEST_NAME) }));
  const width = Math.max(13, ...shown.map(({ name }) => name.length + 1));
  if (rows.length > 0)
    lines.push(`  ${"".padEnd(width + 5)}${"expected".padStart(10)}${"confidence".padStart(12)}${"strength".padStart(10)}`);
  for (const { name, action, expectedReturn, confidence, strength } of shown) {
    lines.push(
      `  ${action.padEnd(5)}${name.padEnd(width)}${signedPercent(expectedReturn, 2).padStart(10)}${percent(confidence).padStart(12)}${ratio(strength).padStart(10)}`,
    );
  }
  if (rows.length > MOST_ADVICES) lines.push(`  and ${rows.length - MOST_ADVICES} more, in the run's result.json`);
  return lines;
}

function costLine(result: RunResult): string {
  const { fees, spread, slippage, borrow, funding = 0 } = result.costs;
  const { sent, halted, unborrowed } = result.orders;
  const gaps = result.quotes?.ordersInGaps ?? 0;
  const waited = `${halted === undefined ? "" : `, ${halted} of which met a halt`}${gaps === 0 ? "" : `, ${gaps} of which met a gap in the quotes`}`;
  const cut = unborrowed === undefined ? "" : `; ${counted(unborrowed, "short")} had to be smaller, since nobody lent the shares`;
  return `${counted(sent, "order")}${waited}, costs ${money(fees + spread + slippage + borrow + funding, result.currency)} on ${money(result.startingCash, result.currency)} of starting cash${cut}.`;
}

const heads = ["", "a year", "volatility", "Sharpe", "drawdown", "turnover", "costs"];
const NAME_WIDTH = 24;
const CELL_WIDTH = 12;
/** A name may reach into the cell beside it, as that of an anonymized instrument does. */
const LONGEST_TITLE = NAME_WIDTH + 5;

function table(result: RunResult): string[] {
  const { metrics } = result;
  const rows: [string, AccountMetrics | null][] = [
    ["Strategy", metrics.strategy],
    ["Equal weight", metrics.baseline],
    [`Hold ${result.benchmark?.instrument ?? ""}`, result.benchmark && metrics.benchmark],
    ["Oracle", result.oracle && metrics.oracle],
  ];
  const line = ([title = "", first = "", ...rest]: readonly string[]): string => {
    const name = fit(title);
    return `${name}${first.padStart(NAME_WIDTH + CELL_WIDTH - name.length)}${rest.map((cell) => cell.padStart(CELL_WIDTH)).join("")}`;
  };
  return [
    line(heads),
    "-".repeat(NAME_WIDTH + CELL_WIDTH * (heads.length - 1)),
    ...rows.flatMap(([name, m]) =>
      m === null
        ? []
        : [
            line([
              name,
              signedPercent(m.annualReturn),
              percent(m.annualVolatility),
              ratio(m.sharpe),
              percent(m.maxDrawdown),
              times(m.annualTurnover),
              percent(m.annualCost, 2),
            ]),
          ],
    ),
  ];
}

function fit(name: string): string {
  const clean = printable(name);
  return clean.length < LONGEST_TITLE ? clean : `${clean.slice(0, LONGEST_TITLE - 2)}…`;
}

/** Escape sequences and other control characters from data must not reach a terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}

function wrap(text: string, hanging = "", first = ""): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of printable(text)
    .split(" ")
    .filter((part) => part !== "")) {
    if (!empty && line.length + 1 + word.length > TEXT_COLUMNS) {
      lines.push(line);
      line = hanging;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}
