// The simulated market beside S&P 500 names of 2005-2016. The committed figures come from test/reference/market/stylised_facts.py;
// where the data themselves are at hand, they are computed again here by other code and must agree.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { simulatedPanel } from "#test/reference/market/simulated-panel.js";
import { FACTS, median, type Panel, type StylisedFacts, stylisedFacts } from "#test/reference/market/stylised-facts.js";
import { weekdays } from "#test/reference/market/weekdays.js";
import { simulateMarket } from "./simulate-market.js";
import { sharedData } from "#test/needs.js";

const real = JSON.parse(
  readFileSync(new URL("../../../test/reference/market/stylised-facts.json", import.meta.url), "utf8"),
) as StylisedFacts;
const folder = sharedData();
const DATA = pathToFileURL(`${folder ?? "/"}us_equity_daily_2005_2017/`);

/** Simulated over real must lie within: [lowest, highest]. The real decade holds 2008; a simulated one need not. */
const RATIO_BANDS: Partial<Record<keyof StylisedFacts, readonly [number, number]>> = {
  volatility: [0.8, 1.25],
  marketVolatility: [0.75, 1.3],
  kurtosis: [0.55, 1.5],
  marketKurtosis: [0.5, 1.6],
  absAcf1: [0.65, 1.3],
  absAcf5: [0.6, 1.3],
  absAcf20: [0.5, 1.3],
  absAcf60: [0.3, 1.5],
  marketAbsAcf1: [0.6, 1.3],
  marketAbsAcf20: [0.35, 1.2],
  leverage: [0.7, 1.6],
  marketLeverage: [0.6, 1.5],
  correlationWithin: [0.75, 1.2],
  correlationAcross: [0.75, 1.2],
  overnightShare: [0.8, 1.25],
  rangeOverMove: [0.95, 1.05],
  volumeMove: [0.75, 1.25],
};

function realPanel(): Panel {
  const lines = readFileSync(new URL("symbols.csv", DATA), "utf8").trim().split("\n").slice(1);
  // Names may hold quoted commas; what is needed stands before and after them.
  const pool = lines
    .map((line) => line.match(/^([^,]+),stock,(?:"[^"]*"|[^,]*),([^,]*),sp500_2018-02,/))
    .filter((match) => match !== null)
    .map((match) => ({ symbol: match[1] as string, sector: match[2] as string }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const read = (symbol: string): string[][] =>
    gunzipSync(readFileSync(new URL(`bars/${symbol}.csv.gz`, DATA)))
      .toString()
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","))
      .filter(([date]) => (date as string) >= "2005-03-01" && date !== "2011-02-17" && date !== "2010-11-19");
  const dates = read("A").map(([date]) => date);
  const sector: string[] = [];
  const columns: Float64Array[][] = [[], [], [], [], []];
  for (const one of pool) {
    if (sector.filter((name) => name === one.sector).length === 10) continue;
    const rows = read(one.symbol);
    if (rows.length !== dates.length || rows.some(([date], t) => date !== dates[t])) continue;
    const parsed = [1, 2, 3, 4, 5].map((k) => Float64Array.from(rows, (row) => Number(row[k])));
    const close = parsed[3] as Float64Array;
    if (parsed[4]?.some((volume) => !(volume > 0)) || close.some((c, t) => t > 0 && Math.abs(c / (close[t - 1] as number) - 1) >= 1))
      continue;
    sector.push(one.sector);
    parsed.forEach((column, k) => columns[k]?.push(column));
  }
  const [open, high, low, close, volume] = columns as [Float64Array[], Float64Array[], Float64Array[], Float64Array[], Float64Array[]];
  return { open, high, low, close, volume, sector };
}

describe("stylised facts", () => {
  const runs = Array.from({ length: 5 }, (_, s) =>
    stylisedFacts(simulatedPanel(simulateMarket({ seed: `facts/${s}`, names: 60, sectors: 6, sessions: weekdays(2520), oracleSharpe: 0 }))),
  );
  const simulated = Object.fromEntries(FACTS.map((fact) => [fact, median(runs.map((run) => run[fact]))])) as StylisedFacts;

  it.each(Object.entries(RATIO_BANDS))("%s is like that of real names", (fact, [low, high]) => {
    const ratio = simulated[fact as keyof StylisedFacts] / real[fact as keyof StylisedFacts];
    expect(ratio, `simulated ${simulated[fact as keyof StylisedFacts]}, real ${real[fact as keyof StylisedFacts]}`).toBeGreaterThan(low);
    expect(ratio, `simulated ${simulated[fact as keyof StylisedFacts]}, real ${real[fact as keyof StylisedFacts]}`).toBeLessThan(high);
  });

  it("returns have fat tails, no memory, and a size that remembers", () => {
    for (const run of runs) {
      expect(run.kurtosis).toBeGreaterThan(5);
      expect(Math.abs(run.returnAcf1)).toBeLessThan(0.06);
      expect(run.absAcf1).toBeGreaterThan(0.1);
      expect(run.marketLeverage).toBeLessThan(-0.02);
      expect(run.correlationWithin).toBeGreaterThan(run.correlationAcross + 0.03);
    }
  });

  it.skipIf(folder === null)("the committed figures are those of the real bars (skipped where the data are not at hand)", () => {
    const facts = stylisedFacts(realPanel());
    for (const fact of FACTS) expect(facts[fact], fact).toBeCloseTo(real[fact], 5);
  });
});
