// Long short-term memory (Hochreiter & Schmidhuber 1997; with forget gate, Gers, Schmidhuber & Cummins 2000):
//   i, o, f = sigmoid(x W' + h R' + b), c~ = tanh(...), c = f c + i c~, h = o tanh c.
// The gates lie in the order input, output, forget, cell: that of the ONNX operator, which inference uses.
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { add, mul, sub } from "./arithmetic.js";
import { sigmoid, tanh } from "./elementwise.js";
import { gemm, linear } from "./matrix.js";
import { reduceTo } from "./reduce.js";
import { scan, stepBefore } from "./scan.js";
import { concat, pick, reshape, split } from "./shape.js";

export interface RecurrentWeights {
  /** `[gates * hidden][input]` */
  readonly input: Tensor;
  /** `[gates * hidden][hidden]` */
  readonly recurrent: Tensor;
  /** `[gates * hidden]` */
  readonly bias: Tensor;
}

export interface LstmState {
  /** Output and cell, `[batch][hidden]`. */
  readonly h: Tensor;
  readonly c: Tensor;
}

export interface LstmOptions {
  /** From the last step to the first. */
  readonly reverse?: boolean;
  /** Zeros when left out. */
  readonly initial?: LstmState;
}

export interface LstmResult {
  /** Output at every step, in the order of time, `[time][batch][hidden]`. */
  readonly all: Tensor;
  /** Output behind the last step walked, `[batch][hidden]`. */
  readonly last: Tensor;
  /** Cell behind the last step walked, `[batch][hidden]`. */
  readonly cell: Tensor;
}

/** `x`: `[time][batch][input]`. */
export function lstm(g: Graph, x: Tensor, weights: RecurrentWeights, options: LstmOptions = {}): LstmResult {
  if (g.purpose === "inference") return fusedLstm(g, x, weights, options);
  const zeros = g.zeros([dim(x, 1), dim(weights.recurrent, 1)]);
  const { initial = { h: zeros, c: zeros }, reverse = false } = options;
  const { all, cell } = trainedLstm(g, x, weights, initial, reverse);
  return { all, last: pick(g, all, 0, reverse ? 0 : -1), cell };
}

function fusedLstm(g: Graph, x: Tensor, weights: RecurrentWeights, { reverse = false, initial }: LstmOptions): LstmResult {
  const { input, recurrent, bias } = weights;
  const [time, batch] = x.shape as [number, number];
  const hidden = dim(recurrent, 1);
  const oneDirection = (tensor: Tensor): Tensor => reshape(g, tensor, [1, ...tensor.shape]);
  const state = initial === undefined ? [] : [null, oneDirection(initial.h), oneDirection(initial.c)];
  // The operator has two biases, which it adds up.
  const biases = concat(g, [bias, g.zeros(bias.shape)], 0);
  const [all, h, c] = g.emitMany(
    "LSTM",
    [x, oneDirection(input), oneDirection(recurrent), oneDirection(biases), ...state],
    [
      [time, 1, batch, hidden],
      [1, batch, hidden],
      [1, batch, hidden],
    ],
    { attributes: { hidden_size: hidden, direction: reverse ? "reverse" : "forward" } },
  ) as [Tensor, Tensor, Tensor];
  return {
    all: reshape(g, all, [time, batch, hidden]),
    last: reshape(g, h, [batch, hidden]),
    cell: reshape(g, c, [batch, hidden]),
  };
}

function trainedLstm(g: Graph, x: Tensor, { input, recurrent, bias }: RecurrentWeights, { h, c }: LstmState, reverse: boolean) {
  const [time, batch, inputs] = x.shape as [number, number, number];
  const hidden = dim(recurrent, 1);
  const rows = time * batch;
  const { states, collected } = g.withoutTape(() => {
    // What does not depend on the step before is one product over all steps.
    const fromInput = reshape(g, linear(g, x, input, bias), [time, batch, 4 * hidden]);
    return scan(g, { states: [h, c], sequences: [fromInput], reverse }, (body, [before, cell], [z]) =>
      forwardStep(body, { h: before as Tensor, c: cell as Tensor }, z as Tensor, recurrent),
    );
  });
  const cell = states[1] as Tensor;
  const [all, ofCell, ofGates, forget] = collected as [Tensor, Tensor, Tensor, Tensor];

  g.record([x, input, recurrent, bias, h, c], [all, cell], ([d, dCell]) => {
    const noGates = g.zeros([batch, 4 * hidden]);
    const upstream = d ?? g.zeros(all.shape);
    const backward = scan(
      g,
      { states: [noGates, dCell ?? g.zeros(cell.shape)], sequences: [upstream, ofCell, ofGates, forget], reverse: !reverse },
      (body, states, slices) => backwardStep(body, states as [Tensor, Tensor], slices as [Tensor, Tensor, Tensor, Tensor], recurrent),
    );
    const dz = reshape(g, backward.collected[0] as Tensor, [rows, 4 * hidden]);
    return [
      () => reshape(g, gemm(g, dz, input, {}), x.shape),
      () => gemm(g, dz, reshape(g, x, [rows, inputs]), { transposeA: true }),
      () => gemm(g, dz, reshape(g, stepBefore(g, all, h, reverse), [rows, hidden]), { transposeA: true }),
      () => reduceTo(g, dz, [4 * hidden]),
      () => gemm(g, backward.states[0] as Tensor, recurrent, {}),
      () => backward.states[1] as Tensor,
    ];
  });
  return { all, cell };
}

/** One step, and the local derivatives that the way back needs: they cost little here, where every factor is at hand. */
function forwardStep(g: Graph, { h, c }: LstmState, z: Tensor, recurrent: Tensor) {
  const hidden = dim(h, 1);
  const [gates, candidate] = split(g, gemm(g, h, recurrent, { transposeB: true, add: z }), [3 * hidden, hidden], 1) as [Tensor, Tensor];
  const open = sigmoid(g, gates);
  const fresh = tanh(g, candidate);
  const [i, o, f] = split(g, open, [hidden, hidden, hidden], 1) as [Tensor, Tensor, Tensor];
  const kept = mul(g, f, c);
  const added = mul(g, i, fresh);
  const cell = add(g, kept, added);
  const shown = tanh(g, cell);
  const next = mul(g, o, shown);
  // d next / d cell = o (1 - tanh^2 cell)
  const ofCell = sub(g, o, mul(g, next, shown));
  // Per gate: what its opening multiplies, times the slope s (1 - s) of the sigmoid; for the candidate i (1 - tanh^2).
  const ofOpenings = mul(g, concat(g, [added, next, kept], 1), sub(g, g.scalar(1), open));
  const ofGates = concat(g, [ofOpenings, sub(g, i, mul(g, added, fresh))], 1);
  return { states: [next, cell], collected: [next, ofCell, ofGates, f] };
}

/** Back-propagation through time (Werbos 1990). States: gradient of the gates of the step behind, and of the cell. */
function backwardStep(
  g: Graph,
  [dzBehind, dcBehind]: readonly [Tensor, Tensor],
  [d, ofCell, ofGates, forget]: readonly [Tensor, Tensor, Tensor, Tensor],
  recurrent: Tensor,
) {
  const dh = gemm(g, dzBehind, recurrent, { add: d });
  const dc = add(g, mul(g, dh, ofCell), dcBehind);
  const dz = mul(g, concat(g, [dc, dh, dc, dc], 1), ofGates);
  return { states: [dz, mul(g, dc, forget)], collected: [dz] };
}
