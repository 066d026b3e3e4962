// The gates: each closes on its own figure, nothing passes on survivors, and only all of them together make an edge.
import { describe, expect, it } from "vitest";
import type { Verdict } from "#domain/run-result.js";
import { decideByGates, type GateEvidence, gatesOf } from "./gates.js";

const verdict: Verdict = {
  decision: "edge",
  over: "equal weight",
  because: "It earned more.",
  level: 0.01,
  pValue: 0.001,
  activeReturn: 0.05,
  activeReturnLow: 0.02,
  activeReturnHigh: 0.08,
  activeSharpe: 1,
  alphaPValue: 0.001,
  alpha: 0.05,
  beta: 1,
  sessions: 1500,
};
const good: GateEvidence = {
  verdict,
  seedReturns: [0.05, 0.055, 0.049],
  deflatedSharpe: { value: 0.98, effectiveTrials: 4.5 },
  overfitting: { probability: 0.05, configurations: 12 },
  control: { passed: true, falseAlarms: 0, runs: 20, rank: 1 / 21 },
  repeated: true,
  leaks: { found: [], runs: 60, cuts: 30 },
  doubts: [],
  survivorsOnly: false,
};

describe("gates", () => {
  it("are all passed by a good record, which is an edge", () => {
    const gates = gatesOf(good);
    expect(gates.every(({ passed }) => passed === true)).toBe(true);
    expect(decideByGates(verdict, gates).decision).toBe("edge");
  });
  it.each<[string, Partial<GateEvidence>, string]>([
    ["a verdict that is none", { verdict: { ...verdict, decision: "not enough evidence" } }, "return"],
    ["seeds more than two points apart", { seedReturns: [0.05, 0.071] }, "seeds"],
    ["one seed alone", { seedReturns: [0.05] }, "seeds"],
    ["a deflated Sharpe ratio below .95", { deflatedSharpe: { value: 0.9499, effectiveTrials: 30 } }, "deflated-sharpe"],
    ["no Sharpe ratio", { deflatedSharpe: null }, "deflated-sharpe"],
    ["a choice that does not last", { overfitting: { probability: 0.21, configurations: 12 } }, "overfitting"],
    ["false alarms", { control: { passed: false, falseAlarms: 4, runs: 20, rank: 0.3 } }, "null-control"],
    ["no control", { control: null }, "null-control"],
    ["another order list when run again", { repeated: false }, "determinism"],
    ["no look for leaks", { leaks: null }, "leaks"],
    ["a doubt about the data", { doubts: ["Prices are assumed."] }, "provenance"],
  ])("close on %s, and the verdict names the gate", (_, change, id) => {
    const gates = gatesOf({ ...good, ...change });
    const closed = gates.filter(({ passed }) => passed !== true);
    expect(closed.map((gate) => gate.id)).toEqual([id]);
    const decided = decideByGates(verdict, gates);
    expect(decided.decision).toBe("not enough evidence");
    expect(decided.because).toContain((closed[0] as { title: string }).title.slice(1));
  });
  it("are passed by nothing where those that failed are missing", () => {
    const gates = gatesOf({ ...good, survivorsOnly: true, doubts: ["Survivors only."] });
    expect(gates.some(({ passed }) => passed === true)).toBe(false);
  });
  it("are passed by nothing where the pipeline leaks, and the leak is told first", () => {
    const leaks = { found: ["It reads data of later sessions.", "So does another."], runs: 60, cuts: 30 };
    const gates = gatesOf({ ...good, leaks });
    expect(gates.some(({ passed }) => passed === true)).toBe(false);
    const decided = decideByGates(verdict, gates);
    expect(decided.decision).toBe("not enough evidence");
    expect(decided.because).toMatch(/^8 of 8 .*: leak check, .*It reads data of later sessions\. And 1 more of the kind\.$/);
    expect(gates.find(({ id }) => id === "provenance")?.because).toContain("so it does not count");
  });
  it("let one configuration pass: nothing was chosen", () => {
    expect(gatesOf({ ...good, overfitting: null }).every(({ passed }) => passed === true)).toBe(true);
  });
  it("make no edge of a record that has none", () => {
    const none: Verdict = { ...verdict, decision: "no edge", because: "It earned less." };
    expect(decideByGates(none, gatesOf({ ...good, verdict: none }))).toEqual({ decision: "no edge", because: "It earned less." });
  });
});
