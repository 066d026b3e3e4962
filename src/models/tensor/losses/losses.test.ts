// Losses against PyTorch (test/reference/neural/losses.py made the numbers), and at the edges that it does not show.
import { describe, expect, it } from "vitest";
import { type BuildCase, errorsOf, referenceCases } from "#test/fixtures/neural-reference.js";
import { gradient } from "../gradient.js";
import { Graph } from "../graph.js";
import { reshape } from "../ops/shape.js";
import { runGraph } from "../run-graph.js";
import type { Tensor } from "../tensor.js";
import { binaryCrossEntropy, binaryFocal, crossEntropy, focal } from "./classification.js";
import { icLoss, pairwiseLogistic } from "./ranking.js";
import { gaussianNll, huber, mse, quantileLoss } from "./regression.js";

type Tensors = Readonly<Record<string, Tensor>>;
type Loss = (g: Graph, t: Tensors, options: Record<string, unknown>, classWeights: readonly number[] | undefined) => Tensor;

const get = (t: Tensors, ...names: string[]): Tensor[] => names.map((name) => t[name] as Tensor);
type Three = [Tensor, Tensor, Tensor];
const values = (t: Tensors): Three => get(t, "prediction", "target", "sample_weight") as Three;
const classes = (t: Tensors): Three => get(t, "logits", "label", "sample_weight") as Three;

/** The samples of several rows as one batch, each row a group. */
function byRow(g: Graph, t: Tensors): Tensor {
  const [rows, columns] = (t["prediction"] as Tensor).shape as [number, number];
  const size = rows * columns;
  const member = Float32Array.from({ length: size * rows }, (_, i) => (Math.floor(i / rows / columns) === i % rows ? 1 : 0));
  const [prediction, target, weights] = values(t).map((tensor) => reshape(g, tensor, [size])) as Three;
  return icLoss(g, prediction, target, weights, { groups: g.constant(member, [size, rows]) });
}

const focalLoss: Loss = (g, t, { gamma }, classWeights) =>
  focal(g, ...classes(t), { gamma: gamma as number, ...(classWeights === undefined ? {} : { classWeights }) });

const losses: Readonly<Record<string, Loss>> = {
  mse: (g, t) => mse(g, ...values(t)),
  "mse-outputs": (g, t) => mse(g, ...values(t)),
  "huber-1.0": (g, t, { delta }) => huber(g, ...values(t), delta as number),
  "huber-0.3": (g, t, { delta }) => huber(g, ...values(t), delta as number),
  quantile: (g, t, { quantiles }) => quantileLoss(g, ...values(t), quantiles as number[]),
  "gaussian-nll": (g, t) => gaussianNll(g, ...(get(t, "mean", "log_variance", "target", "sample_weight") as [Tensor, ...Three])),
  "cross-entropy": (g, t) => crossEntropy(g, ...classes(t)),
  "cross-entropy-class-weight": (g, t, _, classWeights) => crossEntropy(g, ...classes(t), { classWeights: classWeights as number[] }),
  "binary-cross-entropy-1.0": (g, t) => binaryCrossEntropy(g, ...classes(t)),
  "binary-cross-entropy-2.5": (g, t, options) => binaryCrossEntropy(g, ...classes(t), options["pos_weight"] as number),
  "focal-binary": (g, t, { gamma, alpha }) => binaryFocal(g, ...classes(t), { gamma: gamma as number, alpha: alpha as number }),
  focal: focalLoss,
  "focal-class-weight": focalLoss,
  ic: (g, t) => icLoss(g, ...values(t)),
  "ic-by-date": byRow,
  "pairwise-logistic": (g, t) => pairwiseLogistic(g, ...values(t)),
};

describe("values and gradients of PyTorch", () => {
  it.each(referenceCases("losses.json").map((reference) => [reference.name, reference] as const))("%s", async (name, reference) => {
    const { class_weight: classWeight, ...constants } = reference.constants;
    const build: BuildCase = (g, t) => ({
      loss: (losses[name] as Loss)(g, t, { ...reference.options }, classWeight === undefined ? undefined : [...classWeight.data]),
    });
    const errors = await errorsOf({ ...reference, constants }, "training", build);
    for (const [what, error] of Object.entries(errors)) expect(error, `relative error of ${what}`).toBeLessThan(1e-5);
  });
});

/** Loss and the gradient of the first input. */
async function evaluate(inputs: readonly (readonly number[])[], build: (g: Graph, tensors: readonly Tensor[]) => Tensor) {
  const g = new Graph("training");
  const tensors = inputs.map((data, i) => g.input(`x${i}`, [data.length]));
  const loss = build(g, tensors);
  g.output("loss", loss);
  g.output("d", gradient(g, loss, [tensors[0] as Tensor])[0] as Tensor);
  const out = await runGraph(g, Object.fromEntries(inputs.map((data, i) => [`x${i}`, Float32Array.from(data)])));
  return { loss: out["loss"]?.[0] as number, d: [...(out["d"] as Float32Array)] };
}

describe("edges", () => {
  it("a prediction that is the same for all has an IC of 0 and a finite gradient", async () => {
    const weights = [1, 1, 1, 1];
    const result = await evaluate([[2, 2, 2, 2], [1, 2, 3, 4], weights], (g, t) => icLoss(g, ...(t as unknown as Three)));
    expect(result).toEqual({ loss: 1, d: [0, 0, 0, 0] });
  });

  it("a group without weight does not count, nor do comparisons across groups", async () => {
    // The first two rise together, the third group is all padding.
    const inputs = [
      [1, 2, 10, 20, 5, 5],
      [3, 4, 1, 2, 9, 1],
      [1, 1, 1, 1, 0, 0],
    ];
    const groups = (g: Graph): Tensor => g.constant(Float32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1), [6, 3]);
    const ic = await evaluate(inputs, (g, t) => icLoss(g, ...(t as unknown as Three), { groups: groups(g) }));
    expect(ic.loss).toBeCloseTo(0, 5);
    expect(ic.d.every(Number.isFinite)).toBe(true);
    const pairs = await evaluate(inputs, (g, t) => pairwiseLogistic(g, ...(t as unknown as Three), { groups: groups(g) }));
    expect(pairs.loss).toBeCloseTo((Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-10))) / 2, 5);
  });

  it("targets that are all equal make no pair and no gradient", async () => {
    const result = await evaluate(
      [
        [1, 2],
        [0, 0],
        [1, 1],
      ],
      (g, t) => pairwiseLogistic(g, ...(t as unknown as Three)),
    );
    expect(result).toEqual({ loss: 0, d: [0, 0] });
  });

  it("logits far from 0 neither overflow nor lose their gradient", async () => {
    const inputs = [
      [100, -100, 100, -100],
      [1, 0, 0, 1],
      [1, 1, 1, 1],
    ];
    const cross = await evaluate(inputs, (g, t) => binaryCrossEntropy(g, ...(t as unknown as Three)));
    expect(cross.loss).toBeCloseTo(50, 3);
    expect(cross.d.map((one) => Math.round(one * 1e6) / 1e6 + 0)).toEqual([0, 0, 0.25, -0.25]);
    const focused = await evaluate(inputs, (g, t) => binaryFocal(g, ...(t as unknown as Three), { gamma: 2, alpha: 0.5 }));
    expect(focused.loss).toBeCloseTo(25, 3);
    expect(focused.d.every(Number.isFinite)).toBe(true);
  });
});
