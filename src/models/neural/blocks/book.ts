// The convolutions of DeepLOB over order books (Zhang, Zohren & Roberts 2019, figure 3): first across the levels, then along time.
import { z } from "zod";
import { leakyRelu } from "#models/tensor/ops/elementwise.js";
import { placeConvolution } from "#models/tensor/ops/place-convolution.js";
import { concat, reshape, transpose } from "#models/tensor/ops/shape.js";
import { maxPool } from "#models/tensor/ops/window.js";
import { dim, sizeOf, type Tensor } from "#models/tensor/tensor.js";
import { badNet, type Build, within } from "./build.js";

export const bookSchema = z.strictObject({
  kind: z.literal("book"),
  /** Of each convolution across the levels; the three branches of the inception module have twice as many each. 16 in the paper. */
  channels: z.int().positive().default(16),
});

/** Values per level: ask price, ask size, bid price, bid size, in this order, the best level first. */
const PER_LEVEL = 4;

/**
 * `[batch][step][4 * levels]` to `[batch][step][6 * channels]`. Price and size are joined first, then both sides of a level, then all levels,
 * each followed by two convolutions over four steps; then the inception module. All padding lies before the first step (the paper pads
 * nothing or both sides), so that steps stay and none sees a later one.
 * Inside, tensors are `[place][channel][batch][step]`, a place being a side of a level, a level, or the book: neighbors become channels
 * without a copy.
 */
export function buildBook(build: Build, x: Tensor, { channels }: z.infer<typeof bookSchema>): Tensor {
  const { g } = build;
  const [batch, steps, values] = x.shape as [number, number, number];
  if (values % PER_LEVEL !== 0) {
    throw badNet(build, `it reads ask price, ask size, bid price and bid size of each level, but ${values} features are no multiple of 4`);
  }
  const levels = values / PER_LEVEL;
  let y = transpose(g, x, [2, 0, 1]);
  for (const [name, places] of [
    ["sides", 2 * levels],
    ["levels", levels],
    ["book", 1],
  ] as const) {
    const own = within(build, name);
    const joined = reshape(g, y, [places, sizeOf(y.shape) / (places * batch * steps), batch, steps]);
    y = convolved(within(own, "join"), joined, channels, 1);
    for (const part of ["first", "second"]) y = convolved(within(own, part), y, channels, 4);
  }
  y = inception(within(build, "inception"), y, 2 * channels);
  return transpose(g, reshape(g, y, [6 * channels, batch, steps]), [1, 2, 0]);
}

function inception(build: Build, x: Tensor, channels: number): Tensor {
  const { g } = build;
  const branch = (name: string, kernel: number): Tensor => {
    const own = within(build, name);
    return convolved(own, convolved(within(own, "point"), x, channels, 1), channels, kernel);
  };
  const [three, five] = [branch("three", 3), branch("five", 5)];
  const pooled = transpose(g, maxPool(g, transpose(g, x, [0, 3, 1, 2]), { size: 3, padding: "causal" }), [0, 2, 3, 1]);
  return concat(g, [three, five, convolved(within(within(build, "pool"), "point"), pooled, channels, 1)], 1);
}

/**
 * A convolution over `size` steps and its rectifier. There are ten of them one behind the other: weights begin within +-sqrt(6 / inputs),
 * which keeps the size of values through many layers of rectifiers (He et al. 2015, eq. 10).
 */
function convolved({ g, scope }: Build, x: Tensor, channels: number, size: number): Tensor {
  const inputs = size * dim(x, 1);
  const weight = scope.parameter("weight", [channels, inputs], { uniform: Math.sqrt(6 / inputs) });
  const bias = scope.parameter("bias", [channels], { uniform: 1 / Math.sqrt(inputs) }, { decays: false });
  return leakyRelu(g, placeConvolution(g, x, weight, bias));
}
