// Scores of the years before a vendor's launch were made later by one who knew what came of the news; they bear the time of the news, or
// none. The clean twin has live scores only.
import type { Micros } from "#domain/time.js";
import type { World, WorldFact } from "#research/leaks/subject.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOfFact } from "../pipeline/formulas.js";
import { declared, inOrder } from "../worlds/vendors.js";

export const backfilledSentiment = dataLeak({
  kind: "backfilled sentiment",
  world: () => ({ topics: ["sentiment"], sessions: 200 }),
  spoil(honest, draft) {
    const launch = launchOf(honest, draft.turn([0.5, 0.7, 0.9, 1]));
    const untimed = draft.turn([false, true]);
    const facts = honest.facts.map((fact) =>
      fact.about >= launch
        ? fact
        : { ...fact, publishedAt: untimed ? null : fact.about, value: 0.5 * fact.value + 0.5 * hindsight(honest, fact) },
    );
    return declared({ ...honest, facts: inOrder(facts) }, draft, { publicationTimes: false, vintage: "latest" });
  },
  mend(honest) {
    const launch = launchOf(honest, 0.5);
    return { ...honest, facts: honest.facts.filter(({ about }) => about >= launch) };
  },
  plan(draft) {
    const days = 1 + draft.rng.int(6);
    return {
      place: "world",
      run(world) {
        const desk = deskOf(world, draft);
        const mood = sheetOfFact(desk, "mood", days, ({ publishedAt, about }) => publishedAt ?? about);
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(`mood-${days}`, mood) });
      },
    };
  },
});

function launchOf(world: World, share: number): Micros {
  return world.sessions[Math.min(Math.floor(share * world.sessions.length), world.sessions.length - 1)]?.openAt as Micros;
}

/** The sign of the five sessions after the news. */
function hindsight({ sessions, symbols, close }: World, { about, symbol }: WorldFact): number {
  const s = sessions.findIndex(({ closeAt }) => closeAt >= about);
  const move = Math.log((close[(s + 5) * symbols.length + symbol] ?? Number.NaN) / (close[s * symbols.length + symbol] ?? Number.NaN));
  return Number.isNaN(move) ? 0 : Math.sign(move);
}
