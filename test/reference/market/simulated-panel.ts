// A simulated market as a complete panel of total-return bars: the names that trade in every session.
import type { SimulatedMarket } from "#simulation/market/simulate-market.js";
import type { Panel } from "./stylised-facts.js";

export function simulatedPanel(market: SimulatedMarket): Panel {
  const { allBars, truth, sessionRows, instruments } = market;
  const sessions = sessionRows.length - 1;
  const whole = instruments.map((_, ix) => ix).filter((ix) => truth.totalReturnIndex[ix]?.every((value) => !Number.isNaN(value)));
  const columns = { open: table(), high: table(), low: table(), close: table(), volume: table() };
  function table(): Float64Array[] {
    return whole.map(() => new Float64Array(sessions));
  }
  const splits = market.references.filter((event) => event.kind === "split");
  const place = new Map(whole.map((ix, n) => [ix, n]));
  for (let t = 0; t < sessions; t++) {
    for (let row = sessionRows[t] as number; row < (sessionRows[t + 1] as number); row++) {
      const ix = allBars.instrument[row] as number;
      const n = place.get(ix);
      if (n === undefined) continue;
      const scale = (truth.totalReturnIndex[ix]?.[t] as number) / (allBars.close[row] as number);
      (columns.open[n] as Float64Array)[t] = (allBars.open[row] as number) * scale;
      (columns.high[n] as Float64Array)[t] = (allBars.high[row] as number) * scale;
      (columns.low[n] as Float64Array)[t] = (allBars.low[row] as number) * scale;
      (columns.close[n] as Float64Array)[t] = (allBars.close[row] as number) * scale;
      (columns.volume[n] as Float64Array)[t] = allBars.volume[row] as number;
    }
  }
  for (const split of splits) {
    const n = place.get(split.instrument);
    if (n === undefined) continue;
    const t = market.settings.sessions.findIndex((session) => session.openAt >= split.at);
    const volume = columns.volume[n] as Float64Array;
    for (let s = 0; s < t; s++) volume[s] = (volume[s] as number) * split.ratio;
  }
  return { ...columns, sector: whole.map((ix) => instruments[ix]?.sector ?? "") };
}
