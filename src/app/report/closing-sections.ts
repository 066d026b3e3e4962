// The end of the page: the data and its flaws, the assumptions in words, the paper session, and how to make the run again.
import { stringify } from "yaml";
import type { RunResult } from "#domain/run-result.js";
import type { PaperSession, ReportExtras } from "./extras.js";
import { countTable } from "./count-table.js";
import { type Content, type Html, html } from "./html.js";
import { counted, grouped, money, percent } from "./number-format.js";
import { facts, type Section } from "./section.js";
import { priceBasisWords } from "./verdict-words.js";

export function dataSection(result: RunResult): Section {
  const { dataset } = result;
  const reasons = Object.entries(dataset.quality);
  const share = dataset.rows > 0 ? ` (${percent(dataset.quarantinedRows / dataset.rows, 3)})` : "";
  return {
    id: "data",
    title: "The data",
    lead: `${dataset.name}: ${grouped(dataset.rows)} rows of ${counted(dataset.instruments, "instrument")}, ${dataset.from} to ${dataset.to}.`,
    body: html`<figure class="chart">${identity([
      ["Source", dataset.source],
      ["Calendar", dataset.calendar],
      ["Prices", `${priceBasisWords(dataset.priceBasis)}${dataset.priceBasisAssumed ? " (assumed)" : ""}`],
      [
        "Holds",
        dataset.survivorsOnly
          ? `survivors only${dataset.survivorsAssumed ? " (assumed)" : ""}`
          : `also names that were delisted${dataset.survivorsAssumed ? " (assumed)" : ""}`,
      ],
      ["Quarantined", `${counted(dataset.quarantinedRows, "row")}${share}, ${counted(dataset.quarantinedFiles, "file")}`],
      ["Flagged, kept", counted(dataset.flaggedRows, "row")],
    ])}
<p class="fine">Quarantined rows are impossible and never used; flagged rows are unusual, kept, and worth a look.</p>
${reasons.length > 0 && countTable("Reason", "Rows", reasons)}</figure>`,
  };
}

export function assumptionsSection(result: RunResult): Section {
  return {
    id: "assumptions",
    title: "What is assumed",
    lead: "A backtest is a story under conditions. These are its conditions.",
    body:
      result.assumptions.length > 0
        ? html`<ol class="assumptions">${result.assumptions.map((assumption) => html`<li>${assumption}</li>`)}</ol>`
        : html`<p>The run states no assumption, which is itself a reason for doubt.</p>`,
  };
}

export function paperSection(paper: PaperSession, currency: string): Section {
  const replay = paper.replayIdentical === null ? "not replayed" : paper.replayIdentical ? "identical orders" : "DIFFERENT orders";
  return {
    id: "paper",
    title: "The paper session",
    lead: `The same experiment through risk and the simulated venue, journaled, ${paper.from} to ${paper.to}.`,
    body: html`${facts([
      ["Decisions", grouped(paper.decisions)],
      ["Orders", grouped(paper.orders)],
      ["Fills", grouped(paper.fills)],
      ["Refused", grouped(paper.refused)],
      ["Equity at the end", money(paper.equity, currency)],
      ["Replay of the journal", replay],
    ])}${paper.halted !== null && html`<p class="caveat">Trading was halted: ${paper.halted}</p>`}`,
  };
}

export function reproduceSection(result: RunResult, extras: ReportExtras): Section {
  const { runtime } = result.identity;
  const code = (text: string): Html => html`<code>${text}</code>`;
  return {
    id: "reproduce",
    title: "How to make this again",
    lead: "The same experiment, data, code and seed give the same bytes. Floating-point figures are bit-equal only on the same runtime; the order list everywhere.",
    body: html`${identity([
      ["Command", code(extras.command ?? "truewind backtest experiment.yaml")],
      ["Experiment", code(result.identity.experimentHash)],
      ["Data", code(result.identity.dataId)],
      ["Code", code(result.identity.codeVersion)],
      ["Seed", code(result.identity.seed)],
      ["Order list", code(result.orders.hash)],
      ["Runtime", code(`Node ${runtime.node}, V8 ${runtime.v8}, ${runtime.arch}`)],
    ])}
<details><summary>The resolved experiment (experiment.yaml)</summary><pre tabindex="0">${stringify(result.experiment ?? null, { lineWidth: 100 })}</pre></details>
${extras.timing && timing(extras.timing)}`,
  };
}

/** One fact per row: for values that are long. */
function identity(pairs: readonly (readonly [term: string, value: Content])[]): Html {
  return html`<dl class="identity">${pairs.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function timing(time: NonNullable<ReportExtras["timing"]>): Html {
  const total = time.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const memory = time.peakMemoryBytes === null ? "" : ` Peak memory ${grouped(time.peakMemoryBytes / 1_048_576)} MiB.`;
  return html`<p class="fine">It took ${total.toFixed(1)} s: ${time.stages.map((stage) => `${stage.name} ${stage.seconds.toFixed(1)} s`).join(", ")}.${memory}</p>`;
}
