// What LightGBM makes of raw scores: `ConvertOutput` of its objectives.
import { badText } from "./text-fields.js";

export interface Objective {
  readonly name: string;
  /** The numbers are probabilities. */
  readonly probability: boolean;
  /** Raw scores to what LightGBM's `predict` gives, in place. */
  convert(scores: Float64Array): void;
}

const each =
  (formula: (score: number) => number) =>
  (scores: Float64Array): void => {
    for (let k = 0; k < scores.length; k++) scores[k] = formula(scores[k] as number);
  };

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
  if (name === "regression" && settings.includes("sqrt")) return { name, probability: false, convert: each((s) => Math.sign(s) * s * s) };
  if (PLAIN.has(name)) return { name, probability: false, convert: () => undefined };
  switch (name) {
    case "poisson":
    case "gamma":
    case "tweedie":
      return { name, probability: false, convert: each(Math.exp) };
    case "cross_entropy":
      return { name, probability: true, convert: each((s) => 1 / (1 + Math.exp(-s))) };
    case "cross_entropy_lambda":
      return { name, probability: false, convert: each((s) => Math.log1p(Math.exp(s))) };
    case "binary":
    case "multiclassova": {
      const sigmoid = sigmoidOf();
      return { name, probability: true, convert: each((s) => 1 / (1 + Math.exp(-sigmoid * s))) };
    }
    case "multiclass":
      return { name, probability: true, convert: softmax };
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
