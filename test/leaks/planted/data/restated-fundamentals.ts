// Earnings as they stand today, after restatements, under the dates on which they were first published.
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOfFact } from "../pipeline/formulas.js";
import { declared, latestVintage } from "../worlds/vendors.js";

export const restatedFundamentals = dataLeak({
  kind: "restated fundamentals",
  world: () => ({ topics: ["earnings"], sessions: 220 }),
  spoil(honest, draft) {
    const some = draft.turn([false, false, true]); // now and then the vendor has kept first reports of half of the names
    const spoiled = latestVintage(honest, "eps", ({ symbol }) => !some || symbol % 2 === 0);
    return declared(spoiled, draft, { vintage: "latest" });
  },
  plan(draft) {
    const formula = draft.turn(["surprise", "growth"] as const, 2);
    return {
      place: "world",
      run(world) {
        const desk = deskOf(world, draft);
        const features = ordinaryFeatures(desk, draft).set(formula, sheetOfFact(desk, formula, 0));
        return finish(desk, draft, { features });
      },
    };
  },
});
