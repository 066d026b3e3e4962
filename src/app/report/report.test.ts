// The page as text: what it must say, what it must survive, what must never run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { RunResult } from "#domain/run-result.js";
import type { IsoDate } from "#domain/time.js";
import { createEmptyRunResult, createRunResult } from "#test/fixtures/run-result.js";
import type { ReportExtras } from "./extras.js";
import { renderReport } from "./report.js";
import { renderTextSummary } from "./text-summary.js";

const extrasFor = (result: RunResult, more: Partial<ReportExtras> = {}): ReportExtras => ({
  trials: 37,
  adjustedVerdict: result.verdict,
  ...more,
});
const report = (result: RunResult, more: Partial<ReportExtras> = {}): string => renderReport(result, extrasFor(result, more));

/** Every string of a value, keys of records included, passed through `change`. */
function mapStrings(value: unknown, change: (text: string) => string, keys: boolean): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, keys));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      keys ? change(key) : key,
      mapStrings(item, change, keys || key === "quality" || key === "rules" || key === "experiment"),
    ]),
  );
}

const visible = (page: string): string => page.replace(/<(style|script|pre)[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, " ");

describe("the report", () => {
  it("says the verdict first, in plain words, with the reason and the count of trials", () => {
    const result = createRunResult({ sessions: 600 });
    const text = visible(report(result));
    const verdict = text.indexOf("There is an edge.", text.indexOf("The verdict"));
    expect(verdict).toBeGreaterThan(0);
    expect(verdict).toBeLessThan(text.indexOf("Return a year"));
    expect(text).toContain(result.verdict.because);
    expect(text).toContain("37 different experiments have been recorded on this data");
  });

  it("shows the adjusted verdict, and says when the run alone would have read otherwise", () => {
    const result = createRunResult({ sessions: 600 });
    const adjusted = { ...result.verdict, decision: "not enough evidence", because: "Too many trials for so little." } as const;
    const text = visible(report(result, { adjustedVerdict: adjusted }));
    expect(text).toContain("Not enough evidence.");
    expect(text).not.toContain("There is an edge.");
    expect(text).toContain("Taken alone, this run would have read \u201cedge\u201d.");
  });

  it("lists the breakers that opened, and says nothing of breakers where none did", () => {
    const plain = createRunResult({ sessions: 300 });
    const trip = { breaker: "daily-loss", date: "2020-03-09" as IsoDate, instrument: null, measured: 0.0712, allowed: 0.05 } as const;
    const single = { ...trip, breaker: "single-position", instrument: "TECH_LARGE_00000000" } as const;
    expect(visible(report(plain))).not.toContain("Breakers that opened");
    const text = visible(report({ ...plain, trips: [single, trip] }));
    for (const words of ["From 2020-03-09 on nothing but reductions passed", "7.1%", "TECH_LARGE_00000000", "single-position"])
      expect(text).toContain(words);
    expect(visible(report({ ...plain, trips: [single] }))).toContain("Each closed one instrument");
    expect(visible(report({ ...plain, trips: Array.from({ length: 90 }, () => single) }))).toContain("The first 40 of 90");
    expect(renderTextSummary({ ...plain, trips: [trip] }, extrasFor(plain), []).join(" ")).toContain("BREAKER daily-loss: a loss of 7.1%");
  });

  it("tells predictions that are no returns in their own unit", () => {
    const plain = createRunResult({ sessions: 300, folds: 3 });
    const calibration = [
      { predicted: -0.4, realised: -0.2, rows: 10 },
      { predicted: 0.6, realised: 0.1, rows: 10 },
    ];
    const text = (labelUnit?: "class" | "deviations"): string =>
      visible(report({ ...plain, calibration, ...(labelUnit === undefined ? {} : { labelUnit }) }));
    expect(text()).toContain("the model promised 100.00 points and the market gave 30.00.");
    expect(text("class")).toContain("the model promised 1.00 and the market gave 0.30, on the scale of the classes");
    expect(text("class")).not.toContain("100.00 points");
    expect(text("deviations")).toContain("in multiples of the volatility");
  });

  it("draws what was purged and what was under embargo where the result says so, and takes the gap for purged where it does not", () => {
    const plain = createRunResult({ sessions: 300, folds: 1 });
    const rects = (result: typeof plain, use: string): number => report(result).split(`<rect class="${use}" x="`).length - 2;
    expect([rects(plain, "train"), rects(plain, "embargo"), rects(plain, "test")]).toEqual([1, 0, 1]);
    const spans = [
      { use: "train", from: "2015-01-02", to: "2015-11-20" },
      { use: "embargo", from: "2015-11-27", to: "2015-12-04" },
      { use: "purged", from: "2015-12-11", to: "2015-12-18" },
      { use: "test", from: "2015-12-28", to: "2016-03-01" },
    ] as const;
    const told = { ...plain, models: plain.models.map((model) => ({ ...model, spans })) };
    expect(["train", "embargo", "purged", "test"].map((use) => rects(told, use))).toEqual([1, 1, 1, 1]);
  });

  it("shows the members of ensembles through the folds, and nothing of them where there are none", () => {
    const plain = createRunResult({ sessions: 300, folds: 3 });
    expect(visible(report(plain))).not.toContain("What each member adds");
    const member = (name: string, weight: number) => ({
      name,
      family: "ridge",
      weight,
      score: 0.031,
      contribution: name === "net" ? null : -0.002,
    });
    const ensemble = {
      combine: "stacking",
      measure: "rank correlation" as const,
      score: 0.04,
      members: [member("calm", 0.75), member("net", 0.25)],
      correlation: [
        [1, 0.421],
        [0.421, 1],
      ],
      regimes: null,
      fellBack: true,
    };
    const text = visible(report({ ...plain, models: plain.models.map((model) => ({ ...model, ensemble })) }));
    expect(text).toMatch(
      /Weights of the members[^]*By stacking; 1 in all. In 3 folds no member was worth[^]*calm[^]*0.750[^]*net[^]*0.250/,
    );
    expect(text).toMatch(/What each member adds[^]*\u22120.002[^]*Likeness of the members[^]*0.421/);
  });

  it("stamps every section when the data holds only survivors, and none when it does not", () => {
    const stamped = report(createRunResult({ sessions: 300 }));
    const sections = stamped.split("<section ").slice(1);
    expect(sections.length).toBeGreaterThanOrEqual(7);
    for (const section of sections) {
      expect(section).toContain(">Survivors only</span>");
      expect(section).toContain(">Price basis assumed</span>");
    }
    expect(report(createRunResult({ sessions: 300, survivorsOnly: false, simulated: true }))).not.toContain("Survivors only");
  });

  it("stamps simulated data and compares the verdict with the planted truth", () => {
    const result = createRunResult({ sessions: 300, simulated: true });
    const nothing = { ...result, dataset: { ...result.dataset, plantedEdge: 0 } };
    expect(visible(report(result))).toContain("Simulated data");
    expect(visible(report(nothing))).toContain("so this verdict is wrong");
    expect(visible(report(result))).toContain("Oracle");
  });

  it("gives the same bytes for the same result", () => {
    expect(report(createRunResult())).toBe(report(createRunResult()));
  });

  it("stays below one megabyte for 2,500 sessions of a long-short run with an oracle", () => {
    expect(report(createRunResult({ sessions: 2500, simulated: true, longShort: true, folds: 40 })).length).toBeLessThan(1_000_000);
  });

  it("holds all that is needed to make the run again", () => {
    const result = createRunResult({ sessions: 300 });
    const page = report(result, { command: "truewind backtest my.yaml --seed 7" });
    const { identity } = result;
    for (const part of [
      identity.experimentHash,
      identity.dataId,
      identity.codeVersion,
      identity.seed,
      identity.runtime.v8,
      result.orders.hash,
    ]) {
      expect(page).toContain(part);
    }
    expect(page).toContain("truewind backtest my.yaml --seed 7");
    expect(page).toContain("embargoSessions: 5");
    for (const assumption of result.assumptions) expect(page).toContain(assumption.replaceAll("'", "&#39;"));
  });

  it("keeps the experiment whole, in YAML that reads back the same", () => {
    const result = createRunResult({ sessions: 30 });
    const page = report(result);
    const yaml = page.slice(page.indexOf("<pre"), page.indexOf("</pre>")).replace(/<pre[^>]*>/, "");
    expect(parse(yaml)).toEqual(result.experiment);
  });

  it("asks nothing of the network", () => {
    const page = report(createRunResult({ sessions: 300 }));
    expect(page.replace(/data:image\/svg\+xml,[^"]*/, "")).not.toMatch(/(https?:)?\/\/[a-z]|@import|url\(/i);
  });

  it("tells of the paper session only when there was one", () => {
    const result = createRunResult({ sessions: 300 });
    const paper = {
      from: "2016-10-03",
      to: "2016-12-30",
      decisions: 13,
      orders: 8,
      fills: 7,
      refused: 1,
      equity: 1e6,
      halted: "Feed lost",
      replayIdentical: false,
    };
    expect(visible(report(result, { paper }))).toMatch(/Feed lost/);
    expect(visible(report(result, { paper }))).toMatch(/DIFFERENT orders/);
    expect(visible(report(result))).not.toContain("The paper session");
  });
});

describe("a hostile or broken result", () => {
  const evil = `"'><script>alert(1)</script><img src=x onerror=alert(2)>`;

  it("runs nothing: every string, dates and names of rules included, is shown as text", () => {
    const result = mapStrings(
      createRunResult({ sessions: 40, simulated: true }),
      (text) => (text === "edge" || text === "full" ? text : text + evil),
      false,
    ) as RunResult;
    const page = report(result, { command: evil, paper: { ...paperOf(evil), halted: evil } });
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("<img");
    expect(page.match(/<script[ >]/g)?.length).toBe(page.match(/<\/script>/g)?.length);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  it.each([
    ["no session at all", createEmptyRunResult()],
    ["one session", createRunResult({ sessions: 1, folds: 1 })],
    ["two sessions", createRunResult({ sessions: 2, folds: 1 })],
    ["no benchmark, sector, model or order", { ...createRunResult({ sessions: 300 }), ...pick(createEmptyRunResult()) }],
  ])("renders with %s", (_, result) => {
    const page = report(result, { trials: 0 });
    expect(page.endsWith("</html>\n")).toBe(true);
    expect(visible(page)).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(page.replace(/<script[\s\S]*?<\/script>/g, "")).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("renders after a JSON round trip that turned every number into null", () => {
    const blank = (value: unknown): unknown =>
      typeof value === "number"
        ? null
        : Array.isArray(value)
          ? value.map(blank)
          : value && typeof value === "object"
            ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, blank(v)]))
            : value;
    const result = blank(createRunResult({ sessions: 30 })) as RunResult;
    expect(visible(report(result))).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it("renders a ruin: equity at and below zero", () => {
    const result = createRunResult({ sessions: 300 });
    const equity = result.strategy.equity.map((value, i) => (i > 200 ? -5 : i === 200 ? 0 : value));
    expect(report({ ...result, strategy: { ...result.strategy, equity } }).replace(/<script[\s\S]*?<\/script>/g, "")).not.toMatch(
      /NaN|Infinity/,
    );
  });

  it("renders whatever finite or unknown numbers an account may hold", () => {
    const number = fc.oneof(fc.double(), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(number, { minLength: 5, maxLength: 5 }), (values) => {
        const result = createRunResult({ sessions: 5, folds: 1 });
        const strategy = { equity: values, netReturn: values, turnover: values, cost: values };
        const page = report({ ...result, strategy, ic: { ...result.ic, dates: result.dates, values } });
        expect(page.replace(/<script[\s\S]*?<\/script>/g, "")).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 60 },
    );
  });
});

function pick(empty: RunResult): Partial<RunResult> {
  const { benchmark, ic, calibration, sectorExposure, orders, models, worstDays, assumptions } = empty;
  return { benchmark, ic, calibration, sectorExposure, orders, models, worstDays, assumptions };
}

function paperOf(text: string): NonNullable<ReportExtras["paper"]> {
  return { from: text, to: text, decisions: 1, orders: 1, fills: 1, refused: 0, equity: 1, halted: null, replayIdentical: null };
}
