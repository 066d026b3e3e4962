import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { cornishFisherRisk } from "../measures/cornish-fisher.js";
import { covarianceRisk } from "../measures/covariance-risk.js";
import { filteredScenarios, fitFilter } from "../measures/filtered-historical.js";
import { momentsOf } from "../measures/moments.js";
import { drawScenarios } from "../measures/monte-carlo.js";
import { likeliestDegrees } from "../measures/parametric.js";
import { scenarioRisk } from "../measures/scenario-risk.js";
import { historicalScenarios, outcomesOf, scenariosOf } from "../measures/scenarios.js";
import type { TailRisk } from "../measures/tail-risk.js";
import { PATHS, type TailMethod, createEstimator } from "./estimate.js";
import { createGauge } from "./gauge.js";

const WINDOW = 300;
const rng = createRng("estimates");
let variance = 1e-4;
const common = Float64Array.from({ length: WINDOW }, () => {
  const r = Math.sqrt(variance) * rng.normal();
  variance = 4e-6 + 0.12 * r * r + 0.84 * variance;
  return r;
});
const series = [1, 0.6, -0.3].map((beta) => common.map((r) => beta * r + 0.006 * rng.normal()));
const market = common.map((_, t) => series.reduce((sum, one) => sum + (one[t] as number) / series.length, 0));
const weights = Float64Array.of(0.5, 0.7, -0.4);

const risk = (asked: Pick<TailMethod, "method" | "level" | "horizon">): TailRisk => {
  const prospect = createEstimator({ window: WINDOW, ...asked })({
    returns: (i) => series[i] as Float64Array,
    market,
    filter: (i) => fitFilter(series[i] as Float64Array),
  });
  const gauge = createGauge(prospect, weights.length, 1, asked.level);
  weights.forEach((weight, i) => gauge.set(i, weight, weight));
  return gauge.figures;
};
const law = {
  mean: Float64Array.from(series, (one) => momentsOf(one).mean),
  covariance: Float64Array.from({ length: 9 }, (_, k) => {
    const [one, other] = [series[Math.floor(k / 3)] as Float64Array, series[k % 3] as Float64Array];
    const [a, b] = [momentsOf(one).mean, momentsOf(other).mean];
    return one.reduce((sum, r, t) => sum + (r - a) * ((other[t] as number) - b), 0) / (WINDOW - 1);
  }),
};
const degrees = likeliestDegrees(market, momentsOf(market));

describe.each([0.95, 0.99])("with nothing out, at level %f, a limit measures what", (level) => {
  const alike = (found: TailRisk, wanted: TailRisk, digits = 10): void => {
    expect(found.valueAtRisk).toBeCloseTo(wanted.valueAtRisk, digits);
    expect(found.expectedShortfall).toBeCloseTo(wanted.expectedShortfall, digits);
  };

  it.each([1, 5])("historical simulation and filtered history say, over %i steps", (horizon) => {
    alike(risk({ method: "historical", level, horizon }), scenarioRisk(historicalScenarios(series, horizon), weights, level));
    const drawn = filteredScenarios(series, { horizon, paths: PATHS, rng: createRng("tail filtered-historical") });
    alike(risk({ method: "filtered-historical", level, horizon }), scenarioRisk(drawn, weights, level));
  });

  it.each([1, 10])("the normal law and Student's t say, over %i steps", (horizon) => {
    alike(risk({ method: "normal", level, horizon }), covarianceRisk(law, weights, { level, horizon }));
    alike(risk({ method: "student", level, horizon }), covarianceRisk({ ...law, degrees }, weights, { level, horizon }));
  });

  it("Cornish-Fisher says of the market's shape, in the worse of its tails", () => {
    const { mean, deviation } = momentsOf(outcomesOf(scenariosOf(series), weights));
    const { skewness, excessKurtosis } = momentsOf(market);
    const tails = [skewness, -skewness].map((s) => cornishFisherRisk({ mean, deviation, skewness: s, excessKurtosis }, { level }));
    const worst = (key: keyof TailRisk): number => Math.max(...tails.map((one) => (one as TailRisk)[key]));
    alike(risk({ method: "cornish-fisher", level, horizon: 1 }), {
      valueAtRisk: worst("valueAtRisk"),
      expectedShortfall: worst("expectedShortfall"),
    });
  });

  it.each([1, 10])("twenty thousand paths of Monte Carlo say, over %i steps, within the error of two thousand", (horizon) => {
    const drawn = drawScenarios({ ...law, degrees }, { horizon, paths: 20_000, rng: createRng("many paths") });
    const many = scenarioRisk(drawn, weights, level);
    const few = risk({ method: "monte-carlo", level, horizon });
    expect(few.valueAtRisk / many.valueAtRisk).toBeGreaterThan(0.88);
    expect(few.valueAtRisk / many.valueAtRisk).toBeLessThan(1.12);
    expect(few.expectedShortfall / many.expectedShortfall).toBeGreaterThan(0.85);
    expect(few.expectedShortfall / many.expectedShortfall).toBeLessThan(1.15);
  });
});

describe("an estimate", () => {
  const past = { returns: (i: number) => series[i] as Float64Array, market, filter: (i: number) => fitFilter(series[i] as Float64Array) };

  it.each(["monte-carlo", "filtered-historical"] as const)("by %s is the same whenever and in whatever order it is asked for", (method) => {
    const asked = { method, level: 0.99, horizon: 3, window: WINDOW };
    const columns = (...order: number[]): (number[] | null)[] => {
      const prospect = createEstimator(asked)(past);
      if (prospect?.kind !== "outcomes") throw new Error("outcomes are asked for");
      for (const i of order) prospect.column(i);
      return [0, 1, 2].map((i) => Array.from(prospect.column(i) ?? []));
    };
    expect(columns(2, 0)).toEqual(columns());
  });

  it.each(["student", "cornish-fisher", "monte-carlo"] as const)("by %s says nothing where no market is known", (method) => {
    expect(createEstimator({ method, level: 0.99, horizon: 1, window: WINDOW })({ ...past, market: null })).toBeNull();
  });

  it("of Cornish-Fisher says nothing where its cubic is no law", () => {
    const flat = Float64Array.from({ length: WINDOW }, (_, t) => (t % 2 === 0 ? 0.01 : -0.01));
    expect(createEstimator({ method: "cornish-fisher", level: 0.99, horizon: 1, window: WINDOW })({ ...past, market: flat })).toBeNull();
  });
});
