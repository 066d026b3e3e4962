// The detector on pipelines of a few lines, one promise each. What it finds in larger ones is counted in test/leaks.
import { describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import { makeMarket } from "#test/leaks/known/market.js";
import { detectLeaks } from "./detect-leaks.js";
import type { LeakReport } from "./finding.js";
import { truncate } from "./known.js";
import type { LeakSubject, PipelineOutput, World } from "./subject.js";

const RUNS = { runs: 40 };

type Value = (world: World, row: number, symbol: number) => number;

/** One feature, decided at each close. */
function ofFeature(value: Value): LeakSubject {
  return { name: "one feature", run: (world) => output(world, { features: new Map([["x", column(world, value)]]) }) };
}

function column(world: World, value: Value): Float64Array {
  const n = world.symbols.length;
  return Float64Array.from({ length: closed(world).length * n }, (_, cell) => value(world, Math.floor(cell / n), cell % n));
}

const closed = ({ sessions, close, symbols }: World): Micros[] =>
  sessions
    .filter((_, row) => close.subarray(row * symbols.length, (row + 1) * symbols.length).some((p) => !Number.isNaN(p)))
    .map(({ closeAt }) => closeAt);

function output(world: World, parts: Partial<PipelineOutput>): PipelineOutput {
  return { decisions: closed(world), features: new Map(), labels: null, predictions: null, folds: null, fills: [], ...parts };
}

const close: Value = (world, row, i) => world.close[row * world.symbols.length + i] ?? Number.NaN;
const change: Value = (world, row, i) => close(world, row, i) / close(world, row - 1, i) - 1;

const said = ({ findings }: LeakReport): string[] =>
  findings.filter(({ severity }) => severity !== "note").map(({ severity, kind, where }) => `${severity} ${kind} ${where}`);

describe("the leak detector", () => {
  const world = makeMarket("unit");

  it("finds nothing in what only looks back", async () => {
    expect(said(await detectLeaks(ofFeature(change), world, RUNS))).toEqual([]);
  });

  it("tells how far ahead a feature looks, and from which decision on", async () => {
    const report = await detectLeaks(
      ofFeature((w, row, i) => change(w, row + 3, i)),
      world,
      RUNS,
    );
    expect(said(report)).toEqual(["leak looks-ahead feature x"]);
    expect(report.findings[0]?.sessionsAhead).toBe(3);
    expect(report.findings[0]?.evidence).toContain("It looks 3 sessions ahead");
  });

  it("catches code that behaves while it sees that the data was cut off", async () => {
    const sly = ofFeature((w, row, i) => (w.sessions.length < world.sessions.length ? change(w, row, i) : change(w, row + 1, i)));
    expect(said(await detectLeaks(sly, world, RUNS))).toEqual(["leak looks-ahead feature x"]);
  });

  it("does not call it a leak that later sessions must exist", async () => {
    const report = await detectLeaks(
      ofFeature((w, row, i) => (row + 5 < w.sessions.length ? change(w, row, i) : Number.NaN)),
      world,
      RUNS,
    );
    expect(said(report)).toEqual([]);
    expect(report.findings.map(({ kind }) => kind)).toContain("needs-future");
  });

  it("says of a bar that had not closed that it had not", async () => {
    const early: LeakSubject = {
      name: "noon",
      run: (w) => {
        const decisions = w.sessions.map(({ openAt }) => (openAt + 3600e6) as Micros);
        const n = w.symbols.length;
        return output(w, {
          decisions,
          features: new Map([["x", Float64Array.from({ length: decisions.length * n }, (_, c) => change(w, Math.floor(c / n), c % n))]]),
        });
      },
    };
    expect(said(await detectLeaks(early, world, RUNS))).toEqual(["leak unclosed-bar feature x"]);
  });

  it("refuses what is not deterministic, what changes its data, and stamps what never answers", async () => {
    let count = 0;
    const restless = ofFeature(() => count++);
    expect(said(await detectLeaks(restless, world, RUNS))).toEqual(["refused not-deterministic pipeline"]);
    const writes: LeakSubject = {
      name: "writes",
      run: (w) => {
        w.close[3] = (w.close[3] as number) * 2;
        return output(w, {});
      },
    };
    expect(said(await detectLeaks(writes, makeMarket("unit"), RUNS))).toEqual(["refused changed-world pipeline"]);
    expect(
      said(
        await detectLeaks(
          ofFeature((_, row) => row),
          world,
          RUNS,
        ),
      ),
    ).toEqual(["stamped not-tested pipeline"]);
  });

  it("asks the same questions for the same seed", async () => {
    const leaky = ofFeature((w, row, i) => change(w, row + 2, i));
    expect(await detectLeaks(leaky, world, RUNS)).toEqual(await detectLeaks(leaky, world, RUNS));
  });

  it("runs no more often than it may", async () => {
    let runs = 0;
    const counted = ofFeature((w, row, i) => change(w, row + 1, i));
    const report = await detectLeaks({ name: "counted", run: (w) => (runs++, counted.run(w)) }, world, { runs: 25 });
    expect(runs).toBe(report.runs);
    expect(runs).toBeLessThanOrEqual(25);
  });

  it("holds levels against adjusted prices and leaves returns alone", async () => {
    const on = (priceBasis: "raw" | "splits" | "full" | null): World => makeMarket("unit", { priceBasis });
    expect(said(await detectLeaks(ofFeature(close), on("raw"), RUNS))).toEqual([]);
    expect(said(await detectLeaks(ofFeature(close), on("full"), RUNS))).toEqual(["refused adjusted-levels feature x"]);
    expect(said(await detectLeaks(ofFeature(close), on(null), RUNS))).toEqual(["stamped adjusted-levels feature x"]);
    expect(said(await detectLeaks(ofFeature(change), on("full"), RUNS))).toEqual([]);
  });

  it("asks for provenance of facts only where they are read", async () => {
    const silent = makeMarket("unit", { vintage: null, publicationTimes: false });
    expect(said(await detectLeaks(ofFeature(change), silent, RUNS))).toEqual([]);
    const reads = ofFeature((w, row, i) => {
      const at = w.sessions[row]?.closeAt as number;
      return (
        w.facts.findLast(({ name, symbol, publishedAt }) => name === "eps" && symbol === i && (publishedAt as number) <= at)?.value ??
        Number.NaN
      );
    });
    expect(said(await detectLeaks(reads, silent, RUNS))).toEqual(["refused no-publication-times data", "stamped latest-vintage data"]);
  });
});

describe("a world cut off at a moment", () => {
  it("keeps what was known: closed bars, the open of a running session, published facts", () => {
    const world = makeMarket("cut");
    const moment = (world.sessions[50]?.openAt as number) + 1;
    const cut = truncate(world, moment);
    const n = world.symbols.length;
    expect(cut.sessions).toHaveLength(51);
    expect(cut.open).toEqual(world.open.slice(0, 51 * n));
    expect(cut.close.slice(0, 50 * n)).toEqual(world.close.slice(0, 50 * n));
    expect(cut.close.slice(50 * n).every(Number.isNaN)).toBe(true);
    expect(cut.facts.every(({ publishedAt }) => (publishedAt as number) <= moment)).toBe(true);
    expect(cut.facts.length).toBe(world.facts.filter(({ publishedAt }) => (publishedAt as number) <= moment).length);
  });
});
