// The frame of a section: number, title, and the stamps that every section of results must carry.
import { type Content, type Html, html } from "./html.js";
import type { Stamp } from "./verdict-words.js";

export interface Section {
  readonly id: string;
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  readonly body: Content;
}

export function renderSection(section: Section, stamps: readonly Stamp[]): Html {
  return html`<section id="${section.id}" aria-labelledby="${section.id}-title"><header><h2 id="${section.id}-title">${section.title}</h2>${stamps.map(
    (stamp) => html`<span class="stamp" title="${stamp.meaning}">${stamp.label}</span>`,
  )}</header><p class="lead">${section.lead}</p>
${section.body}</section>
`;
}

/** A short list of facts: a term and its value. */
export function facts(pairs: readonly (readonly [term: string, value: Content])[]): Html {
  return html`<dl class="facts">${pairs.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}
