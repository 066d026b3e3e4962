// Which silences of a recording are gaps: laws over random recordings, beside a count of waits done by another way.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createQuoteBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { HOUR_US, MINUTE_US, type Micros, SECOND_US, isoDateOrThrow } from "#domain/time.js";
import { GAP_WAITS, type QuoteGap, type QuoteRhythm, QuoteSilences, type RhythmParts } from "./quote-rhythm.js";

const session = (from: number, to: number): Session => ({
  date: isoDateOrThrow("1970-01-01"),
  openAt: from as Micros,
  closeAt: to as Micros,
  early: false,
});
/** Two days of six hours. */
const DAYS = [session(10 * HOUR_US, 16 * HOUR_US), session(34 * HOUR_US, 40 * HOUR_US)] as const;

function rhythmOf(rows: readonly number[], parts: Partial<RhythmParts> = {}, pieces = 1): QuoteRhythm {
  const silences = new QuoteSilences({ quoted: Uint8Array.of(1), sessions: DAYS, maxAge: null, ...parts });
  for (let k = 0; k < pieces; k++) {
    const part = rows.slice(Math.floor((k * rows.length) / pieces), Math.floor(((k + 1) * rows.length) / pieces));
    const batch = createQuoteBatch(part.length);
    batch.at.set(part);
    silences.add(batch);
  }
  return silences.finish();
}

const one = (rhythm: QuoteRhythm): { usual: number; maxAge: number; gaps: readonly QuoteGap[] } => ({
  usual: rhythm.usual[0] as number,
  maxAge: rhythm.maxAge[0] as number,
  gaps: rhythm.gaps[0] as readonly QuoteGap[],
});

const every = (step: number, days: readonly Session[] = DAYS): number[] =>
  days.flatMap(({ openAt, closeAt }) => Array.from({ length: Math.floor((closeAt - openAt) / step) }, (_, k) => openAt + k * step));

/** Waits of a few seconds with a long tail, over both days. */
const recording = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 3 })), { minLength: 30, maxLength: 120 })
  .map((draws) => {
    const rows: number[] = [];
    for (const { openAt, closeAt } of DAYS)
      for (let [at, k] = [openAt as number, 0]; at < closeAt; k++) {
        rows.push(at);
        const [length, power] = draws[k % draws.length] as [number, number];
        at += length * 10_000 * 2 ** power;
      }
    return rows;
  });

describe("the gaps of a recording", () => {
  it("are found where a stretch was cut out, and nowhere else", () => {
    const cut = (from: number, to: number): readonly QuoteGap[] =>
      one(rhythmOf(every(SECOND_US).filter((at) => at < from || at >= to))).gaps;
    const noon = 12 * HOUR_US;
    expect(cut(noon, noon)).toEqual([]);
    expect(cut(noon, noon + 59 * SECOND_US)).toEqual([]);
    const [from, to] = [noon - SECOND_US, noon + 2 * HOUR_US];
    expect(cut(noon, to)).toEqual([{ from, unquotedFrom: from + MINUTE_US, to }]);
    // Before the first row of a session nothing stands, whatever its age.
    expect(cut(0, noon)).toEqual([{ from: 10 * HOUR_US, unquotedFrom: 10 * HOUR_US, to: noon }]);
    expect(cut(15 * HOUR_US, 30 * HOUR_US)).toMatchObject([{ to: 16 * HOUR_US }]);
    expect(cut(0, 20 * HOUR_US)).toEqual([{ from: 10 * HOUR_US, unquotedFrom: 10 * HOUR_US, to: 16 * HOUR_US }]);
  });

  it("lie by the clock of each instrument: one that is quoted each minute is silent for half an hour before it is one", () => {
    const rows = every(MINUTE_US);
    const { usual, maxAge } = one(rhythmOf(rows));
    expect([usual, maxAge]).toEqual([MINUTE_US, GAP_WAITS * MINUTE_US]);
    const without = (minutes: number): number =>
      one(rhythmOf(rows.filter((at) => at <= 12 * HOUR_US || at >= 12 * HOUR_US + minutes * MINUTE_US))).gaps.length;
    expect([without(30), without(31)]).toEqual([0, 1]);
  });

  it("leave out nights and halts, but not what follows a halt", () => {
    const rows = every(SECOND_US).filter((at) => at < 11 * HOUR_US || at >= 13 * HOUR_US);
    const halted = (from: number, to: number): readonly QuoteGap[] =>
      one(rhythmOf(rows, { halts: new Map([[0 as never, [{ from, to }]]]) })).gaps;
    expect(halted(11 * HOUR_US, 13 * HOUR_US)).toEqual([]);
    const resumed = 12 * HOUR_US;
    expect(halted(11 * HOUR_US, resumed)).toEqual([{ from: resumed, unquotedFrom: resumed, to: 13 * HOUR_US }]);
  });

  it("are what the experiment says, where it says how old a quote may be", () => {
    const rows = every(10 * SECOND_US);
    expect(one(rhythmOf(rows, { maxAge: 10 * SECOND_US })).gaps).toEqual([]);
    expect(one(rhythmOf(rows, { maxAge: 9 * SECOND_US })).gaps.length).toBe(rows.length);
  });

  it("are the waits beyond thirty usual ones and a minute, counted by sorting them, in however many pieces they come", () => {
    let found = 0;
    fc.assert(
      fc.property(
        recording,
        fc.integer({ min: 1, max: 7 }),
        fc.nat(1_000),
        fc.integer({ min: 0, max: 2 * HOUR_US }),
        (rows, pieces, place, hole) => {
          const from = rows[Math.floor((place * (rows.length - 1)) / 1_000)] as number;
          const kept = rows.filter((at) => at <= from || at > from + hole);
          const { usual, maxAge, gaps } = one(rhythmOf(kept, {}, pieces));
          const waits = DAYS.flatMap(({ openAt, closeAt }) => {
            const own = kept.filter((at) => at >= openAt && at < closeAt);
            if (own.length === 0) return [];
            const ends = [openAt as number, ...own, closeAt as number];
            return ends.slice(1).map((to, k) => ({ from: ends[k] as number, to }));
          }).filter((wait) => wait.to > wait.from);
          const lengths = waits.map((wait) => wait.to - wait.from).sort((a, b) => a - b);
          const half = lengths.reduce((sum, length) => sum + length, 0) / 2;
          let [sum, median] = [0, 0];
          for (const length of lengths) {
            if (sum >= half) break;
            sum += length;
            median = length;
          }
          expect(usual).toBeGreaterThanOrEqual(median);
          expect(usual).toBeLessThanOrEqual(median * 1.1);
          expect(maxAge).toBe(Math.max(MINUTE_US, GAP_WAITS * usual));
          const long = waits.filter((wait) => wait.to - wait.from > maxAge);
          const inSessions = gaps.filter((gap) =>
            kept.some((at) => DAYS.some((s) => gap.from >= s.openAt && at >= s.openAt && at < s.closeAt && gap.from < s.closeAt)),
          );
          expect(inSessions.map((gap) => [gap.from, gap.to])).toEqual(long.map((wait) => [wait.from, wait.to]));
          found += long.length;
          for (const gap of gaps) expect(gap.unquotedFrom >= gap.from && gap.unquotedFrom < gap.to).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
    expect(found).toBeGreaterThan(20);
  });

  it("say nothing of who is not quoted, and of one that never was that all is missing", () => {
    const rhythm = rhythmOf([], { quoted: Uint8Array.of(0, 1) });
    expect(rhythm.gaps.map((gaps) => gaps.length)).toEqual([0, 2]);
    expect([...rhythm.maxAge]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
