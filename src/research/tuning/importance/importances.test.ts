import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Parameter, Params, Space } from "../space/parameter.js";
import type { Trial } from "../space/trial.js";
import { mainEffects } from "./fanova.js";
import { importancesOf } from "./importances.js";

interface Reference {
  readonly content: {
    readonly space: readonly Omit<Parameter, "when">[];
    readonly cases: readonly {
      readonly name: string;
      readonly params: readonly Params[];
      readonly values: readonly number[];
      /** Mean of four forests. */
      readonly shares: Readonly<Record<string, number>>;
    }[];
  };
}

const { content } = JSON.parse(
  readFileSync(new URL("../../../../test/reference/tuning/fanova.json", import.meta.url), "utf8"),
) as Reference;
const space: Space = content.space.map((said) => ({ ...said, when: null }) as Parameter);

const trialsOf = (params: readonly Params[], values: readonly number[]): readonly Trial[] =>
  params.map((one, number) => ({
    number,
    params: one,
    state: "complete",
    value: values[number] as number,
    intermediates: [],
    reason: null,
  }));

/** A tree of one split per entry: what fails goes on to the next, what passes is a leaf. */
function chain(splits: readonly (readonly [column: number, threshold: number, value: number])[], last: number) {
  const nodes = splits.length * 2 + 1;
  const column = new Int32Array(nodes).fill(-1);
  const threshold = new Float64Array(nodes);
  const [left, right] = [new Int32Array(nodes).fill(-1), new Int32Array(nodes).fill(-1)];
  const value = new Float64Array(nodes);
  splits.forEach(([feature, at, leaf], i) => {
    column[2 * i] = feature;
    threshold[2 * i] = at;
    left[2 * i] = 2 * i + 1;
    right[2 * i] = 2 * i + 2;
    value[2 * i + 1] = leaf;
  });
  value[nodes - 1] = last;
  const empty = new Float64Array(nodes);
  return {
    features: ["x", "y"],
    outputs: 1,
    base: Float64Array.of(0),
    root: Int32Array.of(0),
    output: Int32Array.of(0),
    feature: column,
    threshold,
    flags: new Uint8Array(nodes),
    left,
    right,
    value,
    cover: empty,
    gain: empty,
    categoryFrom: new Int32Array(nodes),
    categoryWords: new Int32Array(nodes),
    categories: new Uint32Array(0),
  };
}

describe("main effects", () => {
  const stretch = (column: number) => ({ column, choices: null });

  it("of a step in one dimension are all of its variance", () => {
    expect(mainEffects(chain([[0, 0.25, 1]], 3), [stretch(0), stretch(1)])).toEqual([expect.closeTo(1, 12), expect.closeTo(0, 12)]);
  });

  it("of a corner are those worked out by hand", () => {
    // 0 but for x > 1/2 and y > 1/2, where it is 1. Total variance 3/16; the mean over y is 0 or 1/2: variance 1/16.
    const tree = chain(
      [
        [0, 0.5, 0],
        [1, 0.5, 0],
      ],
      1,
    );
    expect(mainEffects(tree, [stretch(0), stretch(1)])).toEqual([expect.closeTo(1 / 3, 12), expect.closeTo(1 / 3, 12)]);
  });

  it("of choices count each choice once", () => {
    // Choice 1 of three gives 6, the others 0.
    const effects = mainEffects(chain([[1, 0.5, 0]], 6), [{ column: 0, choices: 3 }]);
    expect(effects).toEqual([expect.closeTo(1, 12)]);
  });

  it("of a tree that does not vary are not known", () => {
    expect(mainEffects(chain([[0, 0.5, 2]], 2), [stretch(0)])).toBeNull();
  });
});

describe("importances", () => {
  it.each(content.cases)("are those of Optuna's fANOVA: $name", async ({ name, params, values, shares }) => {
    const ours = await importancesOf(space, trialsOf(params, values), "1");
    expect(ours).toHaveLength(space.length);
    // Forests of the same trials differ by chance; choices count as one dimension here, and as one per choice there.
    for (const { name: parameter, share } of ours) {
      expect(Math.abs(share - (shares[parameter] as number)), `${name}: ${parameter}`).toBeLessThan(0.06);
    }
  });

  it("are the same for the same seed", async () => {
    const { params, values } = content.cases[0] as (typeof content.cases)[number];
    expect(await importancesOf(space, trialsOf(params, values), "5")).toEqual(await importancesOf(space, trialsOf(params, values), "5"));
  });

  it("judge what hangs on a choice by the trials that made it", async () => {
    const hanging: Space = [
      { kind: "categorical", name: "family", choices: ["a", "b"], when: null },
      { kind: "float", name: "x", low: 0, high: 1, log: false, step: null, when: { parameter: "family", is: ["b"] } },
      { kind: "float", name: "y", low: 0, high: 1, log: false, step: null, when: { parameter: "family", is: ["b"] } },
    ];
    const params = Array.from(
      { length: 80 },
      (_, i): Params => (i % 2 === 0 ? { family: "a" } : { family: "b", x: ((i * 37) % 80) / 80, y: ((i * 53) % 80) / 80 }),
    );
    const values = params.map(({ family, x = 0 }) => (family === "a" ? 5 : (x as number)));
    const found = await importancesOf(hanging, trialsOf(params, values), "1");
    const of = (name: string) => found.find((one) => one.name === name);
    expect(of("family")).toMatchObject({ trials: 80, share: expect.closeTo(1, 6) as number });
    expect(of("x")).toMatchObject({ trials: 40 });
    expect(of("x")?.share).toBeGreaterThan(0.9);
    expect(of("y")?.share).toBeLessThan(0.05);
  });

  it("are not told of trials that are few or alike", async () => {
    const params = Array.from({ length: 30 }, (_, i) => content.cases[0]?.params[i] as Params);
    expect(
      await importancesOf(
        space,
        trialsOf(
          params.slice(0, 9),
          params.slice(0, 9).map((_, i) => i),
        ),
        "1",
      ),
    ).toEqual([]);
    expect(
      await importancesOf(
        space,
        trialsOf(
          params,
          params.map(() => 0.5),
        ),
        "1",
      ),
    ).toEqual([]);
  });
});
