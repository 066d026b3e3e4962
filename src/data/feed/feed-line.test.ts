import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFeedLine } from "./feed-line.js";

const HEADER = "Symbol,date,open,high,low,close,volume";

describe("a line of a feed", () => {
  it("is a bar in JSON or CSV, of a day or of an end", () => {
    const bar = { kind: "bar", symbol: "A", date: "2024-01-02", end: null, open: 1, high: 3, low: 0.5, close: 2, volume: 10 };
    expect(parseFeedLine('{"symbol":"A","date":"2024-01-02","open":1,"high":3,"low":0.5,"close":"2","volume":10}', null)).toEqual(bar);
    expect(parseFeedLine("A,2024-01-02,1,3,0.5,2,10", HEADER)).toEqual(bar);
    expect(parseFeedLine("A,2024-01-02,1,3,0.5,2,", HEADER)).toEqual({ ...bar, volume: Number.NaN });
    const end = parseFeedLine('{"symbol":"A","end":"2024-01-02T16:30:00.25-05:00","open":1,"high":3,"low":0.5,"close":2}', null);
    expect(end).toMatchObject({ date: null, end: Date.UTC(2024, 0, 2, 21, 30) * 1000 + 250_000 });
  });

  it("is the word that all has been told", () => {
    expect(parseFeedLine('{"until":"2024-01-02T21:05:00Z"}', null)).toEqual({ kind: "until", at: Date.UTC(2024, 0, 2, 21, 5) * 1000 });
    expect(parseFeedLine('{"until":"yesterday"}', null)).toEqual({ kind: "bad", reason: "not-a-line" });
  });

  it("is what happens to a share on a day, in JSON or CSV, a dividend before a split", () => {
    const [dividend, split] = [
      { kind: "dividend", exDate: "2024-01-02", symbol: "A", amount: 0.5 },
      { kind: "split", exDate: "2024-01-02", symbol: "A", ratio: 4 },
    ];
    const both = { kind: "actions", actions: [dividend, split] };
    expect(parseFeedLine('{"symbol":"A","ex_date":"2024-01-02","split_ratio":4,"dividend":"0.5"}', null)).toEqual(both);
    expect(parseFeedLine("2024-01-02,A,4,0.5,", "ex_date,symbol,split_ratio,dividend,final_return")).toEqual(both);
    expect(parseFeedLine('{"symbol":"A","ex_date":"2024-01-02","final_return":-1}', null)).toEqual({
      kind: "actions",
      actions: [{ kind: "delisting", exDate: "2024-01-02", symbol: "A", finalReturn: -1 }],
    });
  });

  it.each([
    ['{"symbol":"A","ex_date":"2024-01-02"}', "not-a-line"],
    ['{"symbol":"A","ex_date":"2024-02-30","split_ratio":2}', "not-a-line"],
    ['{"symbol":"A","ex_date":20240102,"split_ratio":2}', "not-a-line"],
    ['{"symbol":"A","ex_date":"2024-01-02","date":"2024-01-02","split_ratio":2}', "not-a-line"],
    ['{"symbol":"A","ex_date":"2024-01-02","split_ratio":0}', "impossible-action"],
    ['{"symbol":"A","ex_date":"2024-01-02","split_ratio":"two"}', "impossible-action"],
    ['{"symbol":"A","ex_date":"2024-01-02","dividend":-1}', "impossible-action"],
    ['{"symbol":"A","ex_date":"2024-01-02","final_return":-1.1}', "impossible-action"],
    ['{"symbol":"A","open":1,"high":1,"low":1,"close":1}', "not-a-line"],
    ['{"symbol":"A","date":"2024-01-02","end":"2024-01-02T21:00:00Z","open":1,"high":1,"low":1,"close":1}', "not-a-line"],
    ['{"symbol":"A","end":"2024-01-02T21:00:00","open":1,"high":1,"low":1,"close":1}', "not-a-line"],
    ['{"symbol":"A","date":"2024-02-30","open":1,"high":1,"low":1,"close":1}', "not-a-line"],
    ['{"symbol":"","date":"2024-01-02","open":1,"high":1,"low":1,"close":1}', "not-a-line"],
    ['{"symbol":"A","date":"2024-01-02","open":0,"high":1,"low":0,"close":1}', "impossible-bar"],
    ['{"symbol":"A","date":"2024-01-02","open":1,"high":0.9,"low":0.8,"close":0.85}', "impossible-bar"],
    ['{"symbol":"A","date":"2024-01-02","open":1,"high":1,"low":1,"close":1,"volume":-1}', "impossible-bar"],
    ['{"symbol":"A","date":"2024-01-02","open":1,"high":1e999,"low":1,"close":1}', "impossible-bar"],
    ['{"symbol":"A","date":"2024-01-02","open":null,"high":1,"low":1,"close":1}', "impossible-bar"],
    ["[1]", "not-a-line"],
    ["null", "not-a-line"],
  ])("is refused when it is %s", (text, reason) => {
    expect(parseFeedLine(text, null)).toEqual({ kind: "bad", reason });
  });

  it("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.option(fc.string()), (text, header) => {
        expect(["bar", "actions", "until", "bad"]).toContain(parseFeedLine(text, header).kind);
      }),
      { numRuns: 300 },
    );
  });
});
