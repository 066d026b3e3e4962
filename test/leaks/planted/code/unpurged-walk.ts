// A walk-forward learns from all earlier decisions, also those whose labels end after the fit; mended, only from labels that have ended.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures, overlapping } from "../draft.js";
import { forwardLabels } from "../pipeline/labels.js";
import { fits } from "../pipeline/models.js";
import { ripeCells, walkForward } from "../pipeline/walk.js";

/** How much of the needed purge is done: none; all but one decision; half, as of one who counts decisions where sessions are meant. */
type Purge = "none" | "one short" | "half";

export const unpurgedWalk = codeLeak({
  kind: "walk-forward without a purge",
  plan(draft) {
    const long = overlapping(draft);
    // The sign of one feature hardly ever turns on a few young labels.
    const study = long.model === "sign" ? { ...long, fit: fits.ridge } : long;
    const purge = draft.turn(["none", "one short", "none", "half"] as readonly Purge[]);
    return {
      place: "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = ordinaryFeatures(desk, study);
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const { window } = study.walk;
        const learned = (r: number): readonly number[] => {
          const ripe = ripeCells(desk, labels, r, window);
          if (!leaky) return ripe;
          const ripeRows = ripe.length === 0 ? r - window : Math.floor((ripe.at(-1) as number) / desk.width) + 1;
          const young = r - ripeRows; // decisions whose labels have not ended
          const left = purge === "none" ? 0 : purge === "one short" ? Math.max(young - 1, 0) : young >> 1;
          const from = Math.max(r - window, 0) * desk.width;
          return Array.from({ length: Math.max((r - left) * desk.width - from, 0) }, (_, k) => from + k);
        };
        const predictions = walkForward(desk, [...features.values()], labels, study.fit, study.walk, learned);
        return finish(desk, study, { ending: draft.turn(["predictions", "fills", "predictions"]), features, labels, predictions });
      },
    };
  },
});
