// What the detector finds of what was planted. The normal run takes a seeded variant of each kind, `npm run nightly` all twenty; the table of
// docs/guide/leaks.md is made by test/nightly/leak-table.ts.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { nightlyOr } from "#test/needs.js";
import { knownKinds, knownVariant } from "./known/suite.js";
import { judgePlanted, type Outcome } from "./measure.js";
import { plantedVariant } from "./planted-suite.js";
import { plantedLeaks } from "./planted/suite.js";
import { judgeRegistry } from "./registry.js";

const VARIANTS = 20;
const count = nightlyOr(VARIANTS, 1);
/** Kinds of each suite that the normal run looks at. */
const kinds = nightlyOr(Number.POSITIVE_INFINITY, 6);
const chance = createRng("leaks in the normal run");

function some<T>(all: readonly T[], label: string): T[] {
  const rng = chance.fork(label);
  const left = [...all];
  return Array.from({ length: Math.min(kinds, all.length) }, () => left.splice(rng.int(left.length), 1)[0] as T);
}

describe("leaks planted by the maker of the detector", () => {
  it.each(some(knownKinds, "known").map((kind) => [kind.name, kind] as const))("%s", { timeout: 600_000 }, async (_, kind) => {
    const from = chance.fork(kind.name).int(VARIANTS - count + 1);
    const outcomes: Outcome[] = [];
    for (let variant = from; variant < from + count; variant++)
      outcomes.push(await judgePlanted({ kind: kind.name, data: kind.data, ...knownVariant(kind, variant) }, { runs: nightlyOr(160, 60) }));
    expect(outcomes.filter(({ caught }) => caught).length).toBeGreaterThanOrEqual(0.8 * count);
    expect(outcomes.flatMap(({ clean }) => clean?.findings ?? []).filter(({ severity }) => severity !== "note")).toEqual([]);
  });
});

describe("leaks planted by someone who had not seen the detector", () => {
  it("are found overall, and their mended twins are left alone", { timeout: 3_600_000 }, async () => {
    const outcomes: Outcome[] = [];
    for (const leak of some(plantedLeaks, "planted")) {
      const from = chance.fork(leak.kind).int(leak.variants - count + 1);
      for (let variant = from; variant < from + count; variant++)
        outcomes.push(await judgePlanted(plantedVariant(leak, variant), { runs: nightlyOr(160, 60) }));
    }
    expect(outcomes.filter(({ caught }) => caught).length).toBeGreaterThanOrEqual(nightlyOr(0.95, 0.8) * outcomes.length);
    expect(outcomes.filter(({ falseAlarm }) => falseAlarm === true).length).toBeLessThanOrEqual(nightlyOr(0.02, 0.2) * outcomes.length);
  });
});

describe("the registry of features", () => {
  it("gives no false alarm", { timeout: 3_600_000 }, async () => {
    const { report, features } = await judgeRegistry(nightlyOr(Number.POSITIVE_INFINITY, 30), nightlyOr(40, 14));
    expect(features).toBeGreaterThanOrEqual(30);
    expect(report.failedRuns).toBe(0);
    expect(report.findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });
});
