// The causal convolution of many series at once, channels before time. ONNX Conv gathers the windows of a few steps while they are in the
// processor's cache; for a dozen channels that beats a table of windows in memory (`window.ts`), which pays when channels are many.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { matmul } from "./matrix.js";
import { sum } from "./reduce.js";
import { concat, reshape, transpose } from "./shape.js";

/**
 * Causal convolution along the last axis: `[place][in][batch][time]` to `[place][out][batch][time]`, the same at every place. `weight`:
 * `[out][size * in]`, the earliest step of the window first, as `convolution` has it; size is what its length says. Zeros stand before the
 * first step. Neighboring places are joined by a reshape that makes channels of them: `[place * k][in]...` is `[place][k * in]...`.
 */
export function placeConvolution(g: Graph, x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [places, inputs, batch, time] = x.shape as [number, number, number, number];
  const outputs = dim(weight, 0);
  const size = dim(weight, 1) / inputs;
  invariant(Number.isInteger(size), `${dim(weight, 1)} weights are no windows of ${inputs} channels`);
  const shape = [places, outputs, batch, time];
  const taps = (): Tensor => reshape(g, weight, [outputs, size, inputs]);

  const y = g.withoutTape(() => {
    const kernel = reshape(g, transpose(g, taps(), [0, 2, 1]), [outputs, inputs, 1, size]);
    return g.emit("Conv", [x, kernel, bias], shape, { attributes: { kernel_shape: [1, size], pads: [0, size - 1, 0, 0] } });
  });
  return g.define(y, [x, weight, bias], (d) => [
    // A step went into the windows that end up to `size - 1` steps later: the convolution that looks the other way.
    () => {
      const order = g.integers(Array.from({ length: size }, (_, j) => size - 1 - j));
      const turned = g.emit("Gather", [taps(), order], [outputs, size, inputs], { attributes: { axis: 1 } });
      const kernel = reshape(g, transpose(g, turned, [2, 0, 1]), [inputs, outputs, 1, size]);
      return g.emit("Conv", [d, kernel], x.shape, { attributes: { kernel_shape: [1, size], pads: [0, 0, 0, size - 1] } });
    },
    // What the window saw `back` steps ago times what became of it, over all that lies along time. Both are moved apart: x by a few single
    // steps and d by a few longer ones make all distances of few copies.
    () => {
      const stride = Math.ceil(Math.sqrt(size));
      const rows = (tensor: Tensor): Tensor => reshape(g, tensor, [places, dim(tensor, 1), batch * time]);
      const earlier = Array.from({ length: stride }, (_, by) => rows(moved(g, x, by)));
      const later = Array.from({ length: Math.ceil(size / stride) }, (_, i) => rows(moved(g, d, -i * stride)));
      const parts = Array.from({ length: size }, (_, j) => {
        const back = size - 1 - j;
        const [seen, became] = [earlier[back % stride] as Tensor, later[Math.floor(back / stride)] as Tensor];
        return matmul(g, seen, became, { transposeB: true });
      });
      return transpose(g, sum(g, concat(g, parts, 1), [0]), [1, 0]);
    },
    () => sum(g, sum(g, d, [2, 3]), [0]),
  ]);
}

/** Step t becomes step t + `by` of the last axis; what leaves at one end is dropped, zeros enter at the other. */
function moved(g: Graph, x: Tensor, by: number): Tensor {
  if (by === 0) return x;
  return g.emit("Pad", [x, g.integers([0, 0, 0, by, 0, 0, 0, -by])], x.shape);
}
