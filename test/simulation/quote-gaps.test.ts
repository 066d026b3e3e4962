// The gaps of real recordings by their own rhythm: continuous ones have none, what is cut out of one is found, calendars keep what is no session apart.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { calendarByName } from "#data/calendar/calendar.js";
import { createQuoteBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { HOUR_US, MINUTE_US, type Micros, isoDateOrThrow } from "#domain/time.js";
import { type QuoteGap, QuoteSilences } from "#simulation/venue/quote-rhythm.js";
import { sharedData } from "#test/needs.js";

function gapsOf(rows: readonly number[], sessions: readonly Session[]): { maxAge: number; gaps: readonly QuoteGap[] } {
  const silences = new QuoteSilences({ quoted: Uint8Array.of(1), sessions, maxAge: null });
  const batch = createQuoteBatch(rows.length);
  batch.at.set(rows);
  silences.add(batch);
  const { maxAge, gaps } = silences.finish();
  return { maxAge: maxAge[0] as number, gaps: gaps[0] as readonly QuoteGap[] };
}

const found = sharedData();

/** First column, ISO; of files in order of time. */
function timesOf(folder: string, files: readonly string[]): number[] {
  return files.flatMap((file) =>
    gunzipSync(readFileSync(`${found}${folder}/${file}_quote.csv.gz`))
      .toString()
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Date.parse(line.slice(0, line.indexOf(","))) * 1_000),
  );
}

const OCTOBER = ["20131007", "20131008", "20131009", "20131010"];
const US = calendarByName("XNYS");
const october = US.sessions(isoDateOrThrow("2013-10-07"), isoDateOrThrow("2013-10-10"));

describe.skipIf(found === null)("of real recordings", () => {
  it.each(["aig", "bac", "ibm", "spy"])("the seconds of %s have none, and two hours that are cut out of them are one", (name) => {
    const rows = timesOf(`second_bars/equity_usa/second/${name}`, OCTOBER);
    const whole = gapsOf(rows, october);
    expect(whole.gaps).toEqual([]);
    const [from, to] = ["2013-10-08T15:00:00Z", "2013-10-08T17:00:00Z"].map((text) => Date.parse(text) * 1_000) as [number, number];
    const { gaps, maxAge } = gapsOf(
      rows.filter((at) => at < from || at >= to),
      october,
    );
    expect(gaps.length).toBe(1);
    const [gap] = gaps as [QuoteGap];
    expect([rows.includes(gap.from), gap.from < from, rows.includes(gap.to), gap.to >= to]).toEqual([true, true, true, true]);
    expect(gap.unquotedFrom).toBe(gap.from + maxAge);
    expect(maxAge).toBe(whole.maxAge);
  });

  it.each([
    ["tick_trades_quotes/equity_usa/tick/ibm", OCTOBER],
    ["tick_trades_quotes/equity_usa/tick/bac", ["20131008"]],
  ] as const)("the ticks of %s have none", (folder, files) => {
    const sessions = october.filter(({ date }) => (files as readonly string[]).includes(date.replaceAll("-", "")));
    expect(gapsOf(timesOf(folder, files), sessions).gaps).toEqual([]);
  });

  it("the minutes of Christmas Eve end with the early close, and its two silent hours after it are no gap", () => {
    const sessions = US.sessions(isoDateOrThrow("2015-12-24"), isoDateOrThrow("2015-12-24"));
    const rows = timesOf("intraday_minute_bars/equity_usa/minute/goog", ["20151224"]);
    expect(gapsOf(rows, sessions).gaps).toEqual([]);
    const late = sessions.map((s) => ({ ...s, closeAt: (s.closeAt + 3 * HOUR_US) as Micros }));
    expect(gapsOf(rows, late).gaps.some(({ from, to }) => to - from === 122 * MINUTE_US)).toBe(true);
  });

  it("seconds of a currency around the clock have none in two days, though they are quiet at night", () => {
    const sessions = calendarByName("24/7").sessions(isoDateOrThrow("2014-05-05"), isoDateOrThrow("2014-05-06"));
    const rows = timesOf("second_bars/forex_oanda/second/eurusd", ["20140505", "20140506"]);
    const { gaps, maxAge } = gapsOf(rows, sessions);
    expect(gaps).toEqual([]);
    const longest = rows.slice(1).reduce((most, at, k) => Math.max(most, at - (rows[k] as number)), 0);
    expect(longest / (maxAge / 30)).toBeGreaterThan(20);
  });

  it("gold around the clock has the hour in which its market rests each day", () => {
    const sessions = calendarByName("24/7").sessions(isoDateOrThrow("2014-05-06"), isoDateOrThrow("2014-05-08"));
    const rows = timesOf("intraday_minute_bars/cfd_oanda/minute/xauusd", ["20140506", "20140507", "20140508"]);
    const { gaps } = gapsOf(rows, sessions);
    expect(gaps.map(({ from, to }) => (to - from) / MINUTE_US).every((minutes) => minutes > 40 && minutes < 65)).toBe(true);
    expect(gaps.length).toBe(3);
  });
});
