// Dropout (Srivastava et al. 2014), inverted: what stays is scaled up, and inference does nothing at all.
import type { Graph } from "../graph.js";
import type { Tensor } from "../tensor.js";
import { mul } from "./arithmetic.js";

/** The mask is an input of the graph, so that chance comes from our own seeded generator. `rate` in [0, 1). */
export function dropout(g: Graph, x: Tensor, rate: number): Tensor {
  return g.purpose === "inference" || rate === 0 ? x : mul(g, x, g.mask(x.shape, rate));
}
