// Operations against PyTorch: values and all gradients on random inputs (test/reference/neural/layers.py made the numbers).
// Layouts are turned within the graph, so that gradients come out in PyTorch's layout too.
import { describe, expect, it } from "vitest";
import { type BuildCase, errorsOf, type ReferenceCase, referenceCases } from "#test/fixtures/neural-reference.js";
import type { Graph } from "./graph.js";
import { add } from "./ops/arithmetic.js";
import { attention } from "./ops/attention.js";
import { gelu, relu } from "./ops/elementwise.js";
import { gru } from "./ops/gru.js";
import { lstm } from "./ops/lstm.js";
import { linear } from "./ops/matrix.js";
import { layerNorm } from "./ops/normalize.js";
import { max, mean } from "./ops/reduce.js";
import { concat, pad, pick, reshape, split, transpose } from "./ops/shape.js";
import { convolution, maxPool } from "./ops/window.js";
import type { Tensor } from "./tensor.js";

const TOLERANCE = 1e-5;

type Tensors = Readonly<Record<string, Tensor>>;
type Make = (options: ReferenceCase["options"]) => BuildCase;

/** One tensor from the input called `input`. */
const from =
  (build: (g: Graph, input: Tensor, tensors: Tensors) => Tensor): BuildCase =>
  (g, t) => ({ output: build(g, t["input"] as Tensor, t) });

const of = (t: Tensors, name: string): Tensor => {
  const tensor = t[name];
  if (tensor === undefined) throw new Error(`the reference has no ${name}`);
  return tensor;
};

/** Blocks of rows in another order. */
function reorder(g: Graph, x: Tensor, blocks: readonly number[]): Tensor {
  const size = (x.shape[0] as number) / blocks.length;
  const parts = split(g, x, Array<number>(blocks.length).fill(size), 0);
  return concat(
    g,
    blocks.map((block) => parts[block] as Tensor),
    0,
  );
}

/** A stack of recurrent layers as PyTorch stacks them. LSTM gates come as i, f, g, o; GRU gates as r, z, n. */
const recurrent: Make =
  ({ layers, bidirectional, kind }) =>
  (g, t) => {
    const order = kind === "lstm" ? [0, 3, 1, 2] : [1, 0, 2];
    const directions = bidirectional === true ? ["", "_reverse"] : [""];
    const [hs, cs]: [Tensor[], Tensor[]] = [[], []];
    let x = transpose(g, of(t, "input"), [1, 0, 2]);
    for (let layer = 0; layer < (layers as number); layer++) {
      const outputs = directions.map((tail) => {
        const weight = (name: string): Tensor => reorder(g, of(t, `${name}_l${layer}${tail}`), order);
        const [input, hidden] = [weight("weight_ih"), weight("weight_hh")];
        const [bi, bh] = [weight("bias_ih"), weight("bias_hh")];
        const options = { reverse: tail !== "" };
        const state = (name: string): Tensor => pick(g, of(t, name), 0, hs.length);
        if (kind === "lstm") {
          const initial = "h0" in t ? { initial: { h: state("h0"), c: state("c0") } } : {};
          const { all, last, cell } = lstm(g, x, { input, recurrent: hidden, bias: add(g, bi, bh) }, { ...options, ...initial });
          hs.push(last);
          cs.push(cell);
          return all;
        }
        const units = hidden.shape[1] as number;
        const [gates, resetBias] = split(g, bh, [2 * units, units], 0) as [Tensor, Tensor];
        const bias = add(g, bi, pad(g, gates, 0, 0, units));
        const initial = "h0" in t ? { initial: state("h0") } : {};
        const { all, last } = gru(g, x, { input, recurrent: hidden, bias, resetBias }, { ...options, ...initial });
        hs.push(last);
        return all;
      });
      x = concat(g, outputs, 2);
    }
    const stacked = (states: readonly Tensor[]): Tensor => {
      const wide = states.map((one) => reshape(g, one, [1, ...one.shape]));
      return concat(g, wide, 0);
    };
    return { output: transpose(g, x, [1, 0, 2]), h_n: stacked(hs), ...(kind === "lstm" ? { c_n: stacked(cs) } : {}) };
  };

/** `[out][in][kernel]`, and channels before time. */
const convolution1d: Make = ({ kernel, dilation }) =>
  from((g, input, t) => {
    const [outputs, inputs] = of(t, "weight").shape as [number, number];
    const size = kernel as number;
    const weight = reshape(g, transpose(g, of(t, "weight"), [0, 2, 1]), [outputs, size * inputs]);
    const options = { size, dilation: dilation as number, padding: "causal" } as const;
    return transpose(g, convolution(g, transpose(g, input, [0, 2, 1]), weight, of(t, "bias"), options), [0, 2, 1]);
  });

