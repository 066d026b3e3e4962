// What a session takes in of a feed where the clock, the feed or the folder is not as it should be: bars ahead of a clock that was set back, bars
// before their end, files that appear in any order.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { createTail, type FeedLine } from "#adapters/feeds/poll/tail.js";
import { systemClock } from "#adapters/clock/system-clock.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { BarRow } from "#domain/market.js";
import { barRow } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { isoDateOrThrow, type Micros, MINUTE_US } from "#domain/time.js";
import { FeedIntake, type IntakeParts } from "./feed-intake.js";
import { polledSource } from "./polled-source.js";
import { keptAside, Quarantine } from "./quarantine.js";
import { type Action, ToldActions } from "./told-actions.js";

const root = mkdtempSync(join(tmpdir(), "truewind-intake-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => void vi.restoreAllMocks());

const HOUR_US = 60 * MINUTE_US;
const calendar = calendarByName("XNYS");
const sessions = calendar.sessions(isoDateOrThrow("2024-01-02"), isoDateOrThrow("2024-01-05"));
const [first, last] = [sessions[0] as Session, sessions.at(-1) as Session];
let runs = 0;

interface Made {
  readonly parts: IntakeParts;
  /** The same session, taken up again. */
  readonly again: () => Made;
  readonly quarantine: string;
  readonly said: string[];
  readonly late: string[];
}

function made(folder = join(root, `run-${runs++}`)): Made {
  mkdirSync(folder, { recursive: true });
  const [said, late]: [string[], string[]] = [[], []];
  const nothing = { length: 0, at: () => undefined };
  const quarantine = join(folder, "quarantine.ndjson");
  const parts: IntakeParts = {
    sessions,
    calendar,
    barInterval: "1d",
    rowOf: (symbol) => ["A", "B"].indexOf(symbol),
    nameOf: (row) => `S${row}`,
    speed: 1,
    actions: new ToldActions(nothing, [], join(folder, "actions.ndjson")),
    quarantine: new Quarantine(quarantine),
    onLate: (action: Action, name) => late.push(`${action.kind} ${name}`),
    onTrouble: (sentence) => said.push(sentence),
  };
  return { parts, again: () => made(folder), quarantine, said, late };
}

const textOf = (symbol: string, day: number, close: number): string =>
  JSON.stringify({ symbol, date: sessions[day]?.date, open: 100, high: 200, low: 50, close, volume: 1 });
const lineOf = (text: string, line = 1): FeedLine => ({ file: "", line, header: null, text });
const closes = (bars: readonly BarRow[]): number[] => bars.map(({ close }) => close);

describe("a bar ahead of the wall clock", () => {
  it("waits until it has ended where the clock was set back, however far, and that is said once", () => {
    const { parts, said, quarantine } = made();
    const intake = new FeedIntake(parts);
    const lines = [lineOf(textOf("A", 0, 100)), lineOf(textOf("B", 0, 101), 2), lineOf(textOf("A", 3, 102), 3)];
    const [clock, steady] = [first.closeAt - HOUR_US, last.closeAt];
    const one = intake.take(lines, clock, 0, steady);
    expect([one.bars, one.waiting]).toEqual([[], lines]);
    const two = intake.take(one.waiting, first.closeAt - 1, 0, steady);
    expect([two.bars, two.waiting]).toEqual([[], lines]);
    const three = intake.take(two.waiting, first.closeAt, 0, steady);
    expect([closes(three.bars), three.waiting]).toEqual([[100, 101], lines.slice(2)]);
    expect(closes(intake.take(three.waiting, last.closeAt, 0, steady).bars)).toEqual([102]);
    expect(keptAside(quarantine)).toEqual({});
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/set back and shows 2024-01-02T20:00:00.*2024-01-02T21:00:00/);
  });

  it("is none by a clock that nobody set: a day that is told at noon does not count, and what is told at its end does", () => {
    const { parts, said, quarantine } = made();
    const intake = new FeedIntake(parts);
    const noon = first.closeAt - 4 * HOUR_US;
    expect(intake.take([lineOf(textOf("A", 0, 100))], noon, 0, noon)).toMatchObject({ bars: [], waiting: [] });
    const soon = first.closeAt - 30e6; // a feed's clock may run ahead a little
    const { waiting } = intake.take([lineOf(textOf("A", 0, 105), 2)], soon, 0, soon);
    expect(closes(intake.take(waiting, first.closeAt, 0, first.closeAt).bars)).toEqual([105]);
    expect(keptAside(quarantine)).toEqual({ "from-the-future": 1 });
    expect(said).toEqual([]);
  });

  it("is told by a session whose clock is set back an hour, and what had ended before has ended", async () => {
    const { parts, said, quarantine } = made();
    let now = first.closeAt - HOUR_US;
    /** How far the wall is behind the time that has passed. */
    let back = 0;
    vi.spyOn(systemClock, "now").mockImplementation(() => (now - back) as Micros);
    vi.spyOn(performance, "now").mockImplementation(() => now / 1000);
    const stop = new AbortController();
    let readings = 0;
    const tail = {
      read: () => {
        readings++;
        if (readings === 2) now = first.closeAt + 1e6;
        // The clock is set back behind the close, which the session has seen.
        if (readings === 3) back = HOUR_US;
        if (readings === 3) return Promise.resolve([lineOf(textOf("A", 0, 100))]);
        // The next close comes while the clock is still behind.
        if (readings === 4) now = (sessions[1] as Session).closeAt;
        if (readings === 4) return Promise.resolve([lineOf(textOf("A", 1, 101), 2)]);
        if (readings === 5) now = (sessions[1] as Session).closeAt + HOUR_US;
        if (readings > 5) stop.abort();
        return Promise.resolve([]);
      },
    };
    const history = { batches: () => (async function* () {})() };
    const source = polledSource({ ...parts, history, tail, graceUs: 0, recorded: null, everyMs: 1, signal: stop.signal });
    const told: [close: number, seenAt: number, reading: number][] = [];
    for await (const batch of source.batches(0))
      if (batch.kind === "bar")
        for (let i = 0; i < batch.length; i++) told.push([barRow(batch, i).close, barRow(batch, i).seenAt, readings]);
    expect(told).toEqual([
      [100, first.closeAt + 1e6, 3],
      [101, (sessions[1] as Session).closeAt, 5],
    ]);
    expect(said).toHaveLength(1);
    expect(keptAside(quarantine)).toEqual({});
  });
});

describe("an answer that is under way", () => {
  it("keeps a fast clock from running as long as it is the first, and is given up with the session", async () => {
    const { parts, said } = made();
    let readings = 0;
    // A day of the session passes with each reading.
    vi.spyOn(systemClock, "now").mockImplementation(() => (readings * 1e6) as Micros);
    let given: AbortSignal | undefined;
    const tail = {
      read: (signal: AbortSignal) => {
        given = signal;
        return Promise.resolve(++readings < 4 ? null : [lineOf(textOf("A", 0, 100))]);
      },
    };
    const history = { batches: () => (async function* () {})() };
    const source = polledSource({ ...parts, speed: 86_400, history, tail, graceUs: 0, recorded: null, everyMs: 1, signal: undefined });
    const seen: number[] = [];
    for await (const batch of source.batches(0)) if (batch.kind === "bar") seen.push(barRow(batch, 0).seenAt);
    expect(seen).toEqual([first.closeAt]);
    expect(said).toEqual([]);
    expect(given?.aborted).toBe(true);
  });
});

describe("quarantine", () => {
  const split = (day: number): string => JSON.stringify({ symbol: "A", ex_date: sessions[day]?.date, split_ratio: 4 });

  it("keeps apart the files of a folder whenever they appear, so that no late split is hidden, through a restart", async () => {
    const folder = join(root, "feed");
    mkdirSync(folder);
    const run = made();
    const tail = createTail(folder);
    const read = async (from = tail): Promise<readonly FeedLine[]> => (await from.read(new AbortController().signal)) ?? [];
    const intake = new FeedIntake(run.parts);
    const clock = (sessions[1] as Session).closeAt;
    writeFileSync(join(folder, "z.ndjson"), `${textOf("A", 0, 100)}\n${textOf("A", 1, 100)}\n`);
    const { bars } = intake.take(await read(), clock, 0);
    writeFileSync(join(folder, "b.ndjson"), `${split(0)}\n`);
    intake.take(await read(), clock, 0);
    expect(run.late).toEqual(["split S0"]);
    const before = readFileSync(run.quarantine, "utf8");
    expect(before).not.toContain("ndjson");

    // Two more files stand before it in the order of names; one of them tells another split, and is now the second, as b was.
    writeFileSync(join(folder, "a.ndjson"), `${textOf("B", 0, 100)}\n`);
    writeFileSync(join(folder, "aa.ndjson"), `${split(1)}\n`);
    const again = run.again();
    const resumed = new FeedIntake(again.parts);
    for (const bar of bars) resumed.remember(bar);
    resumed.take(await read(createTail(folder)), clock, 0);
    expect(again.late).toEqual(["split S0"]);
    expect(readFileSync(run.quarantine, "utf8").startsWith(before)).toBe(true);
    expect(keptAside(run.quarantine)).toEqual({ "late-action": 2 });
  });

  it("hides no late split behind a dividend of its line, nor behind what else its place has held, nor where a crash has torn a line", () => {
    const run = made();
    const intake = new FeedIntake(run.parts);
    intake.take([lineOf(textOf("A", 0, 100), 9), lineOf("no line")], first.closeAt, 0);
    const both = lineOf(JSON.stringify({ symbol: "A", ex_date: first.date, split_ratio: 4, dividend: 1 }));
    intake.take([both], first.closeAt, 0);
    expect(run.late).toEqual(["dividend S0", "split S0"]);
    intake.take([both], first.closeAt, 0);
    expect(run.late).toHaveLength(2);
    expect(keptAside(run.quarantine)).toEqual({ "not-a-line": 1, "late-action": 2 });

    writeFileSync(run.quarantine, readFileSync(run.quarantine, "utf8").slice(0, -10));
    const again = run.again();
    const resumed = new FeedIntake(again.parts);
    resumed.take([lineOf(textOf("A", 0, 100), 9)], first.closeAt, 0);
    resumed.take([both], first.closeAt, 0);
    expect(again.late).toEqual(["split S0"]);
    expect(keptAside(run.quarantine)).toEqual({ "not-a-line": 1, "late-action": 2 });
    const third = run.again();
    const settled = new FeedIntake(third.parts);
    settled.take([lineOf(textOf("A", 0, 100), 9)], first.closeAt, 0);
    settled.take([both], first.closeAt, 0);
    expect(third.late).toEqual([]);
  });
});
