// A session's close is joined to decisions by its date, or by an hour that is right in one half of the year; mended, by the moment of the close.
import { HOUR_US, type Micros, MINUTE_US } from "#domain/time.js";
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Decision, type Desk, sheetOf } from "../pipeline/desk.js";
import { type Formula, panelOf } from "../pipeline/formulas.js";

/** By the date of the decision; by "the market closes at eight", which it does in summer; the same, a few minutes short of any close. */
type Join = "date" | "summer hour" | "quarter to";

export const closeBeforeItHappens = codeLeak({
  kind: "close before it happens",
  world: () => ({ sessions: 220 }),
  plan(draft) {
    const join = draft.turn(["date", "summer hour", "date", "quarter to"] as readonly Join[]);
    const formula = draft.turn(["momentum", "range", "trend", "volatility", "turnover"] as readonly Formula[]);
    const moment = draft.turn(["morning", "midday"] as const, 2);
    const window = 2 + draft.rng.int(12);
    const name = `${formula}-${window}-by-${join.replace(" ", "-")}`;
    const study = { ...draft, schedule: { ...draft.schedule, moment } };
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const usual = deskOf(world, study);
        const desk: Desk =
          join === "date" ? usual : { ...usual, decisions: usual.decisions.map((decision) => atFixedHour(usual, decision, join)) };
        const panel = panelOf(desk, formula, window);
        const feature = sheetOf(desk, ({ at, closed }, i) => {
          // The session of the decision's own date is the next after the last one closed, unless that has this date.
          const today =
            Math.floor((world.sessions[closed]?.closeAt ?? 0) / (24 * HOUR_US)) === Math.floor(at / (24 * HOUR_US)) ? closed : closed + 1;
          return panel[(leaky ? today : closed) * desk.width + i] ?? Number.NaN;
        });
        const features = join === "date" ? ordinaryFeatures(desk, study) : new Map<string, Float64Array>();
        return finish(desk, study, { ...(join === "date" ? {} : { ending: "features" }), features: features.set(name, feature) });
      },
    };
  },
});

/** A quarter past eight in the evening of London winter, or a quarter to: by then some sessions have closed and some have not. */
function atFixedHour(desk: Desk, { closed }: Decision, join: Join): Decision {
  const session = desk.world.sessions[closed + 1] as Desk["world"]["sessions"][number];
  const midnight = session.openAt - (session.openAt % (24 * HOUR_US));
  const at = (midnight + 20 * HOUR_US + (join === "summer hour" ? 15 : -15) * MINUTE_US) as Micros;
  return { at, closed: session.closeAt <= at ? closed + 1 : closed };
}
