import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { InstrumentIx } from "./instrument.js";
import { toBarBatch } from "./market.js";
import type { Micros } from "./time.js";
import { AverageTrueRange } from "./true-range.js";

interface Reference {
  readonly bars: readonly (readonly [number, number, number])[];
  readonly atr: Readonly<Record<string, readonly (number | null)[]>>;
}
const { bars, atr } = JSON.parse(readFileSync(new URL("../../test/reference/true-range/atr.json", import.meta.url), "utf8")) as Reference;

const row = (instrument: number, [high, low, close]: readonly [number, number, number]) => {
  const [at, ix] = [1 as Micros, instrument as InstrumentIx];
  return { instrument: ix, openAt: 0 as Micros, at, seenAt: at, open: close, high, low, close, volume: 1 };
};

describe("the average true range", () => {
  it.each(Object.entries(atr))("of %s bars is that of TA-Lib, of each instrument apart and through a snapshot anywhere", (n, expected) => {
    let ranges = new AverageTrueRange(2, Number(n));
    bars.forEach((bar, k) => {
      ranges.market(toBarBatch([row(0, [1, 1, 1]), row(1, bar)]), 0, 2);
      const next = new AverageTrueRange(2, Number(n));
      const writer = new ByteWriter();
      ranges.save(writer);
      next.load(new ByteReader(writer.finish()));
      ranges = next;
      const [found, wanted] = [ranges.at(1), expected[k] ?? Number.NaN];
      if (Number.isNaN(wanted)) expect(found).toBeNaN();
      else expect(Math.abs(found - wanted)).toBeLessThan(1e-10 * wanted);
    });
    expect(ranges.at(0)).toBe(0);
  });

  it("scales with a split, and passes over a bar without a close", () => {
    const ranges = new AverageTrueRange(1, 2);
    for (let k = 0; k < 3; k++) ranges.market(toBarBatch([row(0, [11, 9, 10])]), 0, 1);
    ranges.market(toBarBatch([row(0, [Number.NaN, Number.NaN, Number.NaN])]), 0, 1);
    expect(ranges.at(0)).toBe(2);
    ranges.split(0, 4);
    expect(ranges.at(0)).toBe(0.5);
    ranges.market(toBarBatch([row(0, [2.75, 2.25, 2.5])]), 0, 1);
    expect(ranges.at(0)).toBe(0.5);
  });

  it("refuses the state of other instruments", () => {
    const writer = new ByteWriter();
    new AverageTrueRange(1, 2).save(writer);
    expect(() => new AverageTrueRange(2, 2).load(new ByteReader(writer.finish()))).toThrow(RangeError);
  });
});
