// Many names take another way than few: the same answers.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { deviationsOf, varianceOf } from "../covariance/covariance.js";
import { ledoitWolf } from "../covariance/ledoit-wolf.js";
import { returnsPanel } from "../covariance/panel.js";
import { maximumDiversification, minimumVariance } from "./minimum-variance.js";

function covarianceOf(names: number) {
  const rng = createRng("many");
  const market = Array.from({ length: 120 }, () => 0.01 * rng.normal());
  const series = Array.from({ length: names }, (_, i) =>
    market.map((move) => (0.5 + (i % 7) / 7) * move + 0.01 * (1 + (i % 5)) * rng.normal()),
  );
  return ledoitWolf(returnsPanel(series));
}

describe("allocations of many names", () => {
  it.each([
    { low: 0, high: 1 },
    { low: 0.002, high: 0.03 },
  ])("hold what cannot be bettered by moving weight between two names, within %o", (box) => {
    const covariance = covarianceOf(80);
    const { names: n, values } = covariance;
    const deviations = deviationsOf(covariance);
    const measures = [
      [minimumVariance(covariance, box), (w: Float64Array) => -Math.log(varianceOf(covariance, w))],
      [
        maximumDiversification(covariance, box),
        (w: Float64Array) =>
          2 * Math.log(w.reduce((sum, one, i) => sum + one * (deviations[i] as number), 0)) - Math.log(varianceOf(covariance, w)),
      ],
    ] as const;
    measures.forEach(([weights, value], which) => {
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 7);
      expect(Number.isFinite(value(weights))).toBe(true);
      // Slopes of the measure: none that may grow is steeper than one that may shrink.
      const total = weights.reduce((sum, one, i) => sum + one * (deviations[i] as number), 0);
      const slopes = Array.from(weights, (_, i) => {
        let risk = 0;
        for (let j = 0; j < n; j++) risk += (values[i * n + j] as number) * (weights[j] as number);
        return (which === 0 ? 0 : (2 * (deviations[i] as number)) / total) - (2 * risk) / varianceOf(covariance, weights);
      });
      const grow = Math.max(...slopes.filter((_, i) => (weights[i] as number) < box.high - 1e-6));
      const shrink = Math.min(...slopes.filter((_, i) => (weights[i] as number) > box.low + 1e-6));
      expect(grow - shrink).toBeLessThan(1e-4);
    });
  });
});
