import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { IsoDate, Micros } from "#domain/time.js";
import type { Outcomes, ProspectSource } from "#risk/tail/prospect.js";
import { ScenarioMemory } from "./scenario-memory.js";

const sessions = Array.from({ length: 8 }, (_, i) => ({
  date: "2020-01-01" as IsoDate,
  openAt: (i * 10 + 1) as Micros,
  closeAt: (i * 10 + 9) as Micros,
  early: false,
}));

type Watched = ScenarioMemory & { readonly outcomes: ProspectSource<Outcomes> };

function bars(memory: ScenarioMemory, session: number, ...closes: readonly (number | null)[]): void {
  const { openAt, closeAt } = sessions[session] as (typeof sessions)[number];
  const rows = closes.flatMap((close, i) =>
    close === null
      ? []
      : [{ instrument: i as InstrumentIx, openAt, at: closeAt, seenAt: closeAt, open: close, high: close, low: close, close, volume: 1 }],
  );
  memory.market(toBarBatch(rows), 0, rows.length);
}

const told = (memory: Watched): Watched => {
  [100, 110, null, 121, 60].forEach((close, session) => bars(memory, session, close, session < 2 ? null : 10 + session));
  return memory;
};
const memoryOf = (horizon: number): Watched => {
  const memory = new ScenarioMemory(sessions, 2, [0, 1], { method: "historical", level: 0.99, window: 4, horizon });
  return Object.assign(memory, { outcomes: memory.source() as ProspectSource<Outcomes> });
};
const column = ({ outcomes }: Watched, session: number, i: number): number[] | null => {
  const found = outcomes.at((sessions[session] as (typeof sessions)[number]).closeAt)?.column(i) ?? null;
  return found === null ? null : [...found];
};

describe("what may come", () => {
  it("is the returns of the last sessions: over a hole nothing and then both, and unknown for who was not there", () => {
    const memory = told(memoryOf(1));
    expect(column(memory, 3, 0)).toBeNull();
    [0.1, 0, 0.1, 60 / 121 - 1].forEach((want, s) => expect(column(memory, 4, 0)?.[s]).toBeCloseTo(want, 12));
    expect(column(memory, 4, 1)).toBeNull();
    bars(memory, 5, 66, 15);
    expect(column(memory, 5, 0)?.[3]).toBeCloseTo(0.1, 12);
  });

  it("compounds overlapping stretches, and sees splits and dividends", () => {
    const memory = told(memoryOf(2));
    [0.1, 0.1, 60 / 110 - 1].forEach((want, s) => expect(column(memory, 4, 0)?.[s]).toBeCloseTo(want, 12));
    const at = (sessions[4] as (typeof sessions)[number]).openAt;
    memory.reference({ kind: "split", at, seenAt: at, instrument: 0 as InstrumentIx, ratio: 2 });
    memory.reference({ kind: "dividend", at, seenAt: at, instrument: 0 as InstrumentIx, amount: 0.5 });
    expect(column(memory, 4, 0)?.[2]).toBeCloseTo(60.5 / 55 - 1, 12);
  });

  it("comes out of a snapshot as it went in", () => {
    const memory = told(memoryOf(1));
    const other = memoryOf(1);
    other.restore(memory.snapshot());
    expect(column(other, 4, 0)).toEqual(column(memory, 4, 0));
  });
});
