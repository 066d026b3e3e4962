// Rows of features as the inputs of a foreign file want them.
import type { Tensor as RuntimeTensor } from "onnxruntime-node";
import { toRuntime } from "#models/tensor/runtime.js";
import type { InputMap } from "./inputs.js";

/** `x`: `[row][step][feature]`. With one step the axis of steps is left out. */
export async function feedsOf(
  inputs: readonly InputMap[],
  x: Float32Array,
  rows: number,
  steps: number,
  features: number,
): Promise<Readonly<Record<string, RuntimeTensor>>> {
  const feeds: Record<string, RuntimeTensor> = {};
  for (const { name, columns } of inputs) {
    const width = columns.length;
    const values = new Float32Array(rows * steps * width);
    for (let at = 0, from = 0; at < values.length; from += features)
      for (let j = 0; j < width; j++) values[at++] = x[from + (columns[j] as number)] as number;
    feeds[name] = await toRuntime({ shape: steps === 1 ? [rows, width] : [rows, steps, width] }, values);
  }
  return feeds;
}
