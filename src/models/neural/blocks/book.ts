// The convolutions of DeepLOB over order books (Zhang, Zohren & Roberts 2019, figure 3): first across the levels, then along time.
import { z } from "zod";
import { leakyRelu } from "#models/tensor/ops/elementwise.js";
import { concat, reshape } from "#models/tensor/ops/shape.js";
import { maxPool } from "#models/tensor/ops/window.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { affine } from "./affine.js";
import { badNet, type Build, within } from "./build.js";
import { convolve } from "./conv.js";

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
 * There are ten layers of rectifiers, hence `deep`.
 */
export function buildBook(build: Build, x: Tensor, { channels }: z.infer<typeof bookSchema>): Tensor {
  const { g } = build;
  const [batch, steps, values] = x.shape as [number, number, number];
  if (values % PER_LEVEL !== 0) {
    throw badNet(build, `it reads ask price, ask size, bid price and bid size of each level, but ${values} features are no multiple of 4`);
  }
  const levels = values / PER_LEVEL;
  let y = reshape(g, x, [batch, steps, 2 * levels, 2]);
  for (const [name, places] of [
    ["sides", 2 * levels],
    ["levels", levels],
    ["book", 1],
  ] as const) {
    // A convolution across levels whose stride is its size: neighbours become channels.
    const joined = reshape(g, y, [batch, steps, places, (dim(y, 2) / places) * dim(y, 3)]);
    const own = within(build, name);
    y = leakyRelu(g, affine(within(own, "join"), joined, channels, true));
    for (const part of ["first", "second"]) y = along(within(own, part), y, channels, 4);
  }
  return inception(within(build, "inception"), reshape(g, y, [batch, steps, channels]), 2 * channels);
}

function inception(build: Build, x: Tensor, channels: number): Tensor {
  const { g } = build;
  const narrow = (name: string): Tensor => leakyRelu(g, affine(within(within(build, name), "point"), x, channels, true));
  const pooled = maxPool(g, x, { size: 3, padding: "causal" });
  return concat(
    g,
    [
      along(within(build, "three"), narrow("three"), channels, 3),
      along(within(build, "five"), narrow("five"), channels, 5),
      leakyRelu(g, affine(within(within(build, "pool"), "point"), pooled, channels, true)),
    ],
    2,
  );
}

function along(build: Build, x: Tensor, channels: number, kernel: number): Tensor {
  return leakyRelu(build.g, convolve(build, x, { channels, kernel, dilation: 1, padding: "causal", deep: true }));
}
