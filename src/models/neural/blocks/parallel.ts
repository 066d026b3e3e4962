// Branches that see the same, joined: two directions, several scales, a way around.
import { z } from "zod";
import { add, mul } from "#models/tensor/ops/arithmetic.js";
import { softmax } from "#models/tensor/ops/elementwise.js";
import { sum } from "#models/tensor/ops/reduce.js";
import { concat, reshape } from "#models/tensor/ops/shape.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { affine } from "./affine.js";
import { badNet, type Build, within } from "./build.js";

/** Settings beside the branches themselves, which are lists of blocks. */
export const joinSchema = z.enum(["concat", "sum", "gate"]).default("concat");

/**
 * `concat`: side by side. `sum`: added up. `gate`: per channel a mean whose weights come from all branches (the gated unit of Arevalo et
 * al. 2017, with a softmax for more than two). The last two ask for branches of one width.
 */
export function joinBranches(build: Build, branches: readonly Tensor[], join: z.infer<typeof joinSchema>): Tensor {
  const { g } = build;
  const [first] = branches as readonly [Tensor, ...Tensor[]];
  if (join === "concat") return concat(g, branches, -1);
  const widths = branches.map((branch) => dim(branch, -1));
  if (new Set(widths).size > 1) throw badNet(build, `its branches have widths ${widths.join(", ")}, but \`join: ${join}\` asks for one`);
  if (join === "sum") return branches.reduce((total, branch) => add(g, total, branch));
  return gated(build, branches, first);
}

/** Shows its weights, `[batch][...][channel][branch]`. */
function gated(build: Build, branches: readonly Tensor[], { shape }: Tensor): Tensor {
  const { g, path, readouts } = build;
  const width = shape.at(-1) as number;
  const score = affine(within(build, "gate"), concat(g, branches, -1), width * branches.length);
  const weights = softmax(g, reshape(g, score, [...shape, branches.length]));
  readouts.set(path.slice(0, -1), weights);
  const stacked = concat(
    g,
    branches.map((branch) => reshape(g, branch, [...shape, 1])),
    -1,
  );
  return sum(g, mul(g, stacked, weights), [shape.length]);
}
