// What every feature promises, generic over the registry: to register a feature is to test it. Call it with all definitions; a failure
// names the feature. Everything is simulated from seeds (feature-world.ts). Features of one instrument live in a world of one; those of
// the moment (other instruments take part) and ranks in a world of thirteen, where the last is looked at.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { createBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { dimensionOf } from "#features/language/dimension.js";
import { isCross } from "#features/language/node.js";
import { compileFeatures, type PlanOptions } from "#features/plan/compile.js";
import type { FeaturePlan } from "#ports/stages.js";
import { nightlyOr, sampleOf } from "#test/needs.js";
import { hostileMarkets } from "./hostile-markets.js";
import {
  companyOf,
  type Day,
  makeDays,
  needsOf,
  only,
  ordinaryPrices,
  type Prices,
  rescale,
  sessionsOf,
  tell,
  tellDay,
  tellRows,
} from "./feature-world.js";

const EVER = 0 as Micros;
const CROWD = 13;

export function featureContract(name: string, definitions: readonly FeatureDefinition[]): void {
  const own = definitions.filter(({ expr, joint }) => !isCross(expr) && !joint);
  const shared = definitions.filter(({ expr, joint }) => isCross(expr) || joint);
  worldContract(`${name}, of one instrument`, own, 1);
  if (shared.length > 0) worldContract(`${name}, of the moment`, shared, CROWD);

  describe(`feature contract: ${name}, many instruments`, () => {
    const longest = Math.max(...own.map(({ warmup }) => warmup)) + 20;
    const histories = (seed: string): Prices[][] =>
      Array.from({ length: 4 }, (_, i) => ordinaryPrices(createRng(`${seed}/${i}`), longest - 7 * i));

    it("a batch of many instruments gives bit for bit what one instrument alone gives row by row", () => {
      const days = makeDays("batch", histories("batch"), needsOf(own));
      const together = planOf(own, 4, longest);
      for (const day of days) tellDay(together, day);
      const values = allOf(together);
      for (let i = 0; i < 4; i++) {
        const alone = planOf(own, 1, longest);
        for (const day of days) tellRows(alone, only(day, i, 0), null);
        expectSameBits(own, values.subarray(i * own.length, (i + 1) * own.length), allOf(alone), `instrument ${i}`);
      }
    });

    it("an instrument does not care how far the others are", () => {
      const separate = own.filter(({ inputs }) => !inputs.some((input) => input.startsWith("market-fact")));
      const days = makeDays("order", histories("order"), needsOf(separate));
      const inStep = planOf(separate, 4, longest);
      for (const day of days) tellDay(inStep, day);
      const wanted = allOf(inStep);
      fc.assert(
        fc.property(fc.string(), (seed) => {
          const rng = createRng(seed);
          const done = [0, 0, 0, 0];
          const plan = planOf(separate, 4, longest);
          while (done.some((count) => count < days.length)) {
            const i = rng.int(4);
            for (let k = rng.int(3); k >= 0 && (done[i] as number) < days.length; k--) {
              tellDay(plan, only(days[done[i] as number] as Day, i));
              done[i] = (done[i] as number) + 1;
            }
            if (rng.int(50) === 0) allOf(plan);
          }
          expectSameBits(separate, allOf(plan), wanted, `seed ${JSON.stringify(seed)}`);
        }),
        { numRuns: nightlyOr(3, 1) },
      );
    });
  });
}

/** A plan with every instrument in the universe from its first bar. */
function planOf(
  definitions: readonly FeatureDefinition[],
  instruments: number,
  days: number,
  options: Partial<PlanOptions> = {},
): FeaturePlan {
  const always = { minHistory: 1, filters: [], priceBasis: "raw" as const, sessions: sessionsOf(days) };
  return compileFeatures(definitions, { ...companyOf(instruments), ...always, ...options });
}

function allOf(plan: FeaturePlan): Float64Array {
  return plan.frame(EVER, EVER).values.slice();
}

