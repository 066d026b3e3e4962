// Values against figures computed independently by scipy, statsmodels, arch, antropy, pandas and numpy
// (test/reference/features/statistical/make.py). What differs from the libraries on purpose:
// - Sample entropy of a window without any match is the estimate's upper bound, where antropy gives infinity.
// - The deviation that a statistic is measured in is the population's (divisor n), as everywhere in the language.
// - GARCH-type recursions begin at the 250-bar variance, arch's at an exponential backcast; the script checks the recursion itself by arch.
// - Half-lives beyond the window are held at its length.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { statistical } from "./statistical.js";

interface Reference {
  readonly bars: Readonly<Record<"open" | "high" | "low" | "close" | "volume", readonly number[]>>;
  /** Bars whose values are given. */
  readonly at: readonly number[];
  readonly values: Readonly<Record<string, readonly number[]>>;
}

const url = new URL("../../../../test/reference/features/statistical/statistical.json", import.meta.url);
const { bars, at, values } = JSON.parse(readFileSync(url, "utf8")) as Reference;
const batch = toBarBatch(
  bars.close.map((_, t) => {
    const end = ((t + 1) * DAY_US) as Micros;
    const of = (name: keyof Reference["bars"]): number => bars[name][t] as number;
    const prices = { open: of("open"), high: of("high"), low: of("low"), close: of("close"), volume: of("volume") };
    return { instrument: 0 as InstrumentIx, openAt: (end - DAY_US) as Micros, at: end, seenAt: end, ...prices };
  }),
);
const plan = compileFeatures(statistical, { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" });
const frames = bars.close.map((_, t) => {
  plan.advance(batch, t, t + 1);
  return plan.frame(0 as Micros, 0 as Micros).values.slice();
});

describe("statistical features against scipy, statsmodels, arch and antropy", () => {
  it("covers every one of them", () => {
    expect(statistical.map(({ name }) => name).sort()).toEqual(Object.keys(values).sort());
  });

  it.each(statistical.map(({ name }, f) => [name, f] as const))("%s agrees to 1e-9", (name, f) => {
    const wanted = values[name] as readonly number[];
    const scale = Math.max(...wanted.map(Math.abs));
    at.forEach((t, k) => {
      const ours = frames[t]?.[f] as number;
      const v = wanted[k] as number;
      // Relative to the value, or to a thousandth of the feature's size where it passes through zero.
      expect(Math.abs(ours - v), `bar ${t}: ${ours} for ${v}`).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(v), scale / 1000));
    });
  });
});