/** `[out][in][kernel time][kernel level]`, channels before time before levels. */
const convolution2d: Make = ({ kernel, padding }) =>
  from((g, input, t) => {
    const [time, level] = kernel as [number, number];
    const [outputs, inputs] = of(t, "weight").shape as [number, number];
    const x = transpose(g, input, [0, 2, 3, 1]);
    const weight = reshape(g, transpose(g, of(t, "weight"), [0, 2, 3, 1]), [outputs, time * level * inputs]);
    const [batch, steps, levels] = x.shape as [number, number, number];
    const y =
      level > 1
        ? linear(g, reshape(g, x, [batch, steps, levels / level, level * inputs]), weight, of(t, "bias"))
        : convolution(g, x, weight, of(t, "bias"), { size: time, padding: (padding as number[])[0] === 0 ? "valid" : "same" });
    return transpose(g, y, [0, 3, 1, 2]);
  });

function multiHead(g: Graph, t: Tensors, query: Tensor, memory: Tensor, prefix: string, options: ReferenceCase["options"]) {
  const width = query.shape[2] as number;
  const thirds = (name: string) => split(g, of(t, prefix + name), [width, width, width], 0);
  const [weights, biases] = [thirds("in_proj_weight"), thirds("in_proj_bias")];
  const projected = [query, memory, memory].map((x, i) => linear(g, x, weights[i] as Tensor, biases[i] as Tensor));
  const heads = { heads: options["heads"] as number, causal: options["causal"] === true };
  const { y, weights: looks } = attention(g, projected as [Tensor, Tensor, Tensor], heads);
  return { output: linear(g, y, of(t, `${prefix}out_proj.weight`), of(t, `${prefix}out_proj.bias`)), weights: looks };
}

const scaledDotProduct: Make =
  ({ causal }) =>
  (g, t) => {
    const [batch, heads, time, size] = of(t, "query").shape as [number, number, number, number];
    const wide = (name: string): Tensor => reshape(g, transpose(g, of(t, name), [0, 2, 1, 3]), [batch, time, heads * size]);
    const { y } = attention(g, [wide("query"), wide("key"), wide("value")], { heads, causal: causal === true });
    return { output: transpose(g, reshape(g, y, [batch, time, heads, size]), [0, 2, 1, 3]) };
  };

const encoderLayer: Make = (options) =>
  from((g, x, t) => {
    const norm = (i: number, y: Tensor): Tensor => layerNorm(g, y, of(t, `norm${i}.weight`), of(t, `norm${i}.bias`));
    const attend = (y: Tensor): Tensor => multiHead(g, t, y, y, "self_attn.", options).output;
    const layer = (i: number, y: Tensor): Tensor => linear(g, y, of(t, `linear${i}.weight`), of(t, `linear${i}.bias`));
    const forward = (y: Tensor): Tensor => layer(2, (options["activation"] === "relu" ? relu : gelu)(g, layer(1, y)));
    if (options["norm_first"] === true) {
      const y = add(g, x, attend(norm(1, x)));
      return add(g, y, forward(norm(2, y)));
    }
    const y = norm(1, add(g, x, attend(x)));
    return norm(2, add(g, y, forward(y)));
  });

const withKind =
  (kind: "gru" | "lstm"): Make =>
  (options) =>
    recurrent({ ...options, kind });

/** By the longest beginning of the case's name that stands here. */
const makers: Readonly<Record<string, Make>> = {
  linear: () => from((g, x, t) => linear(g, x, of(t, "weight"), t["bias"] ?? null)),
  lstm: withKind("lstm"),
  gru: withKind("gru"),
  conv1d: convolution1d,
  conv2d: convolution2d,
  "multi-head-attention": (options) => (g, t) => multiHead(g, t, of(t, "input"), t["memory"] ?? of(t, "input"), "", options),
  "scaled-dot-product-attention": scaledDotProduct,
  "transformer-encoder-layer": encoderLayer,
  "max-over-time": () => from((g, x) => max(g, x, 1)),
  "mean-over-time": () => from((g, x) => mean(g, x, [1])),
  "max-pool-2d-same": () =>
    from((g, x) => transpose(g, maxPool(g, transpose(g, x, [0, 2, 3, 1]), { size: 3, padding: "same" }), [0, 3, 1, 2])),
  "max-pool-1d": () =>
    from((g, x) => transpose(g, maxPool(g, transpose(g, x, [0, 2, 1]), { size: 3, stride: 2, padding: "valid" }), [0, 2, 1])),
  "layer-norm": () => from((g, x, t) => layerNorm(g, x, of(t, "weight"), of(t, "bias"))),
};

const makerOf = (name: string): Make | undefined => {
  // No net convolves over two axes at once with overlapping windows.
  if (name === "conv2d-square-stride-2") return undefined;
  const keys = Object.keys(makers).filter((key) => name === key || name.startsWith(`${key}-`));
  return makers[keys.sort((a, b) => b.length - a.length)[0] as string];
};

describe.each(["training", "inference"] as const)("%s graphs compute what PyTorch computes", (purpose) => {
  it.each(
    referenceCases("layers.json")
      .filter((c) => makerOf(c.name) !== undefined)
      .map((reference) => [reference.name, reference] as const),
  )("%s", async (name, reference) => {
    const errors = await errorsOf(reference, purpose, (makerOf(name) as Make)(reference.options));
    for (const [what, error] of Object.entries(errors)) expect(error, `relative error of ${what}`).toBeLessThan(TOLERANCE);
  });
});
