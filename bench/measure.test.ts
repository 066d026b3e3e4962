// The arithmetic of the benchmark contract: medians, direction of the ratio, turns, peers that were not run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BenchCase } from "./contract.js";
import { measure, median, ratio } from "./measure.js";
import { table } from "./table.js";

/** A function that gives the listed numbers one by one. */
const giving = <T>(...values: readonly T[]): (() => Promise<T>) => {
  const left = [...values];
  return async () => left.shift() as T;
};

describe("median", () => {
  it("is the middle value, or the mean of the two in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 9, 100, 1])).toBe(9.5);
    expect(() => median([])).toThrow("no median");
  });

  it("has as many values above as below, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
        const m = median(values);
        expect(values.filter((v) => v > m).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((v) => v < m).length).toBeLessThanOrEqual(values.length / 2);
        expect(median([...values].reverse())).toBe(m);
      }),
    );
  });
});

describe("ratio", () => {
  it.each([
    ["s", 1, 5, 0.2],
    ["MB", 100, 50, 2],
    ["events/s", 1_000_000, 200_000, 0.2],
    ["rows/s", 50, 100, 2],
  ] as const)("of %s, ours %d and theirs %d, is %d", (unit, ours, peer, expected) => {
    expect(ratio(unit, ours, peer)).toBeCloseTo(expected, 12);
  });
});

describe("measure", () => {
  it("reports medians and the ratio of medians", async () => {
    const benchCase: BenchCase = {
      name: "sum",
      unit: "ms",
      ours: giving(9, 1, 2),
      peer: { name: "pandas", run: giving(4, 4, 100) },
      floor: 0.5,
    };
    expect(await measure("import", benchCase, 3)).toEqual({
      bench: "import",
      case: "sum",
      unit: "ms",
      ours: 2,
      peer: 4,
      peerName: "pandas",
      ratio: 0.5,
      rounds: 3,
      floor: 0.5,
    });
  });

  it("lets both take turns, and turns in going first", async () => {
    const log: string[] = [];
    const turn = (who: string) => async (): Promise<number> => log.push(who);
    await measure("b", { name: "c", unit: "s", ours: turn("ours"), peer: { name: "p", run: turn("peer") } }, 3);
    expect(log).toEqual(["ours", "peer", "peer", "ours", "ours", "peer"]);
  });

  it("says why a peer was not run, asks it only once and gives no ratio", async () => {
    let asked = 0;
    const run = async (): Promise<{ notRun: string }> => {
      asked++;
      return { notRun: "bench/peers/setup.sh was not run" };
    };
    const line = await measure("b", { name: "c", unit: "s", ours: giving(1, 2, 3), peer: { name: "p", run } }, 3);
    expect(asked).toBe(1);
    expect(line).toMatchObject({ ours: 2, peer: null, peerName: "p", ratio: null, note: "not run: bench/peers/setup.sh was not run" });
  });

  it("drops the rounds of a peer that gave up half way", async () => {
    const run = giving<number | { notRun: string }>(5, { notRun: "out of memory" });
    const line = await measure("b", { name: "c", unit: "s", ours: giving(1, 2, 3), peer: { name: "p", run } }, 3);
    expect(line).toMatchObject({ peer: null, ratio: null, note: "not run: out of memory" });
  });

  it("has no peer fields to speak of when there is no peer", async () => {
    const line = await measure("b", { name: "c", unit: "s", ours: giving(1) }, 1);
    expect(line).toEqual({ bench: "b", case: "c", unit: "s", ours: 1, peer: null, peerName: null, ratio: null, rounds: 1 });
  });

  it.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY])("refuses %d as a measurement", async (value) => {
    await expect(measure("b", { name: "c", unit: "s", ours: giving(value) }, 1)).rejects.toThrow("no measurement");
  });
});

it("the table says who is ahead in words", () => {
  const line = { bench: "b", unit: "s", rounds: 3 } as const;
  const text = table([
    { ...line, case: "a", ours: 1, peer: 4, peerName: "p", ratio: 0.25 },
    { ...line, case: "b", ours: 4, peer: 1, peerName: "p", ratio: 4 },
    { ...line, case: "c", ours: 4, peer: null, peerName: "p", ratio: null, note: "not run: no wheel" },
  ]);
  expect(text).toContain("0.25 (4.0x ahead)");
  expect(text).toContain("4.00 (4.0x behind)");
  expect(text).toContain("not run: no wheel");
});
