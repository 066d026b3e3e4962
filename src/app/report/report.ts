// Self-contained HTML pages: the report of a backtest, and what was explained of anything else. No network, no clock, the same bytes for the
// same input.
import type { RunResult } from "#domain/run-result.js";
import { assumptionsSection, dataSection, paperSection, reproduceSection } from "./closing-sections.js";
import { confidenceSection } from "./confidence-section.js";
import type { Explanation } from "./explanation.js";
import type { ReportExtras } from "./extras.js";
import { type Html, html } from "./html.js";
import { modelSection } from "./model-section.js";
import { renderPage } from "./page-shell.js";
import { resultsSection } from "./results-section.js";
import { renderSection } from "./section.js";
import { costSections } from "./tca-sections.js";
import { tradingSection } from "./trading-section.js";
import { renderVerdict } from "./verdict-section.js";
import { stampsOf, verdictHeadline } from "./verdict-words.js";
import { whySection } from "./why-section.js";

/** Degenerate results (no session, no trade, unknown figures) give a page that says so. */
export function renderReport(result: RunResult, extras: ReportExtras): string {
  const stamps = stampsOf(result.dataset);
  const sections = [
    resultsSection(result),
    modelSection(result),
    ...(result.confidence ? [confidenceSection(result.confidence)] : []),
    ...(extras.explanation ? [whySection(extras.explanation)] : []),
    tradingSection(result),
    ...(extras.tradeCosts ? costSections(extras.tradeCosts) : []),
    ...(extras.paper ? [paperSection(extras.paper, result.currency)] : []),
    dataSection(result),
    assumptionsSection(result),
    reproduceSection(result, extras),
  ];
  const period = result.dates.length === 0 ? "no sessions" : `${result.dates[0]} to ${result.dates[result.dates.length - 1]}`;
  const { codeVersion, experimentHash, dataId } = result.identity;
  return renderPage({
    codeVersion,
    title: `${result.name}: ${verdictHeadline(extras.adjustedVerdict.decision)}`,
    heading: result.name,
    subheading: `${result.dataset.name} · ${period}`,
    stamps,
    sections: [{ id: "verdict", title: "Verdict" }, ...sections],
    main: html`${renderVerdict(result, extras)}${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${codeVersion} from experiment <code>${experimentHash.slice(0, 12)}</code> on data <code>${dataId.slice(0, 12)}</code>. Past results do not promise future ones.`,
    dates: result.dates,
  });
}

/** For what has no report of its own: paper sessions and trained models. */
export function renderExplanationPage(explanation: Explanation, codeVersion: string): string {
  const section = whySection(explanation);
  return renderPage({
    codeVersion,
    title: `Why: ${explanation.of}`,
    heading: explanation.of,
    subheading: "what the model went by",
    stamps: [],
    sections: [section],
    main: renderSection(section, []),
    foot: `Made by Truewind ${codeVersion}. Past results do not promise future ones.`,
    dates: [],
  });
}
