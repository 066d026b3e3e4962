// The index has been what it is today: its members are those who came to be in it, and the past is told of them.
import type { World } from "#research/leaks/subject.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOfFacts, whenPublished } from "../pipeline/facts-known.js";
import { rankedAcross, sheetOfFormula } from "../pipeline/formulas.js";
import { declared, namesOf } from "../worlds/vendors.js";

/** One old row for each name; today's list told at every review; nobody but today's members. */
type Way = "one row" | "at every review" | "names left out";

export const todaysMembers = dataLeak({
  kind: "today's index members",
  world: () => ({ topics: ["member"], names: 14 }),
  spoil(honest, draft) {
    const way = draft.turn(["one row", "at every review", "names left out"] as readonly Way[]);
    const latest = latestOf(honest, "member");
    const members = [...honest.symbols.keys()].filter((i) => latest.get(i) === 1);
    if (way === "names left out")
      return declared(namesOf(withToday(honest, latest), members), draft, { pointInTimeUniverse: false, survivorsOnly: true });
    const told = withToday(honest, latest);
    const firstTime = new Map<number, number>();
    for (const { symbol, about } of told.facts) firstTime.set(symbol, Math.min(firstTime.get(symbol) ?? about, about));
    const facts = way === "one row" ? told.facts.filter(({ symbol, about }) => about === firstTime.get(symbol)) : told.facts;
    return declared({ ...told, facts }, draft, { pointInTimeUniverse: false });
  },
  plan(draft) {
    const window = 4 + draft.rng.int(20);
    const formula = draft.turn(["momentum", "volatility", "trend"] as const);
    return {
      place: "world",
      run(world) {
        const desk = deskOf(world, draft);
        const member = sheetOfFacts(desk, "member", whenPublished, (values) => values.at(-1) as number);
        const inside = sheetOfFormula(desk, formula, window).map((value, cell) => (member[cell] === 1 ? value : Number.NaN));
        const features = ordinaryFeatures(desk, draft).set(`${formula}-${window}-in-index`, rankedAcross(desk, inside));
        return finish(desk, draft, { features });
      },
    };
  },
});

function latestOf(world: World, name: string): ReadonlyMap<number, number> {
  return new Map(world.facts.filter((fact) => fact.name === name).map(({ symbol, value }) => [symbol, value]));
}

/** Names that have left are no members. */
function withToday(world: World, latest: ReadonlyMap<number, number>): World {
  return { ...world, facts: world.facts.map((fact) => ({ ...fact, value: latest.get(fact.symbol) ?? 0 })) };
}
