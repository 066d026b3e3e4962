// Candle patterns against TA-Lib's, at every bar of a market in which all of them occur (test/reference/features/technical/candles.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { candles } from "./candles.js";

interface Reference {
  readonly bars: Readonly<Record<"open" | "high" | "low" | "close", readonly number[]>>;
  /** By TA-Lib's name and value (100 bullish, -100 bearish): the bars at which it has it; at all others it has 0. */
  readonly hits: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

const file = new URL("../../../../test/reference/features/technical/candles.json", import.meta.url);
const { bars, hits } = JSON.parse(readFileSync(file, "utf8")) as Reference;

const batch = toBarBatch(
  bars.close.map((_, t) => {
    const at = ((t + 1) * DAY_US) as Micros;
    const of = (name: keyof Reference["bars"]): number => bars[name][t] as number;
    const prices = { open: of("open"), high: of("high"), low: of("low"), close: of("close"), volume: 1000 };
    return { instrument: 0 as InstrumentIx, openAt: (at - DAY_US) as Micros, at, seenAt: at, ...prices };
  }),
);
const plan = compileFeatures(candles, { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" });
const frames = bars.close.map((_, t) => {
  plan.advance(batch, t, t + 1);
  return plan.frame(0 as Micros, 0 as Micros).values.slice();
});

describe("candle patterns against TA-Lib", () => {
  it("covers all of them", () => {
    expect(candles.map(({ name }) => name.toUpperCase().replace("_", "")).sort()).toEqual(Object.keys(hits).sort());
  });

  it.each(candles.map(({ name }, f) => [name, f] as const))("%s is found at the same bars", (name, f) => {
    const wanted = new Map<number, number>();
    for (const [value, at] of Object.entries(hits[name.toUpperCase().replace("_", "")] ?? {}))
      for (const t of at) wanted.set(t, Number(value));
    expect(wanted.size).toBeGreaterThan(0);
    // TA-Lib starts some a few bars later than they are defined.
    const differing = frames.flatMap((frame, t) => {
      const ours = Math.round(100 * (frame[f] as number));
      return t < 16 || ours === (wanted.get(t) ?? 0) ? [] : [`bar ${t}: ${ours} for ${wanted.get(t) ?? 0}`];
    });
    expect(differing).toEqual([]);
  });
});
