import { describe, expect, it } from "vitest";
import type { Instrument } from "#domain/instrument.js";
import { shockFactors } from "./shock-factors.js";

const instruments = [
  { id: "A", sector: "Energy" },
  { id: "B", sector: "Banks" },
  { id: "C", sector: null },
] as unknown as readonly Instrument[];

describe("a shock", () => {
  it("is of the rows that it names", () => {
    expect(shockFactors({ name: "s", market: -0.1, sectors: { Banks: -0.3 }, instruments: { C: 0.1 } }, instruments)).toEqual([
      { rows: null, isInstrument: false, shock: -0.1 },
      { rows: [1], isInstrument: false, shock: -0.3 },
      { rows: [2], isInstrument: true, shock: 0.1 },
    ]);
  });

  it("is refused where the dataset does not know what it names, and the sectors that there are are told", () => {
    expect(() => shockFactors({ name: "s", sectors: { Energi: -0.3 } }, instruments)).toThrow(
      'Shock "s": the dataset has no sector Energi; it has Banks, Energy.',
    );
    expect(() => shockFactors({ name: "s", instruments: { X: -0.3 } }, instruments)).toThrow('Shock "s": the dataset has no X.');
  });
});
