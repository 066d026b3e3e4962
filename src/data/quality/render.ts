// The quality report as text for a terminal: what was put aside, what was flagged, what is missing, with examples.
import { FLAGS, type Flag, QUARANTINE_REASONS, type QuarantineReason } from "./findings.js";
import type { Example, QualityReport } from "./report.js";

const SHOWN = 5;

/** Several lines, ending with a newline. */
export function renderQuality(report: QualityReport): string {
  const broken = report.files.filter((file) => file.reason !== null);
  const lines = [
    `Rows: ${count(report.rowsRead)} read = ${count(report.rowsKept)} kept + ${count(report.rowsMerged)} exact repetitions merged + ${count(report.rowsQuarantined)} quarantined.`,
    `Files: ${count(report.files.length)} found, ${count(broken.length)} put aside.`,
    ...broken.slice(0, SHOWN * 2).map((file) => `  ${file.path}: ${file.reason}`),
    ...more(broken.length - SHOWN * 2),
    ...section("Quarantined (not in the lake)", report.quarantined, QUARANTINE_REASONS, report.examples),
    ...section("Flagged (kept)", report.flagged, FLAGS, report.examples),
    ...gapLines(report),
    ...report.notes.map((note) => `Note: ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

function section(
  title: string,
  counts: Partial<Record<string, number>>,
  words: Readonly<Record<string, string>>,
  examples: readonly Example[],
): string[] {
  const found = Object.entries(counts).filter(([, n]) => (n ?? 0) > 0) as [QuarantineReason | Flag, number][];
  if (found.length === 0) return [`${title}: nothing.`];
  const lines = [`${title}:`];
  for (const [finding, n] of found) {
    lines.push(`  ${count(n)} x ${finding}: ${words[finding] ?? finding}`);
    for (const example of examples.filter((one) => one.finding === finding).slice(0, SHOWN)) {
      lines.push(`      ${example.symbol} ${example.at}: ${example.detail} (${example.file})`);
    }
  }
  return lines;
}

function gapLines(report: QualityReport): string[] {
  if (report.missingSessions === 0) return ["Missing sessions: none."];
  const symbols = report.symbols.filter((symbol) => symbol.missingSessions > 0).length;
  return [
    `Missing sessions: ${count(report.missingSessions)} in ${count(symbols)} symbols; they stay missing, nothing is filled. The longest:`,
    ...report.gaps.slice(0, SHOWN).map((gap) => `  ${gap.symbol} ${gap.from} to ${gap.to}: ${count(gap.sessions)} sessions`),
  ];
}

function more(hidden: number): string[] {
  return hidden > 0 ? [`  and ${count(hidden)} more`] : [];
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
