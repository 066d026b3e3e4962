// Only the date of a publication was kept; as a moment it is the midnight before, and the evening's report is there in the morning.
import { DAY_US, type Micros } from "#domain/time.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOfFact } from "../pipeline/formulas.js";
import { declared, inOrder } from "../worlds/vendors.js";

export const datesWithoutHours = dataLeak({
  kind: "publication dates without hours",
  world: () => ({ topics: ["earnings", "sentiment"], sessions: 200 }),
  spoil(honest, draft) {
    const facts = honest.facts.map((fact) => ({ ...fact, publishedAt: dateOf(fact.publishedAt) }));
    return declared({ ...honest, facts: inOrder(facts) }, draft, { publicationTimes: false });
  },
  plan(draft) {
    const formula = draft.turn(["mood", "surprise", "growth"] as const);
    const study = {
      ...draft,
      schedule: { ...draft.schedule, moment: draft.turn(["morning", "close", "midday"] as const, 2), every: draft.turn([1, 2]) },
    };
    return {
      place: "world",
      run(world) {
        const desk = deskOf(world, study);
        return finish(desk, study, { features: ordinaryFeatures(desk, study).set(formula, sheetOfFact(desk, formula, 3)) });
      },
    };
  },
});

function dateOf(moment: Micros | null): Micros | null {
  return moment === null ? null : ((moment - (moment % DAY_US)) as Micros);
}
