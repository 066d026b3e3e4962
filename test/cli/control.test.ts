// `truewind control` as a process: killed, it goes on behind what is done and comes to the same end; drawn markets leave no trace among the
// data and the trials; exit codes.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ControlResult } from "#app/control/control-result.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { nightlyOr } from "#test/needs.js";

interface Controlled extends Pick<ControlResult, "run" | "gate" | "real" | "power"> {
  readonly page: string;
  readonly result: string;
}

const ARGUMENTS = ["control", "small.yaml", "--draws", "1", "--planted", "1", "--sizes", "0.1"];

let cli: Cli;
beforeAll(async () => {
  cli = createCli("control");
  await simulateMarket(cli, "--names", "12", "--to", "2020-12-31");
  cli.write(
    "small.yaml",
    experimentYaml({ features: ["mom_5", "mom_20"], universe: { minHistory: 60 }, splits: { train: 300, test: 252 } }),
  );
});
afterAll(() => cli.dispose());

/** Files of the one control there is. */
function kept(): readonly string[] {
  const folder = join(cli.workspace, "controls");
  const [run] = existsSync(folder) ? readdirSync(folder) : [];
  return run === undefined ? [] : readdirSync(join(folder, run)).map((name) => join(folder, run, name));
}

it("killed with -9 goes on behind what is done, and ends as one that was left alone", { timeout: 300_000 }, async () => {
  const running = cli.start([...ARGUMENTS, "--threads", "1"]);
  const first = (): string | undefined => kept().find((path) => /(market|names|planted)[-.\d]*\.json$/.test(path));
  while (first() === undefined && running.process.exitCode === null) await wait(10);
  running.process.kill("SIGKILL");
  await running.ended;
  const done = first() as string;
  const before = statSync(done).mtimeMs;
  expect(kept().some((path) => path.endsWith("control.json"))).toBe(false);

  const again = await cli.run([...ARGUMENTS, "--require-pass", "--json"]);
  expect(again).toMatchObject({ code: 3, stderr: expect.stringMatching(/The control gate is closed: .*at least 19 are needed/) as string });
  const { run, gate, power, page, result } = JSON.parse(again.stdout) as Controlled;
  expect(statSync(done).mtimeMs).toBe(before);
  expect(readFileSync(page, "utf8")).toContain("The control gate is closed.");
  expect(power.map(({ size }) => size)).toEqual([0.1]);
  expect(gate.passes).toBe(false);
  const ended = readFileSync(result, "utf8");

  // The real run is a trial, and the only one; no drawn market lies in the lake.
  const backtest = (await cli.json(["backtest", "small.yaml"])) as { readonly run: string; readonly trials: number };
  expect(backtest).toMatchObject({ run, trials: 1 });
  expect(readdirSync(join(cli.workspace, "lake")).filter((name) => !name.startsWith("."))).toEqual(["market"]);

  if (nightlyOr(0, 1) === 1) return;
  rmSync(join(cli.workspace, "controls"), { recursive: true });
  await cli.json([...ARGUMENTS, "--threads", "2"]);
  expect(readFileSync(result, "utf8")).toBe(ended);
});

it("stopped with Ctrl-C ends with 1 and says how to go on", { timeout: 120_000 }, async () => {
  rmSync(join(cli.workspace, "controls"), { recursive: true, force: true });
  const running = cli.start([...ARGUMENTS, "--json"]);
  while (!kept().some((path) => path.endsWith("proof-names.json")) && running.process.exitCode === null) await wait(10);
  running.process.kill("SIGINT");
  const { code, stdout } = await running.ended;
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "interrupted", message: expect.stringMatching(/goes on behind what is done/) as string },
  });
});

it("refuses wrong words before anything runs", async () => {
  expect(await cli.run(["control", "small.yaml", "--sizes", "0.1,2"])).toMatchObject({ code: 2 });
});
