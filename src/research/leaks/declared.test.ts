// What is told without a run: fills that cannot have been, folds that share prices, labels that begin too early, provenance.
import { describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import { makeMarket } from "#test/leaks/known/market.js";
import { checkFills } from "./fills.js";
import { checkFolds, checkLabelStarts, learnedFromLater } from "./folds.js";
import { judgeProvenance } from "./provenance.js";
import type { PipelineOutput, Provenance } from "./subject.js";

const world = makeMarket("declared");
const n = world.symbols.length;
const decisions = world.sessions.map(({ closeAt }) => closeAt);
const empty: PipelineOutput = { decisions, features: new Map(), labels: null, predictions: null, folds: null, fills: [] };

type Fill = PipelineOutput["fills"][number];
const DAYS = [20, 21, 22, 23, 24, 25];

/** Decided at the close of each day, filled as is said. */
function kindsOf(fill: (day: number) => Omit<Fill, "decision" | "symbol">): string[] {
  return checkFills(world, { ...empty, fills: DAYS.map((day) => ({ decision: day, symbol: 0, ...fill(day) })) }).map(({ kind }) => kind);
}

const session = (day: number): (typeof world.sessions)[number] => world.sessions[day] as (typeof world.sessions)[number];
const of = (column: "open" | "high" | "low" | "close", day: number): number => world[column][day * n] as number;

describe("fills", () => {
  it("are believed at the next open, at its close, and within its range, with costs", () => {
    expect(kindsOf((day) => ({ at: session(day + 1).openAt, price: of("open", day + 1) * 1.0005 }))).toEqual([]);
    expect(kindsOf((day) => ({ at: session(day + 1).closeAt, price: of("close", day + 1) }))).toEqual([]);
    expect(
      kindsOf((day) => ({ at: (session(day + 1).openAt + 3600e6) as Micros, price: of("low", day + 1) * 0.7 + of("high", day + 1) * 0.3 })),
    ).toEqual([]);
  });

  it("are not believed in the bar of the decision, at its price, at a later one, or at none that was traded", () => {
    expect(kindsOf((day) => ({ at: session(day).closeAt, price: of("close", day) }))).toEqual(["early-fill"]);
    expect(kindsOf((day) => ({ at: session(day + 1).openAt, price: of("close", day) * 1.0005 }))).toContain("stale-price");
    expect(kindsOf((day) => ({ at: session(day + 1).openAt, price: of("close", day + 1) }))).toContain("future-price");
    expect(kindsOf((day) => ({ at: session(day + 1).closeAt, price: of("low", day + 1) }))).toEqual(["future-price"]);
    expect(kindsOf((day) => ({ at: session(day + 1).openAt, price: of("open", day + 1) * 2 }))).toEqual(["untraded-price"]);
    expect(kindsOf((day) => ({ at: (session(day + 1).closeAt + 1e6) as Micros, price: of("close", day + 1) }))).toEqual(["untraded-price"]);
  });
});

/** Labels of so many sessions from the next open. */
function labels(horizon: number): NonNullable<PipelineOutput["labels"]> {
  const time = (offset: number): Float64Array =>
    Float64Array.from({ length: decisions.length * n }, (_, cell) => world.sessions[Math.floor(cell / n) + offset]?.openAt ?? Number.NaN);
  return { value: new Float64Array(decisions.length * n), startAt: time(1), endAt: time(1 + horizon) };
}

const cells = (from: number, to: number): Int32Array => Int32Array.from({ length: (to - from) * n }, (_, k) => from * n + k);
const foldsOf = (...folds: NonNullable<PipelineOutput["folds"]>): string[] =>
  checkFolds(world, { ...empty, labels: labels(5), folds }).map(({ kind }) => kind);

describe("folds", () => {
  it("may train on what ended by the first decision tested, and on nothing that ends later", () => {
    expect(foldsOf({ train: cells(0, 45), test: cells(50, 60) })).toEqual([]);
    expect(foldsOf({ train: cells(0, 46), test: cells(50, 60) })).toEqual(["overlapping-labels"]);
  });

  it("of cross-validation may train behind the test, once its labels have ended", () => {
    expect(foldsOf({ train: cells(65, 90), test: cells(50, 60) })).toEqual([]);
    expect(foldsOf({ train: cells(63, 90), test: cells(50, 60) })).toEqual(["overlapping-labels"]);
  });

  it("may not test what they trained on", () => {
    expect(foldsOf({ train: cells(0, 51), test: cells(50, 60) })).toContain("test-in-training");
  });

  it("excuse predictions from the future only where a model learned from it", () => {
    const excused = (folds: PipelineOutput["folds"]): boolean | null => learnedFromLater(world, { ...empty, folds })?.(55 * n) ?? null;
    expect(excused(null)).toBeNull();
    expect(excused([{ train: cells(0, 45), test: cells(50, 60) }])).toBeNull();
    expect(excused([{ train: cells(65, 90), test: cells(50, 60) }])).toBe(true);
    expect(excused([{ train: cells(65, 90), test: cells(40, 50) }])).toBe(false);
  });
});

it("labels that begin before their decision are told", () => {
  const honest = labels(5);
  expect(checkLabelStarts(world, { ...empty, labels: honest })).toEqual([]);
  const early = { ...honest, startAt: honest.startAt.map((at) => at - 86_400e6) };
  expect(checkLabelStarts(world, { ...empty, labels: early }).map(({ kind }) => kind)).toEqual(["label-interval"]);
});

describe("provenance", () => {
  const judged = (provenance: Partial<Provenance>, usesFacts = true): string[] =>
    judgeProvenance({ ...world, provenance: { ...world.provenance, ...provenance } }, usesFacts).map(
      ({ severity, kind }) => `${severity} ${kind}`,
    );

  it("is refused where it says what is wrong, and stamped where it says nothing", () => {
    expect(judged({})).toEqual([]);
    expect(judged({ survivorsOnly: true, pointInTimeUniverse: false })).toEqual(["refused survivors-only", "refused universe-of-today"]);
    expect(judged({ survivorsOnly: null, pointInTimeUniverse: null })).toEqual(["stamped survivors-only", "stamped universe-of-today"]);
    expect(judged({ vintage: "latest", publicationTimes: null })).toEqual(["refused latest-vintage", "stamped no-publication-times"]);
    expect(judged({ vintage: "latest", publicationTimes: null }, false)).toEqual([]);
  });

  it("counts for nothing where the data contradicts it", () => {
    const facts = world.facts.map((fact) => ({ ...fact, publishedAt: fact.about }));
    expect(judgeProvenance({ ...world, facts }, true).map(({ kind }) => kind)).toEqual(["contradicted-provenance"]);
    const untimed = world.facts.map((fact, k) => (k === 0 ? { ...fact, publishedAt: null } : fact));
    expect(judgeProvenance({ ...world, facts: untimed }, true).map(({ severity }) => severity)).toEqual(["refused"]);
  });
});
