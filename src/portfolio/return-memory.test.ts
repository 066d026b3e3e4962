import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { HOUR_US, type IsoDate, type Micros } from "#domain/time.js";
import { ReturnMemory } from "./return-memory.js";

const sessions = Array.from({ length: 9 }, (_, k): Session => {
  const openAt = (k * 24 * HOUR_US) as Micros;
  return { date: `day ${k}` as IsoDate, openAt, closeAt: (openAt + HOUR_US) as Micros, early: false };
});
const endOf = (k: number): Micros => (sessions[k] as Session).closeAt;

/** Of one name, told all sessions from `from` to `to`: its price is 100 at the end of the first and rises by 1 each day. */
function told(from: number, to: number, memory = new ReturnMemory(sessions, 1, 3)): ReturnMemory {
  for (let k = from; k <= to; k++) {
    const at = endOf(k);
    const close = 100 + k;
    const bar = { instrument: 0 as InstrumentIx, openAt: (sessions[k] as Session).openAt, at, seenAt: at, volume: 1 };
    memory.market(toBarBatch([{ ...bar, open: close, high: close, low: close, close }]), 0, 1);
  }
  return memory;
}
const returnsAt = (memory: ReturnMemory, k: number): readonly [number[] | null, boolean] => {
  const own = memory.returnsOf(0, endOf(k));
  return [own === null ? null : [...own], memory.carriedReturns(0, endOf(k), new Float64Array(3), 0, 1)];
};

describe("past returns", () => {
  it("are those of the last sessions", () => {
    expect(returnsAt(told(0, 4), 4)).toEqual([[102 / 101 - 1, 103 / 102 - 1, 104 / 103 - 1], true]);
    expect(returnsAt(told(0, 2), 2)).toEqual([null, false]);
  });

  it("are not known of a session of which only a dividend was heard: the prices that fall by it are still to come", () => {
    const memory = told(0, 4);
    const at = (sessions[5] as Session).openAt;
    memory.reference({ kind: "dividend", instrument: 0 as InstrumentIx, at, seenAt: at, amount: 2 });
    expect(returnsAt(memory, 5)).toEqual([null, false]);
    expect([...memory.allReturns(0, endOf(5))]).toEqual([...told(0, 4).allReturns(0, endOf(4))].slice(1)); // the dividend's session needs its room
    const restored = new ReturnMemory(sessions, 1, 3);
    restored.restore(memory.snapshot());
    expect(returnsAt(restored, 5)).toEqual([null, false]);
    expect(returnsAt(told(5, 5, restored), 5)).toEqual([[103 / 102 - 1, 104 / 103 - 1, 107 / 104 - 1], true]);
  });

  it("are not known where later bars have taken the place of the window's begin, as when a clock is set back", () => {
    expect(returnsAt(told(0, 6), 5)[1]).toBe(true); // the session that has begun has room beside the window
    expect(returnsAt(told(0, 6), 4)).toEqual([null, false]);
  });
});
