// The terminal summary: content, width, clean output.
import { describe, expect, it } from "vitest";
import { createEmptyRunResult, createRunResult } from "#test/fixtures/run-result.js";
import { renderTextSummary, TEXT_COLUMNS } from "./text-summary.js";

const extras = (result: ReturnType<typeof createRunResult>) => ({ trials: 37, adjustedVerdict: result.verdict });

describe("the terminal summary", () => {
  it("begins with the verdict and holds table, trials, stamps and next steps", () => {
    const result = createRunResult({ sessions: 600 });
    const lines = renderTextSummary(result, extras(result), ["truewind paper experiment.yaml"]);
    expect(lines[0]).toBe("VERDICT: There is an edge.");
    const text = lines.join("\n");
    for (const part of [
      "Strategy",
      "Equal weight",
      "Hold SPY",
      "37 different experiments",
      "! Survivors only",
      "  truewind paper experiment.yaml",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("Oracle");
  });

  it("keeps to the width, whatever the names are", () => {
    const long = "a very long sentence ".repeat(40);
    const full = createRunResult({ sessions: 300, simulated: true });
    const result = {
      ...full,
      benchmark: full.benchmark && { ...full.benchmark, instrument: "X".repeat(300) },
      verdict: { ...full.verdict, because: long },
    };
    for (const line of renderTextSummary(result, extras(result), [long])) expect(line.length).toBeLessThanOrEqual(TEXT_COLUMNS);
  });

  it("leaves a long path whole", () => {
    const result = createRunResult({ sessions: 300 });
    const path = `runs/${"deep/".repeat(30)}report.html`;
    expect(renderTextSummary(result, extras(result), [path]).some((line) => line.includes(path))).toBe(true);
  });

  it("prints dashes for what is not known and no control character from data", () => {
    const empty = createEmptyRunResult();
    const result = { ...empty, verdict: { ...empty.verdict, because: "\u001b[31mred\u0007" } };
    const text = renderTextSummary(result, extras(result), []).join("\n");
    expect(text).not.toMatch(/NaN|undefined|\u001b|\u0007/);
    expect(text).toMatch(/^Strategy( +–){6}$/m);
  });
});
