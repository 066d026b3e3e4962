// The page of a certificate: the answer first, its rules, then what it stands on. No network, no clock, the same bytes for the same input.
import type { SessionRule } from "#research/evidence/session-rules.js";
import { type Html, html } from "../report/html.js";
import { counted, percent, ratio, signedPercent } from "../report/number-format.js";
import { renderPage } from "../report/page-shell.js";
import { facts, renderSection, type Section } from "../report/section.js";
import { SIMULATED } from "../report/verdict-words.js";
import { windLines } from "../report/wind-lines.js";
import type { Certificate, ChainLink } from "./certificate.js";

export const headlines: Readonly<Record<Certificate["decision"], string>> = {
  "go": "Go.",
  "no-go": "No go.",
  "not enough evidence": "Not enough evidence.",
};

export function renderCertificate(certificate: Certificate): string {
  const { identity, run, name, from, to } = certificate;
  const stamps = certificate.simulated ? [SIMULATED] : [];
  const sections = [rulesSection(certificate), luckSection(certificate), chainSection(certificate)];
  return renderPage({
    codeVersion: identity.codeVersion,
    title: `${name} certified: ${headlines[certificate.decision]}`,
    heading: name,
    subheading: `Certificate of ${run} \u00b7 ${from} to ${to}`,
    stamps,
    sections: [{ id: "answer", title: "Answer" }, ...sections],
    main: html`${hero(certificate)}${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${identity.codeVersion}. Seal <code>${certificate.seal}</code>. Past results do not promise future ones.`,
    dates: [],
  });
}

function hero(certificate: Certificate): Html {
  const { decision, figures, rules, identity, over } = certificate;
  const tone = { "go": "fair", "no-go": "calm", "not enough evidence": "fog" }[decision];
  const sky = { "go": "edge", "no-go": "no edge", "not enough evidence": "not enough evidence" } as const;
  const kept = rules.filter(({ passed }) => passed === true).length;
  return html`<section id="answer" class="verdict ${tone}" aria-labelledby="answer-title">${windLines(identity.experimentHash, sky[decision])}
<p class="eyebrow">May it trade with money, after what it did on paper?</p><h2 id="answer-title">${headlines[decision]}</h2>
<p class="because">${certificate.because}</p>
${facts([
  ["Rules kept", `${kept} of ${rules.length}`],
  ["Net return", signedPercent(figures.netReturn, 2)],
  [over === "cash" ? "Cash" : "Equal weight", signedPercent(figures.baselineReturn, 2)],
  ["Sharpe ratio", figures.sharpe === null ? "\u2013" : `${ratio(figures.sharpe.value)} \u00b1 ${ratio(figures.sharpe.error, 1)}`],
  ["Deepest fall", percent(figures.maxDrawdown)],
  ["On paper", counted(figures.sessions, "session")],
])}</section>
`;
}

function rulesSection({ rules }: Certificate): Section {
  const kept = rules.filter(({ passed }) => passed === true).length;
  return {
    id: "rules",
    title: "The rules",
    lead: `${kept} of ${rules.length} are kept. A broken rule is a no; a yes needs all of them. Each was set before any result was seen.`,
    body: html`<table class="gates"><thead><tr><th scope="col">Rule</th><th scope="col">Answer</th><th scope="col">Figure</th><th scope="col">What it says</th></tr></thead><tbody>${rules.map(
      ({ title, kind, bar, passed, figure, because }) =>
        html`<tr><th scope="row">${title}<small>${kind}: ${bar}</small></th><td class="answer">${answerOf(passed)}</td><td class="figure">${figure}</td><td>${because}</td></tr>
`,
    )}</tbody></table>`,
  };
}

function answerOf(passed: SessionRule["passed"]): Html {
  if (passed === null) return html`<b class="unknown">open</b>`;
  return passed ? html`<b class="yes">kept</b>` : html`<b class="no">broken</b>`;
}

function luckSection({ figures }: Certificate): Section {
  const { sharpe, luck, sessions } = figures;
  return {
    id: "luck",
    title: "How much so short a time can say",
    lead: "A paper session shows that what was tested is what trades. Whether it earns, the long record must say.",
    body: html`${facts([
      ["Standard error of the Sharpe ratio", sharpe === null ? "\u2013" : ratio(sharpe.error, 1)],
      ["Were sessions independent", sharpe === null ? "\u2013" : ratio(sharpe.independentError, 1)],
      ["90% interval", sharpe === null ? "\u2013" : `${ratio(sharpe.low, 1)} to ${ratio(sharpe.high, 1)}`],
      ["A good strategy fails by bad luck", luck === null ? "\u2013" : percent(luck.fails, 0)],
      ["One without its edge passes by luck", luck === null ? "\u2013" : percent(luck.passesWithout, 0)],
    ])}<p class="fine">The last two are shares of 2,000 stretches of ${counted(sessions, "session")}, drawn in blocks from the backtest's own sessions; in the last one, what it earned over its yardstick is taken out. They speak of the rules on return and Sharpe ratio alone.</p>`,
  };
}

function chainSection({ chain, seal, identity, run, journalBytes }: Certificate): Section {
  const code = (text: string): Html => html`<code>${text}</code>`;
  const list = (rows: readonly (readonly [string, Html])[]): Html =>
    html`<dl class="identity">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
  const hashed = (of: readonly ChainLink[]) => of.map(({ what, sha256 }) => [what, code(sha256)] as const);
  const models = chain.filter(({ what }) => what.startsWith("models"));
  return {
    id: "chain",
    title: "What it stands on",
    lead: `The SHA-256 of each file, linked one to the next and sealed; the journal is taken to byte ${journalBytes.toLocaleString("en")}. One changed byte breaks the seal.`,
    body: html`${list([
      ["Run", code(run)],
      ["Experiment", code(identity.experimentHash)],
      ["Data", code(identity.dataId)],
      ["Code", code(identity.codeVersion)],
      ["Seed", code(identity.seed)],
      ["Backtest", identity.backtest === null ? html`none was validated` : code(identity.backtest)],
      ...hashed(chain.filter((link) => !models.includes(link))),
      ["Seal", code(seal)],
    ])}
<details><summary>${counted(models.length, "file")} of models</summary>${list(hashed(models))}</details>
<p class="fine">Check it with <code>truewind certify ${run} --verify</code>.</p>`,
  };
}
