import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { IsoDate, Micros } from "#domain/time.js";
import { riskReport } from "../risk/risk-report.js";
import type { RiskFile } from "./risk-schema.js";
import { riskFileSchema } from "./risk-schema.js";
import { StressMemory } from "./stress-memory.js";

const NAMES = 4;
const COUNT = 120;
const dateOf = (i: number): IsoDate => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10) as IsoDate;
const sessions = Array.from({ length: COUNT }, (_, i) => ({
  date: dateOf(i),
  openAt: (i * 10 + 1) as Micros,
  closeAt: (i * 10 + 9) as Micros,
  early: false,
}));
const instruments = Array.from(
  { length: NAMES },
  (_, i): Instrument => ({
    id: `N${i}` as InstrumentId,
    venue: "X",
    currency: "USD" as Currency,
    tickSize: 0.01,
    relativeTick: null,
    lotSize: 1,
    sector: i < 2 ? "Tech" : "Oil",
  }),
);
const rng = createRng("stress memory");
/** The last name comes to the market on day 30. */
const returns = Array.from({ length: COUNT }, () => {
  const common = 0.01 * rng.normal();
  return Array.from({ length: NAMES }, (_, i) => (i === 2 ? 0.4 : 1) * common + 0.005 * rng.normal());
});
const BORN = 30;

type Scenarios = Pick<RiskFile["stress"], "windows" | "shocks">;
const scenarios = (stress: object): Scenarios => riskFileSchema.parse({ stress: { shocks: [], ...stress } }).stress;
const memoryOf = (stress: object, window = 500): StressMemory =>
  new StressMemory({ instruments, sessions, market: [0, 1, 2, 3] }, { ...scenarios(stress), window });

/** Tells sessions `from` to `to` (exclusive). */
function tell(memory: StressMemory, from: number, to: number): StressMemory {
  for (let t = from; t < to; t++) {
    const rows = instruments.flatMap((_, i) => {
      if (i === 3 && t < BORN) return [];
      const close = returns.slice(1, t + 1).reduce((price, day) => price * (1 + (day[i] as number)), 100);
      const { openAt, closeAt: at } = sessions[t] as (typeof sessions)[number];
      return [{ instrument: i as InstrumentIx, openAt, at, seenAt: at, open: close, high: close, low: close, close, volume: 1 }];
    });
    memory.market(toBarBatch(rows), 0, rows.length);
  }
  return memory;
}
const outcomesAt = (memory: StressMemory, name: string, t: number): (number | null)[] | null => {
  const found = memory.source(name).at((sessions[t] as (typeof sessions)[number]).closeAt);
  return found === null ? null : instruments.map((_, i) => found.column(i)?.[0] ?? null);
};

const SHOCKS = { shocks: [{ name: "crash", market: -0.2, sectors: { Oil: 0.05 }, maxLoss: 0.1 }] };
const WINDOW = { windows: [{ name: "then", from: dateOf(20), to: dateOf(40), maxLoss: 0.1 }] };

