// References: the amounts and ratios that Apple, IBM and Google announced; Lean's own factors as a second way to the adjusted series.
import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { Instrument, InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, type BarRow, toBarBatch } from "#domain/market.js";
import { isoDateOrThrow, type Micros, utcDate } from "#domain/time.js";
import { calendarByName } from "../calendar/calendar.js";
import { adjustAsOf } from "./adjust.js";
import { readLeanFactorFile } from "./lean-factor-file.js";
import { toReferenceEvents } from "./reference-events.js";
import { sharedData } from "#test/needs.js";

const folder = sharedData();
const hasShared = folder !== null;
const shared = pathToFileURL(folder ?? "/");

const nyse = calendarByName("XNYS");
const end = Number.MAX_SAFE_INTEGER as Micros;

/** A shortened file of a share at 645.57 that splits 7:1 on 2014-06-09, pays 0.47 on 2014-08-07 and splits 4:1 on 2020-08-31. */
const text = `20140205,0.8908440,0.03571430,512.59
20140606,0.9011818,0.03571430,645.57
20140806,0.9011818,0.25,94.96
20200828,0.9056644,0.25,499.23
20501231,0.9056644,1,0
`;

describe("a Lean factor file", () => {
  it("gives splits as the ratios that were announced, on the session after the row's date", () => {
    const { actions, problems } = readLeanFactorFile(text, "AAPL", nyse);
    expect(problems).toEqual([]);
    expect(actions.filter((a) => a.kind === "split")).toEqual([
      { kind: "split", exDate: "2014-06-09", symbol: "AAPL", ratio: 7 },
      { kind: "split", exDate: "2020-08-31", symbol: "AAPL", ratio: 4 },
    ]);
  });

  it("gives dividends from the change of the price factor and the reference price", () => {
    const { actions } = readLeanFactorFile(text, "AAPL", nyse);
    expect(actions.filter((a) => a.kind === "dividend").map((a) => [a.exDate, a.amount])).toEqual([
      ["2014-02-06", 5.8801], // 512.59 x (1 - 0.8908440 / 0.9011818): two dividends of the real file in one
      ["2014-08-07", 0.47],
    ]);
  });

  it("reports a broken line with its number and reads the others", () => {
    const broken = "20140205,1,0.5,512.59\nhello\n20140606,1,-0.5,1\n20140101,1,0.5,1\n20501231,1,1\r\n20501231,1,1,0\n";
    const { actions, problems } = readLeanFactorFile(broken, "X", nyse);
    expect(actions).toEqual([{ kind: "split", exDate: "2014-02-06", symbol: "X", ratio: 2 }]);
    expect(problems).toHaveLength(4);
    expect(problems[0]).toBe('Line 2 of the factor file of X: "hello" is not date,price_factor,split_factor,reference_price.');
    expect(problems[2]).toBe("Line 4 of the factor file of X: the date 2014-01-01 does not come after 2014-02-05.");
  });

  it("says when the reference price allows no dividend", () => {
    const { actions, problems } = readLeanFactorFile("20140205,0.9,1,0\n20501231,1,1,0\n", "X", nyse);
    expect(actions).toEqual([]);
    expect(problems[0]).toMatch(/Line 2 .* makes no positive dividend/);
  });
});

