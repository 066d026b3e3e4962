// Gated recurrent unit (Cho et al. 2014), in the variant that resets behind the product, which needs no second product per step:
//   z, r = sigmoid(x W' + h R' + b), n = tanh(x Wn' + bn + r (h Rn' + c)), h = (1 - z) n + z h.
// The gates lie in the order update z, reset r, candidate n: that of the ONNX operator, which inference uses.
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { add, mul, sub } from "./arithmetic.js";
import { sigmoid, tanh } from "./elementwise.js";
import type { RecurrentWeights } from "./lstm.js";
import { gemm, linear } from "./matrix.js";
import { reduceTo } from "./reduce.js";
import { scan, stepBefore } from "./scan.js";
import { concat, pick, reshape, split } from "./shape.js";

export interface GruWeights extends RecurrentWeights {
  /** The candidate's second bias, which the reset gate multiplies, `[hidden]`: c above. */
  readonly resetBias: Tensor;
}

export interface GruOptions {
  /** From the last step to the first. */
  readonly reverse?: boolean;
  /** Output of the step before the first, `[batch][hidden]`; zeros when left out. */
  readonly initial?: Tensor;
}

export interface GruResult {
  /** Output at every step, in the order of time, `[time][batch][hidden]`. */
  readonly all: Tensor;
  /** Output behind the last step walked, `[batch][hidden]`: the whole state. */
  readonly last: Tensor;
}

/** `x`: `[time][batch][input]`. */
export function gru(g: Graph, x: Tensor, weights: GruWeights, options: GruOptions = {}): GruResult {
  if (g.purpose === "inference") return fusedGru(g, x, weights, options);
  const reverse = options.reverse ?? false;
  const [batch, hidden] = [dim(x, 1), dim(weights.recurrent, 1)];
  const all = trainedGru(g, x, weights, options.initial ?? g.zeros([batch, hidden]), reverse);
  return { all, last: pick(g, all, 0, reverse ? 0 : -1) };
}

function fusedGru(g: Graph, x: Tensor, weights: GruWeights, { reverse = false, initial }: GruOptions): GruResult {
  const { input, recurrent, bias, resetBias } = weights;
  const [time, batch] = x.shape as [number, number];
  const hidden = dim(recurrent, 1);
  const oneDirection = (tensor: Tensor): Tensor => reshape(g, tensor, [1, ...tensor.shape]);
  const biases = concat(g, [bias, g.zeros([2 * hidden]), resetBias], 0);
  const [all, last] = g.emitMany(
    "GRU",
    [
      x,
      oneDirection(input),
      oneDirection(recurrent),
      oneDirection(biases),
      ...(initial === undefined ? [] : [null, oneDirection(initial)]),
    ],
    [
      [time, 1, batch, hidden],
      [1, batch, hidden],
    ],
    { attributes: { hidden_size: hidden, linear_before_reset: 1, direction: reverse ? "reverse" : "forward" } },
  ) as [Tensor, Tensor];
  return { all: reshape(g, all, [time, batch, hidden]), last: reshape(g, last, [batch, hidden]) };
}

/** Weights of the two gates and of the candidate: kept apart while training, where they are used apart. */
interface Parts {
  readonly gates: Tensor;
  readonly candidate: Tensor;
}

