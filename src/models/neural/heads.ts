// The heads of a net: what it predicts, what each costs, and what a reader gets.
import type { Tensor } from "#models/tensor/tensor.js";
import { add, mul, scale, shift, sub } from "#models/tensor/ops/arithmetic.js";
import { sigmoid, softplus, square } from "#models/tensor/ops/elementwise.js";
import { sum } from "#models/tensor/ops/reduce.js";
import { reshape } from "#models/tensor/ops/shape.js";
import { div } from "#models/tensor/ops/arithmetic.js";
import { dim } from "#models/tensor/tensor.js";
import { type Build, within } from "./blocks/build.js";
import { dense } from "./blocks/body.js";
import type { HeadsConfig } from "./heads-schema.js";
import type { LabelScale } from "./normalize-input.js";

/** Raw outputs by head, `[batch]` or `[batch][parts]`. */
export function buildHeads(build: Build, body: Tensor, heads: HeadsConfig): ReadonlyMap<string, Tensor> {
  const raw = new Map<string, Tensor>();
  for (const [name, head] of Object.entries(heads)) {
    if (head === null) continue;
    const y = dense(within(build, `head.${name}`), body, 1);
    raw.set(name, reshape(build.g, y, [dim(y, 0)]));
  }
  return raw;
}

/** Weighted sum over the heads of the weighted mean over the samples. `y` is standardized; `zero` is where a label of 0 lies then. */
export function headLosses(
  { g }: Build,
  raw: ReadonlyMap<string, Tensor>,
  target: { readonly y: Tensor; readonly weight: Tensor; readonly zero: number },
  heads: HeadsConfig,
): { readonly loss: Tensor; readonly parts: ReadonlyMap<string, Tensor> } {
  const parts = new Map<string, Tensor>();
  let loss: Tensor | null = null;
  for (const [name, tensor] of raw) {
    const settings = heads[name as keyof HeadsConfig] as { weight: number };
    const each = name === "return" ? square(g, sub(g, tensor, target.y)) : logistic(tensor);
    const part = div(g, sum(g, mul(g, each, target.weight), [0]), sum(g, target.weight, [0]));
    parts.set(name, part);
    const weighted = scale(g, part, settings.weight);
    loss = loss === null ? weighted : add(g, loss, weighted);
  }
  return { loss: loss as Tensor, parts };

  function logistic(logit: Tensor): Tensor {
    const up = g.emit("Cast", [g.emit("Greater", [target.y, g.scalar(target.zero)], target.y.shape, { type: "bool" })], target.y.shape, {
      attributes: { to: 1 },
    });
    return sub(g, softplus(g, logit), mul(g, logit, up));
  }
}

/** What a reader gets, by name: `return` in label units, `direction` as a probability. */
export function headPredictions(
  { g }: Build,
  raw: ReadonlyMap<string, Tensor>,
  _heads: HeadsConfig,
  label: LabelScale,
): ReadonlyMap<string, Tensor> {
  return new Map(
    [...raw].map(([name, tensor]) => [
      name,
      name === "direction" ? sigmoid(g, tensor) : shift(g, scale(g, tensor, label.scale), label.mean),
    ]),
  );
}
