// A loop over time inside the graph: ONNX Scan. Unrolling sixty steps gives thousands of nodes and seconds of start; a loop gives a hundred.
import { Graph } from "../graph.js";
import type { Shape, Tensor } from "../tensor.js";
import { concat, reshape, slice } from "./shape.js";

export interface ScanInput {
  /** What one step hands to the next; the first step gets these. */
  readonly states: readonly Tensor[];
  /** Cut into steps along axis 0. */
  readonly sequences: readonly Tensor[];
  /** Walks from the last step to the first; what is collected lies in the order of time all the same. */
  readonly reverse: boolean;
}

export interface ScanStep {
  readonly states: readonly Tensor[];
  /** Collected over all steps along a new axis 0. */
  readonly collected: readonly Tensor[];
}

/**
 * Tensors of the graph around it may be used by `step`, which adds its nodes to the graph it is given. Nothing inside is differentiated:
 * who calls it states the derivative of the whole loop.
 */
export function scan(
  g: Graph,
  { states, sequences, reverse }: ScanInput,
  step: (body: Graph, states: readonly Tensor[], slices: readonly Tensor[]) => ScanStep,
): { readonly states: readonly Tensor[]; readonly collected: readonly Tensor[] } {
  const body = new Graph(g.purpose, g);
  const id = g.nodes.length;
  const named = (kind: string, tensors: readonly Tensor[], shape: (tensor: Tensor) => Shape): readonly Tensor[] =>
    tensors.map((tensor, i) => body.input(`scan${id}_${kind}${i}`, shape(tensor)));
  const before = named("state", states, (tensor) => tensor.shape);
  const slices = named("slice", sequences, (tensor) => tensor.shape.slice(1));
  const after = step(body, before, slices);
  for (const tensor of [...after.states, ...after.collected]) body.result(tensor);
  const length = sequences[0]?.shape[0] as number;
  const shapes = [...states.map(({ shape }) => shape), ...after.collected.map(({ shape }) => [length, ...shape])];
  const direction = reverse ? 1 : 0;
  const outputs = g.emitMany("Scan", [...states, ...sequences], shapes, {
    attributes: {
      body: { graph: body },
      num_scan_inputs: sequences.length,
      scan_input_directions: sequences.map(() => direction),
      ...(after.collected.length === 0 ? {} : { scan_output_directions: after.collected.map(() => direction) }),
    },
  });
  return { states: outputs.slice(0, states.length), collected: outputs.slice(states.length) };
}

/** For each step of `all`, `[time][batch][hidden]`, the value that it was handed: that of the step walked before, `initial` at the start. */
export function stepBefore(g: Graph, all: Tensor, initial: Tensor, reverse: boolean): Tensor {
  const time = all.shape[0] as number;
  const start = reshape(g, initial, [1, ...initial.shape]);
  return concat(g, reverse ? [slice(g, all, 0, 1, time), start] : [start, slice(g, all, 0, 0, time - 1)], 0);
}
