import { describe, expect, it } from "vitest";
import type { Dividend, FxRate, ReferenceEvent, Split } from "./corporate-action.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "./instrument.js";
import { DAY_US, type Micros } from "./time.js";
import { REFERENCE_MEMORY_US, ToldReferences } from "./told-references.js";

const share = (id: string): Instrument => ({
  id: id as InstrumentId,
  venue: "X",
  currency: "USD" as Currency,
  tickSize: 0.01,
  relativeTick: null,
  lotSize: 1,
  sector: null,
});
const NAMES = [share("A"), share("B")];
const at = (day: number): { at: Micros; seenAt: Micros } => ({ at: (day * DAY_US) as Micros, seenAt: (day * DAY_US) as Micros });
const split = (day: number, ratio: number, id?: string): Split => ({
  kind: "split",
  ...at(day),
  instrument: 0 as InstrumentIx,
  ratio,
  ...(id === undefined ? {} : { id }),
});
const dividend = (day: number, amount: number): Dividend => ({ kind: "dividend", ...at(day), instrument: 1 as InstrumentIx, amount });
const rate = (day: number, value: number): FxRate => ({
  kind: "fx",
  ...at(day),
  from: "EUR" as Currency,
  to: "USD" as Currency,
  rate: value,
});

describe("what was told of shares", () => {
  const told = (...events: readonly ReferenceEvent[]): ToldReferences => {
    const memory = new ToldReferences(NAMES);
    for (const event of events) expect(memory.hear(event)).toBe("new");
    return memory;
  };

  it("counts once, however much later it is told again, and after a snapshot", () => {
    const memory = told(split(500, 2), dividend(500, 0.3), {
      kind: "delisting",
      ...at(500),
      instrument: 1 as InstrumentIx,
      finalReturn: 0,
    });
    const restored = new ToldReferences(NAMES);
    restored.load(JSON.parse(JSON.stringify(memory.save())) as ReturnType<typeof memory.save>);
    for (const each of [memory, restored]) {
      expect(each.hear({ ...split(500, 2), seenAt: (501 * DAY_US) as Micros })).toBe("again");
      expect(each.hear(dividend(500, 0.3))).toBe("again");
      expect(each.hear(split(501, 2))).toBe("new");
    }
  });

  it("may be two dividends of one day; the one that is told twice is one", () => {
    const memory = told(dividend(3, 0.3), dividend(3, 2));
    expect([memory.hear(dividend(3, 2)), memory.hear(dividend(3, 0.3))]).toEqual(["again", "again"]);
  });

  it("is known by its id where it has one, whatever moment is said with it", () => {
    const memory = told(split(3, 2, "x1"));
    expect(memory.hear(split(4, 2, "x1"))).toBe("again");
    expect(memory.hear(split(3, 2))).toBe("new");
  });

  it("says in one sentence what contradicts an earlier word", () => {
    const memory = told(split(3, 2), split(9, 3, "x1"));
    expect(memory.hear(split(3, 4))).toEqual({ complaint: "the split of 1970-01-04 was told as 2 of A, and is now told as 4 of A" });
    expect(memory.hear({ ...split(9, 3, "x1"), instrument: 1 as InstrumentIx })).toEqual({
      complaint: "the split of 1970-01-10 was told as 3 of A, and is now told as 3 of B",
    });
    expect(memory.hear(split(3, 2))).toBe("again");
  });

  it("is forgotten after 400 days, and what is older than that is no news", () => {
    const memory = told(split(3, 2));
    memory.age((3 * DAY_US + REFERENCE_MEMORY_US) as Micros);
    expect(memory.save()).toHaveLength(1);
    memory.age((3 * DAY_US + REFERENCE_MEMORY_US + 1) as Micros);
    expect(memory.save()).toHaveLength(0);
    const late = { ...split(3, 2), seenAt: (3 * DAY_US + REFERENCE_MEMORY_US + 1) as Micros };
    expect([memory.knows(late), memory.hear(late)]).toEqual([true, "again"]);
  });

  it("of a rate the newest counts: one that comes late behind it does not turn it back", () => {
    const memory = told(rate(3, 1.1), rate(4, 1.2), rate(4, 1.3));
    expect(memory.hear(rate(3, 1.1))).toBe("again");
  });
});
