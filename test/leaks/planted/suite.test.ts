// Every planted leak is shown to be one, at the place it names; its mended twin believes the same whatever comes later. All variants are
// tried at night; by day every tenth of a kind, another tenth for each kind.
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import type { PipelineOutput, World } from "#research/leaks/subject.js";
import { type Cut, cutAfter, differences, foldsOverlap } from "./hindsight.js";
import type { PlantedLeak } from "./planted-leak.js";
import { plantedLeaks } from "./suite.js";

const whole = process.env.TRUEWIND_NIGHTLY !== undefined;
const cuts: readonly Cut[] = ["blank", "short", "other"];

const kinds = plantedLeaks.map((leak, place) => ({
  name: leak.kind,
  leak,
  variants: Array.from({ length: leak.variants }, (_, v) => v).filter((v) => whole || v % 10 === place % 10),
}));

/** Decisions in the order in which they are tried as cuts: spread over the sample, then all others. */
function momentsOf(output: PipelineOutput): Micros[] {
  const count = output.decisions.length;
  const spread = [0.5, 0.7, 0.35, 0.85, 0.6, 0.43, 0.77].map((share) => Math.floor(share * count));
  return [...new Set([...spread, ...output.decisions.keys()])].map((d) => output.decisions[d] as Micros);
}

/** Fills no later than what they follow from, folds that learn from what they foretell, or beliefs that later days have changed. */
async function isShown(leak: PlantedLeak, variant: number, world: World, full: PipelineOutput): Promise<boolean> {
  const width = world.symbols.length;
  const place = leak.place(variant);
  if (place === "folds") return foldsOverlap(full, width);
  if (full.fills.some(({ at, decision }) => at <= (full.decisions[decision] as number))) return true;
  for (const moment of place === "fills" ? full.fills.map(({ at }) => at) : momentsOf(full)) {
    const again = await leak.subject(variant).run(cutAfter(world, moment, "blank"));
    if (differences(full, again, width, moment).includes(place)) return true;
  }
  return false;
}

/** Worlds are made once for all tests by day; at night they would be too many to keep. */
const made = new Map<string, { world: World; twinWorld: World }>();
function worldsOf(leak: PlantedLeak, variant: number): { world: World; twinWorld: World } {
  const key = `${leak.kind} ${variant}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const world = leak.world(variant);
  const worlds = { world, twinWorld: leak.cleanWorld?.(variant) ?? world };
  if (!whole) made.set(key, worlds);
  return worlds;
}

describe("planted leaks", () => {
  it("are of different kinds, with at least twenty variants of each", () => {
    expect(new Set(plantedLeaks.map(({ kind }) => kind)).size).toBe(plantedLeaks.length);
    expect(plantedLeaks.filter(({ variants }) => variants < 20)).toEqual([]);
  });

  it.each(kinds)(
    "of kind: $name, are alike from run to run, leave their world as it is and differ from their twin",
    async ({ leak, variants }) => {
      for (const variant of variants) {
        const name = `${leak.kind} ${variant}`;
        const { world, twinWorld } = worldsOf(leak, variant);
        const first = await leak.subject(variant).run(world);
        expect(isDeepStrictEqual(world, leak.world(variant)), `${name} has changed its world`).toBe(true);
        expect(isDeepStrictEqual(await leak.subject(variant).run(world), first), `${name} runs twice alike`).toBe(true);
        const twin = await leak.clean(variant).run(twinWorld);
        expect(isDeepStrictEqual(twin, first), `${name} is as its twin`).toBe(false);
      }
    },
  );

  it.each(kinds.filter(({ leak }) => leak.group === "code"))("of kind: $name, show at the place they name", async ({ leak, variants }) => {
    for (const variant of variants) {
      const { world } = worldsOf(leak, variant);
      const full = await leak.subject(variant).run(world);
      expect(await isShown(leak, variant, world, full), `${leak.kind} ${variant}, ${leak.place(variant)}`).toBe(true);
    }
  });

  it.each(kinds)("of kind: $name, have a twin without a leak", async ({ leak, variants }) => {
    for (const variant of variants) {
      const { twinWorld: world } = worldsOf(leak, variant);
      const width = world.symbols.length;
      const clean = await leak.clean(variant).run(world);
      expect(clean.fills.filter(({ at, decision }) => at <= (clean.decisions[decision] as number))).toEqual([]);
      expect(foldsOverlap(clean, width)).toBe(false);
      const fillTimes = clean.fills.map(({ at }) => at).filter((_, k) => k % 7 === 0);
      for (const moment of [...momentsOf(clean).slice(0, whole ? 10 : 1), ...fillTimes.slice(0, whole ? 5 : 1)])
        for (const cut of cuts) {
          const again = await leak.clean(variant).run(cutAfter(world, moment, cut));
          expect(differences(clean, again, width, moment), `${leak.kind} ${variant}, ${cut}`).toEqual([]);
        }
    }
  });
});
