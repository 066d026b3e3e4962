// The drill as a user runs it: real processes, a checklist, an exit code. By day its processes do not start, which it must not take for well: a crash
// and a stop of real processes are in crash.test.ts and stop.test.ts.
import { afterAll, expect, it } from "vitest";
import { guardedRisk } from "#app/config/risk-limits.js";
import { performDrill } from "#app/drill/perform-drill.js";
import { createCli } from "#test/fixtures/cli.js";
import { nightlyOr } from "#test/needs.js";

const cli = createCli("drill");
afterAll(() => cli.dispose());

it("fails where a session does not start, and tells which steps hold all the same", async () => {
  const { limits, breakers } = guardedRisk();
  const stages = [{ name: "test", amount: 1000 }];
  const report = await performDrill({
    risk: { profile: "mine", limits, breakers, stages, tail: null },
    program: [process.execPath, "-e", "process.exit(1)", "--"],
    onProgress: () => undefined,
  });
  expect(report.passed).toBe(false);
  expect(report.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    ...["daily-loss", "weekly-loss", "drawdown", "single-position", "portfolio-floor", "capital-stages", "reconnect"].map(
      (name) => `${name} ok`,
    ),
    "crash failed",
    "emergency-stop failed",
  ]);
  expect(report.steps.at(-2)?.said).toBe("not seen: a paper session that nobody disturbs comes to its end");
});

it.skipIf(nightlyOr(0, 1) === 1)(
  "passes every step with the user's own limits, and says what is not set",
  { timeout: 180_000 },
  async () => {
    cli.write(
      "mine.yaml",
      "breakers: { dailyLoss: 0.02, weeklyLoss: null }\nstages: [{ name: test, amount: 5000 }, { name: max, amount: null }]\n",
    );
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
      ["capital-stages", "ok", ""],
      ["reconnect", "ok", ""],
      ["crash", "ok", ""],
      ["emergency-stop", "ok", ""],
    ]);
    expect(report.passed).toBe(true);
    for (const { state, hash } of report.steps) expect(hash === null).toBe(state === "skipped");
  },
);

it("says what is wrong with a file of limits before anything is tried", async () => {
  cli.write("wrong.yaml", "breakers: { dailyLos: 0.02 }\n");
  const { code, stderr } = await cli.run(["drill", "--risk", "wrong.yaml"]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/unknown key "dailyLos"/)]);
});
