// What every feature promises, generic over the registry: to register a feature is to test it. Call it with all definitions;
// a failure names the feature. Bars are made here from a seed; no market data is read.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, type BarRow, toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { compileFeatures, type PlanOptions } from "#features/plan/compile.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { dimensionOf } from "#features/language/dimension.js";
import { isCross } from "#features/language/node.js";
import type { FeaturePlan } from "#ports/stages.js";

const NEVER_LATE = 0 as Micros;

/** A random walk with fat tails, ordinary gaps and volumes; never a missing or impossible bar. */
export function ordinaryBars(seed: string, instrument: number, count: number): BarRow[] {
  const rng = createRng(`${seed}/${instrument}`);
  let price = 20 + 100 * rng.next();
  return Array.from({ length: count }, (_, t) => {
    const open = price * Math.exp(0.004 * rng.normal());
    const close = open * Math.exp((0.015 * rng.normal()) / Math.sqrt(0.3 + rng.next()));
    const high = Math.max(open, close) * Math.exp(0.004 * Math.abs(rng.normal()));
    const low = Math.min(open, close) * Math.exp(-0.004 * Math.abs(rng.normal()));
    price = close;
    return bar(instrument, t, { open, high, low, close, volume: Math.round(Math.exp(11 + 0.6 * rng.normal())) });
  });
}

type Prices = Pick<BarRow, "open" | "high" | "low" | "close" | "volume">;

function bar(instrument: number, day: number, prices: Prices): BarRow {
  const openAt = ((10_000 + day) * DAY_US) as Micros;
  const at = (openAt + DAY_US) as Micros;
  return { instrument: instrument as InstrumentIx, openAt, at, seenAt: at, ...prices };
}

/** A plan with every instrument in the universe from its first bar. */
function planOf(definitions: readonly FeatureDefinition[], instruments: number, options: Partial<PlanOptions> = {}): FeaturePlan {
  const tradable = new Uint8Array(instruments).fill(1);
  return compileFeatures(definitions, { instruments, tradable, minHistory: 1, filters: [], priceBasis: "raw", ...options });
}

function valuesOf(plan: FeaturePlan): Float64Array {
  return plan.frame(0 as Micros, NEVER_LATE).values.slice();
}

