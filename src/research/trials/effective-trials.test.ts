// Laws by fast-check and by simulation with fixed seeds; the clustering against a slow one written from its definition.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "#base/normal-quantile.js";
import { createRng } from "#base/rng.js";
import { worthOfAlike } from "./alike.js";
import type { ComparableSeries } from "./correlations.js";
import { effectiveTrials } from "./effective-trials.js";
import { type Merge, averageLinkage } from "./linkage.js";

const days = (n: number, from = 0): Float64Array => Float64Array.from({ length: n }, (_, i) => from + i);
const series = (values: Float64Array, at = days(values.length), kind = "active return"): ComparableSeries => ({ kind, at, values });
const noise = (seed: string, n = 500): Float64Array => {
  const rng = createRng(seed);
  return Float64Array.from({ length: n }, () => rng.normal());
};
/** A common part and an own part: correlation `rho` of any two with the same common part. */
const like = (common: Float64Array, seed: string, rho: number): Float64Array => {
  const own = noise(seed, common.length);
  return common.map((value, i) => Math.sqrt(rho) * value + Math.sqrt(1 - rho) * (own[i] as number));
};

describe("effectiveTrials", () => {
  it("counts duplicates once, also those that were scaled or begin later", () => {
    const values = noise("one");
    const found = effectiveTrials(
      [series(values), series(values), series(values.map((v) => 3 * v + 0.01)), series(values.slice(100), days(400, 100))],
      0.01,
    );
    expect(found).toMatchObject({ trials: 4, clusters: 1, withoutSeries: 0 });
    expect(found.effective).toBe(1);
    expect(found.participation).toBeCloseTo(1, 9);
  });
  it("counts k independent groups of duplicates as k", () => {
    for (const k of [1, 2, 7, 20]) {
      const all = Array.from({ length: 3 * k }, (_, i) => series(noise(`group-${i % k}`)));
      const found = effectiveTrials(all, 0.01);
      expect(found.clusters).toBe(k);
      expect(found.effective).toBe(k);
      expect([...found.clusterOf]).toEqual(all.map((_, i) => i % k));
      expect(Math.abs(found.participation - k)).toBeLessThan(0.05 * k);
    }
  });
  it("counts fully what has no series, what shares too few days, and what measures something else", () => {
    const values = noise("one");
    const found = effectiveTrials(
      [series(values), null, null, series(values.slice(0, 59)), series(values, days(500), "rank IC"), series(values, days(500, 1000))],
      0.01,
    );
    expect(found).toMatchObject({ trials: 6, clusters: 6, effective: 6, withoutSeries: 2 });
    expect([...found.clusterOf]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(effectiveTrials([], 0.01)).toMatchObject({ trials: 0, clusters: 0, effective: 0, participation: 0 });
  });
  it("counts a crowd of like trials for more than one, and for fewer than they are", () => {
    const common = noise("common", 1000);
    const crowd = (rho: number): number =>
      effectiveTrials(
        Array.from({ length: 60 }, (_, i) => series(like(common, `own-${i}`, rho))),
        0.01,
      ).effective;
    const [loose, near, nearer] = [crowd(0.85), crowd(0.95), crowd(0.999)];
    expect(nearer).toBeGreaterThan(1);
    expect(near).toBeGreaterThan(nearer);
    expect(loose).toBeGreaterThan(near);
    expect(loose).toBeLessThan(40);
  });
  it("lies between the number of clusters and the number of trials, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }), fc.integer(), (groups, seed) => {
        const all = groups.map((group, i) =>
          group === 0 ? null : series(like(noise(`g-${seed}-${group}`, 200), `o-${seed}-${i}`, 0.7 + 0.07 * group)),
        );
        const found = effectiveTrials(all, 0.01);
        expect(found.effective).toBeGreaterThanOrEqual(found.clusters);
        expect(found.effective).toBeLessThanOrEqual(groups.length + 1e-9);
        expect(new Set(found.clusterOf).size).toBe(found.clusters);
        expect(effectiveTrials([...all].reverse(), 0.01).effective).toBeCloseTo(found.effective, 9);
      }),
      { numRuns: 30 },
    );
  });
  it("keeps the level that it promises: like tests at the level for their effective number alarm no more often than allowed", () => {
    const rng = createRng("level");
    const [count, rho, level, runs] = [40, 0.9, 0.05, 40_000];
    const effective = worthOfAlike(count, rho, level / count);
    const limit = -normalQuantile(-Math.expm1(Math.log1p(-level) / effective));
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const common = Math.sqrt(rho) * rng.normal();
      let greatest = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < count; i++) greatest = Math.max(greatest, common + Math.sqrt(1 - rho) * rng.normal());
      if (greatest > limit) alarms++;
    }
    expect(alarms / runs).toBeLessThan(0.053); // three standard errors above 5 %
    expect(alarms / runs).toBeGreaterThan(0.02); // and it is no waste either
  });
});

