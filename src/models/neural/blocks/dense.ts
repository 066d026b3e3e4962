// A dense layer, at each step alone where there are steps.
import { z } from "zod";
import type { Tensor } from "#models/tensor/tensor.js";
import { activated, activationSchema, affine } from "./affine.js";
import type { Build } from "./build.js";
import { dropoutSchema, dropped, normalized, normSchema } from "./norm.js";

export const denseSchema = z.strictObject({
  kind: z.literal("dense"),
  units: z.int().positive(),
  activation: activationSchema.default("relu"),
  norm: normSchema,
  dropout: dropoutSchema,
});

/** dropout(activation(norm(x w' + b))) */
export function buildDense(build: Build, x: Tensor, { units, activation, norm, dropout }: z.infer<typeof denseSchema>): Tensor {
  return dropped(build, activated(build, normalized(build, affine(build, x, units), norm), activation), dropout);
}
