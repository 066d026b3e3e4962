// `truewind trials` as a process: what every command records, groups of like experiments, export and import between workspaces.
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrialsSummary } from "#app/trials/summary.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";

interface Told {
  readonly experiment: string | null;
  readonly imported: number | null;
  readonly datasets: readonly TrialsSummary[];
}

let cli: Cli;
let other: Cli;
let file: string;
let told: Told;
let ledger: string;
let empty: string;
const withAlpha = (alpha: number, name: string): string =>
  stringify({ ...(parse(experimentYaml()) as object), name, model: { family: "ridge", alpha } });

beforeAll(async () => {
  [cli, other] = [createCli("trials"), createCli("trials-other")];
  await simulateMarket(cli);
  file = cli.write("one.yaml", withAlpha(10_000, "one"));
  ledger = join(cli.folder, "ledger.json");
  empty = (await cli.run(["trials"])).stdout;
  await cli.json(["backtest", file]);
  await cli.json(["backtest", cli.write("nearly.yaml", withAlpha(10_001, "nearly-the-same"))]);
  await cli.json(["train", file, "--seeds", "2"]);
  await cli.json(["paper", cli.write("paper.yaml", withAlpha(500, "on-paper")), "--sessions", "20"]);
  told = (await cli.json(["trials", file, "--export", ledger])) as Told;
}, 600_000);
afterAll(() => {
  cli.dispose();
  other.dispose();
});

describe("truewind trials", { timeout: 240_000 }, () => {
  it("says where to start when nothing was tried", () => {
    expect(empty).toContain("Nothing was tried yet");
  });
  it("knows every backtest, every seed of a training and the fit of a paper session", () => {
    const [summary] = told.datasets;
    // A backtest is a fit and an account; the training is two seeds of the same experiment.
    expect(summary?.experiments.map(({ label, records }) => [label, records])).toEqual([
      ["one", 4],
      ["nearly-the-same", 2],
      ["on-paper", 1],
    ]);
    expect(summary?.records).toBe(7);
    expect(summary?.experiments.map(({ sharpe }) => sharpe === null)).toEqual([false, false, true]);
  });
  it("puts nearly the same experiments into one group, and counts the one that never traded fully", () => {
    const [summary] = told.datasets;
    expect(summary?.experiments.map(({ cluster }) => cluster)).toEqual([0, 0, 1]);
    expect(summary?.clusters).toBe(2);
    expect(summary?.effective).toBeGreaterThanOrEqual(2);
    expect(summary?.effective).toBeLessThan(2.5);
    expect(told.experiment).toBe(summary?.experiments[0]?.experimentHash);
    const best = summary?.best;
    expect(best?.luck).toBeGreaterThan(0);
    expect(best?.deflatedRobust).toBeGreaterThanOrEqual(0);
    expect(best?.deflatedRobust).toBeLessThanOrEqual(1);
  });
  it("says it in sentences, and a dataset's name asks the same", async () => {
    const { stdout, stderr, code } = await cli.run(["trials", "market"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("3 different experiments in 7 records");
    expect(stdout).toMatch(/Independent trials that all are worth: 2(\.\d)? at most/);
    expect(stdout).toMatch(/Luck alone would show \d/);
    expect(stdout).toMatch(/Deflated Sharpe ratio: with a chance of [\d.]+% the true ratio is above what luck shows/);
  });
  it("takes trials to another workspace once, however often they are brought", async () => {
    const first = (await other.json(["trials", "--import", ledger])) as Told;
    expect(first.imported).toBe(7);
    expect(first.datasets).toEqual(told.datasets);
    const second = (await other.json(["trials", "--import", ledger])) as Told;
    expect(second).toMatchObject({ imported: 0, datasets: told.datasets });
  });
  it("gives both numbers in the report of a run, and trials that came later count, too", async () => {
    const { stdout } = await cli.run(["report", "one"]);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /3 different experiments have been recorded on this data(, worth 2(\.\d)? independent ones)?, and/,
    );
  });
  it("knows no dataset and no file by a name of nothing", async () => {
    const ended = await cli.run(["trials", "nothing-of-that-name"]);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/nothing-of-that-name/)]);
  });
});
