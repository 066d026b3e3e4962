import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { median } from "../pruners/median.js";
import type { Parameter, Params, Space } from "../space/parameter.js";
import type { Trial } from "../space/trial.js";
import { randomSampler } from "./random.js";
import type { Sampler } from "./sampler.js";
import { TPE_DEFAULTS, createTpe, forgetting, goodOf, parzen, splitTrials } from "./tpe.js";

interface Reference {
  readonly content: {
    readonly cases: readonly {
      readonly space: readonly Omit<Parameter, "when">[];
      readonly observed: readonly Params[];
      readonly asked: readonly Params[];
      readonly logDensity: readonly number[];
    }[];
    readonly weights: Readonly<Record<string, readonly number[]>>;
    readonly good: Readonly<Record<string, number>>;
  };
}

const reference = JSON.parse(readFileSync(new URL("../../../../test/reference/tuning/parzen.json", import.meta.url), "utf8")) as Reference;

const whole = (said: readonly Omit<Parameter, "when">[]): Space => said.map((one) => ({ ...one, when: null }) as Parameter);
const trial = (number: number, value: number | null, changes: Partial<Trial> = {}): Trial => ({
  number,
  params: { x: number },
  state: value === null ? "pruned" : "complete",
  value,
  intermediates: [],
  reason: null,
  ...changes,
});

describe("a Parzen estimate", () => {
  it("has the densities of Optuna's, for every kind of parameter and for all of them together", () => {
    expect(reference.content.cases.length).toBeGreaterThan(20);
    for (const { space, observed, asked, logDensity } of reference.content.cases) {
      const estimate = parzen(whole(space), observed);
      asked.forEach((params, i) => expect(estimate.logDensity(params)).toBeCloseTo(logDensity[i] as number, 6));
    }
  });

  it("weighs and counts as Optuna does", () => {
    for (const [n, weights] of Object.entries(reference.content.weights)) {
      const ours = forgetting(Number(n));
      expect(ours).toHaveLength(weights.length);
      ours.forEach((weight, i) => expect(weight).toBeCloseTo(weights[i] as number, 12));
    }
    for (const [n, good] of Object.entries(reference.content.good)) expect(goodOf(Number(n))).toBe(good);
  });

  it("draws from the density that it tells of", () => {
    const space: Space = [
      { kind: "int", name: "n", low: 1, high: 6, log: false, step: 1, when: null },
      { kind: "categorical", name: "c", choices: ["a", "b"], when: null },
    ];
    const estimate = parzen(space, [
      { n: 2, c: "a" },
      { n: 5, c: "b" },
      { n: 5, c: "b" },
    ]);
    const rng = createRng("draws");
    const counts = new Map<string, number>();
    const draws = 60_000;
    for (let i = 0; i < draws; i++) {
      const key = JSON.stringify(estimate.draw(rng));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    let mass = 0;
    for (let n = 1; n <= 6; n++)
      for (const c of ["a", "b"]) {
        const p = Math.exp(estimate.logDensity({ n, c }));
        mass += p;
        const seen = (counts.get(JSON.stringify({ n, c })) ?? 0) / draws;
        expect(Math.abs(seen - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
      }
    expect(mass).toBeCloseTo(1, 10);
  });
});

describe("the good trials", () => {
  it("are the best complete ones, then the pruned ones that came furthest", () => {
    const told = [
      ...Array.from({ length: 17 }, (_, i) => trial(i, null, { intermediates: [[1, i]] })),
      trial(17, 3),
      trial(18, null, {
        intermediates: [
          [1, 0],
          [4, 9],
        ],
      }),
      trial(19, 2),
      trial(20, null, {
        intermediates: [
          [1, 0],
          [4, 5],
        ],
      }),
    ];
    const { good, others } = splitTrials(told, [{ x: 99 }], "minimize");
    expect(good).toEqual([{ x: 17 }, { x: 19 }, { x: 20 }]);
    expect(others).toHaveLength(19);
    expect(others.at(-1)).toEqual({ x: 99 });
  });

  it("are those of the largest values where more is better", () => {
    const told = [trial(0, 1), trial(1, 5), trial(2, 3)];
    expect(splitTrials(told, [], "maximize").good).toEqual([{ x: 1 }]);
  });
});

describe("the Parzen sampler", () => {
  const space: Space = [
    { kind: "categorical", name: "family", choices: ["a", "b", "c"], when: null },
    { kind: "float", name: "x", low: -5, high: 5, log: false, step: null, when: null },
    { kind: "float", name: "y", low: -5, high: 5, log: false, step: null, when: { parameter: "family", is: ["b", "c"] } },
  ];
  const loss = ({ family, x, y }: Params): number =>
    family === "a" ? 3 + (x as number) ** 2 : ((x as number) - 2) ** 2 + ((y as number) + (x as number)) ** 2 + (family === "b" ? 0 : 1);

  function best(sampler: Sampler, trials: number, seed: string, sign = 1): { readonly least: number; readonly all: readonly Trial[] } {
    const rng = createRng(seed);
    const known: Trial[] = [];
    for (let number = 0; number < trials; number++) {
      const direction = sign === 1 ? "minimize" : "maximize";
      const params = sampler.suggest({ space, direction, number, known, underWay: [], rng: rng.fork(String(number)) });
      known.push({ ...trial(number, sign * loss(params)), params });
    }
    return { least: Math.min(...known.map(({ value }) => sign * (value as number))), all: known };
  }

  it.each([true, false])("comes twice as near to the best as chance does, in the median search (multivariate: %s)", (multivariate) => {
    const tpe = createTpe({ ...TPE_DEFAULTS, multivariate });
    const left = (sampler: Sampler): number => median(Array.from({ length: 12 }, (_, seed) => best(sampler, 100, `${seed}`).least));
    expect(left(tpe)).toBeLessThan(0.5 * left(randomSampler));
  });

  it("searches upwards as it does downwards", () => {
    const tpe = createTpe(TPE_DEFAULTS);
    expect(best(tpe, 40, "up", -1).all.map(({ params }) => params)).toEqual(best(tpe, 40, "up").all.map(({ params }) => params));
  });

  it("gives values to the parameters that are active, and to no others", () => {
    const { all } = best(createTpe(TPE_DEFAULTS), 80, "active");
    for (const { params } of all) expect(Object.keys(params)).toEqual(params["family"] === "a" ? ["family", "x"] : ["family", "x", "y"]);
    expect(new Set(all.map(({ params }) => params["family"])).size).toBe(3);
  });

  it("keeps away from what is under way", () => {
    const known = Array.from({ length: 30 }, (_, i) => ({ ...trial(i, Math.abs(i - 15)), params: { x: (i - 15) / 3 } }));
    const line: Space = [{ kind: "float", name: "x", low: -5, high: 5, log: false, step: null, when: null }];
    const ask = (underWay: readonly Params[], seed: number): number =>
      createTpe(TPE_DEFAULTS).suggest({ space: line, direction: "minimize", number: 30, known, underWay, rng: createRng(`${seed}`) })[
        "x"
      ] as number;
    const crowd = Array.from({ length: 12 }, (_, i) => ({ x: 0.02 * (i - 6) }));
    let near = 0;
    let nearBeside = 0;
    for (let seed = 0; seed < 40; seed++) {
      if (Math.abs(ask([], seed)) < 0.3) near++;
      if (Math.abs(ask(crowd, seed)) < 0.3) nearBeside++;
    }
    expect(near).toBeGreaterThan(nearBeside + 10);
  });
});
