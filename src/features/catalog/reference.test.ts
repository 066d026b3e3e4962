// Values against figures computed independently by TA-Lib and numpy (test/reference/features/make.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { defineFeature } from "#features/language/definition.js";
import { featureSet } from "#features/registry.js";
import { close, high, volume } from "#features/language/inputs.js";
import { type Series } from "#features/language/series.js";

interface Reference {
  readonly bars: Readonly<Record<"open" | "high" | "low" | "close" | "volume", readonly number[]>>;
  /** Bars whose values are given. */
  readonly at: readonly number[];
  readonly first: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/features/features.json", import.meta.url), "utf8")) as Reference;

const bare = (name: string, expr: Series): ReturnType<typeof defineFeature> =>
  defineFeature({ name, group: "test", version: 1, expr, unit: "", range: [null, null], source: "" });
const definitions = [
  ...featureSet("classic-40-raw"),
  ...featureSet("levels"),
  bare("x_slope_30", close.slope(30)),
  bare("x_std_50", close.std(50)),
  bare("x_corr_37", high.corr(volume, 37)),
  bare("x_wilder_9", close.rma(9)),
];

const count = reference.bars.close.length;
const batch = toBarBatch(
  reference.bars.close.map((_, t) => {
    const at = ((t + 1) * DAY_US) as Micros;
    const of = (name: keyof Reference["bars"]): number => reference.bars[name][t] as number;
    const prices = { open: of("open"), high: of("high"), low: of("low"), close: of("close"), volume: of("volume") };
    return { instrument: 0 as InstrumentIx, openAt: (at - DAY_US) as Micros, at, seenAt: at, ...prices };
  }),
);
const plan = compileFeatures(definitions, { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" });
const frames = Array.from({ length: count }, (_, t) => {
  plan.advance(batch, t, t + 1);
  return plan.frame(0 as Micros, 0 as Micros).values.slice();
});

describe("values against TA-Lib and numpy", () => {
  it("covers every feature that is not a rank", () => {
    expect(definitions.map(({ name }) => name.replace(/^x_/, "_")).sort()).toEqual(Object.keys(reference.values).sort());
  });

  it.each(definitions.map(({ name }, f) => [name, f] as const))("%s agrees to 1e-9, from the same first bar on", (name, f) => {
    const key = name.replace(/^x_/, "_");
    const wanted = reference.values[key] as readonly (number | null)[];
    const scale = Math.max(...wanted.map((v) => Math.abs(v ?? 0)));
    expect(frames.findIndex((frame) => !Number.isNaN(frame[f]))).toBe(reference.first[key]);
    reference.at.forEach((t, k) => {
      const v = wanted[k] as number | null;
      const ours = frames[t]?.[f] as number;
      if (v === null) expect(ours, `bar ${t}`).toBeNaN();
      // Relative to the value, or to a thousandth of the feature's size where it passes through zero.
      else expect(Math.abs(ours - v), `bar ${t}: ${ours} for ${v}`).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(v), scale / 1000));
    });
  });
});
