// The features that everybody has: each from closed bars and published facts only.
import { DAY_US } from "#domain/time.js";
import { atDecisions, type Desk, sheetOf } from "./desk.js";
import { type Clock, sheetOfFacts, whenPublished } from "./facts-known.js";
import { carried, deviation, finite, logChange, mean, rolling } from "./panels.js";

export type Formula = "momentum" | "reversal" | "volatility" | "turnover" | "range" | "high" | "trend" | "gap";
export const formulas: readonly Formula[] = ["momentum", "volatility", "turnover", "range", "high", "trend", "gap", "reversal"];

/** The session x symbol panel of a formula over a window of sessions. */
export function panelOf(desk: Desk, formula: Formula, window: number): Float64Array {
  const { world, width } = desk;
  const { open, high, low, volume } = world;
  const close = carried(world, world.close);
  switch (formula) {
    case "momentum":
      return logChange(close, width, window);
    case "reversal":
      return logChange(close, width, 1 + (window % 4)).map((value) => -value);
    case "volatility":
      return rolling(logChange(close, width, 1), width, window, deviation);
    case "turnover": {
      const usual = rolling(volume, width, window, mean);
      return volume.map((value, cell) => Math.log((value + 1) / ((usual[cell] as number) + 1)));
    }
    case "range":
      return rolling(
        high.map((value, cell) => value / (low[cell] as number) - 1),
        width,
        window,
        mean,
      );
    case "high":
      return rolling(close, width, window, (values) => Math.max(...values)).map((top, cell) => (close[cell] as number) / top - 1);
    case "trend":
      return rolling(close, width, window, mean).map((level, cell) => (close[cell] as number) / level - 1);
    case "gap":
      return open.map((value, cell) => value / (close[cell - width] ?? Number.NaN) - 1);
  }
}

export function sheetOfFormula(desk: Desk, formula: Formula, window: number): Float64Array {
  return atDecisions(desk, panelOf(desk, formula, window));
}

export type FactFormula = "surprise" | "growth" | "mood" | "activity";

/** A figure of facts; `clock` says from when a fact is used. */
export function sheetOfFact(desk: Desk, formula: FactFormula, window: number, clock: Clock = whenPublished): Float64Array {
  switch (formula) {
    case "surprise":
      return sheetOfFacts(desk, "eps", clock, (values) => (values.at(-1) as number) - mean(values.slice(-5)));
    case "growth":
      return sheetOfFacts(desk, "eps", clock, (values) => (values.at(-1) as number) / (Math.abs(values.at(-2) ?? Number.NaN) + 0.25));
    case "mood":
      return sheetOfFacts(desk, "sentiment", clock, (values, ages) => {
        const recent = values.filter((_, k) => (ages[k] as number) <= window * DAY_US);
        return recent.length === 0 ? 0 : mean(recent);
      });
    case "activity":
      return sheetOfFacts(desk, "activity", clock, (values) => Math.log((values.at(-1) as number) / (values.at(-3) ?? Number.NaN)));
  }
}

/** Rank over the names with a value at each decision, from -1/2 to 1/2. */
export function rankedAcross(desk: Desk, sheet: Float64Array): Float64Array {
  const { width } = desk;
  return sheetOf(desk, (_, i, d) => {
    const own = sheet[d * width + i] as number;
    if (!Number.isFinite(own)) return Number.NaN;
    let below = 0;
    let count = 0;
    for (let j = 0; j < width; j++) {
      const other = sheet[d * width + j] as number;
      if (!Number.isFinite(other)) continue;
      count++;
      if (other < own) below += 1;
      else if (other === own) below += 0.5;
    }
    return below / count - 0.5;
  });
}

/** Deviations from the mean of the names with a value, in standard deviations. */
export function standardisedAcross(desk: Desk, sheet: Float64Array): Float64Array {
  const out = Float64Array.from(sheet);
  for (let d = 0; d < desk.decisions.length; d++) {
    const row = sheet.subarray(d * desk.width, (d + 1) * desk.width);
    const values = finite(row);
    const center = mean(values);
    const spread = deviation(values);
    for (const [i, value] of row.entries()) out[d * desk.width + i] = spread > 0 ? (value - center) / spread : Number.NaN;
  }
  return out;
}
