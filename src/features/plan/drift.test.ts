// No drift: after a million bars a window gives what its own bars give, whatever came before them: spikes, heavy tails, a high flat price.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { type BarBatch, createBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { alpha158 } from "#features/catalog/alpha158.js";
import { defineFeature, type FeatureDefinition } from "#features/language/definition.js";
import { close, low, volume } from "#features/language/inputs.js";
import { isCross } from "#features/language/node.js";
import { type Series, statistic } from "#features/language/series.js";
import { features } from "#features/registry.js";
import type { FeaturePlan } from "#ports/stages.js";
import { plainWindow } from "#test/fixtures/plain-window.js";
import { nightlyOr } from "#test/needs.js";
import { compileFeatures } from "./compile.js";

const feature = (name: string, expr: Series): FeatureDefinition =>
  defineFeature({ name, group: "test", version: 1, expr, unit: "", range: [null, null], source: "" });

function planOf(definitions: readonly FeatureDefinition[], firstBar = 0): FeaturePlan {
  const tradable = Uint8Array.of(1);
  return compileFeatures(definitions, {
    instruments: 1,
    tradable,
    minHistory: 1,
    filters: [],
    priceBasis: "raw",
    firstBar: Int32Array.of(firstBar),
  });
}

/** A walk with fat tails in ordinary bars; `spike` multiplies one bar in a hundred thousand. */
function walk(count: number, spike: number): BarBatch {
  const rng = createRng("drift");
  const batch = createBarBatch(count);
  let price = 100;
  for (let t = 0; t < count; t++) {
    const size = t % 100_003 === 1000 ? spike : 1;
    const open = price * (1 + 0.002 * (rng.next() - 0.5));
    // Drawn back to 100, so that a million bars stay in sight of it.
    price = open * Math.exp(0.01 * rng.normal() - 0.001 * Math.log(open / 100));
    batch.openAt[t] = t * 60e6;
    batch.at[t] = batch.seenAt[t] = (t + 1) * 60e6;
    batch.open[t] = open;
    batch.close[t] = price * size;
    batch.high[t] = Math.max(open, price) * size * (1 + 0.002 * rng.next());
    batch.low[t] = Math.min(open, price) * (1 - 0.002 * rng.next());
    batch.volume[t] = Math.exp(6 * rng.next()) * (rng.next() < 1e-3 ? 1e4 : 1) * size;
  }
  return batch;
}

/** Values at bar `t` of a plan that has seen all bars, and of one that has seen the last `memory` only. */
function oldAndNew(definitions: readonly FeatureDefinition[], batch: BarBatch, memory: number): { old: Float64Array; fresh: Float64Array } {
  const end = batch.length;
  const start = Math.max(0, end - memory - 1);
  const old = planOf(definitions);
  old.advance(batch, 0, end);
  const fresh = planOf(definitions, start);
  fresh.advance(batch, start, end);
  return { old: old.frame(0 as Micros, 0 as Micros).values, fresh: fresh.frame(0 as Micros, 0 as Micros).values };
}

