// Facts are put in a table by period, where a revision writes over what was first published but keeps its date; mended, each revision
// counts from its own publication.
import type { World, WorldFact } from "#research/leaks/subject.js";
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type FactFormula, sheetOfFact } from "../pipeline/formulas.js";

/** The last value counts, or the mean of all of a period; or the last where it came within a quarter. */
type Merge = "last" | "mean" | "last soon after";

export const revisionWrittenOver = codeLeak({
  kind: "revision written over",
  world: () => ({ topics: ["earnings", "macro"], sessions: 240 }),
  plan(draft) {
    const merge = draft.turn(["last", "mean", "last soon after"] as readonly Merge[]);
    const formula = draft.turn(["surprise", "activity", "growth"] as readonly FactFormula[], 3);
    const name = `${formula}-by-period`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const feature = sheetOfFact({ ...desk, world: leaky ? merged(world, merge) : world }, formula, 0);
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, feature) });
      },
    };
  },
});

function merged(world: World, merge: Merge): World {
  const periods = new Map<string, WorldFact[]>();
  for (const fact of world.facts) {
    const key = `${fact.name}/${fact.symbol}/${fact.about}`;
    const rows = periods.get(key);
    if (rows === undefined) periods.set(key, [fact]);
    else rows.push(fact);
  }
  const facts = [...periods.values()].map((rows) => {
    const ordered = rows.toSorted((a, b) => (a.publishedAt as number) - (b.publishedAt as number));
    const first = ordered[0] as WorldFact;
    const counted =
      merge === "last soon after"
        ? ordered.filter((row) => (row.publishedAt as number) - (first.publishedAt as number) < 91 * 86_400e6)
        : ordered;
    const value =
      merge === "mean" ? counted.reduce((sum, row) => sum + row.value, 0) / counted.length : (counted.at(-1) as WorldFact).value;
    return { ...first, value };
  });
  return { ...world, facts };
}
