// Folds are drawn at random although labels overlap in time: a row is learned from whose label is the test row's, all but a day; mended,
// folds are stretches of time with a purge and an embargo.
import { createRng } from "#base/rng.js";
import { codeLeak } from "../planted-leak.js";
import { deskOf, ordinaryFeatures, overlapping } from "../draft.js";
import { blockOf, crossValidate, foldsBy, purged } from "../pipeline/folds.js";
import { forwardLabels } from "../pipeline/labels.js";
import { fits } from "../pipeline/models.js";

/** What is dealt out at random: single rows, whole decisions, whole names; or every fifth decision goes to the same fold. */
type Deal = "rows" | "decisions" | "names" | "every few";

export const shuffledFolds = codeLeak({
  kind: "shuffled folds",
  plan(draft) {
    const study = overlapping(draft);
    const deal = draft.turn(["rows", "decisions", "names", "every few"] as readonly Deal[]);
    const count = draft.turn([5, 3, 4]);
    const embargo = draft.turn([1, 3, 2]);
    const fit = fits[draft.turn(["ridge", "tree", "ols", "sign"] as const)]; // none that forgets rows it was given
    return {
      place: "folds",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = ordinaryFeatures(desk, study);
        const columns = [...features.values()];
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const rng = createRng(`${study.variant} folds`);
        const dealt = labels.value.map(() => rng.int(count));
        const { width } = desk;
        const foldOf = (cell: number): number => {
          if (deal === "rows") return dealt[cell] as number;
          if (deal === "decisions") return dealt[Math.floor(cell / width)] as number;
          return (deal === "names" ? cell % width : Math.floor(cell / width)) % count;
        };
        const folds = leaky
          ? foldsBy(columns, labels, count, foldOf)
          : foldsBy(columns, labels, count, blockOf(desk, count), purged(desk, labels, embargo));
        const predictions = crossValidate(desk, columns, labels, fit, folds);
        return { decisions: desk.decisions.map(({ at }) => at), features, labels, predictions, folds, fills: [] };
      },
    };
  },
});
