// One self-contained HTML page from a run result: no network, no clock, the same bytes for the same input.
// The security policy in its head allows the page's own script by hash and nothing else.
import { createHash } from "node:crypto";
import type { RunResult } from "#domain/run-result.js";
import { assumptionsSection, dataSection, paperSection, reproduceSection } from "./closing-sections.js";
import { confidenceSection } from "./confidence-section.js";
import type { ReportExtras } from "./extras.js";
import { type Html, html, jsonText, trusted } from "./html.js";
import { iconLink, logoMark } from "./logo.js";
import { modelSection } from "./model-section.js";
import { readoutScript } from "./readout-script.js";
import { resultsSection } from "./results-section.js";
import { renderSection } from "./section.js";
import { styleSheet } from "./style-sheet.js";
import { theme } from "./theme.js";
import { tradingSection } from "./trading-section.js";
import { renderVerdict } from "./verdict-section.js";
import { stampsOf, verdictHeadline } from "./verdict-words.js";

/** A whole HTML document. Degenerate results (no session, no trade, unknown figures) give a page that says so. */
export function renderReport(result: RunResult, extras: ReportExtras): string {
  const stamps = stampsOf(result.dataset);
  const sections = [
    resultsSection(result),
    modelSection(result),
    ...(result.confidence ? [confidenceSection(result.confidence)] : []),
    tradingSection(result),
    ...(extras.paper ? [paperSection(extras.paper, result.currency)] : []),
    dataSection(result),
    assumptionsSection(result),
    reproduceSection(result, extras),
  ];
  const scriptHash = createHash("sha256").update(readoutScript).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const period = result.dates.length === 0 ? "no sessions" : `${result.dates[0]} to ${result.dates[result.dates.length - 1]}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="Truewind ${result.identity.codeVersion}">
<title>${result.name}: ${verdictHeadline(extras.adjustedVerdict.decision)} · Truewind</title>${iconLink()}
<style>${trusted(theme + styleSheet)}</style></head>
<body><a class="skip" href="#verdict">Skip to the verdict</a>
<header class="masthead"><div class="brand">${logoMark()}<span>Truewind</span></div><div class="run"><h1>${result.name}</h1><p>${result.dataset.name} · ${period}</p></div></header>
${stamps.length > 0 && html`<div class="ribbon" role="note">${stamps.map((stamp) => html`<span class="stamp" title="${stamp.meaning}">${stamp.label}</span>`)}</div>`}
<nav aria-label="Sections">${[{ id: "verdict", title: "Verdict" }, ...sections].map((section) => html`<a href="#${section.id}">${section.title}</a>`)}</nav>
<main>${renderVerdict(result, extras)}${sections.map((section): Html => renderSection(section, stamps))}</main>
<footer>${logoMark()}<p>Made by Truewind ${result.identity.codeVersion} from experiment <code>${result.identity.experimentHash.slice(0, 12)}</code> on data <code>${result.identity.dataId.slice(0, 12)}</code>. Past results do not promise future ones.</p></footer>
<script type="application/json" id="sessions">${jsonText(result.dates)}</script>
<script>${trusted(readoutScript)}</script></body></html>
`;
  return page.text;
}
