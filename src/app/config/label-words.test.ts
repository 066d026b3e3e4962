// Labels as an experiment writes them, and that no prediction is called a return when it is none.
import { describe, expect, it } from "vitest";
import type { DatasetManifest } from "#domain/dataset.js";
import { parseExperiment } from "./experiment.js";
import { fitToDataset } from "./fits-dataset.js";
import { labelUnit, labelWords, predictionWords } from "./label-words.js";

const withLabel = (label: unknown, more: object = {}) => parseExperiment({ name: "x", data: { dataset: "d" }, label, ...more }, "x");
const words = (label: unknown): string => labelWords(withLabel(label).label, "session");

describe("labels of an experiment", () => {
  it("that name no kind, and experiments without weights, resolve to what they always were", () => {
    for (const experiment of [parseExperiment({ name: "x", data: { dataset: "d" } }, "x"), withLabel({}), withLabel({ kind: "excess" })])
      expect(experiment.label).toEqual({ kind: "excess", horizon: 5 });
    expect(withLabel({ horizon: 7 }).label).toEqual({ kind: "excess", horizon: 7 });
    expect(withLabel({ kind: "forward" }).label).toEqual({ kind: "forward", horizon: 5 });
    expect(Object.keys(withLabel({}))).not.toContain("weights");
  });
  it("take the settings of their kind and no others", () => {
    expect(withLabel({ kind: "triple-barrier", stop: null }).label).toEqual({
      kind: "triple-barrier",
      horizon: 5,
      profit: 1,
      stop: null,
      halfLife: 20,
      target: "return",
    });
    expect(() => withLabel({ kind: "forward", stop: 1 })).toThrow(/label: unknown key "stop"/);
    expect(() => withLabel({ kind: "sharpe" })).toThrow(/must be forward, excess, volatility-scaled, direction or triple-barrier/);
    expect(() => withLabel({ kind: "direction", deadBand: -1 })).toThrow(/label.deadBand: must be at least 0/);
  });
  it("are told in words", () => {
    expect(words({ kind: "volatility-scaled", horizon: 1 })).toBe(
      "return over 1 session less the mean of the universe, divided by the volatility of that span known at the decision",
    );
    expect(words({ kind: "direction", of: "forward", deadBand: 0.01 })).toBe(
      "direction of the return over 5 sessions: 1 up, -1 down, 0 within 1 %",
    );
    expect(words({ kind: "triple-barrier", stop: null })).toBe(
      "return until a profit of 1 x the volatility known at the decision or 5 sessions, whichever comes first",
    );
    expect(words({ kind: "triple-barrier", target: "class" })).toBe(
      "what ends a holding, a profit of 1 x or a loss of 1 x the volatility known at the decision or 5 sessions, whichever comes first: 1 the profit, -1 the loss, 0 neither",
    );
  });
  it("of returns alone are spoken of as returns", () => {
    const kinds = [
      [{ kind: "forward" }, "return"],
      [{ kind: "excess" }, "return"],
      [{ kind: "triple-barrier" }, "return"],
      [{ kind: "triple-barrier", target: "class" }, "number"],
      [{ kind: "direction" }, "number"],
      [{ kind: "volatility-scaled" }, "number"],
    ] as const;
    for (const [label, unit] of kinds) {
      const resolved = withLabel(label).label;
      expect(predictionWords(resolved, "session").unit).toBe(unit);
      expect(labelUnit(resolved) === null).toBe(unit === "return");
    }
    expect(predictionWords(withLabel({ kind: "excess" }).label, "bar")).toEqual({
      unit: "return",
      verb: "is expected",
      horizon: "over 5 bars against the mean of the universe",
    });
  });
  it("that are no returns are refused by the portfolio that holds predictions against a return", () => {
    const manifest = { name: "d", instruments: [], notTradable: [], priceBasis: "raw" } as unknown as DatasetManifest;
    const fit = (label: unknown) => () => fitToDataset(withLabel(label, { portfolio: { kind: "signals" } }), manifest, new Set());
    expect(fit({ kind: "direction" })).toThrow(
      /portfolio.kind: signals acts on expected returns, and models of label.kind direction predict a class/,
    );
    expect(fit({ kind: "volatility-scaled" })).toThrow(/multiples of a volatility/);
    expect(fit({ kind: "forward" })).not.toThrow(/acts on expected returns/);
  });
});
