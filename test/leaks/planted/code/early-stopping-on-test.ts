// Training stops where the error on the very decisions to be predicted is least; mended, on the last fifth of what was learned from.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures, unhurried } from "../draft.js";
import { blankSheet } from "../pipeline/desk.js";
import { forwardLabels } from "../pipeline/labels.js";
import { bestSplit, type Columns, type Predictor, usable } from "../pipeline/models.js";
import { mean } from "../pipeline/panels.js";
import { ripeCells } from "../pipeline/walk.js";

interface Boosting {
  readonly rate: number;
  readonly rounds: number;
  /** Rounds without a gain before it stops. */
  readonly patience: number;
  /** Whether single features are added as lines, or as steps. */
  readonly learner: "line" | "step";
}

export const earlyStoppingOnTest = codeLeak({
  kind: "early stopping on the test",
  plan(draft) {
    const study = unhurried(draft);
    const boosting: Boosting = {
      rate: draft.turn([0.3, 0.1, 0.5]),
      rounds: 12,
      patience: draft.turn([3, 12, 2], 2),
      learner: draft.turn(["step", "line"] as const),
    };
    return {
      place: "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = ordinaryFeatures(desk, study);
        const columns = [...features.values()];
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const predictions = blankSheet(desk);
        const { first, refit, window } = study.walk;
        for (let r = first; r < desk.decisions.length; r += refit) {
          const end = Math.min(r + refit, desk.decisions.length) * desk.width;
          const block = Array.from({ length: end - r * desk.width }, (_, k) => r * desk.width + k);
          const known = usable(columns, labels.value, ripeCells(desk, labels, r, window));
          const kept = Math.floor(known.length * 0.8);
          const judges = leaky ? usable(columns, labels.value, block) : known.slice(kept);
          const predict = boost(columns, labels.value, leaky ? known : known.slice(0, kept), judges, boosting);
          for (const cell of block) predictions[cell] = predict(cell);
        }
        return finish(desk, study, { ending: draft.turn(["predictions", "fills", "predictions"]), features, labels, predictions });
      },
    };
  },
});

function boost(
  columns: Columns,
  target: Float64Array,
  train: readonly number[],
  judges: readonly number[],
  { rate, rounds, patience, learner }: Boosting,
): Predictor {
  const level = mean(train.map((cell) => target[cell] as number));
  const stages: Predictor[] = [];
  const rest = Float64Array.from(target, (value) => value - level);
  const error = (): number => mean(judges.map((cell) => (rest[cell] as number) ** 2));
  let best = 0;
  let least = error();
  for (let round = 0; round < rounds && round - best < patience; round++) {
    const stage = learner === "step" ? fitStep(columns, rest, train) : fitLine(columns, rest, train);
    stages.push((cell) => rate * stage(cell));
    for (const cell of train) rest[cell] = (rest[cell] as number) - rate * stage(cell);
    for (const cell of judges) rest[cell] = (rest[cell] as number) - rate * stage(cell);
    const now = error();
    if (!(now >= least)) [least, best] = [now, round + 1];
  }
  return (cell) => stages.slice(0, best).reduce((sum, stage) => sum + stage(cell), level);
}

function fitStep(columns: Columns, rest: Float64Array, train: readonly number[]): Predictor {
  const split = bestSplit(columns, rest, train);
  if (split === null) return () => 0;
  const column = columns[split.column] as Float64Array;
  const isLow = (cell: number): boolean => (column[cell] as number) <= split.threshold;
  const low = mean(train.filter(isLow).map((cell) => rest[cell] as number));
  const high = mean(train.filter((cell) => !isLow(cell)).map((cell) => rest[cell] as number));
  return (cell) => (Number.isFinite(column[cell]) ? (isLow(cell) ? low : high) : Number.NaN);
}

/** The line through the origin, in the feature that takes most off. */
function fitLine(columns: Columns, rest: Float64Array, train: readonly number[]): Predictor {
  let best: { column: Float64Array; slope: number; gain: number } | null = null;
  for (const column of columns) {
    let xy = 0;
    let xx = 0;
    for (const cell of train) {
      xy += (column[cell] as number) * (rest[cell] as number);
      xx += (column[cell] as number) ** 2;
    }
    const gain = xx > 0 ? xy ** 2 / xx : 0;
    if (best === null || gain > best.gain) best = { column, slope: xx > 0 ? xy / xx : 0, gain };
  }
  return (cell) => (best === null ? 0 : best.slope * (best.column[cell] as number));
}
