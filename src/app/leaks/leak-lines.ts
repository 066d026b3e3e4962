// A leak report as lines for a person: what was found first, how hard it was looked for last.
import type { LeakFinding, Severity } from "#research/leaks/finding.js";
import type { LeaksResult } from "./perform-leaks.js";

const WORDS: Readonly<Record<Severity, string>> = { leak: "LEAK", refused: "REFUSED", stamped: "STAMPED", note: "note" };
/** A feature set that leaks as a whole is told by its first ones. */
const MOST = 20;

export function leakLines({ report, names, ofNames, dataset }: LeaksResult): string[] {
  const { findings } = report;
  const lines: string[] = [];
  for (const severity of ["leak", "refused", "stamped", "note"] as const) {
    const some = findings.filter((one) => one.severity === severity);
    for (const one of some.slice(0, MOST)) lines.push(...linesOf(one));
    if (some.length > MOST) lines.push(`  and ${some.length - MOST} more; --json has them all.`);
  }
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  lines.push(
    "",
    count("leak") > 0
      ? `${report.subject} leaks: ${count("leak")} findings. No result of it counts.`
      : count("refused") > 0
        ? `No leak in the code of ${report.subject} was found, and the data forbids any result: see what was refused.`
        : `No leak was found in ${report.subject}${count("stamped") > 0 ? "; what is stamped must be said with every result" : ""}.`,
    `${report.runs} runs over ${names} of ${ofNames} names of ${dataset}, cut at ${report.cuts} moments; ${report.features} features at ${report.decisions} decisions${report.failedRuns > 0 ? `; ${report.failedRuns} runs failed` : ""}.`,
  );
  return lines;
}

function linesOf({ severity, kind, where, evidence }: LeakFinding): string[] {
  return [`${WORDS[severity].padEnd(8)} ${where} (${kind})`, `         ${evidence}`];
}
