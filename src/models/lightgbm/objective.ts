// What LightGBM makes of raw scores: `ConvertOutput` of its objectives, in numbers and as operators of ONNX.
import type { Graph } from "#models/tensor/graph.js";
import type { Tensor } from "#models/tensor/tensor.js";
import { badText } from "./text-fields.js";

export interface Objective {
  readonly name: string;
  /** The numbers are probabilities. */
  readonly probability: boolean;
  /** Raw scores to what LightGBM's `predict` gives, in place. */
  convert(scores: Float64Array): void;
  /** The same of `[row][output]`. */
  emit(graph: Graph, scores: Tensor): Tensor;
}

type Conversion = Pick<Objective, "convert" | "emit">;

const plain: Conversion = { convert: () => undefined, emit: (_, scores) => scores };

const each = (formula: (score: number) => number, emit: Conversion["emit"]): Conversion => ({
  convert(scores) {
    for (let k = 0; k < scores.length; k++) scores[k] = formula(scores[k] as number);
  },
  emit,
});

const operator =
  (op: string): Conversion["emit"] =>
  (graph, scores) =>
    graph.emit(op, [scores], scores.shape);

const square: Conversion = each(
  (s) => Math.sign(s) * s * s,
  (graph, scores) => graph.emit("Mul", [scores, graph.emit("Abs", [scores], scores.shape)], scores.shape),
);

const logistic = (slope: number): Conversion =>
  each(
    (s) => 1 / (1 + Math.exp(-slope * s)),
    (graph, scores) => graph.emit("Sigmoid", [graph.emit("Mul", [scores, graph.scalar(slope)], scores.shape)], scores.shape),
  );

const PLAIN = new Set(["regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg", "custom"]);

/** `line` is the file's `objective`: a name and settings, as in `binary sigmoid:1`. Models of one's own objective have none. */
export function parseObjective(line: string | null): Objective {
  const [name = "custom", ...settings] = (line ?? "custom").trim().split(/\s+/);
  const sigmoidOf = (): number => {
    const said = settings.find((setting) => setting.startsWith("sigmoid:"));
    const value = said === undefined ? 1 : Number(said.slice("sigmoid:".length));
    if (!(Number.isFinite(value) && value > 0)) throw badText(`the objective "${line}" has no positive sigmoid`);
    return value;
  };
  if (name === "regression" && settings.includes("sqrt")) return { name, probability: false, ...square };
  if (PLAIN.has(name)) return { name, probability: false, ...plain };
  switch (name) {
    case "poisson":
    case "gamma":
    case "tweedie":
      return { name, probability: false, ...each(Math.exp, operator("Exp")) };
    case "cross_entropy":
      return { name, probability: true, ...logistic(1) };
    case "cross_entropy_lambda":
      return { name, probability: false, ...each((s) => Math.log1p(Math.exp(s)), operator("Softplus")) };
    case "binary":
    case "multiclassova":
      return { name, probability: true, ...logistic(sigmoidOf()) };
    case "multiclass":
      return { name, probability: true, convert: softmax, emit: operator("Softmax") };
    default:
      throw badText(`its objective "${name}" is not known here`);
  }
}

function softmax(scores: Float64Array): void {
  const most = Math.max(...scores);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp((scores[k] as number) - most);
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / sum;
}
