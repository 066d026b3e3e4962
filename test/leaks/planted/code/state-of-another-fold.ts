// Something learned for one fit is still there for another that should not have it: folds are walked from the newest, or a trial run went
// before, and a cache does not know for when it was filled. Mended, each fit starts afresh.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures, unhurried } from "../draft.js";
import { blankSheet, type Desk } from "../pipeline/desk.js";
import { forwardLabels, type Labels } from "../pipeline/labels.js";
import { type Columns, fitRidge, type Predictor, usable } from "../pipeline/models.js";
import { deviation, mean, quantile } from "../pipeline/panels.js";
import { ripeCells, type Walk } from "../pipeline/walk.js";

type State = "medians" | "warm start" | "whole model" | "label spread" | "mean label";
const states: readonly State[] = ["medians", "warm start", "whole model", "mean label", "label spread"];

export const stateOfAnotherFold = codeLeak({
  kind: "state of another fold",
  plan(draft) {
    const { features: chosen, ...unchanged } = unhurried(draft);
    const study = { ...unchanged, features: chosen.map((feature) => ({ ...feature, across: "raw" as const })) }; // ranks have the same medians always
    const state = draft.turn(states);
    const lives = draft.turn([2, 1000, 3]); // fits that a cached thing serves
    return {
      place: "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = ordinaryFeatures(desk, study);
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const predictions = walkBackward(desk, [...features.values()], labels, study.walk, { state, lives: leaky ? lives : 0 });
        return finish(desk, study, { ending: draft.turn(["predictions", "predictions", "fills"]), features, labels, predictions });
      },
    };
  },
});

/** The newest fold first, as one who wants to see today's forecast. `lives` 0: nothing is kept. */
function walkBackward(desk: Desk, columns: Columns, labels: Labels, walk: Walk, kept: { state: State; lives: number }): Float64Array {
  const predictions = blankSheet(desk);
  const starts: number[] = [];
  for (let r = walk.first; r < desk.decisions.length; r += walk.refit) starts.unshift(r);
  let cached: Learned | null = null;
  let served = 0;
  for (const r of starts) {
    const train = usable(columns, labels.value, ripeCells(desk, labels, r, walk.window));
    const fresh = learn(columns, labels.value, train);
    if (served % Math.max(kept.lives, 1) === 0 || cached === null) cached = fresh;
    served++;
    const predict = combine(columns, fresh, kept.lives === 0 ? fresh : cached, kept.state);
    const end = Math.min(r + walk.refit, desk.decisions.length) * desk.width;
    for (let cell = r * desk.width; cell < end; cell++) predictions[cell] = predict(cell);
  }
  return predictions;
}

interface Learned {
  readonly predict: Predictor;
  readonly medians: readonly number[];
  readonly level: number;
  readonly spread: number;
}

function learn(columns: Columns, target: Float64Array, train: readonly number[]): Learned {
  const y = train.map((cell) => target[cell] as number);
  return {
    predict: fitRidge(columns, target, train, 10),
    medians: columns.map((column) =>
      quantile(
        train.map((cell) => column[cell] as number),
        0.5,
      ),
    ),
    level: mean(y),
    spread: deviation(y),
  };
}

function combine(columns: Columns, fresh: Learned, cached: Learned, state: State): Predictor {
  switch (state) {
    case "whole model":
      return cached.predict;
    case "warm start":
      return (cell) => 0.7 * fresh.predict(cell) + 0.3 * cached.predict(cell);
    case "mean label":
      return (cell) => fresh.predict(cell) - cached.level;
    case "label spread":
      return (cell) => fresh.predict(cell) / cached.spread;
    case "medians":
      return (cell) =>
        columns.reduce(
          (sum, column, k) => sum + ((column[cell] as number) > (cached.medians[k] as number) ? 0.001 : 0),
          fresh.predict(cell),
        );
  }
}
