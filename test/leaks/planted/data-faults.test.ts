// The fault of each planted data leak is shown in the data themselves, against the honest world of the clean twin; and no code is at fault.
import { describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import type { Provenance, World, WorldFact } from "#research/leaks/subject.js";
import { cutAfter, differences } from "./hindsight.js";
import { plantedLeaks } from "./suite.js";

const keyOf = ({ name, symbol, about }: WorldFact): string => `${name}/${symbol}/${about}`;

function rowsByPeriod(world: World): ReadonlyMap<string, readonly WorldFact[]> {
  const rows = new Map<string, WorldFact[]>();
  for (const fact of world.facts) rows.set(keyOf(fact), [...(rows.get(keyOf(fact)) ?? []), fact]);
  return rows;
}

function tradesAtTheEnd(world: World): readonly boolean[] {
  const width = world.symbols.length;
  return world.symbols.map((_, i) => world.close.subarray(-8 * width).some((price, cell) => cell % width === i && Number.isFinite(price)));
}

/** Periods whose first publication has the value of a later one in the honest world. */
function valuesFromLater(world: World, honest: World): number {
  const truth = rowsByPeriod(honest);
  return world.facts.filter((fact) => {
    const rows = truth.get(keyOf(fact)) ?? [];
    const then = rows.find(({ publishedAt }) => publishedAt === fact.publishedAt);
    return then !== undefined && then.value !== fact.value && rows.some(({ value }) => value === fact.value);
  }).length;
}

/** Facts whose value at their time is not what was true of the symbol then; symbols are compared by name. */
function attributesFromLater(world: World, honest: World): number {
  const truth = new Map(honest.facts.map((fact) => [`${honest.symbols[fact.symbol]}/${fact.about}`, fact.value]));
  return world.facts.filter((fact) => truth.get(`${world.symbols[fact.symbol]}/${fact.about}`) !== fact.value).length;
}

/** Facts that claim an earlier publication than the honest world has, or none. */
function tooEarly(world: World, honest: World): number {
  const first = new Map([...rowsByPeriod(honest)].map(([key, rows]) => [key, Math.min(...rows.map((row) => row.publishedAt as number))]));
  return world.facts.filter((fact) => fact.publishedAt === null || fact.publishedAt < (first.get(keyOf(fact)) ?? 0)).length;
}

interface Fault {
  readonly said: keyof Provenance;
  /** What a maker says of data without the fault. */
  readonly innocent: Provenance[keyof Provenance];
  readonly count: (world: World, honest: World, variant: number) => number;
}

const faults: Readonly<Record<string, Fault>> = {
  "survivors only": {
    said: "survivorsOnly",
    innocent: false,
    count: (world, honest) => (tradesAtTheEnd(world).every(Boolean) ? tradesAtTheEnd(honest).filter((trades) => !trades).length : 0),
  },
  "restated fundamentals": { said: "vintage", innocent: "all", count: valuesFromLater },
  "revised macro series": { said: "vintage", innocent: "all", count: valuesFromLater },
  "backfilled sentiment": {
    said: "publicationTimes",
    innocent: true,
    count: (world) => world.facts.filter(({ publishedAt, about }) => publishedAt === null || publishedAt === about).length,
  },
  "adjusted price levels": {
    said: "priceBasis",
    innocent: "raw",
    // Two twins of three have the raw prices; the third has the adjusted ones, and asks for no level.
    count: (world, honest, variant) =>
      variant % 3 === 2 ? 1 : world.close.filter((price, cell) => price < 0.6 * (honest.close[cell] as number)).length,
  },
  "today's index members": { said: "pointInTimeUniverse", innocent: true, count: attributesFromLater },
  "today's sectors": { said: "pointInTimeUniverse", innocent: true, count: attributesFromLater },
  "no publication times": { said: "publicationTimes", innocent: true, count: tooEarly },
  "publication dates without hours": { said: "publicationTimes", innocent: true, count: tooEarly },
};

describe("planted data leaks", () => {
  const leaks = plantedLeaks.filter(({ group }) => group === "data");

  it("are each of a kind with a fault of its own", () => {
    expect(leaks.map(({ kind }) => kind).sort()).toEqual(Object.keys(faults).sort());
  });

  it.each(leaks.map((leak) => ({ name: leak.kind, leak })))("of kind: $name, lie in the world, and no maker denies them", ({ leak }) => {
    const { said, innocent, count } = faults[leak.kind] as Fault;
    for (let variant = 0; variant < leak.variants; variant++) {
      const world = leak.world(variant);
      const honest = leak.cleanWorld?.(variant) as World;
      expect(count(world, honest, variant), `${leak.kind} ${variant}`).toBeGreaterThan(0);
      expect(world.provenance[said], `${leak.kind} ${variant}`).not.toBe(innocent);
    }
  });

  it.each(leaks.map((leak, place) => ({ name: leak.kind, leak, place })))(
    "of kind: $name, come with code that does not look ahead",
    async ({ leak, place }) => {
      for (let variant = place; variant < leak.variants; variant += 10) {
        const world = leak.world(variant);
        const full = await leak.subject(variant).run(world);
        const moment = full.decisions[Math.floor(0.6 * full.decisions.length)] as Micros;
        const again = await leak.subject(variant).run(cutAfter(world, moment, "blank"));
        expect(differences(full, again, world.symbols.length, moment), `${leak.kind} ${variant}`).toEqual([]);
      }
    },
  );
});
