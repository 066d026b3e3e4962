// Benchmark lines as a table for a person.
import type { BenchLine } from "./contract.js";

const headings = ["case", "unit", "ours", "peer", "ratio", "rounds", "floor"];

export function table(lines: readonly BenchLine[]): string {
  const rows = lines.map((line) => [
    line.case,
    line.unit,
    short(line.ours),
    line.peer === null ? (line.note ?? "-") : `${short(line.peer)} ${line.peerName}`,
    line.ratio === null ? "-" : `${line.ratio.toFixed(2)} (${standing(line.ratio)})`,
    String(line.rounds),
    line.floor === undefined ? "-" : short(line.floor),
  ]);
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? "").length)));
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [format(headings), format(widths.map((width) => "-".repeat(width))), ...rows.map(format)].join("\n");
}

function standing(ratio: number): string {
  return ratio < 1 ? `${(1 / ratio).toFixed(1)}x ahead` : ratio > 1 ? `${ratio.toFixed(1)}x behind` : "even";
}

/** Four significant digits. */
function short(value: number): string {
  return value >= 10_000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(4)));
}