/** The frame after every row, one row per call. */
function stream(plan: FeaturePlan, batch: BarBatch, from = 0, to = batch.length): Float64Array[] {
  const frames: Float64Array[] = [];
  for (let row = from; row < to; row++) {
    plan.advance(batch, row, row + 1);
    frames.push(valuesOf(plan));
  }
  return frames;
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

export function featureContract(name: string, definitions: readonly FeatureDefinition[]): void {
  const own = definitions.filter(({ expr }) => !isCross(expr));
  const longest = Math.max(...definitions.map(({ warmup }) => warmup));
  const enough = longest + 60;

  describe(`feature contract: ${name}`, () => {
    it("a batch of many instruments gives bit for bit what one instrument alone gives bar by bar", () => {
      const instruments = 5;
      const histories = Array.from({ length: instruments }, (_, i) => ordinaryBars("batch", i, enough - 7 * i));
      const rows = histories.flat().sort((a, b) => a.at - b.at || a.instrument - b.instrument);
      const together = planOf(own, instruments);
      together.advance(toBarBatch(rows), 0, rows.length);
      const frame = valuesOf(together);
      histories.forEach((history, i) => {
        const alone = planOf(own, 1);
        const last = stream(alone, toBarBatch(history.map((row) => ({ ...row, instrument: 0 as InstrumentIx })))).at(-1) as Float64Array;
        expectSameBits(own, frame.subarray(i * own.length, (i + 1) * own.length), last, `instrument ${i}`);
      });
    });

    it("neither the order of arrival nor the cut into slices changes a bit", () => {
      const instruments = 6;
      const histories = Array.from({ length: instruments }, (_, i) => ordinaryBars("order", i, enough - 5 * i));
      const byTime = histories.flat().sort((a, b) => a.at - b.at || a.instrument - b.instrument);
      const plain = planOf(definitions, instruments);
      plain.advance(toBarBatch(byTime), 0, byTime.length);
      const wanted = valuesOf(plain);
      fc.assert(
        fc.property(fc.string(), (seed) => {
          const rng = createRng(seed);
          const left = histories.map((history) => [...history]);
          const rows: BarRow[] = [];
          while (rows.length < byTime.length) {
            // Sometimes several bars of one instrument in a row, so that a slice holds it twice.
            const queue = left[rng.int(instruments)] as BarRow[];
            rows.push(...queue.splice(0, 1 + rng.int(3)));
          }
          const batch = toBarBatch(rows);
          const plan = planOf(definitions, instruments);
          for (let at = 0; at < rows.length; ) {
            const end = Math.min(rows.length, at + 1 + rng.int(40));
            plan.advance(batch, at, end);
            if (rng.int(10) === 0) plan.frame(0 as Micros, NEVER_LATE);
            at = end;
          }
          expectSameBits(definitions, valuesOf(plan), wanted, `seed ${JSON.stringify(seed)}`);
        }),
        { numRuns: 8 },
      );
    });

    it("values do not move when the future is appended or altered", () => {
      const history = ordinaryBars("future", 0, enough);
      const cut = enough - 40;
      const altered = history.map((row, t) => (t < cut ? row : bar(0, t, { open: 1, high: 1e9, low: 1e-9, close: 7, volume: 1e15 })));
      const short = stream(planOf(definitions, 1), toBarBatch(history.slice(0, cut)));
      const long = stream(planOf(definitions, 1), toBarBatch(altered), 0, cut);
      short.forEach((frame, t) => {
        expectSameBits(definitions, long[t] as Float64Array, frame, `bar ${t}`);
      });
    });

    it("a restart from a snapshot at any point changes no bit", () => {
      const instruments = 3;
      const rows = Array.from({ length: instruments }, (_, i) => ordinaryBars("restart", i, enough))
        .flat()
        .sort((a, b) => a.at - b.at || a.instrument - b.instrument);
      const batch = toBarBatch(rows);
      const whole = planOf(definitions, instruments);
      whole.advance(batch, 0, rows.length);
      const wanted = valuesOf(whole);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: rows.length }), fc.boolean(), (at, framed) => {
          const first = planOf(definitions, instruments);
          first.advance(batch, 0, at);
          if (framed) first.frame(0 as Micros, NEVER_LATE);
          const second = planOf(definitions, instruments);
          second.restore(first.snapshot());
          second.advance(batch, at, rows.length);
          expectSameBits(definitions, valuesOf(second), wanted, `restart at row ${at}`);
        }),
        { numRuns: 12 },
      );
    });

    it("the first value comes exactly after the declared warm-up", () => {
      const frames = stream(planOf(definitions, 1), toBarBatch(ordinaryBars("warm-up", 0, enough)));
      const first = definitions.map((_, f) => frames.findIndex((frame) => !Number.isNaN(frame[f])));
      expect(Object.fromEntries(definitions.map((d, f) => [d.name, first[f]]))).toEqual(
        Object.fromEntries(definitions.map((d) => [d.name, d.warmup])),
      );
    });

    it("another first bar: windowed values have the same bits after warm-up, recursive ones agree to 1e-9 after their memory", () => {
      const memory = Math.max(...own.map((definition) => definition.memory));
      const skipped = 101;
      const history = ordinaryBars("first bar", 0, skipped + memory + 50);
      const batch = toBarBatch(history);
      const whole = stream(planOf(own, 1), batch);
      const late = stream(planOf(own, 1, { firstBar: Int32Array.of(skipped) }), batch, skipped);
      const scale = scaleOf(whole, own.length);
      const windowed = own.map(({ kind }) => kind === "windowed");
      late.forEach((frame, t) => {
        const full = whole[t + skipped] as Float64Array;
        const exact = full.map((v, f) => (windowed[f] && t >= (own[f] as FeatureDefinition).warmup ? v : (frame[f] as number)));
        expectSameBits(own, frame, exact, `bar ${t} after the start`);
        const near = full.map((v, f) => (t >= (own[f] as FeatureDefinition).memory ? v : (frame[f] as number)));
        expectNear(own, frame, near, scale, `bar ${t} after the start`);
      });
    });

    it.each([7, 2, 0.1])("after a split of %d for 1 all is as if earlier bars had been quoted on the new basis", (ratio) => {
      const history = ordinaryBars(`split ${ratio}`, 0, enough);
      const at = longest - 20;
      const old = (row: BarRow): BarRow => ({
        ...row,
        open: row.open * ratio,
        high: row.high * ratio,
        low: row.low * ratio,
        close: row.close * ratio,
        volume: row.volume / ratio,
      });
      const raw = toBarBatch(history.map((row, t) => (t < at ? old(row) : row)));
      const adjusted = stream(planOf(definitions, 1), toBarBatch(history), 0, enough);
      const plan = planOf(definitions, 1);
      stream(plan, raw, 0, at);
      const moment = (history[at] as BarRow).openAt;
      plan.reference({ kind: "split", instrument: 0 as InstrumentIx, ratio, at: moment, seenAt: moment });
      const scale = scaleOf(adjusted, definitions.length);
      expectNear(definitions, valuesOf(plan), adjusted[at - 1] as Float64Array, scale, "just after the split");
      stream(plan, raw, at).forEach((frame, k) => {
        expectNear(definitions, frame, adjusted[at + k] as Float64Array, scale, `bar ${k} after the split`);
      });
    });

    it("a change of currency or share size scales each value by its dimension, and only levels at all", () => {
      const history = ordinaryBars("scale", 0, enough);
      const scaled = history.map((row) => ({
        ...row,
        open: row.open * 8,
        high: row.high * 8,
        low: row.low * 8,
        close: row.close * 8,
        volume: row.volume * 4,
      }));
      const before = planOf(definitions, 1);
      before.advance(toBarBatch(history), 0, enough);
      const after = planOf(definitions, 1);
      after.advance(toBarBatch(scaled), 0, enough);
      // Powers of two scale without rounding.
      const wanted = valuesOf(before).map((v, f) => {
        const { expr } = definitions[f] as FeatureDefinition;
        if (isCross(expr)) return v;
        const { price, volume } = dimensionOf(expr);
        return v * 8 ** price * 4 ** volume;
      });
      expectSameBits(definitions, valuesOf(after), wanted, "prices x 8, volumes x 4");
      const moved = definitions.filter((_, f) => !Object.is(valuesOf(after)[f], valuesOf(before)[f])).map((d) => d.name);
      expect(moved).toEqual(definitions.filter((d) => d.level && !isCross(d.expr)).map((d) => d.name));
    });

    it("a missing bar is forgotten: windowed values when it has left the window, recursive ones never stay unknown", () => {
      const history = ordinaryBars("missing", 0, enough);
      const hole = 40;
      const missing: Prices = { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN, volume: Number.NaN };
      const holed = history.map((row, t) => (t === hole ? bar(0, t, missing) : row));
      const clean = stream(planOf(definitions, 1), toBarBatch(history));
      const frames = stream(planOf(definitions, 1), toBarBatch(holed));
      definitions.forEach((definition, f) => {
        expect(frames[hole]?.[f], `${definition.name} at the missing bar`).toBeNaN();
        const back = hole + definition.warmup + 1;
        for (let t = back; t < enough; t++) {
          const value = frames[t]?.[f] as number;
          if (definition.kind === "windowed") expect(value, `${definition.name} at bar ${t}`).toBe(clean[t]?.[f]);
          else expect(value, `${definition.name} at bar ${t}`).not.toBeNaN();
        }
      });
    });

    it.each(hostileMarkets)("on %s every value is unknown or finite and within its range", (_, price) => {
      const instruments = 3;
      const rows: BarRow[] = [];
      for (let t = 0; t < enough; t++) for (let i = 0; i < instruments; i++) rows.push(bar(i, t, price(t + 3 * i)));
      const batch = toBarBatch(rows);
      const plan = planOf(definitions, instruments);
      for (let t = 0; t < enough; t++) {
        plan.advance(batch, t * instruments, (t + 1) * instruments);
        const values = valuesOf(plan);
        const outside = new Set<string>();
        values.forEach((v, k) => {
          const { name: feature, range } = definitions[k % definitions.length] as FeatureDefinition;
          const slack = 1e-12 * Math.max(1, Math.abs(range[0] ?? 0), Math.abs(range[1] ?? 0));
          const below = range[0] !== null && v < range[0] - slack;
          const above = range[1] !== null && v > range[1] + slack;
          if (below || above || Math.abs(v) === Number.POSITIVE_INFINITY) outside.add(`${feature} = ${v}`);
        });
        expect([...outside], `bar ${t}`).toEqual([]);
      }
    });

    it("on adjusted prices levels are unknown and everything else is untouched", () => {
      const batch = toBarBatch(ordinaryBars("basis", 0, enough));
      const raw = planOf(definitions, 1);
      raw.advance(batch, 0, enough);
      const wanted = valuesOf(raw).map((v, f) => ((definitions[f] as FeatureDefinition).level ? Number.NaN : v));
      for (const priceBasis of ["split", "full"] as const) {
        const plan = planOf(definitions, 1, { priceBasis });
        plan.advance(batch, 0, enough);
        expectSameBits(definitions, valuesOf(plan), wanted, priceBasis);
      }
    });
  });
}

