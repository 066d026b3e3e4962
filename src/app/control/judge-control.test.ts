// What the repetitions of a control are taken to say. Counts and chances are worked out by hand.
import { describe, expect, it } from "vitest";
import type { NullProof } from "#research/controls/prove-null.js";
import type { ControlFigures, Repetition } from "./control-result.js";
import { detectableSize, judgeControl } from "./judge-control.js";

const proof = (holds = true): NullProof => ({
  kind: "market",
  holds,
  because: holds ? "Nothing." : "It is no null.",
  draws: [],
  namesScore: 0,
  marketScore: 0,
});
const figures = (information: number, rankIc = 0, decision: ControlFigures["decision"] = "no edge"): ControlFigures => ({
  decision,
  pValue: 0.5,
  rankIc,
  sharpe: 0,
  information,
  excess: information / 10,
  turnover: 1,
});
const nulls = (count: number, alarms: number, ic = 0): Repetition[] =>
  Array.from({ length: count }, (_, draw) => ({
    kind: "market",
    draw,
    planted: null,
    ...figures(-1 + draw / count, ic + (draw % 2 === 0 ? 0.002 : -0.002), draw < alarms ? "edge" : "no edge"),
  }));
const planted = (size: number, count: number, found: number): Repetition[] =>
  Array.from({ length: count }, (_, draw) => ({
    kind: "planted",
    draw,
    planted: { size, measuredIc: size, oracleInformation: 2 },
    ...figures(1, 0.01, draw < found ? "edge" : "no edge"),
  }));
const real = figures(1.5, 0.03, "edge");
const failed = (judged: ReturnType<typeof judgeControl>): string[] =>
  judged.gate.checks.filter(({ passes }) => !passes).map(({ name }) => name);

describe("judgeControl", () => {
  it("opens the gate for a result beyond nulls in which nothing was found", () => {
    const judged = judgeControl(real, [proof()], nulls(20, 0), 0.01);
    expect(failed(judged)).toEqual([]);
    expect(judged.gate.passes).toBe(true);
    expect(judged.nulls[0]?.information).toMatchObject({ real: 1.5, pValue: 1 / 21 });
    expect(judged.nulls[0]?.falseAlarms).toMatchObject({ count: 0, of: 20, low: 0 });
  });

  it("closes it for more false alarms than the level allows, and not for one", () => {
    expect(failed(judgeControl(real, [proof()], nulls(20, 1), 0.01))).toEqual([]);
    const many = judgeControl(real, [proof()], nulls(20, 2), 0.01);
    expect(failed(many)).toEqual(["false alarms (whole days permuted)"]);
    expect(many.nulls[0]?.alarmsPValue).toBeCloseTo(0.0169, 4);
  });

  it("closes it for a pipeline that predicts what cannot be predicted, though costs eat it", () => {
    const judged = judgeControl(real, [proof()], nulls(20, 0, 0.003), 0.01);
    expect(failed(judged)).toEqual(["nothing predicted (whole days permuted)"]);
    expect(judged.gate.checks.find(({ passes }) => !passes)?.because).toMatch(/must know what it cannot/);
  });

  it("closes it for a result that markets without an edge give too, and for too few draws", () => {
    expect(failed(judgeControl(figures(-0.5), [proof()], nulls(20, 0), 0.01))).toEqual([
      "the real result beyond them (whole days permuted)",
    ]);
    const few = judgeControl(real, [proof()], nulls(10, 0), 0.01);
    expect(few.gate.checks.find(({ passes }) => !passes)?.because).toMatch(/10 draws cannot give less than 0.091: at least 19 are needed/);
  });

  it("closes it where the null is none, and where none was run", () => {
    expect(failed(judgeControl(real, [proof(false)], [], 0.01))).toEqual(["the null is one (whole days permuted)"]);
    expect(judgeControl(real, [], [], 0.01).gate.passes).toBe(false);
  });

  it("does not look at diagnostics", () => {
    const diagnostic = { ...proof(false), kind: "blocks" as const };
    const judged = judgeControl(real, [proof(), diagnostic], nulls(20, 0), 0.01);
    expect(judged.gate.passes).toBe(true);
    expect(judged.nulls).toHaveLength(2);
  });

  it("measures power by size, and the size that is found four times in five", () => {
    const judged = judgeControl(
      real,
      [proof()],
      [...nulls(20, 0), ...planted(0.04, 10, 10), ...planted(0.02, 10, 6), ...planted(0.01, 10, 1)],
      0.01,
    );
    expect(judged.power.map(({ size, found }) => [size, found.count])).toEqual([
      [0.01, 1],
      [0.02, 6],
      [0.04, 10],
    ]);
    expect(judged.detectable).toBeCloseTo(0.03, 12);
  });
});

describe("detectableSize", () => {
  it("is not known where no size is found often enough", () => {
    expect(detectableSize([], 0)).toBeNull();
    expect(detectableSize([{ size: 0.1, found: { count: 7, of: 10, low: 0, high: 1 } }], 0)).toBeNull();
  });
  it("counts false alarms as what is found of nothing", () => {
    expect(detectableSize([{ size: 0.1, found: { count: 10, of: 10, low: 0, high: 1 } }], 0.6)).toBeCloseTo(0.05, 12);
  });
});
