// How small an edge the pipeline finds: the share of planted markets on which the verdict is "edge", by the size that was planted.
import { renderChart } from "../report/chart.js";
import type { Html } from "../report/html.js";
import { formats } from "../report/number-format.js";
import type { ControlResult } from "./control-result.js";
import { rateWords } from "./control-words.js";

export function renderPower(power: ControlResult["power"]): Html {
  return renderChart({
    title: "Power",
    note: "Share of markets with a planted edge on which the verdict is “edge”, by the size that was planted.",
    labels: power.map(({ size }) => String(size)),
    spoken: power.map(({ size, found }) => `planted ${size}: ${rateWords(found)}`),
    labelsFrom: "own",
    axis: "each",
    series: [
      {
        name: "Found",
        tone: "strategy",
        mark: "line",
        values: power.map(({ found }) => (found.of === 0 ? Number.NaN : found.count / found.of)),
      },
    ],
    format: formats.percent,
    include: [0, 1],
    rule: 0.8,
    height: "medium",
  });
}
