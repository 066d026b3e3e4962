// Every feature on messages that no sane venue sends: empty, one-sided, locked and crossed books, missing and absurd sizes and prices,
// trades at the same moment and before the last. Values stay unknown or finite and within their range, and sanity comes back.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng, type Rng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { BOOK_LEVELS, createBookBatch, createQuoteBatch, createTradeBatch, type EventBatch, toBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import type { FeaturePlan } from "#ports/stages.js";
import { microstructure } from "./microstructure.js";

const START = 1_000_000_000_000;
const MINUTE = 60_000_000;

function pick<T>(rng: Rng, from: readonly T[]): T {
  return from[rng.int(from.length)] as T;
}

const oddPrice = (rng: Rng): number => pick(rng, [Number.NaN, 0, -1, 1e-300, 1e12, 1e307, Number.POSITIVE_INFINITY, 100, 100.01, 99.99]);
const oddSize = (rng: Rng): number => pick(rng, [Number.NaN, 0, -5, 1e-300, 1e300, Number.POSITIVE_INFINITY, 1, 7]);

/** Sane rows lie around 100; odd ones anywhere. */
function message(rng: Rng, at: number, odd: boolean): EventBatch {
  const kind = rng.int(3);
  const near = (): number => 100 + (rng.int(21) - 10) / 100;
  const price = (sane: number): number => (odd ? oddPrice(rng) : sane);
  const size = (): number => (odd ? oddSize(rng) : 1 + rng.int(50));
  const batch = kind === 0 ? createTradeBatch(1) : kind === 1 ? createQuoteBatch(1) : createBookBatch(1);
  batch.at[0] = batch.seenAt[0] = odd ? at - rng.int(2) * 3_000_000 : at;
  if (batch.kind === "trade") {
    batch.price[0] = price(near());
    batch.size[0] = size();
    batch.aggressor[0] = rng.int(3) - 1;
  } else if (batch.kind === "quote") {
    const middle = near();
    [batch.bid[0], batch.bidSize[0], batch.ask[0], batch.askSize[0]] = [price(middle - 0.02), size(), price(middle + 0.02), size()];
  } else {
    const middle = near();
    for (let k = 0; k < BOOK_LEVELS; k++) {
      const empty = odd && rng.int(3) === 0;
      batch.bidPrice[k] = empty ? Number.NaN : price(middle - 0.02 * (k + 1));
      batch.askPrice[k] = empty ? Number.NaN : price(middle + 0.02 * (k + 1));
      batch.bidSize[k] = empty ? 0 : size();
      batch.askSize[k] = empty ? 0 : size();
    }
  }
  return batch;
}

function feed(plan: FeaturePlan, rng: Rng, bar: number, odd: boolean): Float64Array {
  const openAt = START + bar * MINUTE;
  for (let k = 0, messages = odd ? rng.int(8) : 9; k < messages; k++)
    plan.advance(message(rng, openAt + k * 1_000_000, odd && rng.int(2) === 0), 0, 1);
  const at = (openAt + MINUTE) as Micros;
  const close = 100 + rng.int(9) / 100;
  const row = {
    instrument: 0 as InstrumentIx,
    openAt: openAt as Micros,
    at,
    seenAt: at,
    open: 100,
    high: 100.2,
    low: 99.9,
    close,
    volume: 10 + rng.int(90),
  };
  plan.advance(toBarBatch([row]), 0, 1);
  return plan.frame(0 as Micros, 0 as Micros).values;
}

function outside(values: Float64Array): string[] {
  return microstructure.flatMap(({ name, range: [low, high] }, f) => {
    const v = values[f] as number;
    const slack = 1e-12 * Math.max(1, Math.abs(low ?? 0), Math.abs(high ?? 0));
    const wrong = (low !== null && v < low - slack) || (high !== null && v > high + slack) || Math.abs(v) === Number.POSITIVE_INFINITY;
    return wrong ? [`${name} = ${v}`] : [];
  });
}

const newPlan = (): FeaturePlan =>
  compileFeatures(microstructure, { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" });

describe("microstructure on absurd messages", () => {
  it("gives nothing that is infinite or out of range", () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const rng = createRng(`odd ${seed}`);
        const plan = newPlan();
        for (let bar = 0; bar < 130; bar++) expect(outside(feed(plan, rng, bar, true)), `bar ${bar}`).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  it("forgets them: two markets that agree again give the same values after the longest memory", () => {
    const longest = Math.max(...microstructure.map(({ memory }) => memory)) + 2;
    const [one, other] = [newPlan(), newPlan()];
    const rng = createRng("sane");
    const madness = createRng("mad");
    for (let bar = 0; bar < 30; bar++) {
      feed(one, rng, bar, false);
      feed(other, madness, bar, true);
    }
    const seed = "common";
    const [a, b] = [createRng(seed), createRng(seed)];
    let [left, right] = [new Float64Array(0), new Float64Array(0)];
    for (let bar = 30; bar < 30 + longest; bar++) {
      left = feed(one, a, bar, false).slice();
      right = feed(other, b, bar, false).slice();
    }
    const apart = microstructure.flatMap(({ name, kind }, f) => {
      const [x, y] = [left[f] as number, right[f] as number];
      const same = kind === "windowed" ? Object.is(x, y) : Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x));
      return same ? [] : [`${name}: ${x} and ${y}`];
    });
    expect(apart).toEqual([]);
    expect(left.filter(Number.isNaN).length / left.length).toBeLessThan(0.05);
  });
});
