// Explanations as pictures: what they must say, and what they must survive.
import { describe, expect, it } from "vitest";
import { createExplanation } from "#test/fixtures/explanation.js";
import { tonesOf } from "./beeswarm.js";
import type { ExplainedName, Explanation } from "./explanation.js";
import { nameSentence, waySentence } from "./explanation-words.js";
import { renderExplanationPage } from "./report.js";

const text = (page: string): string =>
  page
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");
const [decision] = createExplanation().decisions as [Explanation["decisions"][number]];

describe("an explanation as a page", () => {
  const page = text(renderExplanationPage(createExplanation(), "0.1.0"));

  it("says how it was found, what it compares with, and what was left out", () => {
    expect(page).toContain("Found by TreeSHAP: exact.");
    expect(page).toContain("over 300 rows out of sample, 2012-01-03 to 2016-12-30");
    expect(page).toContain("mean rank IC 0.0210 on 8,000 rows");
    expect(page).toContain("as the session journaled it");
    expect(page).toContain("3 more names of that decision were beyond the budget of reasons");
    expect(page).toContain("Pairs whose effect");
    expect(page).toContain("Attention: 1-encoder.layer0.attention");
  });

  it("is the same bytes again, and survives names that are markup", () => {
    expect(renderExplanationPage(createExplanation(), "0.1.0")).toBe(renderExplanationPage(createExplanation(), "0.1.0"));
    const evil = renderExplanationPage(createExplanation({ mark: "<script>alert(1)</script>" }), "0.1.0");
    expect(evil).not.toContain("<script>alert");
    expect(evil).toContain("&lt;script&gt;alert(1)");
  });

  it("is a page with nothing in it where nothing was explained, and with one row, one feature, or no contribution at all", () => {
    expect(text(renderExplanationPage({ schema: 1, of: "x", overall: null, decisions: [] }, "0.1.0"))).toContain("Why");
    expect(text(renderExplanationPage(createExplanation({ rows: 1, features: 1 }), "0.1.0"))).not.toMatch(/NaN|Infinity|undefined/);
    const flat = createExplanation({ rows: 5, features: 3 });
    const nothing = {
      ...flat,
      overall: flat.overall && {
        ...flat.overall,
        spread: 0,
        features: flat.overall.features.map((one) => ({ ...one, meanAbsolute: 0, direction: null, drop: null })),
        points: flat.overall.points.map((one) => ({ ...one, values: one.values.map(() => null), adds: one.adds.map(() => 0) })),
        score: null,
        pairs: null,
      },
    };
    expect(text(renderExplanationPage(nothing, "0.1.0"))).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("a name in words", () => {
  const name: ExplainedName = {
    instrument: "AAPL",
    prediction: 0.0042,
    above: 2,
    predicted: 58,
    features: [
      { feature: "momentum_20", value: 0.08, below: 0.9, adds: 0.0021 },
      { feature: "vol_63", value: 0.2, below: 0.2, adds: -0.0005 },
    ],
    rest: 0.0014,
    others: 38,
    error: 0,
    lots: 3,
    attention: [],
  };
  const way = { ...decision, way: decision.way && { ...decision.way, base: 0.0012 }, compared: "all 58 names" };

  it("is a sentence from the mean to the prediction", () => {
    expect(nameSentence(name, way, 3)).toBe(
      "AAPL is expected +0.42% over 5 sessions, 0.30 points above the mean prediction of all 58 names (+0.12%), 3rd highest of 58: momentum_20 (+0.21), vol_63 (−0.05); 38 others together (+0.14).",
    );
    expect(nameSentence({ ...name, above: 57, prediction: -0.001 }, way, 1)).toMatch(
      /AAPL is expected −0\.10% .* 0\.22 points below .* the lowest of 58: momentum_20 \(\+0\.21\); 39 others together/,
    );
    expect(nameSentence({ ...name, features: [], prediction: 0.0012, others: 40 }, way, 3)).toMatch(/no feature sets it apart/);
    expect(nameSentence(name, { ...way, way: null }, 3)).toBe("AAPL is expected +0.42% over 5 sessions.");
  });

  it("speaks of plain numbers without points and per cent", () => {
    const plain = nameSentence(name, { ...way, unit: "number", verb: "is scored", horizon: "so" }, 1);
    expect(plain).toMatch(/AAPL is scored \+0\.0042 so, 0\.0030 above the mean prediction of all 58 names \(\+0\.0012\)/);
  });

  it("tells the error where there is one", () => {
    const kernel = { ...(decision.way as NonNullable<typeof decision.way>), method: "KernelSHAP", accuracy: "sampled" };
    expect(waySentence(kernel, 0.00012, "return")).toBe("Found by KernelSHAP: sampled (up to 0.012 points).");
    expect(waySentence(kernel, 1e-9, "return")).toBe("Found by KernelSHAP: sampled (below 0.0001 points).");
    expect(waySentence(kernel, 0, "number")).toBe("Found by KernelSHAP: sampled.");
  });
});

describe("tones of values", () => {
  it("are thirds, and one tone where all are equal or nothing is known", () => {
    expect(tonesOf([1, 2, 3, null])).toEqual(["low", "middle", "high", "unknown"]);
    expect(tonesOf([5, 5, 5])).toEqual(["middle", "middle", "middle"]);
    expect(tonesOf([0, 0, 0, 1])).toEqual(["low", "low", "low", "high"]);
    expect(tonesOf([null])).toEqual(["unknown"]);
  });
});
