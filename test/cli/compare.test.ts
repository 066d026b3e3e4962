// `truewind compare` as a process: the same figures as a backtest, predictions of another program, kill -9, and exit codes.
import { existsSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ComparisonResult } from "#app/compare/comparison-result.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { parse } from "yaml";

type Compared = ComparisonResult & { readonly comparison: string; readonly folder: string };

let cli: Cli;
const comparison = (changes: Readonly<Record<string, unknown>> = {}): string => {
  const { model: _, ...rest } = parse(experimentYaml()) as Record<string, unknown>;
  const models = { ridge: { family: "ridge", alpha: 10_000 }, weak: { family: "ridge", alpha: 1 } };
  return stringify({ ...rest, models, ...changes });
};

beforeAll(async () => {
  cli = createCli("compare");
  await simulateMarket(cli);
});
afterAll(() => cli.dispose());

it("gives each model the figures of its own backtest, and goes on behind what is done", { timeout: 120_000 }, async () => {
  const file = cli.write("models.yaml", comparison());
  const running = cli.start(["compare", file]);
  const folders = join(cli.workspace, "comparisons");
  const done = (): readonly string[] => (existsSync(folders) ? readdirSync(folders, { recursive: true }).map(String) : []);
  while (!done().some((name) => /ridge-\w+\.json$/.test(name)) && running.process.exitCode === null) await wait(20);
  running.process.kill("SIGKILL");
  await running.ended;
  const compared = (await cli.json(["compare", file])) as Compared;
  expect(compared.models.map(({ name }) => name)).toEqual(["ridge", "weak"]);
  const backtest = (await cli.json(["backtest", cli.write("one.yaml", experimentYaml())])) as {
    readonly ic: { readonly mean: number; readonly tStat: number };
    readonly metrics: { readonly strategy: { readonly annualReturn: number; readonly annualTurnover: number } };
    readonly verdict: { readonly activeReturn: number };
    readonly orders: { readonly hash: string };
  };
  expect(compared.models[0]).toMatchObject({
    rankIc: { mean: backtest.ic.mean, tStat: backtest.ic.tStat },
    overBaseline: null,
    netReturn: backtest.metrics.strategy.annualReturn,
    turnover: backtest.metrics.strategy.annualTurnover,
    orders: backtest.orders.hash,
  });
  expect(compared.models[1]?.orders).not.toBe(backtest.orders.hash);
  // The backtest's experiment was one of the two: an idea is counted once.
  expect(compared.trials).toBe(2);
  const { code, stdout } = await cli.run(["compare", file]);
  expect(code).toBe(0);
  const measured = readdirSync(compared.folder).find((name) => /^ridge-\w+\.json$/.test(name)) ?? "";
  truncateSync(join(compared.folder, measured), 5);
  expect(await cli.run(["compare", file])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/ridge-.*\.json is damaged: remove it/),
  });
  rmSync(join(compared.folder, measured));
  expect(stdout).toMatch(/^ridge +-?0\.\d{4}/m);
});

it("measures predictions of another program as it measures models", { timeout: 120_000 }, async () => {
  const file = cli.write("models.yaml", comparison());
  const { folds } = (await cli.json(["compare", file])) as Compared;
  const dates: string[] = [];
  for (let day = new Date(folds[0]?.testFrom ?? ""); dates.length < 1200; day = new Date(day.getTime() + 86_400_000))
    dates.push(day.toISOString().slice(0, 10));
  // The same order every day; a name that the market does not have is passed over.
  const symbols = ["SIM_TECH_01", "SIM_FINA_01", "SIM_HLTH_01", "SIM_INDU_01", "SIM_TECH_03", "SIM_FINA_03", "NOBODY"];
  const rows = dates.flatMap((date) => symbols.map((symbol, i) => `${date},${symbol},${i}`));
  cli.write("scores.csv.gz", gzipSync(`date,symbol,score\n${rows.join("\n")}\n`));
  const both = cli.write("both.yaml", comparison({ predictions: { theirs: "scores.csv.gz" } }));
  const outcome = await cli.run(["compare", both, "--json"]);
  const { models, error } = JSON.parse(outcome.stdout) as Compared & { readonly error?: { readonly message: string } };
  expect(error).toBeUndefined();
  expect(models.at(-1)).toMatchObject({ name: "theirs", family: null });
  expect(models.at(-1)?.turnover).toBeLessThan(models[0]?.turnover as number);
});

it("refuses with the documented exit codes, before anything is fitted", async () => {
  const absent = cli.write("absent.yaml", comparison({ predictions: { theirs: "absent.csv" } }));
  const unknown = cli.write("unknown.yaml", comparison({ model: { family: "ridge" } }));
  for (const file of [absent, unknown]) expect(await cli.run(["compare", file, "--json"])).toMatchObject({ code: 2 });
});
