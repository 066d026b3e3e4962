// A statistic of the whole economy as it stands after its revisions, under the dates of its first releases.
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOfFact, sheetOfFormula } from "../pipeline/formulas.js";
import { declared, latestVintage } from "../worlds/vendors.js";

export const revisedMacro = dataLeak({
  kind: "revised macro series",
  world: () => ({ topics: ["macro"], sessions: 240 }),
  spoil: (honest, draft) => declared(latestVintage(honest, "activity"), draft, { vintage: "latest" }),
  plan(draft) {
    const timing = draft.turn([false, true]);
    const window = 5 + draft.rng.int(15);
    return {
      place: "world",
      run(world) {
        const desk = deskOf(world, draft);
        const activity = sheetOfFact(desk, "activity", 0);
        const rise = sheetOfFormula(desk, "momentum", window);
        const feature = timing ? rise.map((value, cell) => value * (activity[cell] as number)) : activity;
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(timing ? "momentum-by-activity" : "activity", feature) });
      },
    };
  },
});
