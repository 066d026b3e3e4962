// Exchange rates: read as events of the moments at which they were known, and used by an account in another currency than its dataset's.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseExperiment } from "#app/config/experiment.js";
import { backtestOn } from "#app/modes/backtest.js";
import { createRng } from "#base/rng.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { parseDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";
import type { AccountSeries, RunResult } from "#domain/run-result.js";
import { dateOfDayNumber, dayNumber, isoDateOrThrow } from "#domain/time.js";
import { createFixture, csv, type Fixture, quietRows } from "./lake-fixture.js";
import { sharedData } from "#test/needs.js";

const FX = { file: "rates.csv", from: "EUR", to: "USD", columns: { date: "day", rate: "usd" } };

describe("rates of a file", () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await createFixture();
    await fixture.write("A.csv", csv(quietRows()));
  });
  afterEach(() => fixture.dispose());

  const read = async (rates: string, fx: Record<string, unknown> = {}) => {
    await fixture.write("rates.csv", rates);
    const { quality } = await importDataset(fixture.declare({ files: "A.csv", fx: [{ ...FX, ...fx }] }), fixture.lake);
    const events = (await openDataset(fixture.lake, "set")).references().flatMap((event) => (event.kind === "fx" ? [event] : []));
    return {
      seen: events.map((event) => [new Date(event.seenAt / 1000).toISOString().slice(0, 16), event.rate]),
      events,
      notes: quality.notes,
    };
  };

  it("are known at the end of their day unless another moment is declared", async () => {
    const file = "day,usd\n2015-01-02,1.2\n2015-01-05,1.19\n";
    const { seen, events, notes } = await read(file);
    expect(seen).toEqual([
      ["2015-01-03T00:00", 1.2],
      ["2015-01-06T00:00", 1.19],
    ]);
    expect(events[0]).toMatchObject({ from: "EUR", to: "USD" });
    expect(notes.filter((note) => note.includes("EUR"))).toEqual([expect.stringMatching(/begin on 2015-01-03, after the data/)]);
    expect((await read(file, { knownAt: "16:00", timezone: "Europe/Berlin" })).seen[0]).toEqual(["2015-01-02T15:00", 1.2]);
  });

  it("what is not a rate is passed over and counted, never guessed", async () => {
    const { seen, notes } = await read(
      "day,usd\n2015-01-01,1.2\n2015-01-02,.\n2015-01-05,-1\n2015-01-06,1e999\nsoon,1.1\n2015-01-07,1.1,9\n2015-01-01,1.3\n",
    );
    expect(seen).toEqual([["2015-01-02T00:00", 1.2]]);
    expect(notes.join(" ")).toMatch(/5 lines of the rates EUR\/USD in rates.csv were not understood; the first: line 4 has the rate "-1"/);
    expect(notes.join(" ")).toMatch(/end on 2015-01-02, before the data/);
  });

  it("a file that is not there, or lacks the columns, leaves the data without rates and says so", async () => {
    const missing = await read("day,usd\n", { file: "nowhere.csv" });
    expect(missing.seen).toEqual([]);
    expect(missing.notes.join(" ")).toMatch(/rates EUR\/USD in nowhere.csv could not be read/);
    expect((await read("date,rate\n2015-01-01,1.2\n")).notes.join(" ")).toMatch(/lacks day or usd/);
  });

  it("a pair without the dataset's currency is refused", () => {
    const declare = (from: string, to: string) => () => fixture.declare({ fx: [{ ...FX, from, to }] });
    expect(declare("EUR", "GBP")).toThrow(/fx\.0: one of from and to must be USD/);
    expect(declare("USD", "USD")).toThrow(/fx\.0/);
    expect(declare("USD", "EUR")).not.toThrow();
  });

  it("are part of what the dataset is: other rates, another id", async () => {
    const id = async (rate: number): Promise<string> => {
      await read(`day,usd\n2015-01-02,${rate}\n`);
      return (await openDataset(fixture.lake, "set")).manifest.id;
    };
    expect(await id(1.2)).not.toBe(await id(1.3));
    expect(await id(1.2)).toBe(await id(1.2));
  });
});

const nse = `${sharedData() ?? ""}nse_nifty50_daily_2020_2025/`;

/** Six walks on sessions of the NSE, in INR. */
async function writeWalks(folder: string): Promise<void> {
  const sessions = calendarByName("XNSE").sessions(isoDateOrThrow("2021-01-01"), isoDateOrThrow("2022-12-31"));
  for (const symbol of ["A", "B", "C", "D", "E", "F"]) {
    const rng = createRng(`fx/${symbol}`);
    let close = 1000;
    const lines = sessions.map(({ date }) => {
      const open = close * (1 + rng.next() * 0.01 - 0.005);
      close = open * (1 + rng.next() * 0.04 - 0.0195);
      const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.998];
      return [date, ...[open, high, low, close].map((price) => price.toFixed(2)), 1_000_000].join(",");
    });
    await writeFile(join(folder, `${symbol}.csv`), csv(lines));
  }
}

