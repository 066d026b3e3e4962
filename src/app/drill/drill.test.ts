import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardedRisk } from "../config/risk-limits.js";
import { breakerSteps } from "./breaker-steps.js";
import { drillStep, expectThat } from "./drill-step.js";
import { reconnectStep } from "./reconnect-step.js";
import { stageStep } from "./stage-step.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "drill-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a drill", () => {
  it("trips each breaker of the file that ships, and gives the same hashes each time", async () => {
    const steps = await breakerSteps(guardedRisk().breakers, folder);
    expect(steps.map(({ name, state, said }) => [name, state, said])).toEqual(
      ["daily-loss", "weekly-loss", "drawdown", "single-position", "portfolio-floor"].map((name) => [
        name,
        "ok",
        expect.stringContaining("opened by approval"),
      ]),
    );
    expect(new Set(steps.map(({ hash }) => hash)).size).toBe(5);
    expect(await breakerSteps(guardedRisk().breakers, mkdtempSync(join(folder, "again-")))).toEqual(steps);
  });

  it("finds that a session asks for fills that it missed, and halts on holdings that it cannot explain", async () => {
    const { state, said, hash } = await reconnectStep(folder);
    expect([state, said]).toEqual(["ok", expect.stringMatching(/missed fills.*until the books agreed/)]);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("steps capital up by name and back by a trip, whatever the stages are, and skips it where there are none", async () => {
    const three = ["test", "scale", "max"].map((name, k) => ({ name, amount: k === 2 ? null : 1000 * (k + 1) }));
    for (const stages of [three, three.slice(0, 1)]) {
      const { state, said } = await stageStep(stages, mkdtempSync(join(folder, "stages-")));
      expect([state, said]).toEqual(["ok", expect.stringContaining(`back to ${stages.length > 1 ? "scale" : "test"}`)]);
    }
    expect(await stageStep([], folder)).toMatchObject({ state: "skipped", hash: null });
  });

  it("tells a step that fails from one that holds", async () => {
    const failed = await drillStep(
      "x",
      () => null,
      () => Promise.resolve(expectThat(false, "rain")).then(() => "rain"),
    );
    expect(failed).toEqual({ name: "x", state: "failed", said: "not seen: rain", hash: null });
  });

  it("trips breakers of other numbers, and says which it cannot", async () => {
    const breakers = { dailyLoss: 0.6, weeklyLoss: null, drawdown: 0.01, positionLoss: 0.9, portfolioFloor: 0.3 };
    const steps = await breakerSteps(breakers, folder);
    expect(steps.map(({ state }) => state)).toEqual(["ok", "skipped", "ok", "skipped", "ok"]);
  });
});
