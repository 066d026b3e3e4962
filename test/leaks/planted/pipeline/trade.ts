// Buys the best few of each decision, at the first price after it: the next open, or the close of a session decided on at midday.
import type { PipelineOutput } from "#research/leaks/subject.js";
import type { Decision, Desk } from "./desk.js";

export type Fill = PipelineOutput["fills"][number];

/** Fills an order of a decision, or null where there is no trade. */
export type Filler = (order: { decision: number; symbol: number; closed: number; score: number }) => Fill | null;

export function nextPrice(desk: Desk): Filler {
  const { world, width } = desk;
  const midday = desk.schedule.moment === "midday";
  return ({ decision, symbol, closed }) => {
    const session = world.sessions[closed + 1];
    const price = (midday ? world.close : world.open)[(closed + 1) * width + symbol] ?? Number.NaN;
    if (session === undefined || !Number.isFinite(price)) return null;
    return { decision, symbol, at: midday ? session.closeAt : session.openAt, price };
  };
}

export function buyBest(desk: Desk, scores: Float64Array, top: number, fill: Filler): readonly Fill[] {
  const fills: Fill[] = [];
  for (const [d, { closed }] of desk.decisions.entries() as IterableIterator<[number, Decision]>) {
    const row = Array.from(scores.subarray(d * desk.width, (d + 1) * desk.width), (score, symbol) => ({ score, symbol }));
    const ranked = row.filter(({ score }) => Number.isFinite(score)).sort((a, b) => b.score - a.score || a.symbol - b.symbol);
    for (const { symbol, score } of ranked.slice(0, top)) {
      const done = fill({ decision: d, symbol, closed, score });
      if (done !== null) fills.push(done);
    }
  }
  return fills;
}
