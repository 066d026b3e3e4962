import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ExperimentInput, experimentHash, parseExperiment, readExperiment, readYaml } from "./experiment.js";
import { guardedRisk, readRiskFile, researchRisk, riskHash, tradingRisk } from "./risk-limits.js";
import { openWorkspace } from "./workspace.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "risk-limits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const experimentOf = (risk: ExperimentInput["risk"], more: Partial<ExperimentInput> = {}) =>
  parseExperiment({ name: "x", data: { dataset: "d" }, portfolio: { kind: "top-k", k: 5 }, risk, ...more }, "test");

const workspaceOf = (name: string, file?: string) => {
  const workspace = openWorkspace(join(folder, name));
  if (file !== undefined) writeFileSync(join(workspace.root, "risk_limits.yaml"), file);
  return workspace;
};

describe("the file of limits", () => {
  it("that ships says every key, and says the defaults", () => {
    const path = join(root, "config/risk_limits.yaml");
    expect(readYaml(path)).toEqual(guardedRisk());
    expect(readRiskFile(path)).toEqual(guardedRisk());
  });

  it("refuses what it does not know and what cannot be, all at once", () => {
    const path = join(folder, "wrong.yaml");
    writeFileSync(path, "limits: { maxWeight: 0.04, maxLeverage: 1 }\nbreakers: { dailyLoss: 5 }\n");
    expect(() => readRiskFile(path)).toThrow(/3 problems(.|\n)*maxLeverage(.|\n)*dailyLoss/);
    writeFileSync(path, "limits: { maxWeight: 0.04 }\n");
    expect(() => readRiskFile(path)).toThrow(/minWeight is above maxWeight/);
    writeFileSync(path, "tail: { horizon: 30, window: 30 }\n");
    expect(() => readRiskFile(path)).toThrow(/horizon must be below window/);
    writeFileSync(path, "stress: { windows: [{ name: a, from: 2020-13-01, to: 2020-03-20 }] }\n");
    expect(() => readRiskFile(path)).toThrow(/stress\.windows\.0\.from: must be a date as YYYY-MM-DD/);
    writeFileSync(path, "");
    expect(readRiskFile(path)).toEqual(guardedRisk());
  });
});

