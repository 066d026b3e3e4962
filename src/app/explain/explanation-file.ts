// `explanation.json` beside a run or model: what was explained of it so far, and the page that shows it.
import { existsSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import { withCosts } from "../execution/tca-file.js";
import { codeVersion } from "../config/code-version.js";
import type { DecisionExplanation, Explanation, OverallExplanation } from "../report/explanation.js";
import type { ReportExtras } from "../report/extras.js";
import { renderExplanationPage, renderReport } from "../report/report.js";
import { EXPLANATION_FILE, EXTRAS_FILE, REPORT_FILE, readJson, readResult, type RunFolder, writeWhole } from "../runs/run-folder.js";
import type { Subject } from "./subject.js";

/** Decisions that are kept: the newest asked for would hide behind hundreds. */
const MOST_DECISIONS = 12;
const PAGE_FILE = "explanation.html";

/** Puts what was found now beside what was found before. A backtest's report gets it as a section; all else gets a page of its own. */
export function keepExplanation(
  subject: Subject,
  now: { readonly overall?: OverallExplanation; readonly decision?: DecisionExplanation },
): { readonly explanation: Explanation; readonly page: string } {
  const { folder } = subject;
  const before = readExplanation(folder) ?? { schema: 1, of: folder.id, overall: null, decisions: [] };
  const explanation: Explanation = {
    ...before,
    overall: now.overall ?? before.overall,
    decisions: now.decision === undefined ? before.decisions : withDecision(before.decisions, now.decision),
  };
  writeWhole(folder.file(EXPLANATION_FILE), `${JSON.stringify(explanation)}\n`);
  if (subject.kind === "run" && subject.mode === "backtest") {
    return { explanation, page: drawReport(folder) };
  }
  const page = folder.file(PAGE_FILE);
  writeWhole(page, renderExplanationPage(explanation, codeVersion()));
  return { explanation, page };
}

/** The report of a backtest, with what was explained of it and what its trading cost, where somebody asked. Returns the page. */
export function drawReport(
  folder: RunFolder,
  result = readResult(folder),
  extras = readJson(folder.file(EXTRAS_FILE)) as ReportExtras,
): string {
  const page = folder.file(REPORT_FILE);
  const explanation = readExplanation(folder);
  writeWhole(page, renderReport(result, { ...extras, ...withCosts(folder), ...(explanation === null ? {} : { explanation }) }));
  return page;
}

/** Null when nothing was explained yet. Throws `corrupt-artifact`. */
export function readExplanation(folder: Pick<RunFolder, "file">): Explanation | null {
  const path = folder.file(EXPLANATION_FILE);
  if (!existsSync(path)) return null;
  try {
    return readJson(path) as Explanation;
  } catch (cause) {
    throw new TruewindError("corrupt-artifact", `${path} is damaged: delete it, what it holds can be asked again.`, { cause });
  }
}

/** By moment, then by what was asked: the same question is answered once. */
function withDecision(before: readonly DecisionExplanation[], now: DecisionExplanation): readonly DecisionExplanation[] {
  const key = ({ asOf, names }: DecisionExplanation): string => `${asOf} ${names.map(({ instrument }) => instrument).join()}`;
  const others = before.filter((one) => key(one) !== key(now));
  const kept = others.slice(Math.max(0, others.length - MOST_DECISIONS + 1));
  return [...kept, now].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