const flat = (price: number, volume: number): Prices => ({ open: price, high: price, low: price, close: price, volume });
const hostileMarkets: readonly (readonly [string, (t: number) => Prices])[] = [
  ["a constant price", () => flat(100, 1000)],
  ["a market without volume", (t) => ({ open: 10, high: 11 + (t % 3), low: 9, close: 10 + (t % 2), volume: 0 })],
  [
    "a one-tick market",
    (t) => ({ open: 0.01, high: t % 5 === 0 ? 0.02 : 0.01, low: 0.01, close: t % 5 === 0 ? 0.02 : 0.01, volume: t % 7 }),
  ],
  [
    "spikes of 1e12",
    (t) =>
      t % 50 === 20
        ? { open: 100, high: 1e12, low: 100, close: t % 100 === 20 ? 1e12 : 100, volume: 1e12 }
        : flat(100 + (t % 9), 1000 + (t % 11)),
  ],
  [
    "prices that touch zero",
    (t) => (t % 30 === 7 ? flat(0, 0) : { open: 5, high: 6, low: t % 4 === 0 ? 0 : 4, close: 5 + (t % 2), volume: 10 }),
  ],
  ["a steady climb", (t) => flat(100 + t, 1000)],
  ["prices near the largest number", (t) => flat(1e307 * (1 + (t % 5)), 1e300)],
];
