// The page of what a run's trading cost. No network, no clock, the same bytes for the same journal.
import { type Html, html } from "./html.js";
import { counted } from "./number-format.js";
import { renderPage } from "./page-shell.js";
import { renderSection } from "./section.js";
import { blameSections, costSections } from "./tca-sections.js";
import type { TcaResult } from "./trade-costs.js";
import { SIMULATED } from "./verdict-words.js";

export function renderTcaPage(result: TcaResult, codeVersion: string): string {
  const stamps = result.simulated ? [SIMULATED] : [];
  const sections = result.parents.length === 0 ? costSections(result).slice(0, 1) : [...costSections(result), ...blameSections(result)];
  const { days } = result;
  return renderPage({
    codeVersion,
    title: `${result.name}: what trading cost`,
    heading: result.name,
    subheading: `Trading costs of ${result.run} \u00b7 ${days.length === 0 ? "no order" : `${days[0]?.name} to ${days.at(-1)?.name}, ${counted(days.length, "day")}`}`,
    stamps,
    sections,
    main: html`${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${codeVersion}; every order was repeated from the journal first. Past results do not promise future ones.`,
    dates: [],
  });
}
