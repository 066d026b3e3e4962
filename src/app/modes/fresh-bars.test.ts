import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { type BarRow, type MarketSlice, barRow, toBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { FreshBars } from "./fresh-bars.js";

const bar = (instrument: number, at: number): BarRow => ({
  instrument: instrument as InstrumentIx,
  openAt: (at - 60) as Micros,
  at: at as Micros,
  seenAt: (at + 1) as Micros,
  open: at + 0.1,
  high: at + 0.4,
  low: at,
  close: at + 0.2,
  volume: at * 10,
});

const sliceOf = (...rows: readonly BarRow[]): MarketSlice => ({
  kind: "market",
  at: 1 as Micros,
  seenAt: 2 as Micros,
  batch: toBarBatch(rows),
  start: 0,
  end: rows.length,
  nextRow: 9,
});

const rowsOf = (slice: MarketSlice | null): BarRow[] =>
  slice === null || slice.batch.kind !== "bar"
    ? []
    : Array.from({ length: slice.end - slice.start }, (_, k) => barRow(slice.batch as never, slice.start + k));

describe("fresh bars", () => {
  it("pass untouched, and only once", () => {
    const fresh = new FreshBars([]);
    const slice = sliceOf(bar(0, 60), bar(2, 60));
    expect(fresh.take(slice)).toBe(slice);
    expect(fresh.take(slice)).toBeNull();
    expect(fresh.save()).toEqual([60, 0, 60]);
  });

  it("leave out what is late of a slice, and nothing else of it", () => {
    const fresh = new FreshBars([]);
    fresh.take(sliceOf(bar(0, 60), bar(1, 120)));
    const mixed = fresh.take(sliceOf(bar(0, 120), bar(1, 60), bar(2, 60)));
    expect(rowsOf(mixed)).toEqual([bar(0, 120), bar(2, 60)]);
    expect(mixed).toMatchObject({ at: 1, seenAt: 2, nextRow: 9 });
  });

  it("go on from what was saved", () => {
    const fresh = new FreshBars(new FreshBars([120, 0]).save());
    expect(rowsOf(fresh.take(sliceOf(bar(0, 120), bar(1, 60))))).toEqual([bar(1, 60)]);
  });

  it("let pass two bars of one instrument in one slice, in order", () => {
    expect(rowsOf(new FreshBars([]).take(sliceOf(bar(0, 60), bar(0, 120), bar(0, 90))))).toEqual([bar(0, 60), bar(0, 120)]);
  });

  it("are not those from before a split, or of a name that has left", () => {
    const fresh = new FreshBars([]);
    const at = (kind: "split" | "delisting", when: number, instrument = 0) =>
      fresh.reference({
        kind,
        at: when as Micros,
        seenAt: when as Micros,
        instrument: instrument as InstrumentIx,
        ratio: 2,
        finalReturn: 0,
      } as never);
    expect(at("split", 100)).toBe(false);
    expect(rowsOf(fresh.take(sliceOf(bar(0, 100), bar(1, 100), bar(0, 160))))).toEqual([bar(1, 100), bar(0, 160)]);
    expect(at("split", 150), "a bar of the new basis was there before it").toBe(true);
    at("delisting", 200, 1);
    expect(fresh.take(sliceOf(bar(1, 260)))).toBeNull();
    expect(rowsOf(new FreshBars(fresh.save()).take(sliceOf(bar(0, 160), bar(1, 900), bar(0, 220))))).toEqual([bar(0, 220)]);
  });
});
