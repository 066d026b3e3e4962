// The online half of the feature store: identity, bytes, checks, and what a reader is served.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { resolveFeatures } from "#features/registry.js";
import type { LatestMirror } from "#ports/latest-mirror.js";
import { featureSetVersion } from "./identity.js";
import { OnlineStore } from "./online-store.js";
import { type CheckedFeature, VectorCheck } from "./vector-check.js";
import { decodeVector, encodeVector } from "./vector-codec.js";

const features: readonly CheckedFeature[] = [
  { name: "share", range: [0, 1], reference: { mean: 0.5, deviation: 0.1 } },
  { name: "free", range: [null, null], reference: null },
];

function frame(asOf: number, rows: readonly (readonly number[] | null)[]): FeatureFrame {
  const fresh = Uint8Array.from(rows, (row) => (row === null ? 0 : 1));
  const values = Float64Array.from(rows.flatMap((row) => row ?? [Number.NaN, Number.NaN]));
  return { asOf: asOf as Micros, instruments: rows.length, features: ["share", "free"], values, fresh, member: fresh, history: null };
}

/** A mirror in memory. */
function memory(kept = new Map<string, Uint8Array>()): LatestMirror & { readonly kept: Map<string, Uint8Array> } {
  return {
    kept,
    put: (name, bytes) => void kept.set(name, bytes),
    load: () => Promise.resolve(new Map(kept)),
    counters: { written: 0, superseded: 0, failures: 0, waiting: 0, trouble: null },
    close: () => Promise.resolve(),
  };
}

function open(mirrors: readonly LatestMirror[] = [], version = "v1"): OnlineStore {
  return new OnlineStore({ version, symbols: ["A", "B"], features, mirrors, maxUnknown: 0.4 });
}

describe("the version of a feature set", () => {
  const set = resolveFeatures(["mom_20", "vol_20"]);
  const [first, second] = set as [(typeof set)[0], (typeof set)[0]];

  it("changes with names, order, versions, formulas and context, and with nothing else", () => {
    const version = featureSetVersion(set);
    expect(featureSetVersion([...set])).toBe(version);
    expect(featureSetVersion([{ ...first, unit: "other", source: "other" }, second])).toBe(version);
    const others = [
      featureSetVersion([second, first]),
      featureSetVersion([first]),
      featureSetVersion([{ ...first, name: "renamed" }, second]),
      featureSetVersion([{ ...first, version: 2 }, second]),
      featureSetVersion([{ ...first, expr: second.expr }, second]),
      featureSetVersion([{ ...first, timeframe: "1h" }, second]),
      featureSetVersion(set, { peers: { market: "SPY" } }),
    ];
    expect(new Set([version, ...others]).size).toBe(others.length + 1);
  });
});

describe("a vector as bytes", () => {
  it("comes back bit for bit, and as nothing when a byte is wrong, missing, or of another set", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double(), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 2 ** 50 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (list, asOf, place, flip) => {
          const values = Float64Array.from(list);
          const bytes = encodeVector("v1", { asOf, values });
          const back = decodeVector("v1", values.length, bytes);
          expect(back?.asOf).toBe(asOf);
          expect([...(back?.values ?? [])]).toEqual(list);
          expect(decodeVector("v2", values.length, bytes)).toBeNull();
          expect(decodeVector("v1", values.length + 1, bytes)).toBeNull();
          expect(decodeVector("v1", values.length, bytes.subarray(0, place % bytes.length))).toBeNull();
          const damaged = new Uint8Array(bytes);
          damaged[place % bytes.length] = (damaged[place % bytes.length] as number) ^ flip;
          expect(decodeVector("v1", values.length, damaged)).toBeNull();
        },
      ),
    );
  });
});

