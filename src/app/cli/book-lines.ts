// What `truewind books check` found, in lines for people.
import type { RecordingReport } from "#data/books/check-recording.js";
import type { LobsterAgreement } from "#data/books/lobster-check.js";

const STATES: Readonly<Record<NonNullable<RecordingReport["book"]>["state"], string>> = {
  waiting: "waiting for a snapshot",
  fresh: "in sync",
  stale: "stale",
  healing: "healing",
};

export function bookLines(report: RecordingReport, lobster: LobsterAgreement | null, seconds: number): string[] {
  const { format, symbol, parts, from, to, rows, shownRows, spread, volume } = report;
  const all = rows.book + rows.quote + rows.trade;
  const lines = [
    `${symbol}: ${format}, ${parts.length === 1 ? "1 file" : `${parts.length} files`}, ${from ?? "no time"} to ${to ?? "no time"}`,
    row("messages", `${count(all)}: ${count(rows.book)} of the book, ${count(rows.quote)} best quotes, ${count(rows.trade)} trades`),
    ...(report.book === null ? [] : bookState(report.book)),
    ...(report.orders === null
      ? []
      : [
          row(
            "orders",
            `${count(report.orders.events)} events, ${count(report.orders.resting)} orders rest, ${count(report.orders.unknown)} lines about unknown orders (${count(report.orders.losses)} losses)`,
          ),
        ]),
    row("crossed", `${count(report.crossedRows)} rows`),
    row("shown", `${count(shownRows)} of ${count(rows.book)} book rows have both sides; the others are NaN`),
    row(
      "spread",
      spread === null ? "none" : `median ${spread.median}, mean ${Number(spread.mean.toPrecision(4))}, 99 % below ${spread.p99}`,
    ),
    row("clock", clockWords(report.clock)),
    ...volume.map(({ date, volume: traded, pointOfControl, valueLow, valueHigh }) =>
      row(`volume ${date}`, `${Number(traded.toPrecision(8))}, most at ${pointOfControl}, 70 % in ${valueLow} to ${valueHigh}`),
    ),
  ];
  if (lobster !== null)
    lines.push(
      row(
        "given levels",
        `${count(lobster.differed)} of ${count(lobster.levels)} differ from our book by order, after ${count(lobster.messages)} messages (seeded ${count(lobster.seeded)} times)`,
      ),
    );
  lines.push(row("speed", `${count(Math.round(all / seconds))} messages a second, unpacking and reading included`));
  return lines;
}

function bookState(book: NonNullable<RecordingReport["book"]>): string[] {
  const { diffs, snapshots, old, trouble, resyncs, healed, quotesCompared, quotesDiffered, state } = book;
  const lines = [
    row("sequence", `${count(trouble.gap)} gaps in ${count(diffs)} diffs; ${count(old)} duplicates; ${count(trouble.broken)} malformed`),
    row("resynced", `${count(resyncs)} by a snapshot, ${count(healed)} without one; at the end the book is ${STATES[state]}`),
  ];
  if (snapshots === 0) lines.push(row("snapshot", "none: the book is never shown; name the file that holds it before this one"));
  if (quotesCompared > 0)
    lines.push(row("best quotes", `${count(quotesDiffered)} of ${count(quotesCompared)} best quotes differ from the book`));
  return lines;
}

function clockWords(clock: RecordingReport["clock"]): string {
  if (clock === null) return "the recording tells one clock only";
  if (clock.messages === 0) return "no message tells both clocks";
  const latency = clock.medianLatencyMs === null ? "" : `; median latency ${clock.medianLatencyMs.toFixed(2)} ms`;
  if (clock.behindMs === 0) return `nothing shows that the recorder's is behind${latency}`;
  const drift = clock.driftPpm === null ? "" : `, drifting ${clock.driftPpm.toFixed(1)} ppm`;
  return `the recorder's ran ${clock.behindMs.toFixed(1)} ms behind the exchange's${drift}: corrected${latency} above the quickest`;
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(17)} ${text}`;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
