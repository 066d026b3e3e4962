import { describe, expect, it } from "vitest";
import type { FeatureFrame } from "#domain/frame.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { type StopOptions, withStops } from "./stops.js";

const none: StopOptions = { fixed: null, trailing: null, atr: null, atrBars: 3, time: null, pause: 0, lossPerName: null };
const frame = { instruments: 1, fresh: Uint8Array.of(1), member: Uint8Array.of(1) } as unknown as FeatureFrame;
const wanting = (weight: number): PortfolioBuilder => ({ build: ({ asOf }) => ({ asOf, weights: Float64Array.of(weight) }) });

/** What is wanted at each close of `closes`, by a builder that wants `weight` and gets what it wants at once. */
function walk(
  options: Partial<StopOptions>,
  closes: readonly number[],
  weight = 0.1,
  split: Readonly<Record<number, number>> = {},
): number[] {
  let builder = withStops(wanting(weight), { ...none, ...options }, 1);
  let lots = 0;
  return closes.map((close, day) => {
    const ratio = split[day];
    if (ratio !== undefined) {
      const [at, instrument] = [day as Micros, 0 as InstrumentIx];
      builder.memory?.reference({ kind: "split", instrument, at, seenAt: at, ratio } as never);
    }
    const at = (day + 0.5) as Micros;
    const bar = {
      instrument: 0 as InstrumentIx,
      openAt: day as Micros,
      at,
      seenAt: at,
      open: close,
      high: close + 1,
      low: close - 1,
      close,
    };
    builder.memory?.market(toBarBatch([{ ...bar, volume: 1 }]), 0, 1);
    // A killed session goes on from what it has saved.
    const next = withStops(wanting(weight), { ...none, ...options }, 1);
    next.memory?.restore(builder.memory?.snapshot() as Uint8Array);
    builder = next;
    const view = { lots: Float64Array.of(lots), price: Float64Array.of(close) } as unknown as PortfolioView;
    const wanted = builder.build({ asOf: at } as Signals, frame, view).weights[0] as number;
    lots = Math.sign(wanted) * 10;
    return wanted;
  });
}

describe("stops", () => {
  it("change nothing where none is met", () => {
    expect(walk({ fixed: 0.1 }, [100, 95, 91, 99])).toEqual([0.1, 0.1, 0.1, 0.1]);
  });

  it("fixed: ends a position once it has lost so much since its purchase, long or short, through a split", () => {
    expect(walk({ fixed: 0.1 }, [100, 120, 91, 90, 89])).toEqual([0.1, 0.1, 0.1, 0, 0.1]);
    expect(walk({ fixed: 0.1 }, [100, 90, 110, 100], -0.1)).toEqual([-0.1, -0.1, 0, -0.1]);
    expect(walk({ fixed: 0.1 }, [100, 50, 46, 45], 0.1, { 1: 2 })).toEqual([0.1, 0.1, 0.1, 0]);
  });

  it("trailing: since its best close", () => {
    expect(walk({ trailing: 0.1 }, [100, 120, 109, 108, 108])).toEqual([0.1, 0.1, 0.1, 0, 0.1]);
  });

  it("atr: in usual ranges of a bar", () => {
    // Each bar spans 2, and moves by less: two ranges are 4.
    expect(walk({ atr: 2 }, [100, 100, 99, 98, 97, 96])).toEqual([0.1, 0.1, 0.1, 0.1, 0.1, 0]);
  });

  it("time: after so many bars, and pauses as long as asked", () => {
    expect(walk({ time: 2, pause: 2 }, [100, 100, 100, 100, 100, 100])).toEqual([0.1, 0.1, 0, 0, 0, 0.1]);
  });

  it("cap a weight so that the fall to the nearest stop costs no more than asked", () => {
    const [first] = walk({ fixed: 0.2, trailing: 0.1, lossPerName: 0.005 }, [100]);
    expect(first).toBeCloseTo(0.05, 12);
    expect(walk({ fixed: 0.2, lossPerName: 0.05 }, [100])).toEqual([0.1]);
    // By ranges alone nothing is held before they are known.
    expect(walk({ atr: 2, lossPerName: 0.01 }, [100, 101]).at(-1)).toBe(0);
  });
});
