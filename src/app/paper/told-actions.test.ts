// The list of what a session is told besides bars: it grows while it is told, and comes back whole from its file.
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import { type Action, isSameAction, lateSentence, ToldActions } from "./told-actions.js";

const root = mkdtempSync(join(tmpdir(), "truewind-told-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let files = 0;
const file = (): string => join(root, String(files++));

const split = (instrument: number, at: number, ratio = 2, seenAt = at): Action => ({
  kind: "split",
  at: at as Micros,
  seenAt: seenAt as Micros,
  instrument: instrument as InstrumentIx,
  ratio,
});
const gone = (instrument: number, at: number): Action => ({
  kind: "delisting",
  at: at as Micros,
  seenAt: at as Micros,
  instrument: instrument as InstrumentIx,
  finalReturn: -1,
});
const all = (list: ToldActions): unknown[] => Array.from({ length: list.length }, (_, i) => list.at(i));

describe("the list of what is told", () => {
  it("is in the order of seenAt whatever comes when, what was told keeps its place, and the file gives the same list", () => {
    const known = [10, 20, 20, 40].map((at, i) => split(i, at));
    const draws = fc.array(fc.record({ instrument: fc.integer({ min: 4, max: 9 }), wait: fc.integer({ min: 1, max: 12 }) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(draws, (coming) => {
        const path = file();
        const list = new ToldActions(known, known, path);
        let [now, told] = [0, 0];
        const before: unknown[] = [];
        for (const { instrument, wait } of coming) {
          list.take(split(instrument, now + wait));
          now++;
          while ((list.at(told)?.seenAt ?? Number.POSITIVE_INFINITY) <= now) before.push(list.at(told++));
          expect(all(list).slice(0, told)).toEqual(before);
        }
        const moments = all(list).map((one) => (one as Action).seenAt);
        expect(moments).toEqual([...moments].sort((a, b) => a - b));
        expect(list.at(list.length)).toBeUndefined();
        expect(all(new ToldActions(known, known, path))).toEqual(all(list));
      }),
      { numRuns: 15 },
    );
  });

  it("knows what was announced, lets the newer word count, tells that it has changed, and passes over a torn line", () => {
    const path = file();
    const list = new ToldActions([split(0, 10)], [split(0, 10)], path);
    const { revision } = list;
    list.take(split(1, 30, 2));
    list.take(split(1, 30, 4));
    list.take(gone(2, 35));
    expect(list.revision).toBe(revision + 3);
    expect(list.length).toBe(3);
    expect(list.find(split(1, 30, 9))).toMatchObject({ ratio: 4 });
    expect(list.isOfFeed(list.find(split(1, 30)) as Action)).toBe(true);
    expect(list.isOfFeed(list.find(split(0, 10)) as Action)).toBe(false);
    expect(list.find(split(1, 31))).toBeUndefined();
    expect([isSameAction(gone(2, 35), gone(2, 35)), isSameAction(split(1, 30, 2), split(1, 30, 4))]).toEqual([true, false]);
    expect([list.splitRatio(1, 0, 29), list.splitRatio(1, 0, 30), list.splitRatio(1, 30, 99), list.splitRatio(0, 0, 99)]).toEqual([
      1, 4, 1, 2,
    ]);
    appendFileSync(path, '{"kind":"split","at":50,"se');
    const again = new ToldActions([split(0, 10)], [split(0, 10)], path);
    expect(all(again)).toEqual(all(list));
    again.take(split(3, 60));
    expect(all(new ToldActions([split(0, 10)], [split(0, 10)], path))).toEqual(all(again));
    expect(lateSentence(gone(2, 35), "ACME")).toMatch(/delisting of ACME of 1970-01-01 .* begin a new session/);
  });
});
