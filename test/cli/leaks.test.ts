// `truewind leaks` as a user meets it: the product's own pipeline, a program that leaks and one that does not, and mistakes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LeakReport } from "#research/leaks/finding.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";

/** A moving average of the closes, over days behind and `ahead`. */
const PROGRAM = `
const { readFileSync, writeFileSync } = require("node:fs");
const [ahead, folder] = [Number(process.argv[2]), process.argv[3]];
const rows = readFileSync(folder + "/bars.csv", "utf8").trim().split("\\n").slice(1).map((line) => line.split(","));
const bySymbol = new Map();
for (const [date, , , symbol, , , , close] of rows) {
  if (close === "") continue;
  if (!bySymbol.has(symbol)) bySymbol.set(symbol, []);
  bySymbol.get(symbol).push([date, Number(close)]);
}
const out = ["decided_at,symbol,tilt"];
for (const [symbol, days] of bySymbol) {
  days.forEach(([date, close], t) => {
    const near = days.slice(Math.max(0, t - 4), t + 1 + ahead).map(([, price]) => price);
    out.push([date, symbol, close / (near.reduce((a, b) => a + b, 0) / near.length)].join(","));
  });
}
writeFileSync(folder + "/features.csv", out.join("\\n"));
`;

let cli: Cli;
beforeAll(async () => {
  cli = createCli("leaks");
  await simulateMarket(cli);
  cli.write("program.cjs", PROGRAM);
});
afterAll(() => cli.dispose());

const kindsOf = ({ findings }: LeakReport): string[] =>
  findings.filter(({ severity }) => severity !== "note").map(({ severity, where }) => `${severity} ${where}`);

describe("truewind leaks", () => {
  it("finds nothing in the product's own pipeline", async () => {
    const file = cli.write("honest.yaml", experimentYaml({ name: "honest" }));
    const { report } = (await cli.json(["leaks", file, "--names", "6", "--runs", "16"])) as { report: LeakReport };
    expect(kindsOf(report)).toEqual([]);
    expect(report.failedRuns).toBe(0);
    expect(report.features).toBeGreaterThan(0);
  });

  it("finds what a program of any language looks at, and leaves an honest one alone", async () => {
    const search = (ahead: number): string[] =>
      ["leaks", "--program", `"${process.execPath}" program.cjs ${ahead}`, "--dataset", "market"].concat([
        "--names",
        "3",
        "--runs",
        "12",
        "--require-clean",
      ]);
    const honest = await cli.run(search(0));
    expect(honest.code, honest.stderr).toBe(0);
    expect(honest.stdout).toContain("No leak was found");
    const leaky = await cli.run(search(2));
    expect(leaky.code).toBe(3);
    expect(leaky.stdout).toMatch(/LEAK {5}feature tilt \(looks-ahead\)/);
  });

  it.each([
    [["leaks"], /Name an experiment file/],
    [["leaks", "--program", "true"], /Say with --dataset/],
  ])("says what is missing: %j", async (args, sentence) => {
    const outcome = await cli.run(args);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(sentence);
  });

  it("says what a program did not leave, and what it complained of", async () => {
    const run = (program: string) => cli.run(["leaks", "--program", program, "--dataset", "market", "--names", "2"]);
    expect((await run("true")).stderr).toMatch(/left none of features.csv/);
    expect((await run(`"${process.execPath}" -e "throw new Error('out of ideas')"`)).stderr).toMatch(/ended with 1/);
  });
});
