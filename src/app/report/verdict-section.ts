// The first screen: the verdict in large plain words, the reason, the measured difference with its band, and what to keep in mind.
import type { RunResult, Verdict } from "#domain/run-result.js";
import { percentOf } from "./chart.js";
import type { ReportExtras } from "./extras.js";
import { type Html, html } from "./html.js";
import { counted, isKnown, MISSING, percent, pValue, ratio, signedPercent } from "./number-format.js";
import { tickDigits, tickValues } from "./scale.js";
import { facts } from "./section.js";
import { stampsOf, trialsSentence, verdictHeadline } from "./verdict-words.js";
import { windLines } from "./wind-lines.js";

export function renderVerdict(result: RunResult, extras: ReportExtras): Html {
  const verdict = extras.adjustedVerdict;
  const stamps = stampsOf(result.dataset);
  const tone = { edge: "fair", "no edge": "calm", "not enough evidence": "fog" }[verdict.decision];
  return html`<section id="verdict" class="verdict ${tone}" aria-labelledby="verdict-title">${windLines(result.identity.experimentHash, verdict.decision)}
<p class="eyebrow">The verdict</p><h2 id="verdict-title">${verdictHeadline(verdict.decision)}</h2>
<p class="because">${verdict.because}</p>
${gauge(verdict)}
${facts([
  [`Net return over ${verdict.over}, a year`, signedPercent(verdict.activeReturn)],
  [`p-value, level ${isKnown(verdict.level) ? verdict.level : MISSING}`, pValue(verdict.pValue)],
  ["Information ratio", ratio(verdict.activeSharpe)],
  [
    "Alpha a year, beta",
    html`${signedPercent(verdict.alpha)}<small> at β ${ratio(verdict.beta)}, p ${pValue(verdict.alphaPValue)}</small>`,
  ],
  ["Out of sample", html`${counted(verdict.sessions, "session")}`],
])}
<div class="caveat"><p>${trialsSentence(extras, result.verdict)}</p>${stamps.map(
    (stamp) => html`<p><span class="stamp">${stamp.label}</span> ${stamp.meaning}</p>`,
  )}${result.dataset.plantedEdge !== null && html`<p>${plantedSentence(result.dataset.plantedEdge, verdict.decision === "edge")}</p>`}</div></section>
`;
}

function plantedSentence(strength: number, found: boolean): string {
  return strength === 0
    ? `The truth, known because it was planted: there is nothing to find in this data${found ? ", so this verdict is wrong" : ""}.`
    : `The truth, known because it was planted: an edge that would earn an oracle a Sharpe ratio of ${ratio(strength)} over equal weight is in this data${found ? "" : ", and this run did not prove it"}.`;
}

/** The difference to the yardstick as a point within its band, with zero in view. */
function gauge(verdict: Verdict): Html | null {
  const { activeReturn: mid, activeReturnLow: low, activeReturnHigh: high } = verdict;
  if (!isKnown(mid) || !isKnown(low) || !isKnown(high)) return null;
  const pad = Math.max(high, 0) - Math.min(low, 0) || 0.01;
  const domain = { low: Math.min(low, 0) - pad * 0.12, high: Math.max(high, 0) + pad * 0.12 };
  const at = (value: number): string => percentOf((value - domain.low) / (domain.high - domain.low));
  const ticks = tickValues(domain, 6, false);
  const digits = tickDigits(ticks, 100);
  const spoken = `Net return over ${verdict.over} ${signedPercent(mid)} a year, 90 percent band from ${signedPercent(low)} to ${signedPercent(high)}`;
  return html`<div class="gauge" role="img" aria-label="${spoken}"><div class="track">${ticks.map(
    (tick) =>
      html`<span class="tick${tick === 0 ? " zero" : ""}" style="left:${at(tick)}"><em>${tick === 0 ? verdict.over : signedPercent(tick, digits)}</em></span>`,
  )}<i class="band" style="left:${at(low)};width:${percentOf((high - low) / (domain.high - domain.low))}"></i><i class="point" style="left:${at(mid)}"><b>${signedPercent(mid)}</b></i></div>
<p>a year over ${verdict.over}, net of costs; the bar is the 90% band ${percent(low)} to ${percent(high)}</p></div>`;
}
