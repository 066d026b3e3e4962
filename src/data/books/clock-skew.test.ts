import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { ClockSkewEstimate } from "./clock-skew.js";

/** Ten minutes of messages: a line that takes at least `floor`, with a long tail, heard by a clock `offset` away that drifts. */
function record(offset: number, driftPpm: number, floor: number, wrongStamps = 0): ClockSkewEstimate {
  const rng = createRng(`skew/${offset}/${driftPpm}`);
  const estimate = new ClockSkewEstimate();
  for (let k = 0; k < 60_000; k++) {
    const exchange = 1_700_000_000_000_000 + k * 10_000;
    const latency = floor - 2000 * Math.log(1 - rng.next());
    const wrong = k % 5000 < wrongStamps ? 3_600_000_000 : 0;
    estimate.add(exchange + latency + offset + driftPpm * 1e-6 * (k * 10_000), exchange + wrong);
  }
  return estimate;
}

describe("the skew of clocks", () => {
  it("finds a clock that runs behind, its drift, and puts nearly nothing before the exchange's time", () => {
    const skew = record(-1_270_000, -5, 0).estimate();
    expect(skew.behindUs).toBeGreaterThan(1_270_000);
    expect(skew.behindUs).toBeLessThan(1_273_000);
    expect(skew.driftPpm).toBeCloseTo(-5, 1);
    // Exponential with mean 2000 us has its median at 2000 ln 2.
    expect(Math.abs(skew.medianLatencyUs - 2000 * Math.log(2))).toBeLessThan(60);
    const local = 1_700_000_300_000_000 - 1_270_000 - 1500;
    expect(Math.abs(skew.correct(local) - 1_700_000_300_000_000)).toBeLessThan(100);
    expect(Number.isInteger(skew.correct(local))).toBe(true);
  });

  it("leaves a clock alone that shows no negative latency: ahead and slow look the same", () => {
    const skew = record(40_000, 0, 500).estimate();
    expect(skew.behindUs).toBe(0);
    expect(skew.correct(123)).toBe(123);
  });

  it("is not moved by four impossible stamps in every stretch", () => {
    const skew = record(-100_000, 0, 0, 2).estimate();
    expect(skew.behindUs).toBeGreaterThan(99_000);
    expect(skew.behindUs).toBeLessThan(100_100);
  });

  it("knows nothing without messages", () => {
    const skew = new ClockSkewEstimate().estimate();
    expect(skew).toMatchObject({ behindUs: 0, messages: 0 });
    expect(skew.correct(5)).toBe(5);
  });
});