describe("the limits of a run", () => {
  it("are the experiment's own alone in a backtest that names none, and whenever it names research", () => {
    const own = { maxWeight: 0.25, minCash: 0, maxGross: 1, maxTurnover: 2, maxOrderNotional: null };
    expect(researchRisk(experimentOf({ maxWeight: 0.25 })).limits).toEqual(own);
    const named = tradingRisk(experimentOf({ maxWeight: 0.25, profile: "research" }), workspaceOf("a"));
    expect(named.limits).toEqual(own);
    expect(Object.values(named.breakers)).toEqual([null, null, null, null, null]);
  });

  it("are strict in paper unless somebody says otherwise, and the tighter of each two holds", () => {
    const { profile, limits, breakers } = tradingRisk(experimentOf({ maxWeight: 0.25, maxOrderNotional: 500 }), workspaceOf("a"));
    expect(profile).toBe("guarded");
    expect(limits).toEqual({ maxWeight: 0.25, minWeight: 0.05, minCash: 0.05, maxGross: 1, maxTurnover: 0.3, maxOrderNotional: 500 });
    expect(breakers).toEqual(guardedRisk().breakers);
    expect(tradingRisk(experimentOf({ maxWeight: 0.9 }), workspaceOf("a")).limits.maxWeight).toBe(0.4);
  });

  it("come from the command line, then the experiment, then the workspace, then the defaults", () => {
    const workspace = workspaceOf("b", "limits: { maxTurnover: 0.2 }");
    const named = join(folder, "named.yaml");
    writeFileSync(named, "limits: { maxTurnover: 0.1 }");
    expect(tradingRisk(experimentOf({}), workspace).limits.maxTurnover).toBe(0.2);
    expect(tradingRisk(experimentOf({ profile: "guarded" }), workspace).limits.maxTurnover).toBe(0.3);
    expect(tradingRisk(experimentOf({ profile: "research" }), workspace, named).limits.maxTurnover).toBe(0.1);
    expect(researchRisk(experimentOf({ profile: "guarded" })).limits.maxTurnover).toBe(0.3);
  });

  it("may stand in a file that the experiment names: read beside it, part of its identity", () => {
    writeFileSync(join(folder, "mine.yaml"), "limits: { maxTurnover: 0.15 }\nbreakers: { drawdown: null }\n");
    writeFileSync(join(folder, "experiment.yaml"), "name: x\ndata: { dataset: d }\nrisk: { file: mine.yaml }\n");
    const experiment = readExperiment(join(folder, "experiment.yaml"));
    expect(experiment.risk.rules?.limits.maxTurnover).toBe(0.15);
    expect(researchRisk(experiment).breakers.drawdown).toBeNull();
    expect(experimentHash(experiment)).not.toBe(experimentHash(parseExperiment({ name: "x", data: { dataset: "d" } }, "test")));
    expect(() => parseExperiment({ ...experiment, risk: { ...experiment.risk, profile: "guarded" } }, "test")).toThrow(
      /leave one of them out/,
    );
    writeFileSync(join(folder, "experiment.yaml"), "name: x\ndata: { dataset: d }\nrisk: { file: 7 }\n");
    expect(() => readExperiment(join(folder, "experiment.yaml"))).toThrow(/risk\.file/);
  });

  it("take stages that rise, and no leverage beside them", () => {
    const staged = (text: string) =>
      tradingRisk(experimentOf({ maxGross: 3 }), workspaceOf("staged", `limits: { maxGross: 2 }\nstages: ${text}`));
    const [test, max] = [
      { name: "test", amount: 1000 },
      { name: "max", amount: null },
    ];
    expect(staged(JSON.stringify([test, max]))).toMatchObject({ stages: [test, max], limits: { maxGross: 1 } });
    expect(staged("[]").limits.maxGross).toBe(2);
    expect(staged("[]")).not.toHaveProperty("stages");
    expect(riskHash(staged("[]"))).not.toBe(riskHash(staged(JSON.stringify([test]))));
    for (const wrong of [[max, test], [test, test], [test, { ...max, amount: 1000 }], [{ ...test, amount: 0 }], [{ ...test, name: "A b" }]])
      expect(() => staged(JSON.stringify(wrong)), JSON.stringify(wrong)).toThrow(/stages/);
  });

  it("leave the identity of an experiment alone that names research", () => {
    expect(experimentHash(experimentOf({ profile: "research" }))).toBe(experimentHash(experimentOf({})));
    expect(experimentHash(experimentOf({ profile: "guarded" }))).not.toBe(experimentHash(experimentOf({})));
  });

  it("have one hash, whatever they are called", () => {
    const [named, found] = [experimentOf({ profile: "guarded" }), experimentOf({})].map((one) => tradingRisk(one, workspaceOf("a")));
    expect(riskHash(named as NonNullable<typeof named>)).toBe(riskHash(found as NonNullable<typeof found>));
    expect(riskHash(researchRisk(experimentOf({})))).not.toBe(riskHash(researchRisk(experimentOf({ profile: "guarded" }))));
  });

  it("refuse a portfolio that they could only refuse to hold", () => {
    const many = { portfolio: { kind: "top-k" as const, k: 20 } };
    expect(() => tradingRisk(experimentOf({}, many), workspaceOf("a"))).toThrow(/a name could get 4\.9 %.*at least 5\.0 %/);
    expect(() => tradingRisk(experimentOf({ maxWeight: 0.03 }), workspaceOf("a"))).toThrow(/3\.0 %/);
    expect(() => tradingRisk(experimentOf({ profile: "research" }, many), workspaceOf("a"))).not.toThrow();
    // No order may be so large that a position of the floor comes about: of turnover, of cash, and of all together.
    for (const limits of ["maxTurnover: 0.04", "minCash: 0.96", "maxGross: 0.04"])
      expect(() => tradingRisk(experimentOf({}), workspaceOf("c", `limits: { ${limits} }`))).toThrow(/could get 4\.0 %.*at least 5\.0 %/);
    expect(() => tradingRisk(experimentOf({}), workspaceOf("c", "limits: { maxTurnover: 0.05, minCash: 0.95 }"))).not.toThrow();
    const slices = { execution: { kind: "twap" as const, bars: 1 } };
    expect(() => tradingRisk(experimentOf({}, slices), workspaceOf("c", "limits: { maxTurnover: 0.04 }"))).not.toThrow();
  });
});

describe("the experiments that ship", () => {
  const files = ["examples", "experiments"].flatMap((name) =>
    readdirSync(join(root, name))
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => join(root, name, file)),
  );
  const whole = files.filter((file) => "portfolio" in ((readYaml(file) as object | null) ?? {}) && !file.includes("models"));

  it.each(whole.map((file) => [file.slice(root.length), file]))("%s can be held under the limits of a paper session", (_, file) => {
    expect(whole.length).toBeGreaterThan(5);
    expect(() => tradingRisk(readExperiment(file), workspaceOf("a"))).not.toThrow();
  });
});

it("the defaults are the numbers that were asked for", () => {
  expect(guardedRisk()).toMatchObject(
    parse(`
limits: { maxWeight: 0.4, minWeight: 0.05, minCash: 0.05, maxGross: 1, maxTurnover: 0.3, maxOrderNotional: null }
breakers: { dailyLoss: 0.05, weeklyLoss: 0.1, drawdown: 0.15, positionLoss: 0.08, portfolioFloor: 0.8 }`),
  );
});