describe("named scenarios", () => {
  it("are to each name what the report of risk says they are", () => {
    const memory = tell(memoryOf({ ...SHOCKS, ...WINDOW }), 0, COUNT);
    const past = instruments.map((_, i) =>
      Float64Array.from(returns.slice(1), (day, t) => (i === 3 && t + 1 <= BORN ? Number.NaN : (day[i] as number))),
    );
    const weights = Float64Array.of(0.25, 0.25, 0.25, 0.25);
    const subject = {
      name: "x",
      currency: "USD",
      asOf: dateOf(COUNT - 1),
      equity: 1,
      instruments,
      weights,
      returns: past,
      dates: sessions.slice(1).map(({ date }) => date as string),
      market: [0, 1, 2, 3],
      nameOf: (mention: string) => mention,
    };
    const report = riskReport(subject, { ...scenarios({ ...SHOCKS, ...WINDOW }), lengths: [] }, { window: 500 });
    for (const { name, loss, kind } of report.stress) {
      const outcomes = outcomesAt(memory, name, COUNT - 1) as number[];
      const mine = outcomes.reduce((sum, r, i) => sum - (weights[i] as number) * r, 0);
      expect(mine).toBeCloseTo(loss as number, kind === "shock" ? 10 : 6);
    }
    expect(report.stress).toHaveLength(2);
  });

  it("that are stretches limit nothing until they have ended, and are then never forgotten", () => {
    const memory = tell(memoryOf(WINDOW, 60), 0, 40);
    expect(outcomesAt(memory, "then", 39)).toEqual([0, 0, 0, 0]);
    tell(memory, 40, 41);
    const ended = outcomesAt(memory, "then", 40) as number[];
    const wanted = returns.slice(20, 41).reduce((wealth, day) => wealth * (1 + (day[0] as number)), 1) - 1;
    expect(ended[0]).toBeCloseTo(wanted, 10);
    tell(memory, 41, COUNT);
    expect((outcomesAt(memory, "then", COUNT - 1) as number[]).slice(0, 3)).toEqual(ended.slice(0, 3));
  });

  it("come out of a snapshot as they went in", () => {
    const memory = tell(memoryOf({ ...SHOCKS, ...WINDOW }), 0, 90);
    const other = memoryOf({ ...SHOCKS, ...WINDOW });
    other.restore(memory.snapshot());
    for (const one of [memory, other]) tell(one, 90, COUNT);
    for (const name of ["crash", "then"]) expect(outcomesAt(other, name, COUNT - 1)).toEqual(outcomesAt(memory, name, COUNT - 1));
  });

  it("are not known before sixty sessions, and of no name without a price", () => {
    const memory = tell(memoryOf(SHOCKS), 0, 25);
    expect(outcomesAt(memory, "crash", 24)).toBeNull();
    expect(outcomesAt(tell(memoryOf(SHOCKS), 0, 61), "crash", 60)?.every((value) => value !== null)).toBe(true);
    const alone = memoryOf({ shocks: [{ name: "two of one", instruments: { N0: -0.1 }, market: -0.1, maxLoss: 0.1 }] });
    expect(outcomesAt(tell(alone, 0, 80), "two of one", 79)).not.toBeNull();
  });

  it("see a split as no move, whenever it comes", () => {
    const [plain, split] = [memoryOf({ ...SHOCKS, ...WINDOW }), memoryOf({ ...SHOCKS, ...WINDOW })];
    tell(plain, 0, 90);
    tell(split, 0, 90);
    const at = (sessions[90] as (typeof sessions)[number]).openAt;
    split.reference({ kind: "split", at, seenAt: at, instrument: 0 as InstrumentIx, ratio: 2 });
    for (const name of ["crash", "then"])
      (outcomesAt(split, name, 89) as number[]).forEach((value, i) =>
        expect(value).toBeCloseTo((outcomesAt(plain, name, 89) as number[])[i] as number, 12),
      );
  });

  it("are refused where the data cannot know them", () => {
    expect(() => memoryOf({ windows: [{ name: "autumn of 2008", from: "2008-09-15", to: "2008-11-20", maxLoss: 0.2 }] })).toThrow(
      /"autumn of 2008".*lies outside the data, which begin on 2020-01-01 and end on 2020-04-29/,
    );
    expect(() => memoryOf({ windows: [{ name: "one", from: dateOf(0), to: dateOf(0), maxLoss: 0.2 }] })).toThrow(/outside the data/);
    expect(() => memoryOf({ shocks: [{ name: "gas", sectors: { Gas: 0.1 }, maxLoss: 0.2 }] })).toThrow(/no sector Gas/);
    expect(() => memoryOf({ shocks: [{ name: "gas", instruments: { GAS: 0.1 }, maxLoss: 0.2 }] })).toThrow(/no GAS/);
  });
});
