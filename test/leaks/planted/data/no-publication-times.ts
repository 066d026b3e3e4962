// Nobody wrote down when reports came out; the pipeline puts them some days after the end of their period, before many did come.
import { DAY_US } from "#domain/time.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOfFact } from "../pipeline/formulas.js";
import { declared } from "../worlds/vendors.js";

export const noPublicationTimes = dataLeak({
  kind: "no publication times",
  world: (draft) => ({ topics: [draft.turn(["earnings", "macro", "earnings"] as const)], sessions: 220 }),
  spoil(honest, draft) {
    const every = draft.turn([1, 1, 3]); // one in three is missing
    const facts = honest.facts.map((fact, k) => (k % every === 0 ? { ...fact, publishedAt: null } : fact));
    return declared({ ...honest, facts }, draft, { publicationTimes: false });
  },
  plan(draft) {
    const formula = draft.turn(["surprise", "activity", "growth"] as const);
    const days = draft.turn([0, 20, 5], 2) / (formula === "activity" ? 2 : 1);
    return {
      place: "world",
      run(world) {
        const desk = deskOf(world, draft);
        const feature = sheetOfFact(desk, formula, 0, ({ publishedAt, about }) => publishedAt ?? about + days * DAY_US);
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(formula, feature) });
      },
    };
  },
});