describe("worthOfAlike", () => {
  it("is the count without correlation, one with all of it, and falls in between", () => {
    expect(worthOfAlike(50, 0, 0.001)).toBe(50);
    expect(worthOfAlike(50, 1, 0.001)).toBe(1);
    expect(worthOfAlike(1, 0.3, 0.001)).toBe(1);
    const ladder = [0.001, 0.2, 0.5, 0.8, 0.9, 0.99, 0.9999].map((rho) => worthOfAlike(50, rho, 0.001));
    for (let i = 1; i < ladder.length; i++) expect(ladder[i]).toBeLessThan(ladder[i - 1] as number);
    expect(ladder[0]).toBeGreaterThan(48);
    expect(ladder.at(-1)).toBeLessThan(1.2);
  });
  it("of two is what the bivariate normal law says", () => {
    // P(X > z, Y > z) for rho = 1/2 and z = 1 is .0625141 (scipy.stats.multivariate_normal): 2 - .0625141 / .1586553.
    expect(worthOfAlike(2, 0.5, 0.15865525393145707)).toBeCloseTo(2 - 0.0625141 / 0.1586553, 4);
  });
});

describe("averageLinkage", () => {
  it("makes the merges that the definition makes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer(), (count, seed) => {
        const rng = createRng(`linkage-${seed}`);
        const d = new Float64Array(count * count);
        for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) d[i * count + j] = d[j * count + i] = rng.next();
        expect(groups(averageLinkage(d, count), count)).toEqual(slowly(d, count));
      }),
    );
  });
});

/** Members and height of every merge, lowest first. */
function groups(merges: readonly Merge[], count: number): readonly string[] {
  const members: number[][] = Array.from({ length: count }, (_, i) => [i]);
  for (const { left, right } of merges)
    members.push([...(members[left] as number[]), ...(members[right] as number[])].sort((a, b) => a - b));
  return merges
    .map(({ height }, i) => ({ height, of: members[count + i] as number[] }))
    .sort((a, b) => a.height - b.height)
    .map(({ height, of }) => `${of.join(",")} at ${height.toFixed(9)}`);
}

function slowly(d: Float64Array, count: number): readonly string[] {
  let sets = Array.from({ length: count }, (_, i) => [i]);
  const out: string[] = [];
  while (sets.length > 1) {
    let best = { height: Number.POSITIVE_INFINITY, a: sets[0] as number[], b: sets[0] as number[] };
    for (const a of sets)
      for (const b of sets) {
        if (a === b) continue;
        const height = a.reduce((sum, i) => sum + b.reduce((part, j) => part + (d[i * count + j] as number), 0), 0) / (a.length * b.length);
        if (height < best.height) best = { height, a, b };
      }
    const joined = [...best.a, ...best.b].sort((x, y) => x - y);
    out.push(`${joined.join(",")} at ${best.height.toFixed(9)}`);
    sets = [...sets.filter((set) => set !== best.a && set !== best.b), joined];
  }
  return out;
}
