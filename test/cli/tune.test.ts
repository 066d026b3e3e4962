// `truewind tune` as a process: the same trials for any number of threads and after kill -9 at any moment, Ctrl-C, bad files.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readExperiment } from "#app/config/experiment.js";
import type { TuningResult } from "#app/report/tuning/tuning-result.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";

type Tuned = TuningResult & { readonly study: string; readonly folder: string; readonly experimentFile: string };

let cli: Cli;
const boosting = { family: "boosting", rounds: 16, minDataInLeaf: 5 };
const space = { "model.learningRate": { float: [0.01, 0.5], log: true }, "model.leaves": { int: [2, 16], log: true } };
const file = (name: string, tuning: object = {}): string =>
  cli.write(
    `${name}.yaml`,
    experimentYaml({ name, model: boosting, tuning: { trials: 6, parallel: 3, pruner: { kind: "asha" }, space, ...tuning } }),
  );

beforeAll(async () => {
  cli = createCli("tune");
  await simulateMarket(cli);
});
afterAll(() => cli.dispose());

/** Lines of the study's journal. */
function linesOf(name: string): readonly string[] {
  const studies = join(cli.workspace, "tunings");
  const study = existsSync(studies) ? readdirSync(studies).find((id) => id.startsWith(`${name}-`)) : undefined;
  const path = join(studies, study ?? "", "trials.jsonl");
  return study !== undefined && existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

it("has the same trials for any number of threads, and after kill -9 wherever it was", { timeout: 300_000 }, async () => {
  const whole = (await cli.json(["tune", file("one"), "--workers", "1"])) as Tuned;
  expect(whole.trials).toHaveLength(6);
  expect(whole.trials.some(({ state }) => state === "pruned")).toBe(true);
  const killed = file("killed");
  for (const until of [1, 3]) {
    const running = cli.start(["tune", killed, "--workers", "3"]);
    while (linesOf("killed").length < until && running.process.exitCode === null) await wait(10);
    running.process.kill("SIGKILL");
    await running.ended;
  }
  const before = linesOf("killed");
  expect(before.length).toBeGreaterThanOrEqual(3);
  const out = join(cli.folder, "chosen.yaml");
  const resumed = (await cli.json(["tune", killed, "--workers", "2", "--out", out])) as Tuned;
  expect(resumed.trials).toEqual(whole.trials);
  expect(linesOf("killed").slice(0, before.length)).toEqual(before);
  expect(linesOf("killed")).toHaveLength(6);
  expect(readFileSync(out)).toEqual(readFileSync(resumed.experimentFile));
  expect(readExperiment(out).name).toBe("killed-tuned");
});

it("stops at Ctrl-C with a sentence, and goes on when asked again", { timeout: 300_000 }, async () => {
  const path = file("stopped", { trials: 40 });
  const running = cli.start(["tune", path, "--workers", "2"]);
  while (linesOf("stopped").length < 2 && running.process.exitCode === null) await wait(10);
  running.process.kill("SIGINT");
  const { code, stderr } = await running.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/The search was stopped, and \d+ of its trials are done/);
  const done = linesOf("stopped").length;
  file("stopped", { trials: done + 1 });
  expect(((await cli.json(["tune", path])) as Tuned).trials).toHaveLength(done + 1);
});

it("says in words what is wrong with a file", async () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ space: {} }, /tuning\.space .* is empty/],
    [{ space: { "model.leavs": { int: [2, 9] } } }, /leads to settings that do not hold, as model\.leavs/],
    [{ folds: 100_000 }, /tuning\.folds: must be at most 100/],
    [{ folds: 100, train: 700 }, /Too little precedes the first test/],
  ];
  for (const [tuning, words] of cases)
    expect(await cli.run(["tune", file("bad", tuning)])).toMatchObject({ code: 2, stderr: expect.stringMatching(words) as string });
  expect(await cli.run(["tune", cli.write("plain.yaml", experimentYaml())])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/has no section `tuning`/) as string,
  });
});
