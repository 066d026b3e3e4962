// The drill as a user runs it: real processes, a checklist, an exit code.
import { afterAll, expect, it } from "vitest";
import { createCli } from "#test/fixtures/cli.js";

const cli = createCli("drill");
afterAll(() => cli.dispose());

it("passes every step with the user's own limits, and says what is not set", { timeout: 180_000 }, async () => {
  cli.write("mine.yaml", "breakers: { dailyLoss: 0.02, weeklyLoss: null }\n");
  const report = (await cli.json(["drill", "--risk", "mine.yaml"])) as {
    passed: boolean;
    hash: string;
    steps: { name: string; state: string; said: string; hash: string | null }[];
  };
  expect(report.steps.map(({ name, state, said }) => [name, state, state === "ok" ? "" : said])).toEqual([
    ["daily-loss", "ok", ""],
    ["weekly-loss", "skipped", "not set in the file of limits"],
    ["drawdown", "ok", ""],
    ["single-position", "ok", ""],
    ["portfolio-floor", "ok", ""],
    ["reconnect", "ok", ""],
    ["crash", "ok", ""],
    ["emergency-stop", "ok", ""],
  ]);
  expect(report.passed).toBe(true);
  for (const { state, hash } of report.steps) expect(hash === null).toBe(state === "skipped");
});

it("says what is wrong with a file of limits before anything is tried", async () => {
  cli.write("wrong.yaml", "breakers: { dailyLos: 0.02 }\n");
  const { code, stderr } = await cli.run(["drill", "--risk", "wrong.yaml"]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/unknown key "dailyLos"/)]);
});
