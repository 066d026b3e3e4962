// Alpha158 against pyqlib's own expressions and operators (test/reference/features/alpha158/make.py, which lists what differs and why).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { alpha158 } from "./alpha158.js";

interface Reference {
  readonly bars: Readonly<Record<"open" | "high" | "low" | "close" | "volume", readonly number[]>>;
  /** Bars whose values are given. */
  readonly at: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

const path = new URL("../../../test/reference/features/alpha158/alpha158.json", import.meta.url);
const reference = JSON.parse(readFileSync(path, "utf8")) as Reference;

const batch = toBarBatch(
  reference.bars.close.map((_, t) => {
    const at = ((t + 1) * DAY_US) as Micros;
    const of = (name: keyof Reference["bars"]): number => reference.bars[name][t] as number;
    const prices = { open: of("open"), high: of("high"), low: of("low"), close: of("close"), volume: of("volume") };
    return { instrument: 0 as InstrumentIx, openAt: (at - DAY_US) as Micros, at, seenAt: at, ...prices };
  }),
);
const plan = compileFeatures(alpha158, { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" });
const frames = Array.from({ length: batch.length }, (_, t) => {
  plan.advance(batch, t, t + 1);
  return plan.frame(0 as Micros, 0 as Micros).values.slice();
});

describe("Alpha158 against pyqlib", () => {
  it("has all 158 features under their names, in its order", () => {
    expect(alpha158).toHaveLength(158);
    expect(alpha158.map(({ name }) => name)).toEqual(Object.keys(reference.values));
  });

  it.each(alpha158.map(({ name, warmup }, f) => [name, warmup, f] as const))(
    "%s agrees to 1e-6 from its first full window on",
    (name, warmup, f) => {
      const wanted = reference.values[name] as readonly (number | null)[];
      let compared = 0;
      reference.at.forEach((t, k) => {
        const ours = frames[t]?.[f] as number;
        const v = wanted[k] as number | null;
        if (t < warmup) return expect(ours, `bar ${t}`).toBeNaN();
        compared++;
        if (v === null) return expect(ours, `bar ${t}`).toBeNaN();
        return expect(Math.abs(ours - v), `bar ${t}: ${ours} for ${v}`).toBeLessThanOrEqual(1e-6 * Math.max(1e-3, Math.abs(v)));
      });
      expect(compared).toBeGreaterThan(10);
    },
  );
});
