// A small simulated market for pipelines that are tested for leaks: names that list late, die early and miss days; quarterly reports with
// revisions; daily sentiment. Everything follows from the seed.
import { createRng, type Rng } from "#base/rng.js";
import { DAY_US, HOUR_US, type Micros, utcDate } from "#domain/time.js";
import type { Provenance, World, WorldFact } from "#research/leaks/subject.js";

export const VOUCHED: Provenance = {
  survivorsOnly: false,
  priceBasis: "raw",
  pointInTimeUniverse: true,
  vintage: "all",
  publicationTimes: true,
};

export function makeMarket(seed: string, provenance: Partial<Provenance> = {}): World {
  const rng = createRng(`known/${seed}`);
  const n = 6 + rng.int(4);
  const rows = 150 + rng.int(60);
  const firstDay = 17_000 + rng.int(700);
  const sessions = Array.from({ length: rows }, (_, t) => {
    const day = weekday(firstDay, t);
    // From half past two to nine in the evening, UTC.
    return { date: utcDate((day * DAY_US) as Micros), openAt: at(day, 14.5), closeAt: at(day, 21) };
  });
  const column = (): Float64Array => new Float64Array(rows * n).fill(Number.NaN);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  for (let i = 0; i < n; i++) {
    const own = rng.fork(`name ${i}`);
    const from = i % 5 === 1 ? own.int(rows >> 1) : 0;
    const to = i % 5 === 2 ? (rows >> 1) + own.int(rows >> 1) : rows;
    let price = 10 + 90 * own.next();
    let volatility = 0.01 + 0.01 * own.next();
    const [liquidity, base] = [11 + own.normal(), volatility];
    for (let t = from; t < to; t++) {
      volatility = Math.max(0.004, base + 0.9 * (volatility - base) + 0.001 * own.normal());
      const open = price * Math.exp(0.4 * volatility * own.normal());
      const close = open * Math.exp(volatility * own.normal());
      price = close;
      if (own.next() < 0.03 && t > from && t < to - 1) continue;
      const cell = t * n + i;
      bars.open[cell] = open;
      bars.close[cell] = close;
      bars.high[cell] = Math.max(open, close) * Math.exp(0.4 * volatility * Math.abs(own.normal()));
      bars.low[cell] = Math.min(open, close) * Math.exp(-0.4 * volatility * Math.abs(own.normal()));
      bars.volume[cell] = Math.round(Math.exp(liquidity + 0.4 * own.normal()));
    }
  }
  return {
    symbols: Array.from({ length: n }, (_, i) => `S${i + 1}`),
    sessions,
    ...bars,
    facts: factsOf(rng.fork("facts"), n, firstDay, rows),
    provenance: { ...VOUCHED, ...provenance },
  };
}

function weekday(firstDay: number, t: number): number {
  // Day 0 was a Thursday: weeks of five days begin on Monday.
  const monday = firstDay - ((firstDay + 3) % 7);
  return monday + 7 * Math.floor(t / 5) + (t % 5);
}

const at = (day: number, hour: number): Micros => (day * DAY_US + hour * HOUR_US) as Micros;

function factsOf(rng: Rng, n: number, firstDay: number, rows: number): WorldFact[] {
  const facts: WorldFact[] = [];
  for (let symbol = 0; symbol < n; symbol++) {
    let earnings = 1 + rng.next();
    for (let day = firstDay - 100; day < firstDay + rows * 1.4; day += 63) {
      earnings *= Math.exp(0.2 * rng.normal());
      const about = at(day, 23);
      facts.push({ name: "eps", symbol, about, publishedAt: at(day + 20 + rng.int(20), 12 + rng.int(11)), value: earnings });
      if (rng.next() < 0.4) {
        const value = earnings * Math.exp(0.1 * rng.normal());
        facts.push({ name: "eps", symbol, about, publishedAt: at(day + 45 + rng.int(40), 12), value });
      }
    }
    // Told in the evening of the day it speaks of, after the close.
    for (let t = 0; t < rows; t++) {
      const day = weekday(firstDay, t);
      facts.push({ name: "tone", symbol, about: at(day, 20), publishedAt: at(day, 22), value: rng.normal() });
    }
  }
  return facts.sort((a, b) => (a.publishedAt as number) - (b.publishedAt as number));
}