describe("the check of a vector", () => {
  it("finds values outside their range and too many unknown ones, and counts them", () => {
    const check = new VectorCheck(features, 0.4);
    expect(check.take(Float64Array.of(0.5, 3))).toEqual({ sound: true, outside: [], unknown: 0 });
    expect(check.take(Float64Array.of(1.5, 3))).toEqual({ sound: false, outside: ["share"], unknown: 0 });
    expect(check.take(Float64Array.of(Number.NaN, 3))).toEqual({ sound: false, outside: [], unknown: 0.5 });
    expect([check.vectors, check.unsound]).toEqual([3, 2]);
    const [share, free] = check.counters();
    expect(share).toMatchObject({ vectors: 3, unknown: 1, outside: 1, strange: 1 });
    expect(free).toMatchObject({ unknown: 0, outside: 0, shift: null, spread: null });
  });

  it("takes rounding at a large bound for what it is", () => {
    const check = new VectorCheck([{ name: "index", range: [0, 100], reference: null }], 1);
    expect(check.take(Float64Array.of(100 + 5e-11)).sound).toBe(true);
    expect(check.take(Float64Array.of(100 + 5e-10)).sound).toBe(false);
    expect(check.take(Float64Array.of(-5e-11)).sound).toBe(false);
  });

  it("measures drift in deviations of the reference", () => {
    const check = new VectorCheck(features, 1);
    const values = [0.6, 0.7, 0.8, 0.9];
    for (const value of values) check.take(Float64Array.of(value, 0));
    const mean = values.reduce((sum, v) => sum + v) / 4;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 4);
    expect(check.counters()[0]?.shift).toBeCloseTo((mean - 0.5) / 0.1, 12);
    expect(check.counters()[0]?.spread).toBeCloseTo(deviation / 0.1, 12);
  });
});

describe("the online store", () => {
  it("serves the newest vector, copied, and nothing older as fresh", () => {
    const store = open();
    const first = frame(100, [
      [0.1, 1],
      [0.2, 2],
    ]);
    store.publish(first);
    first.values.fill(9);
    store.publish(frame(200, [[0.3, 3], null]));
    expect([...(store.newest("A")?.values ?? [])]).toEqual([0.3, 3]);
    expect(store.fresh("A", 200)?.asOf).toBe(200);
    expect([...(store.newest("B")?.values ?? [])]).toEqual([0.2, 2]);
    expect(store.newest("B")?.asOf).toBe(100);
    expect(store.fresh("B", 150)).toBeNull();
    expect(store.newest("C")).toBeNull();
    expect(store.counters.vectors).toBe(3);
  });

  it("starts warm from a mirror, marks what it read, and prefers the newest of several", async () => {
    const [old, recent] = [memory(), memory()];
    open([old]).publish(
      frame(100, [
        [0.1, 1],
        [0.2, 2],
      ]),
    );
    open([recent]).publish(frame(200, [[0.3, 3], null]));
    const store = open([recent, old]);
    expect(await store.restore()).toBe(2);
    expect(store.newest("A")).toMatchObject({ asOf: 200, restored: true });
    expect(store.newest("B")).toMatchObject({ asOf: 100, restored: true });
    expect(store.fresh("B", 200)).toBeNull();
    store.publish(
      frame(150, [
        [0.9, 9],
        [0.8, 8],
      ]),
    ); // ground covered again
    expect(store.newest("A")).toMatchObject({ asOf: 200, restored: true });
    expect(store.newest("B")).toMatchObject({ asOf: 150, restored: false });
  });

  it("takes nothing of another version, of strangers, or damaged", async () => {
    const mirror = memory();
    open([mirror], "v2").publish(frame(100, [[0.1, 1], null]));
    mirror.kept.set("B", Uint8Array.of(1, 2, 3));
    mirror.kept.set("STRANGER", encodeVector("v1", { asOf: 5, values: Float64Array.of(1, 2) }));
    const store = open([mirror]);
    expect(await store.restore()).toBe(0);
    expect(store.newest("A")).toBeNull();
    expect(store.counters.unreadable).toBe(3);
  });
});