function worldContract(title: string, definitions: readonly FeatureDefinition[], instruments: number): void {
  const width = definitions.length;
  const needs = needsOf(definitions);
  const longest = Math.max(...definitions.map(({ warmup }) => warmup));
  const enough = longest + 60;
  const looked = instruments - 1;

  const history = (seed: string, count: number): Prices[][] =>
    Array.from({ length: instruments }, (_, i) => ordinaryPrices(createRng(`${seed}/${i}`), count));
  const ordinary = (seed: string, count = enough): Day[] => makeDays(seed, history(seed, count), needs);
  const plan = (options: Partial<PlanOptions> = {}, days = enough): FeaturePlan => planOf(definitions, instruments, days, options);
  const valuesOf = (at: FeaturePlan): Float64Array => at.frame(EVER, EVER).values.slice(looked * width, (looked + 1) * width);
  /** The values of the instrument looked at, after every day. */
  const follow = (at: FeaturePlan, days: readonly Day[]): Float64Array[] =>
    days.map((day) => {
      tellDay(at, day);
      return valuesOf(at);
    });

  describe(`feature contract: ${title}`, () => {
    it("neither the order of rows within a moment nor the cut into slices changes a bit", () => {
      const days = ordinary("cut");
      const plain = plan();
      for (const day of days) tellDay(plain, day);
      const wanted = allOf(plain);
      fc.assert(
        fc.property(fc.string(), (seed) => {
          const rng = createRng(seed);
          const cut = plan();
          for (const day of days) {
            tellRows(cut, day, rng);
            if (rng.int(30) === 0) allOf(cut);
          }
          expectSameBits(definitions, allOf(cut), wanted, `seed ${JSON.stringify(seed)}`);
        }),
        { numRuns: nightlyOr(3, 1) },
      );
    });

    it("values do not move when the future is appended or altered", () => {
      const days = ordinary("future");
      const cut = enough - 40;
      const wild = rescale(days[cut] as Day, 1e6, 1e-6, needs.facts);
      const short = follow(plan(), days.slice(0, cut));
      const long = follow(plan(), [...days.slice(0, cut), wild]);
      short.forEach((frame, t) => {
        expectSameBits(definitions, long[t] as Float64Array, frame, `day ${t}`);
      });
    });

    it("a restart from a snapshot at any point changes no bit", () => {
      const events = ordinary("restart").flat();
      const whole = plan();
      for (const event of events) tell(whole, event);
      const wanted = allOf(whole);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: events.length - 1 }), fc.nat(20), (at, part) => {
          const first = plan();
          const second = plan();
          events.slice(0, at).forEach((event) => {
            tell(first, event);
          });
          const middle = events[at] as Day[number];
          const row = middle.kind === "fact" ? 0 : Math.min(part, middle.length);
          if (middle.kind !== "fact") tell(first, middle, 0, row);
          second.restore(first.snapshot());
          tell(second, middle, row);
          events.slice(at + 1).forEach((event) => {
            tell(second, event);
          });
          expectSameBits(definitions, allOf(second), wanted, `restart at event ${at}, row ${row}`);
        }),
        { numRuns: nightlyOr(8, 3) },
      );
    });

    it("the first value comes exactly after the declared warm-up", () => {
      const frames = follow(plan(), ordinary("warm-up"));
      const first = definitions.map((_, f) => frames.findIndex((frame) => !Number.isNaN(frame[f])));
      expect(Object.fromEntries(definitions.map((d, f) => [d.name, first[f]]))).toEqual(
        Object.fromEntries(definitions.map((d) => [d.name, d.warmup])),
      );
    });

    // Features that remember for long are few: only they need the long histories.
    it.each([
      ["of at most 700 bars", (memory: number): boolean => memory <= 700],
      ["of more than 700 bars", (memory: number): boolean => memory > 700],
    ] as const)(
      "another first bar: windowed values have the same bits after warm-up, recursive ones agree to 1e-9 after their memory %s",
      { timeout: 120_000 },
      (_, remembers) => {
        const some = definitions.filter(({ memory }) => remembers(memory));
        if (some.length === 0) return;
        const skipped = 101;
        const count = skipped + Math.max(...some.map(({ memory }) => memory)) + 50;
        const days = makeDays("first bar", history("first bar", count), needsOf(some));
        const values = (at: FeaturePlan, day: Day): Float64Array => {
          tellDay(at, day);
          return at.frame(EVER, EVER).values.slice(looked * some.length, (looked + 1) * some.length);
        };
        const early = planOf(some, instruments, count);
        const whole = days.map((day) => values(early, day));
        const late = planOf(some, instruments, count, { firstBar: new Int32Array(instruments).fill(skipped) });
        // What is known of facts is known at the start, too.
        for (const event of days.slice(0, skipped).flat()) if (event.kind === "fact") tell(late, event);
        const scale = scaleOf(whole, some.length);
        days.slice(skipped).forEach((day, t) => {
          const frame = values(late, day);
          const full = whole[t + skipped] as Float64Array;
          const exact = full.map((v, f) => {
            const { kind, warmup, inputs } = some[f] as FeatureDefinition;
            // The first bar of a late start counts all facts and tapes before it.
            const settled = inputs.some((input) => /[:.]/.test(input)) ? warmup + 1 : warmup;
            return kind === "windowed" && t >= settled ? v : (frame[f] as number);
          });
          expectSameBits(some, frame, exact, `day ${t} after the start`);
          const near = full.map((v, f) => (t > (some[f] as FeatureDefinition).memory ? v : (frame[f] as number)));
          expectNear(some, frame, near, scale, `day ${t} after the start`);
        });
      },
    );

    it.each(sampleOf([7, 2, 0.1], 2))("after a split of %d for 1 all is as if earlier bars had been quoted on the new basis", (ratio) => {
      const days = ordinary(`split ${ratio}`);
      const at = longest - 20 > 5 ? longest - 20 : 5;
      const raw = days.map((day, t) => (t < at ? rescale(day, ratio, 1 / ratio, needs.facts, looked) : day));
      const adjusted = follow(plan(), days);
      const split = plan();
      follow(split, raw.slice(0, at));
      split.reference({ kind: "split", instrument: looked as InstrumentIx, ratio, at: EVER, seenAt: EVER });
      const scale = scaleOf(adjusted, width);
      expectNear(definitions, valuesOf(split), adjusted[at - 1] as Float64Array, scale, "just after the split");
      follow(split, raw.slice(at)).forEach((frame, k) => {
        expectNear(definitions, frame, adjusted[at + k] as Float64Array, scale, `day ${k} after the split`);
      });
    });

    it("a change of currency or share size scales each value by its dimension, and only levels at all", () => {
      const days = ordinary("scale");
      const before = plan();
      const after = plan();
      for (const day of days) {
        tellDay(before, day);
        // Powers of two scale without rounding.
        tellDay(after, rescale(day, 8, 4, needs.facts));
      }
      const wanted = valuesOf(before).map((v, f) => {
        const { expr } = definitions[f] as FeatureDefinition;
        if (isCross(expr)) return v;
        const { price, volume } = dimensionOf(expr);
        return v * 8 ** price * 4 ** volume;
      });
      expectSameBits(definitions, valuesOf(after), wanted, "prices x 8, volumes x 4");
    });

    it("a missing bar is forgotten: windowed values when it has left the window, recursive ones never stay unknown", () => {
      const hole = 40;
      const days = ordinary("missing");
      const missing = { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN, volume: Number.NaN };
      const holed = days.map((day, t) => (t === hole ? withoutBar(day, looked, missing) : day));
      const clean = follow(plan(), days);
      const frames = follow(plan(), holed);
      definitions.forEach((definition, f) => {
        const { kind, warmup, shape, inputs, joint } = definition;
        // A formula may say itself what stands in for what is not known, and others' bars are there.
        const mustMiss = inputs.some((input) => bars.has(input)) && !/\b(or|known|where)\(/.test(shape) && !joint;
        if (mustMiss) expect(frames[hole]?.[f], `${definition.name} at the missing bar`).toBeNaN();
        for (let t = hole + warmup + 1; t < enough; t++) {
          const value = frames[t]?.[f] as number;
          if (kind === "windowed") expect(value, `${definition.name} on day ${t}`).toBe(clean[t]?.[f]);
          else expect(value, `${definition.name} on day ${t}`).not.toBeNaN();
        }
      });
    });

    it.each(hostileMarkets)("on %s every value is unknown or finite and within its range", (_, price, factor) => {
      const count = Math.min(enough, 400);
      const prices = Array.from({ length: instruments }, (_none, i) => Array.from({ length: count }, (_each, t) => price(t + 3 * i)));
      const at = plan();
      makeDays("hostile", prices, needs, factor).forEach((day, t) => {
        tellDay(at, day);
        const values = allOf(at);
        const outside = new Set<string>();
        values.forEach((v, k) => {
          const { name: feature, range } = definitions[k % width] as FeatureDefinition;
          const slack = 1e-12 * Math.max(1, Math.abs(range[0] ?? 0), Math.abs(range[1] ?? 0));
          const below = range[0] !== null && v < range[0] - slack;
          const above = range[1] !== null && v > range[1] + slack;
          if (below || above || Math.abs(v) === Number.POSITIVE_INFINITY) outside.add(`${feature} = ${v}`);
        });
        expect([...outside], `day ${t}`).toEqual([]);
      });
    });

    it("on adjusted prices levels are unknown and everything else is untouched", () => {
      const days = ordinary("basis");
      const wanted = (follow(plan(), days).at(-1) as Float64Array).map((v, f) =>
        (definitions[f] as FeatureDefinition).level ? Number.NaN : v,
      );
      for (const priceBasis of ["split", "full"] as const) {
        expectSameBits(definitions, follow(plan({ priceBasis }), days).at(-1) as Float64Array, wanted, priceBasis);
      }
    });
  });
}

