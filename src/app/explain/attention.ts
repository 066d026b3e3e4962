// What a net shows of itself at one decision, as tables: weights of attention over steps and over features.
import type { FeatureFrame } from "#domain/frame.js";
import type { NeuralModel } from "#models/neural/predict.js";
import type { FittedModel } from "#ports/model.js";
import type { AttentionMap } from "../report/explanation.js";

/** More cells than that are no picture. */
const MOST_CELLS = 4096;

/** Per instrument of `names`, maps of all attention in the net: none where the model is no net or has none. */
export async function attentionOf(
  model: FittedModel,
  frame: FeatureFrame,
  names: readonly number[],
): Promise<readonly (readonly AttentionMap[])[]> {
  if (model.family !== "neural") return names.map(() => []);
  const { instruments, outputs } = await (model as NeuralModel).explain(frame);
  return names.map((name) => {
    const row = instruments.indexOf(name);
    if (row < 0) return [];
    return [...outputs].flatMap(([output, { shape, values }]) => {
      const cells = shape.slice(1).reduce((product, size) => product * size, 1);
      const map = output.startsWith("readout.")
        ? mapOf(output.slice(8), shape.slice(1), values.subarray(row * cells, (row + 1) * cells), model)
        : null;
      return map === null || map.rows.length * map.columns.length > MOST_CELLS ? [] : [map];
    });
  });
}

function mapOf(name: string, shape: readonly number[], values: Float32Array, { features, steps }: FittedModel): AttentionMap | null {
  const count = (n: number, word: string): readonly string[] => Array.from({ length: n }, (_, i) => `${word} ${i + 1}`);
  // Steps of the window are named by their distance; others (coarser scales) by their number.
  const stepNames = (n: number): readonly string[] =>
    Array.from({ length: n }, (_, i) => (n === steps ? (i === n - 1 ? "now" : `−${n - 1 - i}`) : String(i + 1)));
  const table = (rows: readonly string[], columns: readonly string[], of: (row: number, column: number) => number) => ({
    rows,
    columns,
    weights: rows.map((_, row) => columns.map((__, column) => Number(of(row, column).toPrecision(4)))),
  });
  const [a = 1, b = 1, c = 1] = shape;
  if (name.includes("encoder") && shape.length === 3) {
    const mean = (query: number, key: number): number => {
      let sum = 0;
      for (let head = 0; head < a; head++) sum += (values[(head * b + query) * c + key] as number) / a;
      return sum;
    };
    return { name, rowName: "step that looks", columnName: "step looked at", ...table(stepNames(b), stepNames(c), mean) };
  }
  if (name.includes("feature-attention")) {
    const [lines, width] = shape.length === 1 ? [1, a] : [a, b];
    const channels = width === features.length ? features : count(width, "channel");
    const at = (channel: number, line: number): number => values[line * width + channel] as number;
    return { name, rowName: "feature", columnName: "step", ...table(channels, lines === 1 ? ["weight"] : stepNames(lines), at) };
  }
  if (/(^|\.)\d+-attention$/.test(name) && shape.length === 2) {
    const at = (head: number, step: number): number => values[head * b + step] as number;
    return { name, rowName: "head", columnName: "step", ...table(count(a, "head"), stepNames(b), at) };
  }
  return null;
}