describe("drift", () => {
  it("every windowed operator agrees with the plain formula to 1e-9 throughout a million bars", () => {
    const count = 1_000_000;
    const w = 50;
    const rng = createRng("drift");
    const { close: spiked, volume: heavy } = walk(count, 1e12);
    const flat = Float64Array.from({ length: count }, () => 60_000 + 1e-3 * (rng.next() - 0.5));
    const series = { flat, spiked, heavy };
    const batch = { ...createBarBatch(count), low: flat, close: spiked, volume: heavy };
    const inputs: readonly (readonly [keyof typeof series, Series, keyof typeof series, Series])[] = [
      ["flat", low, "spiked", close],
      ["spiked", close, "heavy", volume],
      ["heavy", volume, "flat", low],
    ];
    const operators: readonly (readonly [string, (x: Series, y: Series) => Series])[] = [
      ["mean", (x) => x.mean(w)],
      ["std", (x) => x.std(w)],
      ["skew", (x) => x.skew(w)],
      ["slope", (x) => x.slope(w)],
      ["max", (x) => x.rollingMax(w)],
      ["min", (x) => x.rollingMin(w)],
      ["corr", (x, y) => x.corr(y, w)],
      ["sum", (x) => x.sum(w)],
      ["quantile", (x) => x.quantile(0.8, w)],
      ["percentRank", (x) => x.statistic("percentRank", w)],
      ["placeOfMax", (x) => x.statistic("placeOfMax", w)],
      ["placeOfMin", (x) => x.statistic("placeOfMin", w)],
      ["pathCorrelation", (x, y) => statistic("pathCorrelation", [x, y.sub(y.lag(1))], w)],
    ];
    const plan = planOf(inputs.flatMap(([name, x, , y]) => operators.map(([op, of]) => feature(`${name}_${op.toLowerCase()}`, of(x, y)))));
    const worst = new Float64Array(inputs.length * operators.length);
    let from = 0;
    for (let t = 997; t < count; t += 997) {
      plan.advance(batch, from, t + 1);
      from = t + 1;
      const { values } = plan.frame(0 as Micros, 0 as Micros);
      inputs.forEach(([name, , other], k) => {
        const x = [...series[name].subarray(t - w + 1, t + 1)];
        const y = [...series[other].subarray(t - w + 1, t + 1)];
        const [mean, std, skew, slope, max, min, corr] = plainWindow(x, y);
        const sorted = Float64Array.from(x).sort();
        const at = (k: number): number => sorted[k] as number;
        const quantile = at(39) + (0.8 * (w - 1) - 39) * (at(40) - at(39));
        const last = x[w - 1] as number;
        const rank = (x.filter((v) => v < last).length + (x.filter((v) => v === last).length + 1) / 2) / w;
        const exact = [mean, std, skew, slope, max, min, corr, mean * w, quantile, rank, x.indexOf(max) + 1, x.indexOf(min) + 1, corr];
        const scale = [mean, std, 1, std / w, max, min, 1, mean * w, quantile, 1, 1, 1, 1];
        exact.forEach((value, f) => {
          const place = k * operators.length + f;
          const error = Math.abs((values[place] as number) - value) / (scale[f] as number);
          if (!(error <= (worst[place] as number))) worst[place] = error;
        });
      });
    }
    const tooFar = [...worst].flatMap((error, k) =>
      error <= 1e-9 ? [] : [`${inputs[Math.floor(k / operators.length)]?.[0]} ${operators[k % operators.length]?.[0]}: ${error}`],
    );
    expect(tooFar).toEqual([]);
  });

  it("Alpha158 has the bits of a plan that never saw the spikes before its windows", () => {
    const batch = walk(nightlyOr(1_000_000, 120_000), 1e12);
    const { old, fresh } = oldAndNew(alpha158, batch, 70);
    expect(alpha158.filter((_, f) => !Object.is(old[f], fresh[f])).map(({ name }) => name)).toEqual([]);
    expect(old.every((v) => Number.isFinite(v))).toBe(true);
  });

  it("every registered feature: windowed ones have those bits, recursive ones agree to 1e-9", () => {
    const count = nightlyOr(1_000_000, 12_000);
    const definitions = [...features.values()].filter(({ expr }) => !isCross(expr));
    const windowed = definitions.filter(({ kind }) => kind === "windowed");
    const spiked = oldAndNew(windowed, walk(count, 1e12), Math.max(...windowed.map(({ memory }) => memory)));
    const differing = windowed.filter((_, f) => !Object.is(spiked.old[f], spiked.fresh[f])).map(({ name }) => name);
    expect(differing).toEqual([]);
    // An average forgets a spike of 1e12 only to 1e-10 of its size, so these see ordinary ones.
    const recursive = definitions.filter(({ kind, memory }) => kind === "recursive" && memory < count);
    const plain = oldAndNew(recursive, walk(count, 10), Math.max(...recursive.map(({ memory }) => memory)));
    const far = recursive.flatMap(({ name, unit }, f) => {
      const [a, b] = [plain.old[f] as number, plain.fresh[f] as number];
      const near = Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(b), 1e-3);
      return near ? [] : [`${name} (${unit}): ${a} for ${b}`];
    });
    expect(far).toEqual([]);
  });
});
