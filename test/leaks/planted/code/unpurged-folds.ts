// Folds are stretches of time, but rows beside a stretch stay in training although their labels reach into it; mended, they are purged.
import { codeLeak } from "../planted-leak.js";
import { deskOf, ordinaryFeatures, overlapping } from "../draft.js";
import { blockOf, crossValidate, foldsBy, purged } from "../pipeline/folds.js";
import { forwardLabels } from "../pipeline/labels.js";
import { fits } from "../pipeline/models.js";

/** What is left undone: everything; the side after the stretch; the side before it; the purge is one decision wide, whatever the horizon. */
type Gap = "no purge" | "before only" | "after only" | "one decision";

export const unpurgedFolds = codeLeak({
  kind: "folds without a purge",
  plan(draft) {
    const long = overlapping(draft);
    const { every } = long.schedule;
    const study = { ...long, horizon: long.horizon + (every === "new-week" ? 5 : every) }; // over two decisions at least
    const gap = draft.turn(["no purge", "before only", "one decision", "after only"] as readonly Gap[]);
    const count = draft.turn([5, 4, 6, 3]);
    const fit = fits[draft.turn(["ridge", "tree", "ols", "sign"] as const)]; // none that forgets rows it was given
    return {
      place: "folds",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = ordinaryFeatures(desk, study);
        const columns = [...features.values()];
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const apart = purged(desk, labels, 2);
        const row = (cell = 0): number => Math.floor(cell / desk.width);
        const mayLearn = (cell: number, test: Int32Array): boolean => {
          const isBefore = cell < (test[0] ?? 0);
          if (!leaky || (gap === "before only" && isBefore) || (gap === "after only" && !isBefore)) return apart(cell, test);
          if (gap === "one decision") return row(cell) + 1 < row(test[0]) || row(cell) - 1 > row(test.at(-1));
          return true;
        };
        const folds = foldsBy(columns, labels, count, blockOf(desk, count), mayLearn);
        const predictions = crossValidate(desk, columns, labels, fit, folds);
        return { decisions: desk.decisions.map(({ at }) => at), features, labels, predictions, folds, fills: [] };
      },
    };
  },
});
