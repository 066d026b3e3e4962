// What a paper session says on the terminal: while it runs, and at its end.
import { counted, money } from "../report/number-format.js";
import { adviceLines, answerLines } from "../report/text-summary.js";
import { tripSentence } from "../report/trip-words.js";
import type { PaperOptions, PaperRun } from "../runs/perform-paper.js";
import { PAPER_PAGE } from "../runs/run-folder.js";
import { performStatus } from "../status/perform-status.js";
import { interruptible, type Terminal } from "./terminal.js";

/** Who is told while a session runs, and how it is stopped. */
export function listenersOf(terminal: Terminal): Pick<PaperOptions, "onProgress" | "onAlert" | "onTrouble" | "signal"> {
  return {
    onAlert: ({ detail }) => process.stderr.write(`truewind: out of the ordinary: ${detail}\n`),
    onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
    onTrouble: (sentence) => process.stderr.write(`truewind: ${sentence}\n`),
    signal: interruptible(),
  };
}

export function tellEnd(run: PaperRun, terminal: Terminal): void {
  terminal.settle();
  showPaper(run, terminal);
  terminal.say();
  performStatus(run.folder);
  terminal.say(`  Look at the page: ${run.folder.file(PAPER_PAGE)}`);
  terminal.say(`  Repeat it to the last order: truewind replay ${run.folder.path}`);
  terminal.say(`  May it trade with money: truewind certify ${run.folder.id}`);
  terminal.result({ ...run.outcome, resumed: run.resumed, ended: run.ended, folder: run.folder.path });
}

export function showPaper({ folder, outcome, resumed, ended }: PaperRun, terminal: Terminal): void {
  terminal.say();
  if (ended) terminal.say(`It ended before, and its feed need not tell those days again: to begin anew, move ${folder.path} elsewhere.`);
  terminal.say(`PAPER SESSION ${outcome.from} to ${outcome.to}${resumed ? " (taken up again)" : ""}`);
  for (const [name, doubt] of Object.entries(outcome.factsInDoubt ?? {})) terminal.say(`  ! Facts ${name}: ${doubt}`);
  terminal.say(
    `  ${counted(outcome.decisions, "decision")}, ${counted(outcome.orders, "order")} approved, ${outcome.refused.toLocaleString("en")} refused, ${counted(outcome.fills, "fill")}`,
  );
  const by = Object.entries(outcome.refusedBy ?? {});
  if (by.length > 0) terminal.say(`  refused by ${by.map(([rule, count]) => `${rule} ${count.toLocaleString("en")}`).join(", ")}`);
  terminal.say(
    `  equity ${money(outcome.equity, outcome.currency)}, ${counted(Object.keys(outcome.positions).length, "position")}${outcome.halted === null ? "" : `, HALTED: ${outcome.halted}`}`,
  );
  if (outcome.metHalt !== undefined) terminal.say(`  ${counted(outcome.metHalt, "order")} met a halt and waited for its end`);
  const inGaps = outcome.quotes?.ordersInGaps ?? 0;
  if (inGaps > 0) terminal.say(`  ${counted(inGaps, "order")} met a gap in the recorded quotes and waited for its end`);
  if (outcome.unborrowed !== undefined) terminal.say(`  ${counted(outcome.unborrowed, "short")} had to be smaller: nobody lent the shares`);
  terminal.say(`  limits: ${outcome.risk.profile} ${outcome.risk.hash.slice(0, 12)}`);
  for (const trip of outcome.trips) terminal.say(`  ! ${tripSentence(trip)}`);
  if (outcome.open.length > 0)
    terminal.say(`  ! Only reductions passed at the end: ${outcome.open.join(", ")} waits for \`truewind approve\`.`);
  if (outcome.answers) for (const line of answerLines(outcome.answers)) terminal.say(`  ${line}`);
  if (outcome.advice) for (const line of ["", ...adviceLines(outcome.advice)]) terminal.say(line);
}
