// What a comparison tells, on its page and in the terminal, of models of which the answer is known.
import { describe, expect, it } from "vitest";
import { comparisonLines } from "./comparison-lines.js";
import { renderComparison } from "./comparison-page.js";
import type { ComparisonResult } from "./comparison-result.js";
import { betterSentence, meanings, moneySentence, setSentence } from "./comparison-words.js";

type Model = ComparisonResult["models"][number];

const compared = (name: string, changes: Partial<Model> = {}): Model => ({
  name,
  family: "ridge",
  ic: { mean: 0.012, tStat: 1.4, ratio: 0.06 },
  rankIc: { mean: 0.014, tStat: 1.7, ratio: 0.07 },
  overBaseline: {
    difference: 0.0042,
    low: -0.001,
    high: 0.0094,
    statistic: 1.33,
    pValue: 0.184,
    pValueAnyDependence: 0.21,
    conditionalPValue: 0.34,
    pValueOfAll: 0.27,
  },
  set: { pValue: 0.41, inside: true },
  turnover: 42,
  netReturn: 0.123,
  sharpe: 0.71,
  maxDrawdown: 0.31,
  excess: { value: 0.021, low: -0.03, high: 0.07, pValue: 0.21, pValueOfAll: 0.62 },
  orders: "f".repeat(64),
  ...changes,
});
const base = compared("ridge", { overBaseline: null });
const good = compared("boosting, huber", {
  overBaseline: { ...(compared("x").overBaseline as NonNullable<Model["overBaseline"]>), pValueOfAll: 0.0004, low: 0.001 },
  excess: { value: 0.07, low: 0.02, high: 0.12, pValue: 0.001, pValueOfAll: 0.012 },
});
const resultOf = (models: readonly Model[]): ComparisonResult => ({
  name: "which",
  dataset: { name: "shares", instruments: 434, survivorsOnly: false },
  features: 158,
  label: { kind: "forward", horizon: 5 },
  from: "2008-01-02",
  to: "2016-06-30",
  decisions: 2140,
  folds: [{ trainFrom: "2005-01-03", trainTo: "2007-12-20", labelsEndBy: "2007-12-28", testFrom: "2008-01-02", testTo: "2010-02-16" }],
  over: "equal weight",
  equalWeight: { netReturn: 0.1, sharpe: 0.6, turnover: 3 },
  models,
  baseline: "ridge",
  tested: { decisions: 2139, steps: 5 },
  trials: 12,
});
const text = (result: ComparisonResult): string =>
  renderComparison(result, "0123456789ab")
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");

describe("a comparison", () => {
  it("says which may be the best, which is better, and which paid, with all counted", () => {
    const result = resultOf([base, good, compared("forest", { set: { pValue: 0.03, inside: false } })]);
    expect(setSentence(result)).toBe(
      "The best is one of ridge and “boosting, huber”, with 90% confidence; the record does not tell these apart.",
    );
    expect(betterSentence(result)).toBe("“boosting, huber” orders better than ridge, all 2 counted: p < 0.001.");
    expect(moneySentence(result)).toBe("After costs “boosting, huber” earned more than equal weight, all 3 counted: p 0.012.");
    const page = text(result);
    const lines = comparisonLines(result).join("\n");
    for (const sentence of [setSentence(result), betterSentence(result), moneySentence(result)]) {
      expect(page).toContain(sentence);
      expect(lines).toContain(sentence);
    }
    for (const { meaning } of meanings(result)) {
      expect(page).toContain(meaning);
      expect(lines).toContain(meaning);
    }
    expect(lines).toMatch(/^boosting, huber +0\.0042 +0\.0010 \.\. +0\.0094 +1\.33 +0\.184 +0\.210 +< 0\.001 +0\.340 +0\.410 +yes$/m);
    expect(lines).toMatch(/^forest .*0\.030 +no$/m);
    expect(lines).toMatch(/^ridge +0\.410 +yes$/m);
  });

  it("never makes more of it than it is", () => {
    expect(setSentence(resultOf([base, compared("forest")]))).toBe("The record does not tell these 2 models apart: each may be the best.");
    expect(betterSentence(resultOf([base, compared("forest")]))).toBe("None orders better than ridge beyond chance (least p 0.270).");
    expect(moneySentence(resultOf([base, compared("forest")]))).toContain(
      "After costs none earned more than equal weight beyond chance, all 2",
    );
    const alone = resultOf([compared("forest", { set: { pValue: 1, inside: true } }), { ...base, set: { pValue: 0.001, inside: false } }]);
    expect(setSentence(alone)).toBe("forest orders best, with 90% confidence.");
  });

  it("shows one model, or too short a record, without tests", () => {
    const untested = (name: string): Model => ({
      ...compared(name, { overBaseline: null, set: null, sharpe: null }),
      excess: { ...base.excess, pValueOfAll: null },
    });
    for (const result of [resultOf([untested("ridge")]), resultOf([untested("ridge"), untested("forest")])]) {
      expect(text(result)).not.toMatch(/NaN|undefined|Infinity|null/);
      expect(comparisonLines(result).join("\n")).not.toMatch(/NaN|undefined|Infinity|null|WHICH/);
    }
  });

  it("keeps figures of any size apart, under their headings", () => {
    const wild = compared("forest", { netReturn: 1234.567, excess: { ...base.excess, value: 1234.5, low: -2345.678, high: 12345.678 } });
    const [heading, row] = comparisonLines(resultOf([base, wild])).filter((line) => /ICIR|^forest.*x/.test(line)) as [string, string];
    expect(row).toMatch(/ 123456\.7 % .* 123450\.0 % +-234567\.8 % \.\.1234567\.8 % /);
    expect(row.indexOf("123450.0 %") + "123450.0 %".length).toBe(heading.indexOf("excess p.a.") + "excess p.a.".length);
  });

  it("has no markup but its own, closes what it opens, and stamps survivors", () => {
    const sharp = { ...resultOf([base, compared("<b>x</b>")]), dataset: { name: "shares", instruments: 434, survivorsOnly: true } };
    const page = renderComparison(sharp, "0123456789ab");
    expect(page).not.toContain("<b>x</b>");
    expect(page.match(/Survivors only/g)?.length).toBeGreaterThan(3);
    const open: string[] = [];
    for (const [tag, slash, name = ""] of page
      .replace(/<(style|script)[\s\S]*?<\/\1>/g, "")
      .matchAll(/<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^">])*>/g)) {
      if (tag.endsWith("/>") || ["meta", "link", "br", "img"].includes(name)) continue;
      if (slash === "") open.push(name);
      else expect(open.pop(), tag).toBe(name);
    }
    expect(open).toEqual([]);
    expect(renderComparison(sharp, "0123456789ab")).toBe(page);
  });
});