describe.each([
  ["simulated walks", null, "A"],
  ["the real NSE set", nse, "RELIANCE"],
] as const)("an account in USD on prices in INR: %s", (_, source, benchmark) => {
  const present = source === null || existsSync(source);
  const days = Array.from({ length: 900 }, (_unused, i) => dateOfDayNumber(dayNumber(isoDateOrThrow("2020-12-01")) + i));
  const moving = (i: number): number => 0.0125 * (1 + 0.05 * Math.sin(i / 40) + (i % 2) * 0.004);
  let base: string;

  beforeAll(async () => {
    if (!present) return;
    base = await mkdtemp(join(tmpdir(), "truewind-fx-"));
    await mkdir(join(base, "walks"));
    if (source === null) await writeWalks(join(base, "walks"));
    for (const [name, rate] of [
      ["none", null],
      ["constant", () => 0.0125],
      ["moving", moving],
    ] as const) {
      const file = join(base, `${name}.csv`);
      if (rate !== null) await writeFile(file, `date,rate\n${days.map((date, i) => `${date},${rate(i)}`).join("\n")}\n`);
      const declaration = parseDeclaration({
        name,
        files: source === null ? "*.csv" : "bars/*.csv.gz",
        columns: { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" },
        symbol: { path: "([^/]+?)\\.csv" },
        calendar: "XNSE",
        currency: "INR",
        priceBasis: "full",
        survivorsOnly: true,
        range: { from: "2021-01-01", to: "2022-12-31" },
        fx: rate === null ? [] : [{ file, from: "INR", to: "USD", columns: { date: "date", rate: "rate" } }],
      });
      await importDataset({ declaration, root: source ?? join(base, "walks") }, join(base, "lake"));
    }
  }, 120_000);
  afterAll(async () => {
    if (present) await rm(base, { recursive: true, force: true });
  });

  const run = async (dataset: string, currency: string, cash: number): Promise<RunResult> => {
    const experiment = parseExperiment(
      {
        name: "fx",
        data: { dataset },
        benchmark,
        universe: { minHistory: 20 },
        features: ["mom_5", "vol_20"],
        label: { horizon: 5 },
        splits: { train: 250, test: 120 },
        portfolio: { kind: "top-k", k: 3 },
        risk: { maxWeight: 0.4 },
        account: { cash, currency },
      },
      "the experiment of the test",
    );
    return backtestOn(experiment, await openDataset(join(base, "lake"), dataset), { onProgress: () => undefined });
  };

  it.skipIf(!present)(
    "at a constant rate is the account in INR, in other money",
    async () => {
      const inr = await run("none", "INR", 80_000_000);
      const usd = await run("constant", "USD", 1_000_000);
      expect(usd.orders.sent).toBeGreaterThan(20);
      expect(usd.orders.filled).toBe(inr.orders.filled);
      for (const account of ["strategy", "baseline", "benchmark"] as const) {
        const [ours, theirs] = [usd[account] as AccountSeries, inr[account] as AccountSeries];
        expect(ours.equity.some((value) => Math.abs(value - 1_000_000) > 5_000)).toBe(true);
        // Lots are rounded once per order: one share of some ten thousand may differ when a product falls on the other side of a whole number.
        ours.equity.forEach((value, i) => expect(Math.abs((value * 80) / (theirs.equity[i] as number) - 1)).toBeLessThan(1e-5));
      }
    },
    120_000,
  );

  it.skipIf(!present)(
    "at moving rates earns the return in INR and that of the rate, on what is invested",
    async () => {
      const inr = await run("none", "INR", 80_000_000);
      const usd = await run("moving", "USD", 1_000_000);
      // At the close of a day the rate of the day before is known: rates come at midnight UTC, the NSE closes at 10:00 UTC.
      const known = (date: string): number => moving(dayNumber(isoDateOrThrow(date)) - dayNumber(days[0] as never) - 1);
      let largest = 0;
      for (const account of ["baseline", "benchmark"] as const) {
        const [ours, theirs] = [usd[account] as AccountSeries, inr[account] as AccountSeries];
        // The first days buy, at prices between two marks.
        for (let i = 5; i < usd.dates.length; i++) {
          const fx = known(usd.dates[i] as string) / known(usd.dates[i - 1] as string) - 1;
          largest = Math.max(largest, Math.abs(fx));
          const both = (1 + (theirs.netReturn[i] as number)) * (1 + fx) - 1;
          // The 2 to 4 % in cash are USD and earn nothing of the rate; and a moving rate moves that share, by less than 1 % of the account.
          const bound = 0.05 * Math.abs(fx) + 0.01 * Math.abs(theirs.netReturn[i] as number) + 2e-5;
          expect(Math.abs((ours.netReturn[i] as number) - both)).toBeLessThan(bound);
        }
      }
      expect(largest).toBeGreaterThan(0.003);
    },
    120_000,
  );

  it.skipIf(!present)("without rates is refused before it starts", async () => {
    await expect(run("none", "USD", 1_000_000)).rejects.toThrow(/USD[\s\S]*INR[\s\S]*no exchange rate/);
  });
});
