// The page of a validation: what it must say, whatever came out.
import { describe, expect, it } from "vitest";
import { sampleValidation } from "#test/fixtures/validation.js";
import type { ValidationResult } from "./validation-result.js";
import { renderValidation } from "./validation-page.js";

const dataset: ValidationResult["dataset"] = {
  name: "shares",
  source: "files",
  priceBasis: "full",
  priceBasisAssumed: false,
  survivorsOnly: false,
  survivorsAssumed: false,
  calendar: "XNYS",
  instruments: 434,
  rows: 1_000_000,
  from: "2005-01-03",
  to: "2016-06-30",
  quarantinedRows: 0,
  quarantinedFiles: 0,
  flaggedRows: 0,
  quality: {},
  plantedEdge: null,
};
const page = (result: ValidationResult): string => renderValidation(result, { command: "truewind validate x.yaml", currency: "USD" });
/** Without markup. */
const text = (result: ValidationResult): string =>
  page(result)
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

describe("the page of a validation", () => {
  const result = sampleValidation(dataset);

  it("begins with the question and its answer, and has every gate with its bar and its sentence", () => {
    const words = text(result);
    expect(words.indexOf("Is there an edge, after costs")).toBeGreaterThan(0);
    expect(words.indexOf("Not enough evidence.")).toBeLessThan(words.indexOf("The gates"));
    for (const { title, bar } of result.gates) {
      expect(words).toContain(title);
      expect(words).toContain(bar);
    }
    expect(words.match(/not passed/g)?.length).toBeGreaterThanOrEqual(1);
  });
  it("says of each figure what it means", () => {
    for (const { meaning } of result.figures) expect(text(result)).toContain(meaning);
  });
  it("stamps every section of data with survivors only, and no gate is passed", () => {
    const stamped = sampleValidation({ ...dataset, survivorsOnly: true });
    expect(text(stamped)).toContain("0 of 8 are passed");
    expect(page(stamped).match(/Survivors only/g)?.length).toBeGreaterThan(4);
  });
  it("says what could not be measured instead of leaving it out", () => {
    const bare = sampleValidation(dataset, {
      overfitting: null,
      control: null,
      paths: null,
      leaks: null,
      costBreakEven: null,
      halves: null,
      years: [],
      regimes: [],
      trials: { distinct: 1, effective: 1, sharpe: null, expectedBest: null, probabilistic: null, deflated: null, leastSessions: null },
      capacity: { found: { kind: "none" }, accounts: [{ cash: 1e6, activeReturn: -0.1 }] },
    });
    const words = text(bare);
    for (const said of [
      "none was chosen for its result",
      "truewind control",
      "nothing at any size",
      "never",
      "too short to be cut",
      "--no-paths",
      "Not searched",
    ])
      expect(words).toContain(said);
    expect(words).not.toMatch(/NaN|undefined|Infinity/);
  });
  it("draws the histories of the paths, with the one that walked forward among them", () => {
    const words = text(result);
    expect(words).toContain("2008-01-02 to 2015-12-31: 1 of 5 histories end below equal weight");
    expect(words).toContain("0.60 ± 0.47");
    expect(page(result)).toMatch(/walked 1\.02/);
  });
  it("says of a model that is not fitted that one path is all paths", () => {
    expect(text(sampleValidation(dataset, { paths: { kind: "one" } }))).toContain("One path is all paths");
  });
  it("shows what leaks, and how hard was searched", () => {
    const leak = { kind: "looks-ahead" as const, where: "feature mom_20", evidence: "It reads data of later sessions." };
    const leaks = { ...(result.leaks as NonNullable<ValidationResult["leaks"]>), leaks: Array.from({ length: 14 }, () => leak) };
    const words = text(sampleValidation(dataset, { leaks }));
    expect(words).toContain("14 leaks found: no result of this pipeline counts");
    expect(words).toContain("feature mom_20 It reads data of later sessions.");
    expect(words).toContain("And 2 more");
    expect(text(result)).toContain("No leak was found");
  });
  it("draws the null markets and the power of a control where it was run", () => {
    const words = text(result);
    expect(words).toContain("0 of 20 markets without an edge have as much or more");
    expect(words).toContain("A planted edge with an information coefficient of about 0.032");
    expect(page(result)).toContain("null-dot");
  });
  it("closes every element that it opens, in order", () => {
    const open: string[] = [];
    const markup = page(result).replace(/<(style|script)[\s\S]*?<\/\1>/g, "");
    for (const [tag, slash, name = ""] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^">])*>/g)) {
      if (tag.endsWith("/>") || ["meta", "link", "br", "img"].includes(name)) continue;
      if (slash === "") open.push(name);
      else expect(open.pop(), tag).toBe(name);
    }
    expect(open).toEqual([]);
  });
  it("has no markup but its own, and the same bytes for the same input", () => {
    expect(page(sampleValidation({ ...dataset, name: "<b>x</b>" }))).not.toContain("<b>x</b>");
    expect(page(result)).toBe(page(sampleValidation(dataset)));
  });
});
