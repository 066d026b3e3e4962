// Features are chosen by how well they went with the label over the whole sample, and tested on that sample; mended, chosen anew at each fit
// from what it learns from.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, unhurried } from "../draft.js";
import { formulas, rankedAcross, sheetOfFormula } from "../pipeline/formulas.js";
import { forwardLabels } from "../pipeline/labels.js";
import { type Columns, type Fit, fits, usable } from "../pipeline/models.js";
import { correlation } from "../pipeline/panels.js";
import { walkForward } from "../pipeline/walk.js";

type Rule = "best two" | "above a bar" | "weights" | "best one";

export const selectionOnEverything = codeLeak({
  kind: "selection on everything",
  plan(draft) {
    const study = unhurried(draft);
    const rule = draft.turn(["best two", "above a bar", "weights", "best one"] as readonly Rule[]);
    const fit = fits[draft.turn(["ridge", "ols", "tree"] as const)];
    const candidates = Array.from({ length: 6 }, (_, k) => ({
      formula: formulas[(k + draft.rng.int(3)) % formulas.length] as (typeof formulas)[number],
      window: 3 + draft.rng.int(25),
    }));
    return {
      place: "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = new Map(
          candidates.map(({ formula, window }, k) => [
            `${k}-${formula}-${window}`,
            rankedAcross(desk, sheetOfFormula(desk, formula, window)),
          ]),
        );
        const columns = [...features.values()];
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const everything = leaky ? weigh(columns, labels.value, usable(columns, labels.value, labels.value.keys()), rule) : null;
        const chosen: Fit = (all, target, train) => {
          const weights = everything ?? weigh(all, target, train, rule);
          if (rule === "weights")
            return (cell) => all.reduce((sum, column, k) => sum + (weights[k] as number) * (column[cell] as number), 0);
          return fit(
            all.filter((_, k) => weights[k] !== 0),
            target,
            train,
          );
        };
        const predictions = walkForward(desk, columns, labels, chosen, study.walk);
        return finish(desk, study, { ending: draft.turn(["predictions", "fills"]), features, labels, predictions });
      },
    };
  },
});

/** Correlations with the target, put to zero for features that are not chosen; one feature at least is. */
function weigh(columns: Columns, target: Float64Array, cells: readonly number[], rule: Rule): readonly number[] {
  const y = cells.map((cell) => target[cell] as number);
  const along = columns.map((column) =>
    correlation(
      cells.map((cell) => column[cell] as number),
      y,
    ),
  );
  if (rule === "weights") return along.map((value) => (Number.isNaN(value) ? 0 : value));
  const order = [...along.keys()].sort((a, b) => Math.abs(along[b] as number) - Math.abs(along[a] as number) || a - b);
  const kept = new Set(order.slice(0, rule === "best two" ? 2 : 1));
  return along.map((value, k) => (kept.has(k) || (rule === "above a bar" && Math.abs(value) > 0.03) ? value || 1 : 0));
}
