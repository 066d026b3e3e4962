// A figure is used from the end of the period that it describes, or a guessed number of days later; mended, from its publication.
import { DAY_US } from "#domain/time.js";
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Clock, whenPublished } from "../pipeline/facts-known.js";
import { type FactFormula, sheetOfFact } from "../pipeline/formulas.js";

export const periodInsteadOfPublication = codeLeak({
  kind: "period instead of publication",
  world: () => ({ topics: ["earnings", "sentiment", "macro"], sessions: 230 }),
  plan(draft) {
    const formula = draft.turn(["surprise", "activity", "growth", "mood"] as readonly FactFormula[]);
    const lag = formula === "mood" ? 0 : (draft.turn([0, 10, 25], 2) as number) / (formula === "activity" ? 2 : 1); // days that are hoped to be enough
    const window = 2 + draft.rng.int(5);
    const name = `${formula}-${window}`;
    // Scores come out within hours: only one who decides among them reads tonight's too early.
    const moment = formula === "mood" ? ("close" as const) : draft.schedule.moment;
    const study = { ...draft, schedule: { ...draft.schedule, moment } };
    const guessed: Clock = ({ about }) => about + lag * DAY_US;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const feature = sheetOfFact(desk, formula, window, leaky ? guessed : whenPublished);
        return finish(desk, study, { features: ordinaryFeatures(desk, study).set(name, feature) });
      },
    };
  },
});
