// What the detector finds of what was planted. The normal run takes a seeded variant of each kind, `npm run nightly` all twenty; the table of
// docs/guide/leaks.md is made by test/nightly/leak-table.ts.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { nightlyOr } from "#test/needs.js";
import { knownKinds, knownVariant } from "./known/suite.js";
import { judgePlanted, type Outcome } from "./measure.js";

const VARIANTS = 20;
const count = nightlyOr(VARIANTS, 1);
const chance = createRng("leaks in the normal run");

describe("leaks planted by the maker of the detector", () => {
  it.each(knownKinds.map((kind) => [kind.name, kind] as const))("%s", { timeout: 600_000 }, async (_, kind) => {
    const from = chance.fork(kind.name).int(VARIANTS - count + 1);
    const outcomes: Outcome[] = [];
    for (let variant = from; variant < from + count; variant++)
      outcomes.push(await judgePlanted({ kind: kind.name, data: kind.data, ...knownVariant(kind, variant) }, { runs: nightlyOr(160, 60) }));
    expect(outcomes.filter(({ caught }) => caught).length).toBeGreaterThanOrEqual(0.8 * count);
    expect(outcomes.flatMap(({ clean }) => clean?.findings ?? []).filter(({ severity }) => severity !== "note")).toEqual([]);
  });
});
