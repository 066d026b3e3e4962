// Reference: test/reference/garch/garch.json (the `arch` package on simulated series, with normal and fat-tailed shocks).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { conditionalVariance, fitGarch } from "./garch.js";

interface ReferenceCase {
  readonly name: string;
  readonly x: readonly number[];
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  readonly logLikelihood: number;
  readonly firstVariance: number;
  readonly lastVariance: number;
}
const cases = JSON.parse(readFileSync(new URL("../../test/reference/garch/garch.json", import.meta.url), "utf8")) as ReferenceCase[];

describe("fitGarch", () => {
  it.each(cases.map((one) => [one.name, one] as const))("fits as well as arch does: %s", (_, { x, logLikelihood }) => {
    expect(fitGarch(Float64Array.from(x)).logLikelihood).toBeGreaterThanOrEqual(logLikelihood - 1e-3);
  });

  it.each(cases.filter(({ alpha }) => alpha > 0.01).map((one) => [one.name, one] as const))(
    "finds the parameters and variances of arch where the series has them: %s",
    (_, one) => {
      const x = Float64Array.from(one.x);
      const garch = fitGarch(x);
      expect(Math.abs(garch.alpha - one.alpha)).toBeLessThan(2e-3);
      expect(Math.abs(garch.beta - one.beta)).toBeLessThan(5e-3);
      const variance = conditionalVariance(garch, x);
      expect(Math.abs((variance[0] as number) / one.firstVariance - 1)).toBeLessThan(0.01);
      expect(Math.abs((variance.at(-1) as number) / one.lastVariance - 1)).toBeLessThan(0.01);
    },
  );

  it("has the likelihood of arch at the parameters of arch", () => {
    for (const { x, omega, alpha, beta, firstVariance, logLikelihood } of cases) {
      const start = alpha + beta > 1e-6 ? (firstVariance - omega) / (alpha + beta) : 0;
      const variance = conditionalVariance({ omega, alpha, beta, start }, Float64Array.from(x));
      const found =
        -x.reduce((sum, value, t) => sum + Math.log(2 * Math.PI * (variance[t] as number)) + value ** 2 / (variance[t] as number), 0) / 2;
      expect(Math.abs(found - logLikelihood)).toBeLessThan(1e-6 * Math.abs(logLikelihood));
    }
  });

  it("does not depend on the unit of the series", () => {
    const x = Float64Array.from(cases[1]?.x ?? []);
    const [one, hundred] = [fitGarch(x), fitGarch(x.map((value) => value / 100))];
    expect(hundred.alpha).toBeCloseTo(one.alpha, 6);
    expect(hundred.omega * 10_000).toBeCloseTo(one.omega, 6);
  });

  it("takes a short or a still series as one of constant variance", () => {
    const rng = createRng("short");
    const short = Float64Array.from({ length: 60 }, () => rng.normal());
    expect(fitGarch(short)).toMatchObject({ alpha: 0, beta: 0 });
    expect(fitGarch(new Float64Array(500))).toEqual({ omega: 0, alpha: 0, beta: 0, start: 0, logLikelihood: 0 });
    expect(fitGarch(new Float64Array(0)).omega).toBe(0);
  });
});
