// A model is fitted once on all rows, and its answers for these rows pass for predictions; mended, it is fitted on what went before.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { blankSheet } from "../pipeline/desk.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { forwardLabels } from "../pipeline/labels.js";
import { fitRidge, usable } from "../pipeline/models.js";
import { walkForward } from "../pipeline/walk.js";

/** The model itself; a first model whose guess is a feature of the second; what is left of a feature after a regression on another. */
type Part = "model" | "first stage" | "residual";

export const fittedOnEverything = codeLeak({
  kind: "fitted on everything",
  plan(draft) {
    const part = draft.turn(["model", "first stage", "residual"] as readonly Part[]);
    const window = 5 + draft.rng.int(20);
    const name = part === "residual" ? `momentum-${window}-residual` : `guess-${window}`;
    return {
      place: part === "model" ? "predictions" : `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const features = ordinaryFeatures(desk, draft);
        const columns = [...features.values()];
        const labels = forwardLabels(desk, draft.labelKind, draft.horizon);
        const cells = [...labels.value.keys()];
        const overAll = (target: Float64Array, fit: typeof draft.fit): Float64Array => {
          const predict = fit(columns, target, usable(columns, target, cells, cells.length));
          return blankSheet(desk).map((_, cell) => predict(cell));
        };
        const ridge: typeof draft.fit = (c, y, t) => fitRidge(c, y, t, 20);
        if (part === "model") {
          const predictions = leaky ? overAll(labels.value, draft.fit) : walkForward(desk, columns, labels, draft.fit, draft.walk);
          return finish(desk, draft, { ending: draft.turn(["predictions", "fills"]), features, labels, predictions });
        }
        const target = part === "residual" ? sheetOfFormula(desk, "momentum", window) : labels.value;
        // The target of a residual is known at its own decision: it ends there.
        const ended =
          part === "residual"
            ? { ...labels, value: target, endAt: target.map((_, cell) => desk.decisions[Math.floor(cell / desk.width)]?.at ?? 0) }
            : labels;
        const guess = leaky ? overAll(target, ridge) : walkForward(desk, columns, ended, ridge, { ...draft.walk, first: 8, window: 1_000 });
        features.set(name, part === "residual" ? target.map((value, cell) => value - (guess[cell] as number)) : guess);
        return finish(desk, draft, { features, ...(draft.ending === "features" ? {} : { labels }) });
      },
    };
  },
});
