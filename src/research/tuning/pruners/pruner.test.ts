import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Direction, Intermediate, Trial } from "../space/trial.js";
import { HalvingBracket } from "./halving-bracket.js";
import { type PrunerOptions, createPruner } from "./pruner.js";

interface Reference {
  readonly content: readonly {
    readonly direction: Direction;
    readonly curves: readonly (readonly Intermediate[])[];
    readonly cases: readonly { readonly options: PrunerOptions; readonly ends: readonly (number | null)[] }[];
  }[];
}

const { content } = JSON.parse(
  readFileSync(new URL("../../../../test/reference/tuning/pruners.json", import.meta.url), "utf8"),
) as Reference;

/** Where each trial ends when told one after the other. */
function ends(options: PrunerOptions, direction: Direction, curves: readonly (readonly Intermediate[])[]): readonly (number | null)[] {
  const pruner = createPruner(options, direction);
  const known: Trial[] = [];
  return curves.map((curve, number) => {
    const at = curve.findIndex((_, i) => pruner.ends(curve.slice(0, i + 1), known));
    const intermediates = at < 0 ? curve : curve.slice(0, at + 1);
    const value = at < 0 ? (curve.at(-1) as Intermediate)[1] : null;
    known.push({ number, params: {}, state: at < 0 ? "complete" : "pruned", value, intermediates, reason: null });
    return at < 0 ? null : (curve[at] as Intermediate)[0];
  });
}

describe("a pruner", () => {
  const cases = content.flatMap(({ direction, curves, cases: all }) => all.map((one) => ({ direction, curves, ...one })));
  it.each(cases)(
    "ends the trials that Optuna's ends, at the same step: $options.kind, $direction",
    ({ options, direction, curves, ends: theirs }) => {
      const ours = ends(options, direction, curves);
      expect(ours.filter((end) => end !== null).length).toBeGreaterThan(5);
      expect(ours).toEqual(theirs);
    },
  );

  it("of no kind ends none", () => {
    const [first] = content;
    expect(ends({ kind: "none" }, "minimize", first?.curves ?? []).every((end) => end === null)).toBe(true);
  });
});

describe("a bracket of halving", () => {
  const options = { first: 1, reduction: 3 };

  async function play(order: readonly number[]): Promise<readonly number[]> {
    const members = Array.from({ length: 9 }, (_, i) => i);
    const bracket = new HalvingBracket(members, options, "minimize");
    const survived = new Array<number>(9).fill(0);
    await Promise.all(
      order.map(async (member) => {
        for (let step = 1; step <= 9; step++) {
          if (await bracket.report(member, step, ((member * 7) % 9) + 1 / step)) break;
          survived[member] = step;
        }
        bracket.end(member);
      }),
    );
    return survived;
  }

  it("lets the best third on at every rung, whoever comes first", async () => {
    const one = await play([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // Values (7 i) mod 9: trial 0 is best, then 4, then 8. Rungs at 1, 3 and 9.
    expect(one).toEqual([9, 0, 0, 0, 2, 0, 0, 0, 2]);
    expect(await play([8, 3, 1, 0, 7, 2, 5, 4, 6])).toEqual(one);
  });

  it("does not wait for trials that failed", async () => {
    const bracket = new HalvingBracket([0, 1, 2], options, "maximize");
    const first = bracket.report(0, 1, 5);
    const second = bracket.report(1, 1, 6);
    bracket.end(2);
    expect(await Promise.all([first, second])).toEqual([true, false]);
  });

  it("counts what trials said before the process was killed", async () => {
    const bracket = new HalvingBracket([0, 1, 2], options, "maximize");
    bracket.end(0, [[1, 9]]);
    bracket.end(2, [[1, 1]]);
    expect(await bracket.report(1, 1, 5)).toBe(true);
  });
});
