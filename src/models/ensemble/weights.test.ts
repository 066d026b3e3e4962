// What weights follow, apart from any model: the bounds of Hedge on losses made to hurt it, what is shrunk, and what no weight may know.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { parseEnsembleConfig } from "./config.js";
import { dynamicWeights } from "./dynamic.js";
import { type Evidence, evidenceAt } from "./evidence.js";
import { hedge, usualRate, weightsOf } from "./hedge.js";
import { outOfSample } from "./learn.js";
import { performanceWeights, weightsByMerit } from "./performance.js";
import { modelFamily } from "#models/registry/families.js";

/** What the weights lose on losses that an adversary chooses round by round, knowing them: most on what weighs most, or as drawn. */
function play(experts: number, rounds: number, rate: number, share: number, spiteful: boolean, seed: string) {
  const rng = createRng(seed);
  let logs: readonly number[] = new Array<number>(experts).fill(0);
  const told: number[][] = [];
  let lost = 0;
  for (let round = 0; round < rounds; round++) {
    const weights = weightsOf(logs);
    const most = weights.indexOf(Math.max(...weights));
    const losses = weights.map((_, i) => (spiteful ? (i === most ? 1 : rng.next() < 0.2 ? rng.next() : 0) : rng.next()));
    lost += losses.reduce((sum, loss, i) => sum + loss * (weights[i] as number), 0);
    expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
    told.push(losses);
    logs = hedge({ rate, share }, logs, losses);
  }
  return { lost, told };
}

const games = fc.record({
  experts: fc.integer({ min: 2, max: 6 }),
  rounds: fc.integer({ min: 1, max: 120 }),
  spiteful: fc.boolean(),
  seed: fc.string(),
});

describe("Hedge", () => {
  it("loses no more than the best expert and the bound, whatever the losses", () => {
    fc.assert(
      fc.property(games, fc.constantFrom<"usual" | number>("usual", 0.01, 1, 30), ({ experts, rounds, spiteful, seed }, given) => {
        const rate = given === "usual" ? usualRate(experts, rounds) : given;
        const { lost, told } = play(experts, rounds, rate, 0, spiteful, seed);
        const best = Math.min(...Array.from({ length: experts }, (_, i) => told.reduce((sum, losses) => sum + (losses[i] as number), 0)));
        expect(lost - best).toBeLessThanOrEqual(Math.log(experts) / rate + (rate * rounds) / 8 + 1e-9);
        if (given === "usual") expect(lost - best).toBeLessThanOrEqual(Math.sqrt((rounds * Math.log(experts)) / 2) + 1e-9);
      }),
    );
  });

  it("with a share loses no more than the best sequence of experts with m changes and its bound, for every m", () => {
    fc.assert(
      fc.property(
        games,
        fc.constantFrom(0.001, 0.02, 0.2),
        fc.constantFrom(0.1, 1, 5),
        ({ experts, rounds, spiteful, seed }, share, rate) => {
          const { lost, told } = play(experts, rounds, rate, share, spiteful, seed);
          // Least loss of any sequence with at most m changes, by dynamic programming over the expert it ends with.
          let ending = Array.from({ length: 6 }, () => new Array<number>(experts).fill(0));
          for (const losses of told) {
            ending = ending.map((row, m) =>
              row.map((sum, i) => (losses[i] as number) + Math.min(sum, ...(m === 0 ? [] : (ending[m - 1] as number[])))),
            );
          }
          ending.forEach((row, m) => {
            if (m >= rounds) return;
            const prior = (m + 1) * Math.log(experts) - m * Math.log(share) - (rounds - m - 1) * Math.log(1 - share);
            expect(lost - Math.min(...row)).toBeLessThanOrEqual(prior / rate + (rate * rounds) / 8 + 1e-9);
          });
        },
      ),
    );
  });

  it("follows a change within few rounds where a share is dealt out, and late without", () => {
    const after = (share: number): number => {
      let logs: readonly number[] = [0, 0];
      for (let round = 0; round < 512; round++) logs = hedge({ rate: 1, share }, logs, round < 500 ? [0, 1] : [1, 0]);
      return weightsOf(logs)[1] as number;
    };
    expect(after(0.01)).toBeGreaterThan(0.9);
    expect(after(0)).toBeLessThan(1e-100);
  });
});

/** Members that hear the label more or less well, five names at each of `moments` decisions, in `blocks` blocks; labels last `span` decisions. */
function evidenceOf(seed: string, moments: number, hearing: readonly number[], blocks = 4, span = 2): Evidence {
  const rng = createRng(seed);
  const rows = moments * 5;
  const y = Float64Array.from({ length: rows }, () => 0.01 * rng.normal());
  const at = Float64Array.from({ length: moments }, (_, t) => t);
  const asOf = Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 5));
  return {
    facts: { features: ["f"], rows, y, asOf, labelEndAt: asOf.map((time) => time + span), weight: null },
    members: hearing.map((part) => ({
      expectedReturn: y.map((label) => part * label + 0.01 * rng.normal()),
      uncertainty: y.map(() => 0.01 + 0.01 * rng.next()),
      confidence: null,
    })),
    starts: Int32Array.from({ length: moments + 1 }, (_, t) => 5 * t),
    at,
    endsAt: at.map((time) => time + span),
    block: Int32Array.from({ length: moments }, (_, t) => Math.floor((t * blocks) / moments)),
    regime: Float64Array.from({ length: moments }, () => rng.normal()),
  };
}

