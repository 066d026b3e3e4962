// How the raw scores of trees become an expected return, as operators of ONNX.
import type { Graph } from "#models/tensor/graph.js";
import { BATCH, type Tensor } from "#models/tensor/tensor.js";
import type { Link } from "./link.js";

/** From `[row][output]` to `[row][1]`: `expectedReturn` in f32. */
export function emitExpectedReturn(link: Link, graph: Graph, scores: Tensor): Tensor {
  const shape = [BATCH, 1];
  const line = (x: Tensor, slope: number, intercept: number): Tensor =>
    graph.emit("Add", [graph.emit("Mul", [x, graph.scalar(slope)], shape), graph.scalar(intercept)], shape);
  switch (link.kind) {
    case "identity":
      return scores;
    case "direction": {
      const half = graph.emit("Mul", [scores, graph.scalar(0.5)], shape);
      return graph.emit("Mul", [graph.emit("Tanh", [half], shape), graph.scalar(link.scale)], shape);
    }
    case "probability":
      return line(scores, 2 * link.scale, -link.scale);
    case "line":
      return line(scores, link.slope, link.intercept);
    case "classes": {
      const p = graph.emit("Softmax", [scores], scores.shape, { attributes: { axis: 1 } });
      return graph.emit("MatMul", [p, graph.constant(Float32Array.from(link.means), [link.means.length, 1])], shape);
    }
  }
}
