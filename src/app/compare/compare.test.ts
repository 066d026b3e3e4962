import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { Session } from "#domain/session.js";
import { type Micros, isoDateOrThrow, utcMidnight } from "#domain/time.js";
import { rankIcDifferences } from "#research/metrics/information.js";
import { summarizeIc } from "#research/metrics/mean-ic.js";
import { readComparison } from "../config/comparison.js";
import { readRecordedScores, recordedModel } from "./recorded-predictions.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "truewind-compare-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const HOUR = 3_600_000_000;
const sessions = ["2020-01-02", "2020-01-03"].map((text): Session => {
  const date = isoDateOrThrow(text);
  const midnight = utcMidnight(date);
  return { date, openAt: (midnight + 15 * HOUR) as Micros, closeAt: (midnight + 21 * HOUR) as Micros, early: false };
});

describe("a comparison's file", () => {
  const base = { name: "x", data: { dataset: "d" }, models: { ridge: { family: "ridge" } } };

  it.each([
    ["no model", { models: {} }, /models: must name at least one model/],
    ["a model whose settings do not hold", { models: { a: { family: "ridge", alpha: -1 } } }, /models\.a: .*alpha/],
    ["a family that is none", { models: { a: { family: "nothing" } } }, /models\.a: There is no model family "nothing"/],
    ["the key of an experiment's model", { model: { family: "ridge" } }, /unknown key "model"/],
    ["predictions by the name of a model", { predictions: { ridge: "x.csv" } }, /predictions\.ridge: a model has this name already/],
  ])("with %s is refused", (_, changes, message) => {
    const path = file("bad.yaml", stringify({ ...base, ...changes }));
    expect(() => readComparison(path)).toThrow(message);
  });

  it("may give models what they share by YAML's anchors and merge keys", () => {
    const text = "name: x\ndata: { dataset: d }\nmodels:\n  a: &a { family: ridge, alpha: 5 }\n  b: { <<: *a, alpha: 6 }\n";
    expect(readComparison(file("shared.yaml", text)).models).toEqual({
      a: { family: "ridge", alpha: 5 },
      b: { family: "ridge", alpha: 6 },
    });
  });

  it("names files of predictions relative to itself", () => {
    const path = file("good.yaml", stringify({ ...base, predictions: { theirs: "sub/x.csv" } }));
    expect(readComparison(path).predictions).toEqual({ theirs: join(folder, "sub", "x.csv") });
  });
});

describe("predictions of another program", () => {
  const symbols = ["A", "B"];
  const read = (csv: string | Uint8Array) => readRecordedScores(file("scores.csv", csv), symbols, sessions);

  it("are those of the session behind which a decision falls, and of members only", async () => {
    const text = "score,date,symbol\n0.5,2020-01-02,A\n-1,2020-01-02,B\n2,2020-01-03,NOBODY\n,2020-01-03,A\n";
    for (const scores of [read(text), read(gzipSync(text))]) {
      const frame = {
        asOf: ((sessions[0] as Session).closeAt + HOUR) as Micros,
        instruments: 2,
        features: [],
        values: new Float64Array(0),
        fresh: Uint8Array.of(1, 1),
        member: Uint8Array.of(1, 0),
        history: null,
      };
      expect([...(await recordedModel(scores).predict(frame))]).toEqual([0.5, Number.NaN]);
      // Behind midnight the session is still the last.
      expect(scores.at(((sessions[0] as Session).closeAt + 6 * HOUR) as Micros)?.[1]).toBe(-1);
      expect(scores.at((sessions[1] as Session).closeAt)).toBeNull();
    }
  });

  it.each([
    ["a column is missing", "day,symbol,score\n", /no column "date"/],
    ["a day is none", "date,symbol,score\n2019-13-01,A,1\n", /line 2 has "2019-13-01" for a date/],
    ["a score is no number", "date,symbol,score\n\n2019-12-02,A,much\n", /line 3 has "much" for a score/],
    ["a row comes twice", "date,symbol,score\n2019-12-02,A,1\n2019-12-02,A,1\n", /line 3 has A on 2019-12-02 a second time/],
    ["no symbol is known", "date,symbol,score\n2019-12-02,X,1\n", /none of its symbols is in the universe/],
    ["it is damaged", Uint8Array.of(0x1f, 0x8b, 1, 2), /packed and damaged/],
  ])("are refused when %s", (_, csv, message) => {
    expect(() => read(csv)).toThrow(message);
  });
});

it("differences are over the decisions that both models have", () => {
  const first = new Map([
    [1, 0.1],
    [2, 0.2],
  ]);
  const ours = new Map([
    [2, 0.5],
    [3, 0.9],
  ]);
  expect(rankIcDifferences(ours, first)).toEqual([0.3]);
  expect(summarizeIc([], 0)).toEqual({ mean: null, ratio: null, tStat: null });
  expect(summarizeIc([0.3], 0)).toEqual({ mean: 0.3, ratio: null, tStat: null });
});
