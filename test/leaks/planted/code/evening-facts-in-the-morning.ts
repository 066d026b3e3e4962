// Facts are joined by date, or with a clock that is hours off, so that the evening's news is read in the morning; mended, by the moment.
import { DAY_US, HOUR_US } from "#domain/time.js";
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import type { Clock } from "../pipeline/facts-known.js";
import { whenPublished } from "../pipeline/facts-known.js";
import { type FactFormula, sheetOfFact } from "../pipeline/formulas.js";

type Slip = "date only" | "local read as world time" | "rounded to the hour" | "week of the report";
const slips: readonly Slip[] = ["date only", "local read as world time", "rounded to the hour", "week of the report"];

export const eveningFactsInTheMorning = codeLeak({
  kind: "evening facts in the morning",
  world: () => ({ topics: ["earnings", "sentiment", "macro"] }),
  plan(draft) {
    const slip = draft.turn(slips);
    // Minutes and a few hours matter only to one who decides when things are published.
    const formula: FactFormula = slip === "rounded to the hour" ? "mood" : draft.turn(["surprise", "mood", "growth", "mood"] as const, 4);
    const moment =
      slip === "rounded to the hour" || slip === "local read as world time"
        ? ("close" as const)
        : draft.turn(["morning", "close", "midday"] as const);
    const every = draft.turn([1, 2, 1, 3]);
    const study = { ...draft, schedule: { ...draft.schedule, moment, every } };
    const window = 1 + draft.rng.int(6);
    const name = `${formula}-${window}`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const feature = sheetOfFact(desk, formula, window, leaky ? clocks[slip] : whenPublished);
        return finish(desk, study, { features: ordinaryFeatures(desk, study).set(name, feature) });
      },
    };
  },
});

const down =
  (unit: number, shift = 0): Clock =>
  ({ publishedAt }) =>
    publishedAt === null ? null : Math.floor((publishedAt - shift) / unit) * unit + shift;

const clocks: Record<Slip, Clock> = {
  "date only": down(DAY_US),
  "local read as world time": ({ publishedAt }) => (publishedAt === null ? null : publishedAt - 5 * HOUR_US),
  "rounded to the hour": down(HOUR_US),
  "week of the report": down(7 * DAY_US, 4 * DAY_US), // 1970 began on a Thursday
};