const bars: ReadonlySet<string> = new Set(["open", "high", "low", "close", "volume"]);

/** The day with an instrument's bar put in place of the real one. */
function withoutBar(day: Day, instrument: number, prices: Prices): Day {
  return day.map((event) => {
    if (event.kind !== "bar") return event;
    const batch = createBarBatch(event.length);
    for (const column of ["at", "seenAt", "openAt", "instrument"] as const) batch[column].set(event[column]);
    for (const column of ["open", "high", "low", "close", "volume"] as const) {
      event[column].forEach((v, row) => {
        batch[column][row] = event.instrument[row] === instrument ? prices[column] : v;
      });
    }
    return batch;
  });
}

/** Fails with the names of the features that differ in any bit (NaN equals NaN). */
function expectSameBits(definitions: readonly FeatureDefinition[], actual: Float64Array, wanted: Float64Array, where: string): void {
  const width = definitions.length;
  expect(actual.length).toBe(wanted.length);
  const differing = new Set<string>();
  for (let k = 0; k < wanted.length; k++) {
    if (!Object.is(actual[k], wanted[k])) differing.add(`${definitions[k % width]?.name}: ${actual[k]} for ${wanted[k]}`);
  }
  expect([...differing], where).toEqual([]);
}

function expectNear(
  definitions: readonly FeatureDefinition[],
  actual: Float64Array,
  wanted: Float64Array,
  scale: Float64Array,
  where: string,
): void {
  const differing = definitions.flatMap(({ name }, f) => {
    const a = actual[f] as number;
    const b = wanted[f] as number;
    if (Number.isNaN(a) && Number.isNaN(b)) return [];
    return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(b), scale[f] as number) ? [] : [`${name}: ${a} for ${b}`];
  });
  expect(differing, where).toEqual([]);
}

/** Largest finite magnitude per feature: what a difference is measured against where a value passes through zero. */
function scaleOf(frames: readonly Float64Array[], width: number): Float64Array {
  const scale = new Float64Array(width);
  for (const frame of frames)
    for (let f = 0; f < width; f++) if (Math.abs(frame[f] as number) > (scale[f] as number)) scale[f] = Math.abs(frame[f] as number);
  return scale;
}
