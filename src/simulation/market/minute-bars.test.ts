import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import { meanAndError } from "#test/reference/market/predictability.js";
import { weekdays } from "#test/reference/market/weekdays.js";
import { intradayShape, simulateMinuteBars } from "./minute-bars.js";
import { simulateMarket } from "./simulate-market.js";

const sessions = weekdays(60).map((session, t) =>
  t === 7 ? { ...session, early: true, closeAt: (session.openAt + 210 * 60_000_000) as Micros } : session,
);
const market = simulateMarket({ seed: "minutes", names: 8, sectors: 2, sessions, oracleSharpe: 0 });
const names = [1, 3, 5] as InstrumentIx[];

interface Day {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  moves: number[];
  volumes: number[];
}

function days(): Map<string, Day> {
  const out = new Map<string, Day>();
  for (const batch of simulateMinuteBars(market, names, 0, 60)) {
    for (let r = 0; r < batch.length; r++) {
      const t = sessions.findIndex((session) => session.closeAt >= (batch.at[r] as number));
      const key = `${t}/${batch.instrument[r]}`;
      const [o, h, l, c, v] = [batch.open[r], batch.high[r], batch.low[r], batch.close[r], batch.volume[r]] as [
        number,
        number,
        number,
        number,
        number,
      ];
      expect(l <= Math.min(o, c) && h >= Math.max(o, c)).toBe(true);
      const day = out.get(key);
      if (day === undefined) {
        out.set(key, { open: o, high: h, low: l, close: c, volume: v, moves: [Math.log(c / o)], volumes: [v] });
      } else {
        expect(o).toBe(day.close);
        day.high = Math.max(day.high, h);
        day.low = Math.min(day.low, l);
        day.close = c;
        day.volume += v;
        day.moves.push(Math.log(c / o));
        day.volumes.push(v);
      }
    }
  }
  return out;
}

describe("simulateMinuteBars", () => {
  const all = days();

  it("adds up to the daily bar exactly, on half days too", () => {
    let compared = 0;
    for (let r = 0; r < market.allBars.length; r++) {
      const ix = market.allBars.instrument[r] as number;
      const t = sessions.findIndex((session) => session.closeAt === market.allBars.at[r]);
      const day = all.get(`${t}/${ix}`);
      if (!names.includes(ix as InstrumentIx)) continue;
      expect(day).toMatchObject({
        open: market.allBars.open[r],
        high: market.allBars.high[r],
        low: market.allBars.low[r],
        close: market.allBars.close[r],
        volume: market.allBars.volume[r],
      });
      expect(day?.moves.length).toBe(t === 7 ? 210 : 390);
      compared++;
    }
    expect(compared).toBe(180);
  });

  it("is ordered by (seenAt, instrument) and keeps a moment in one batch", () => {
    let before = [-1, -1];
    for (const batch of simulateMinuteBars(market, names, 0, 60)) {
      expect(before[0]).toBeLessThan(batch.seenAt[0] as number);
      for (let r = 0; r < batch.length; r++) {
        const now = [batch.seenAt[r] as number, batch.instrument[r] as number];
        expect((now[0] as number) > (before[0] as number) || (now[0] === before[0] && (now[1] as number) > (before[1] as number))).toBe(
          true,
        );
        before = now;
      }
    }
  });

  it("trades most at the open and the close", () => {
    const share = (from: number, to: number): number => {
      let part = 0;
      let whole = 0;
      for (const day of all.values()) {
        if (day.volumes.length !== 390) continue;
        part += day.volumes.slice(from, to).reduce((a, b) => a + b);
        whole += day.volume;
      }
      return part / whole;
    };
    expect(share(0, 30)).toBeGreaterThan(1.8 * share(180, 210));
    expect(share(360, 390)).toBeGreaterThan(1.3 * share(180, 210));
    expect(intradayShape(0.5)).toBeLessThan(intradayShape(0));
  });

  it("lets neither the morning tell the afternoon nor one quarter of an hour the next", () => {
    const full = [...all.values()].filter((day) => day.moves.length === 390);
    const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
    // Each day in units of its own volatility: real days differ too much in size for a plain correlation of 180 of them.
    const products = full.map((day) => {
      const size = sum(day.moves.map((move) => move * move));
      return (sum(day.moves.slice(0, 195)) * sum(day.moves.slice(195))) / size;
    });
    const { mean: halves, error } = meanAndError(products);
    expect(error).toBeLessThan(0.06);
    expect(Math.abs(halves)).toBeLessThan(3 * error);
    // Quarters of an hour: from one minute to the next the rounding to ticks alone makes a small reversal.
    const next = full.map((day) => {
      const quarters = Array.from({ length: 26 }, (_, q) => sum(day.moves.slice(15 * q, 15 * q + 15)));
      return sum(quarters.slice(1).map((move, q) => move * (quarters[q] as number))) / sum(quarters.map((move) => move * move));
    });
    const lagged = meanAndError(next);
    expect(lagged.error).toBeLessThan(0.02);
    expect(Math.abs(lagged.mean)).toBeLessThan(3 * lagged.error);
  });

  it("gives an instrument the same minutes whatever else is asked for", () => {
    const [alone] = [...simulateMinuteBars(market, [3 as InstrumentIx], 20, 21)];
    const [together] = [...simulateMinuteBars(market, names, 20, 21)];
    const rows = Array.from({ length: together?.length ?? 0 }, (_, r) => r).filter((r) => together?.instrument[r] === 3);
    expect(rows.map((r) => together?.close[r])).toEqual([...(alone?.close ?? [])]);
  });

  it("refuses sessions that the market does not have", () => {
    expect(() => [...simulateMinuteBars(market, names, 50, 61)]).toThrowError(expect.objectContaining({ code: "bad-usage" }));
  });
});
