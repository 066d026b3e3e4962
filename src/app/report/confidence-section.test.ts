import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { measureConfidence, type JudgedDecision } from "#research/metrics/confidence.js";
import { createRunResult } from "#test/fixtures/run-result.js";
import { confidenceSection } from "./confidence-section.js";
import { renderReport } from "./report.js";
import { adviceLines } from "./text-summary.js";

const options = { nominal: 0.9, window: 50, rng: createRng("judge") };

/** `deviation`: of what followed, in units of what was said. */
function decisionsOf(count: number, deviation: number): JudgedDecision[] {
  const rng = createRng("decisions");
  return Array.from({ length: count }, (_, d) => {
    const rows = { length: 40 };
    const expectedReturn = Float64Array.from(rows, () => 0.01 * rng.normal());
    return {
      date: `20${10 + Math.floor(d / 52)}-${String(1 + (Math.floor(d / 4) % 12)).padStart(2, "0")}-${String(1 + 7 * (d % 4)).padStart(2, "0")}`,
      expectedReturn,
      uncertainty: new Float64Array(40).fill(0.05),
      confidence: expectedReturn.map((value) => 1 / (1 + Math.exp(-Math.abs(value) * 30))),
      outOfDomain: Float64Array.from(rows, () => rng.next()),
      label: expectedReturn.map((value) => value + 0.05 * deviation * rng.normal()),
    };
  });
}

describe("the confidence of a run", () => {
  it("is measured: coverage with its band, probabilities, strange rows", () => {
    const found = measureConfidence(decisionsOf(200, 1), options);
    expect(found.coverage?.observed).toBeCloseTo(0.9, 1);
    expect(found.coverage?.low).toBeLessThan(0.9);
    expect(found.coverage?.high).toBeGreaterThan(0.9);
    expect(found.coverage?.year.slice(0, 50).filter((share) => share !== null)).toHaveLength(1);
    expect(found.outOfDomain?.share).toBeCloseTo(0.01, 2);
    expect(found.probability?.rows).toBe(8000);
    expect(measureConfidence(decisionsOf(200, 2), options).coverage?.observed).toBeLessThan(0.7);
  });

  it("is told of parts that were said alone", () => {
    const silent = decisionsOf(3, 1).map((one) => ({
      ...one,
      uncertainty: new Float64Array(40).fill(Number.NaN),
      label: new Float64Array(40).fill(Number.NaN),
    }));
    const found = measureConfidence(silent, options);
    expect([found.coverage, found.probability]).toEqual([null, null]);
    expect(found.outOfDomain).not.toBeNull();
    expect(String((confidenceSection(found).body as { text: string }).text)).toContain("Strange rows");
    expect(measureConfidence([], options)).toEqual({ coverage: null, probability: null, outOfDomain: null });
  });

  it("has a section of its own in the report, also after the result was kept as JSON", () => {
    const confidence = measureConfidence(decisionsOf(200, 1), options);
    const result = JSON.parse(JSON.stringify({ ...createRunResult({ sessions: 300 }), confidence })) as ReturnType<typeof createRunResult>;
    const page = renderReport(result, { trials: 1, adjustedVerdict: result.verdict });
    for (const title of ["Reliability", "Coverage of the intervals", "Strange rows"]) expect(page).toContain(`<h3>${title}</h3>`);
    const section = page.slice(page.indexOf('<section id="confidence"'), page.indexOf('<section id="trading"'));
    expect(section.length).toBeGreaterThan(1000);
    expect(section).not.toMatch(/NaN|undefined|Infinity/);
    expect(renderReport(createRunResult({ sessions: 300 }), { trials: 1, adjustedVerdict: result.verdict })).not.toContain("Was said");
  });
});

it("advices are listed with at most twenty names, and control characters do not reach the terminal", () => {
  const rows = Array.from({ length: 25 }, (_, i) => ({
    instrument: `N${i}\u001b[2J`,
    action: i % 2 === 0 ? ("BUY" as const) : ("SELL" as const),
    expectedReturn: i % 2 === 0 ? 0.01 : -0.01,
    confidence: i === 0 ? null : 0.65,
    strength: 0.13,
  }));
  const lines = adviceLines({ date: "2016-12-30", rows, hold: 7 });
  expect(lines[0]).toBe("SIGNALS of 2016-12-30: 13 BUY, 12 SELL, 7 HOLD");
  expect(lines.at(-1)).toContain("and 5 more");
  expect(lines.every((line) => line.length <= 100 && !line.includes("\u001b"))).toBe(true);
  expect(adviceLines({ date: "2016-12-30", rows: [], hold: 7 })).toEqual(["SIGNALS of 2016-12-30: 0 BUY, 0 SELL, 7 HOLD"]);
});
