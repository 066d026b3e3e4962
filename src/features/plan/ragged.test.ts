// Features of the moment where the contract's world is too tidy: instruments without a bar at many moments, some that do not count, one
// without a sector. Rows in any order, frames in between and restarts in the middle of a moment change no bit.
import { expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { isCross } from "#features/language/node.js";
import { features } from "#features/registry.js";
import type { FeaturePlan } from "#ports/stages.js";
import { companyOf, type Day, makeDays, needsOf, only, ordinaryPrices, sessionsOf, tellDay } from "#test/contracts/feature-world.js";
import { compileFeatures } from "./compile.js";

const INSTRUMENTS = 9;
const DAYS = 330;
const EVER = 0 as Micros;

it("values of the moment are the same however a ragged moment arrives", () => {
  const definitions = [...features.values()].filter(({ expr, joint }) => joint || isCross(expr));
  const rng = createRng("ragged");
  const histories = Array.from({ length: INSTRUMENTS }, (_, i) => ordinaryPrices(rng.fork(`prices ${i}`), DAYS));
  const days = makeDays("ragged", histories, needsOf(definitions)).map((day) => {
    const there = Array.from({ length: INSTRUMENTS }, (_, i) => i).filter((i) => rng.next() < (i === 0 ? 0.95 : 0.75));
    const facts = day.filter((event) => event.kind === "fact");
    return { facts, moment: there.map((i): Day => only(day, i).filter((event) => event.kind !== "fact")) };
  });
  const plan = (): FeaturePlan =>
    compileFeatures(definitions, {
      ...companyOf(INSTRUMENTS),
      tradable: Uint8Array.of(1, 1, 0, 1, 1, 1, 0, 1, 1),
      sector: Int32Array.of(0, 1, 2, 0, 1, 2, -1, 0, 1),
      minHistory: 30,
      filters: [],
      priceBasis: "raw",
      sessions: sessionsOf(DAYS),
    });
  const whole = plan();
  let torn = plan();
  for (const { facts, moment } of days) {
    tellDay(whole, [...facts, ...moment.flat()]);
    tellDay(torn, facts);
    for (const one of [...moment].sort(() => rng.next() - 0.5)) {
      tellDay(torn, one);
      if (rng.int(100) > 0) continue;
      const restarted = plan();
      restarted.restore(torn.snapshot());
      torn = restarted;
    }
    if (rng.int(5) === 0) torn.frame(EVER, EVER);
  }
  const [wanted, found] = [whole, torn].map((at) => at.frame(EVER, EVER).values) as [Float64Array, Float64Array];
  const differing = new Set<string>();
  wanted.forEach((value, k) => {
    if (!Object.is(value, found[k])) differing.add(definitions[k % definitions.length]?.name as string);
  });
  expect([...differing]).toEqual([]);
  expect(wanted.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(definitions.length);
});
