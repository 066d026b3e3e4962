// What every page of ours has around its sections: the head with its security policy, the masthead, the way around, the foot.
// The policy allows the page's own script by hash and nothing else.
import { createHash } from "node:crypto";
import { type Content, type Html, html, jsonText, trusted } from "./html.js";
import { iconLink, logoMark } from "./logo.js";
import { readoutScript } from "./readout-script.js";
import { styleSheet } from "./style-sheet.js";
import { theme } from "./theme.js";
import type { Stamp } from "./verdict-words.js";

export interface PageShell {
  readonly codeVersion: string;
  /** In the tab, ahead of the name of the house. */
  readonly title: string;
  readonly heading: string;
  readonly subheading: string;
  readonly stamps: readonly Stamp[];
  /** The first one is where a reader may skip to. */
  readonly sections: readonly { readonly id: string; readonly title: string }[];
  readonly main: Content;
  readonly foot: Content;
  /** `YYYY-MM-DD`, for charts whose labels they are. */
  readonly dates: readonly string[];
}

/** A whole HTML document: no network, no clock, the same bytes for the same input. */
export function renderPage({ codeVersion, title, heading, subheading, stamps, sections, main, foot, dates }: PageShell): string {
  const scriptHash = createHash("sha256").update(readoutScript).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const [first] = sections;
  const page: Html = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="Truewind ${codeVersion}">
<title>${title} · Truewind</title>${iconLink()}
<style>${trusted(theme + styleSheet)}</style></head>
<body>${first && html`<a class="skip" href="#${first.id}">Skip to ${first.title.toLowerCase()}</a>`}
<header class="masthead"><div class="brand">${logoMark()}<span>Truewind</span></div><div class="run"><h1>${heading}</h1><p>${subheading}</p></div></header>
${stamps.length > 0 && html`<div class="ribbon" role="note">${stamps.map((stamp) => html`<span class="stamp" title="${stamp.meaning}">${stamp.label}</span>`)}</div>`}
<nav aria-label="Sections">${sections.map((section) => html`<a href="#${section.id}">${section.title}</a>`)}</nav>
<main>${main}</main>
<footer>${logoMark()}<p>${foot}</p></footer>
<script type="application/json" id="sessions">${jsonText(dates)}</script>
<script>${trusted(readoutScript)}</script></body></html>
`;
  return page.text;
}