function trainedGru(g: Graph, x: Tensor, { input, recurrent, bias, resetBias }: GruWeights, initial: Tensor, reverse: boolean): Tensor {
  const [time, batch, inputs] = x.shape as [number, number, number];
  const hidden = dim(recurrent, 1);
  const rows = time * batch;
  const apart = (tensor: Tensor): Parts => {
    const [gates, candidate] = split(g, tensor, [2 * hidden, hidden], 0) as [Tensor, Tensor];
    return { gates, candidate };
  };
  const { ofInput, ofState, saved } = g.withoutTape(() => {
    const w = apart(input);
    const b = apart(bias);
    const r = apart(recurrent);
    const sequences = [linear(g, x, w.gates, b.gates), linear(g, x, w.candidate, b.candidate)];
    const { collected } = scan(g, { states: [initial], sequences, reverse }, (body, [h], [gates, candidate]) =>
      forwardStep(body, h as Tensor, { gates, candidate } as Parts, r, resetBias),
    );
    return { ofInput: w, ofState: r, saved: collected };
  });
  const [all, ...locals] = saved as [Tensor, ...Tensor[]];

  g.record([x, input, recurrent, bias, resetBias, initial], [all], ([d]) => {
    const { states, collected } = scan(
      g,
      { states: [g.zeros([batch, hidden])], sequences: [d as Tensor, ...locals], reverse: !reverse },
      (body, [behind], [upstream, ...slices]) =>
        backwardStep(body, behind as Tensor, upstream as Tensor, slices as [Tensor, Tensor, Tensor, Tensor], ofState),
    );
    const [gates, candidate, reset] = collected.map((one) => reshape(g, one, [rows, dim(one, 2)])) as [Tensor, Tensor, Tensor];
    const flat = reshape(g, x, [rows, inputs]);
    const before = reshape(g, stepBefore(g, all, initial, reverse), [rows, hidden]);
    return [
      () => reshape(g, gemm(g, candidate, ofInput.candidate, { add: gemm(g, gates, ofInput.gates, {}) }), x.shape),
      () => concat(g, [gemm(g, gates, flat, { transposeA: true }), gemm(g, candidate, flat, { transposeA: true })], 0),
      () => concat(g, [gemm(g, gates, before, { transposeA: true }), gemm(g, reset, before, { transposeA: true })], 0),
      () => concat(g, [reduceTo(g, gates, [2 * hidden]), reduceTo(g, candidate, [hidden])], 0),
      () => reduceTo(g, reset, [hidden]),
      () => states[0] as Tensor,
    ];
  });
  return all;
}

/** One step, and what a gradient of its output is multiplied by on its way to each of the sums inside. */
function forwardStep(g: Graph, h: Tensor, x: Parts, recurrent: Parts, resetBias: Tensor) {
  const hidden = dim(h, 1);
  const halves = (both: Tensor): [Tensor, Tensor] => split(g, both, [hidden, hidden], 1) as [Tensor, Tensor];
  const open = sigmoid(g, gemm(g, h, recurrent.gates, { transposeB: true, add: x.gates }));
  const shut = sub(g, g.scalar(1), open);
  const [z, r] = halves(open);
  const [notZ, notR] = halves(shut);
  const kept = mul(g, r, gemm(g, h, recurrent.candidate, { transposeB: true, add: resetBias }));
  const n = tanh(g, add(g, x.candidate, kept));
  const moved = mul(g, z, sub(g, h, n));
  const next = add(g, n, moved);
  // (1 - z)(1 - n^2), (h - n) z (1 - z), and through the candidate s r (1 - r) for the product s that is reset.
  const ofCandidate = sub(g, notZ, mul(g, mul(g, notZ, n), n));
  const ofGates = concat(g, [mul(g, moved, notZ), mul(g, mul(g, ofCandidate, kept), notR)], 1);
  return { states: [next], collected: [next, ofGates, ofCandidate, r, z] };
}

/** Back-propagation through time (Werbos 1990). The state is the gradient of this step's output from the steps behind it. */
function backwardStep(
  g: Graph,
  behind: Tensor,
  upstream: Tensor,
  [ofGates, ofCandidate, r, z]: readonly [Tensor, Tensor, Tensor, Tensor],
  recurrent: Parts,
) {
  const [batch, hidden] = behind.shape as [number, number];
  const d = add(g, upstream, behind);
  // Stretched over both gates by broadcasting: no copy of d.
  const both = mul(g, reshape(g, d, [batch, 1, hidden]), reshape(g, ofGates, [batch, 2, hidden]));
  const gates = reshape(g, both, [batch, 2 * hidden]);
  const candidate = mul(g, d, ofCandidate);
  const reset = mul(g, candidate, r);
  const throughGates = gemm(g, gates, recurrent.gates, { add: mul(g, d, z) });
  return { states: [gemm(g, reset, recurrent.candidate, { add: throughGates })], collected: [gates, candidate, reset] };
}
