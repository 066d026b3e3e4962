// `truewind validate` as a process: the backtest's own figures, gates that follow from them, a page, exit codes.
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ValidationResult } from "#app/validate/validation-result.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";

let cli: Cli;
beforeAll(async () => {
  cli = createCli("validate");
  await simulateMarket(cli);
});
afterAll(() => cli.dispose());

it("judges a backtest by gates, and shows all of it on a page", { timeout: 300_000 }, async () => {
  const file = cli.write("boosting.yaml", experimentYaml({ model: { family: "boosting", rounds: 20, baggingFraction: 0.5 } }));
  const command = ["validate", file, "--seeds", "2", "--groups", "4", "--no-leaks"];
  const validated = (await cli.json(command)) as ValidationResult & { readonly page: string };
  const backtest = (await cli.json(["backtest", file])) as {
    readonly run: string;
    readonly verdict: { readonly activeReturn: number };
    readonly metrics: { readonly strategy: { readonly annualReturn: number; readonly maxDrawdown: number; readonly sharpe: number } };
    readonly orders: { readonly hash: string };
  };
  expect(validated).toMatchObject({
    run: backtest.run,
    orders: backtest.orders.hash,
    verdict: { activeReturn: backtest.verdict.activeReturn },
    trials: { distinct: 1, effective: 1 },
    overfitting: null,
    control: null,
  });
  const values = validated.figures.map(({ value }) => value);
  const { annualReturn, sharpe, maxDrawdown } = backtest.metrics.strategy;
  for (const [i, figure] of [annualReturn, backtest.verdict.activeReturn, sharpe, validated.verdict.activeSharpe, maxDrawdown].entries())
    expect(values[i]).toBeCloseTo(figure as number, 10);
  for (const { value, low, high } of validated.figures) {
    expect(low as number).toBeLessThan(value as number);
    expect(high as number).toBeGreaterThan(value as number);
  }
  // Boosting draws rows: another seed gives another account.
  expect(validated.seeds).toHaveLength(2);
  expect(validated.seeds[1]?.netReturn).not.toBe(validated.seeds[0]?.netReturn);
  expect(validated.gates.find(({ id }) => id === "determinism")?.passed).toBe(true);
  expect(validated.gates.find(({ id }) => id === "null-control")?.passed).toBeNull();
  expect(validated.decision).not.toBe("edge");
  // C(4, 2) fits make C(3, 1) histories, each of them an account of its own.
  expect(validated.paths).toMatchObject({ kind: "several", fits: 6 });
  const { paths } = validated.paths as Extract<ValidationResult["paths"], { readonly kind: "several" }>;
  expect(new Set(paths.map(({ activeReturn }) => activeReturn)).size).toBe(3);
  expect(validated.leaks).toBeNull();
  expect(validated.gates.find(({ id }) => id === "leaks")?.passed).toBeNull();
  expect(validated.years.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(validated.sessions);
  expect(existsSync(validated.page)).toBe(true);
  expect(readFileSync(validated.page, "utf8")).toContain("Is there an edge");
  // Every seed that was looked at is recorded, and the experiment is counted once.
  const { datasets } = (await cli.json(["trials"])) as {
    readonly datasets: readonly { readonly records: number; readonly experiments: readonly unknown[] }[];
  };
  // Fit and account of the validation and of the backtest behind it, and the account of the other seed.
  expect(datasets[0]?.records).toBe(5);
  expect(datasets[0]?.experiments).toHaveLength(1);
  // Seeds are no other experiments; and the same again gives the same bytes.
  const again = (await cli.json(command)) as ValidationResult;
  expect(again).toEqual(validated);
});

it("searches for leaks, is a gate for scripts, and refuses what is no number of seeds", { timeout: 180_000 }, async () => {
  const file = cli.write("ridge.yaml", experimentYaml());
  const closed = await cli.run(["validate", file, "--seeds", "1", "--no-paths", "--require-edge"]);
  expect(closed.code).toBe(3);
  expect(closed.stdout).toContain("not measured");
  expect(closed.stdout).toMatch(/^passed +Leak check +none found/m);
  expect(closed.stderr).toContain("an edge was required");
  expect((await cli.run(["validate", file, "--seeds", "0"])).code).toBe(2);
  expect((await cli.run(["validate", file, "--groups", "2"])).code).toBe(2);
});