/** The same with other labels in some rows. */
function relabel(evidence: Evidence, rows: (row: number) => boolean): Evidence {
  const y = evidence.facts.y.map((label, row) => (rows(row) ? -3 * label + 0.02 : label));
  return { ...evidence, facts: { ...evidence.facts, y } };
}

describe("weights by performance", () => {
  it("are equal where members are alike but for chance, in all but few cases", () => {
    let unequal = 0;
    for (let seed = 0; seed < 200; seed++) {
      const weights = performanceWeights(evidenceOf(`alike-${seed}`, 120, [0.3, 0.3, 0.3])) as readonly number[];
      if (weights.some((weight) => Math.abs(weight - 1 / 3) > 1e-12)) unequal++;
    }
    expect(unequal).toBeLessThan(20);
  });
  it("prefer who is better, the more the more is known", () => {
    const of = (moments: number): number =>
      (performanceWeights(evidenceOf("better", moments, [0.6, 0.2, 0.2])) as readonly number[])[0] as number;
    expect(of(60)).toBeLessThanOrEqual(of(2000));
    expect(of(2000)).toBeGreaterThan(0.5);
  });
  it("give nothing to who is worse than chance, and tell when nobody is better", () => {
    const weights = performanceWeights(evidenceOf("worse", 600, [0.6, -0.6]));
    expect(weights).toEqual([1, 0]);
    expect(performanceWeights(evidenceOf("all worse", 600, [-0.6, -0.5]))).toBeNull();
  });
  it("are those of the single member", () => {
    expect(weightsByMerit([Float64Array.of(0.1, 0.2)], 1)).toEqual([1]);
  });
});

const methodOf = (settings: object) =>
  parseEnsembleConfig({ members: [{ family: "ridge" }, { family: "lasso" }], ...settings }, modelFamily);

describe("what no weight may know", () => {
  it("are labels that had not ended when weights that move were in force", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 58 }), fc.integer({ min: 1, max: 6 }), fc.string(), (now, span, seed) => {
        const evidence = evidenceOf(seed, 60, [0.5, 0.2, -0.1], 4, span);
        const future = relabel(evidence, (row) => (evidence.facts.labelEndAt[row] as number) > now);
        const settings = { rate: 2, share: 0.02 };
        const [a, b] = [dynamicWeights(evidence, settings), dynamicWeights(future, settings)];
        expect(b.path.slice(0, now + 1)).toEqual(a.path.slice(0, now + 1));
        // And what had ended is known.
        const past = relabel(evidence, (row) => (evidence.facts.labelEndAt[row] as number) <= now);
        if (now > span + 2) expect(dynamicWeights(past, settings).end.pooled).not.toEqual(a.end.pooled);
      }),
      { numRuns: 40 },
    );
  });

  it.each(["performance", "stacking", "confidence", "equal"])(
    "are, by %s, labels that overlap with the block that is judged",
    async (combine) => {
      const evidence = evidenceOf("blocks", 80, [0.5, 0.2, -0.1]);
      const method = methodOf({ combine });
      const before = await outOfSample(method, evidence);
      for (let block = 0; block < 4; block++) {
        const inside = (row: number): boolean => {
          const [time, end] = [evidence.facts.asOf[row] as number, evidence.facts.labelEndAt[row] as number];
          return evidence.block.some(
            (one, t) => one === block && time < (evidence.endsAt[t] as number) && end > (evidence.at[t] as number),
          );
        };
        const after = await outOfSample(method, relabel(evidence, inside));
        const rows = (values: Float64Array): Float64Array => values.filter((_, row) => evidence.block[Math.floor(row / 5)] === block);
        expect(rows(after)).toEqual(rows(before));
        expect(rows(before).every(Number.isFinite)).toBe(true);
      }
    },
  );
});

it("a part of the evidence is its moments", () => {
  const evidence = evidenceOf("part", 20, [0.5, 0.1]);
  const part = evidenceAt(evidence, Int32Array.of(3, 7));
  expect(part.facts.y).toEqual(Float64Array.from([...evidence.facts.y.subarray(15, 20), ...evidence.facts.y.subarray(35, 40)]));
  expect([[...part.starts], [...part.at], [...part.block]]).toEqual([
    [0, 5, 10],
    [3, 7],
    [0, 1],
  ]);
  expect(part.members[1]?.uncertainty?.[5]).toBe(evidence.members[1]?.uncertainty?.[35]);
});
