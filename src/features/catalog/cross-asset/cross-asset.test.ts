// Values of several instruments against statsmodels, scipy and pandas (test/reference/features/cross-asset/make.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { featureByName } from "#features/registry.js";

interface Reference {
  readonly close: readonly (readonly number[])[];
  readonly own: number;
  /** By bar, then by feature. */
  readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const url = new URL("../../../../test/reference/features/cross-asset/cross-asset.json", import.meta.url);
const reference = JSON.parse(readFileSync(url, "utf8")) as Reference;
const names = Object.keys(Object.values(reference.values)[0] as object);
const instruments = reference.close.length;
const plan = compileFeatures(
  names.map((name) => featureByName(name)),
  {
    instruments,
    tradable: Uint8Array.of(0, 0, 1, 1, 1, 1),
    sector: Int32Array.of(-1, -1, 0, 0, 1, 1),
    peers: { market: 0, bonds: 1 },
    minHistory: 1,
    filters: [],
    priceBasis: "raw",
  },
);
const frames = (reference.close[0] as readonly number[]).map((_, t) => {
  const at = ((t + 1) * DAY_US) as Micros;
  const rows = reference.close.map((closes, i) => {
    const price = closes[t] as number;
    const prices = { open: price, high: price, low: price, close: price, volume: 1000 };
    return { instrument: i as InstrumentIx, openAt: (at - DAY_US) as Micros, at, seenAt: at, ...prices };
  });
  plan.advance(toBarBatch(rows), 0, instruments);
  const all = plan.frame(0 as Micros, 0 as Micros).values;
  return all.slice(reference.own * names.length, (reference.own + 1) * names.length);
});

describe("cross-asset features against statsmodels, scipy and pandas", () => {
  it.each(names.map((name, f) => [name, f] as const))("%s agrees to 1e-9", (name, f) => {
    for (const [t, values] of Object.entries(reference.values)) {
      const wanted = values[name] as number;
      const ours = frames[Number(t)]?.[f] as number;
      expect(Math.abs(ours - wanted), `bar ${t}: ${ours} for ${wanted}`).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(wanted), 1e-2));
    }
  });
});

describe("cross-asset features without a role", () => {
  it("are unknown, and those of the universe are not", () => {
    const alone = compileFeatures(
      ["beta_market_20", "universe_dispersion_1"].map((name) => featureByName(name)),
      {
        instruments: 2,
        tradable: Uint8Array.of(1, 1),
        minHistory: 1,
        filters: [],
        priceBasis: "raw",
      },
    );
    for (let t = 0; t < 30; t++) {
      const at = ((t + 1) * DAY_US) as Micros;
      const rows = [0, 1].map((i) => {
        const price = 10 + ((t * (3 + i)) % 7);
        const prices = { open: price, high: price, low: price, close: price, volume: 1000 };
        return { instrument: i as InstrumentIx, openAt: (at - DAY_US) as Micros, at, seenAt: at, ...prices };
      });
      alone.advance(toBarBatch(rows), 0, 2);
    }
    const [beta, dispersion] = alone.frame(0 as Micros, 0 as Micros).values;
    expect(beta).toBeNaN();
    expect(dispersion).toBeGreaterThan(0);
  });
});
