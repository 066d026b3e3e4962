// A series is shifted the wrong way, so that a row holds what belongs to the next one; mended, the row that had closed.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { sheetOf } from "../pipeline/desk.js";
import { type Formula, panelOf } from "../pipeline/formulas.js";

/** Where the shift goes wrong: in every row, for some names (a join by place), after a break of several days. */
type Reach = "everywhere" | "some names" | "after breaks";

export const shiftedSeries = codeLeak({
  kind: "shifted series",
  plan(draft) {
    const formula = draft.turn(["reversal", "turnover", "volatility", "range", "momentum"] as readonly Formula[]);
    const reach = draft.turn(["everywhere", "some names", "everywhere", "after breaks"] as readonly Reach[]);
    const window = 3 + draft.rng.int(15);
    const steps = draft.turn([1, 1, 2], 2);
    const name = `${formula}-${window}-lagged`;
    return {
      place: `feature ${name}`,
      run(world, leaky) {
        const desk = deskOf(world, draft);
        const panel = panelOf(desk, formula, window);
        const breakBefore = (s: number): boolean =>
          (world.sessions[s]?.openAt ?? 0) - (world.sessions[s - 1]?.closeAt ?? Number.POSITIVE_INFINITY) > 36 * 3_600e6;
        const shifted = sheetOf(desk, ({ closed }, i) => {
          const wrong = reach === "everywhere" || (reach === "some names" ? isSome(world.symbols[i]) : breakBefore(closed));
          return panel[(closed + (leaky && wrong ? steps : 0)) * desk.width + i] ?? Number.NaN;
        });
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, shifted) });
      },
    };
  },
});

const isSome = (ticker = ""): boolean => ticker.charCodeAt(0) % 3 === 0;