function read(path: string): string {
  const bytes = readFileSync(new URL(path, shared));
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

function dailyBars(symbol: string, from: string): BarBatch {
  const rows: BarRow[] = [];
  for (const line of read(`us_equity_unadjusted_lean/daily/${symbol}.csv.gz`).trim().split("\n").slice(1)) {
    const [date = "", ...values] = line.split(",");
    const session = date >= from ? nyse.sessionOf(isoDateOrThrow(date)) : null;
    if (session === null) continue;
    const [open = 0, high = 0, low = 0, close = 0, volume = 0] = values.map(Number);
    const at = session.closeAt;
    rows.push({ instrument: 0 as InstrumentIx, openAt: session.openAt, at, seenAt: at, open, high, low, close, volume });
  }
  return toBarBatch(rows);
}

const events = (symbol: string): (Split | Dividend)[] => {
  const { actions, problems } = readLeanFactorFile(read(`corporate_actions_lean/factor_files/${symbol}.csv`), symbol, nyse);
  expect([symbol, problems]).toEqual([symbol, []]);
  return toReferenceEvents(actions, [{ id: symbol } as unknown as Instrument], nyse) as (Split | Dividend)[];
};

const returns = (close: Float64Array): number[] => Array.from(close.subarray(1), (c, i) => c / (close[i] as number) - 1);

describe.skipIf(!hasShared)("Lean's real files", () => {
  it("are all read without a problem", () => {
    const files = readdirSync(new URL("corporate_actions_lean/factor_files/", shared));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) events(file.replace(".csv", ""));
  });

  it("give Apple's announced splits and dividends", () => {
    const { actions } = readLeanFactorFile(read("corporate_actions_lean/factor_files/aapl.csv"), "AAPL", nyse);
    expect(actions.filter((a) => a.kind === "split").map((a) => [a.exDate, a.ratio])).toEqual([
      ["2000-06-21", 2],
      ["2005-02-28", 2],
      ["2014-06-09", 7],
      ["2020-08-31", 4],
    ]);
    const dividends = new Map<string, number>();
    for (const a of actions) if (a.kind === "dividend") dividends.set(a.exDate, a.amount);
    expect(dividends.get("2012-08-09")).toBeCloseTo(2.65, 3);
    expect(dividends.get("2014-05-08")).toBeCloseTo(3.29, 3);
    expect(dividends.get("2014-08-07")).toBeCloseTo(0.47, 3);
    expect(dividends.get("2020-11-06")).toBeCloseTo(0.205, 3);
  });

  it("remove the fake fall of 86 % from Apple's split, only for those who know of it", () => {
    const bars = dailyBars("aapl", "2014-05-01");
    const day = bars.at.indexOf(nyse.sessionOf(isoDateOrThrow("2014-06-09"))?.closeAt as number);
    expect(returns(bars.close)[day - 1]).toBeLessThan(-0.85);
    const adjusted = adjustAsOf(bars, events("aapl"), end, "split");
    expect(returns(adjusted.close)[day - 1]).toBeCloseTo(93.7 / (645.57 / 7) - 1, 12);
    expect(adjusted.volume[day - 1]).toBe((bars.volume[day - 1] as number) * 28);
    const before = adjustAsOf(bars, events("aapl"), bars.at[day - 1] as Micros, "split");
    expect(before.length).toBe(day);
    expect(before.close[day - 1]).toBe(645.57);
  });

  it("are not believed where the ticker was another company's: Bank of America's before October 1998", () => {
    const bars = dailyBars("bac", "1998-01-02");
    const closes = new Map(Array.from(bars.at, (at, i) => [utcDate(at as Micros), bars.close[i] as number]));
    const file = read("corporate_actions_lean/factor_files/bac.csv");
    const { actions, problems } = readLeanFactorFile(file, "BAC", nyse, closes);
    expect(problems).toHaveLength(3);
    expect(problems[1]).toMatch(/on 1998-06-02 its price was 75.19, but the close is 82.5: another share of that ticker/);
    expect(readLeanFactorFile(file, "BAC", nyse).actions).toHaveLength(actions.length + 3);
  });

  // Earlier bars of the ticker are another company's (bac), or missing while it traded under another name (qqq as QQQQ).
  const sets = [
    ["aapl", "1998-01-02"],
    ["ibm", "1998-01-02"],
    ["spy", "1998-01-02"],
    ["bac", "1998-10-01"],
    ["aig", "1998-01-02"],
    ["eem", "2003-04-14"],
    ["iwm", "2000-05-26"],
    ["qqq", "2011-03-23"],
    ["goog", "2014-04-03"],
  ] as const;
  for (const [symbol, from] of sets) {
    it(`make the same return series of ${symbol} from raw bars and actions as Lean's factors make`, () => {
      const bars = dailyBars(symbol, from);
      const ours = returns(adjustAsOf(bars, events(symbol), end, "full").close);
      const rows = read(`corporate_actions_lean/factor_files/${symbol}.csv`)
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(",").map(Number));
      let r = 0;
      let largest = 0;
      const lean = Array.from(bars.at, (at, i) => {
        const date = Number(new Date(at / 1000).toISOString().slice(0, 10).replaceAll("-", ""));
        while ((rows[r]?.[0] as number) < date) r++;
        return (bars.close[i] as number) * (rows[r]?.[1] as number) * (rows[r]?.[2] as number);
      });
      const theirs = returns(Float64Array.from(lean));
      ours.forEach((value, i) => {
        largest = Math.max(largest, Math.abs(value - (theirs[i] as number)));
      });
      expect(ours.length).toBeGreaterThan(1000);
      // Lean writes Apple's split factor 1/56 as 0.01785710; the other files are exact to seven decimals.
      expect({ symbol, same: largest < (symbol === "aapl" ? 5e-6 : 1e-6), largest }).toMatchObject({ same: true });
    });
  }
});
