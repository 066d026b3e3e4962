// Values against figures computed independently by scipy, statsmodels and numpy (test/reference/features/regime/make.py), for the first of
// six instruments in three sectors. What differs from the papers on purpose:
// - Change points: run lengths from 39 bars on are one hypothesis (folds/change-point.ts).
// - Turbulence and absorption take exponential averages of the sectors' means, with correlations shrunk by a tenth in the former.
// - Hidden states begin at the stationary probabilities, as statsmodels' filter does; parameters are declared, not fitted.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { type BarRow, toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { regime } from "./regime.js";

type Column = "open" | "high" | "low" | "close" | "volume";
interface Reference {
  /** Of the first instrument all columns, of the others closes and volumes. */
  readonly bars: readonly Readonly<Partial<Record<Column, readonly number[]>>>[];
  /** Bars whose values are given. */
  readonly at: readonly number[];
  readonly values: Readonly<Record<string, readonly number[]>>;
}

const url = new URL("../../../../test/reference/features/regime/regime.json", import.meta.url);
const { bars, at, values } = JSON.parse(readFileSync(url, "utf8")) as Reference;
const instruments = bars.length;
const days = bars[0]?.close?.length ?? 0;
const plan = compileFeatures(regime, {
  instruments,
  tradable: new Uint8Array(instruments).fill(1),
  sector: Int32Array.from({ length: instruments }, (_, i) => i % 3),
  minHistory: 1,
  filters: [],
  priceBasis: "raw",
});
const frames = Array.from({ length: days }, (_, t) => {
  const end = ((t + 1) * DAY_US) as Micros;
  const rows = bars.map((columns, i): BarRow => {
    const of = (name: Column): number => (columns[name] ?? columns.close)?.[t] as number;
    const prices = { open: of("open"), high: of("high"), low: of("low"), close: of("close"), volume: of("volume") };
    return { instrument: i as InstrumentIx, openAt: (end - DAY_US) as Micros, at: end, seenAt: end, ...prices };
  });
  plan.advance(toBarBatch(rows), 0, rows.length);
  return plan.frame(end, 0 as Micros).values.slice(0, regime.length);
});

describe("features of regimes against scipy, statsmodels and numpy", () => {
  it("covers every one of them", () => {
    expect(regime.map(({ name }) => name).sort()).toEqual(Object.keys(values).sort());
  });

  it.each(regime.map(({ name }, f) => [name, f] as const))("%s agrees to 1e-9", (name, f) => {
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
