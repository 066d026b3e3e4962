// `truewind features` as a user meets it: what there is, what it means, a picture, formulas of his own, and mistakes.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";

const OWN = `features:
  - name: night_and_day
    formula: (open / close.lag(1) - close / open).mean(20)
    source: Lou, Polk and Skouras 2019
  - name: rank_night_and_day
    formula: rank(night_and_day)
    unit: percentile
    range: [-0.5, 0.5]
`;

let cli: Cli;
let dataset: string;
beforeAll(async () => {
  cli = createCli("features");
  await simulateMarket(cli);
  dataset = ((await cli.json(["data", "list"])) as { name: string }[])[0]?.name as string;
  cli.write("own.yaml", OWN);
});
afterAll(() => cli.dispose());

interface Listed {
  readonly groups: readonly {
    readonly group: string;
    readonly raw: number;
    readonly formulas: number;
    readonly unmeasured: number;
    readonly effective: number;
  }[];
  readonly total: { readonly raw: number; readonly effective: number };
  readonly features: readonly { readonly name: string; readonly formula: string; readonly group: string }[];
}

async function refuses(args: readonly string[], code: number, sentence: RegExp): Promise<void> {
  const outcome = await cli.run([...args, "--json"]);
  expect(outcome.code).toBe(code);
  expect((JSON.parse(outcome.stdout) as { error: { message: string } }).error.message).toMatch(sentence);
}

describe("truewind features list", () => {
  it("counts by group, never more effective ones than formulas, nor more formulas than features", async () => {
    const { groups, total, features } = (await cli.json(["features", "list"])) as Listed;
    expect(features).toHaveLength(total.raw);
    for (const { group, raw, formulas, unmeasured, effective } of groups) {
      expect(formulas, group).toBeLessThanOrEqual(raw);
      expect(effective + unmeasured, group).toBeLessThanOrEqual(formulas);
      expect(features.filter((feature) => feature.group === group)).toHaveLength(raw);
    }
  });

  it("checks a file of own features", async () => {
    const { features } = (await cli.json(["features", "list", "--file", "own.yaml"])) as Listed;
    expect(features.map(({ name }) => name)).toEqual(["night_and_day", "rank_night_and_day"]);
    cli.write("broken.yaml", "features:\n  - { name: a, formula: close + volume }\n");
    await refuses(["features", "list", "--file", "broken.yaml"], 2, /dimensionally wrong/);
    cli.write("unknown.yaml", "features:\n  - { name: a, formula: close, colour: red }\n");
    await refuses(["features", "list", "--file", "unknown.yaml"], 2, /unknown key "colour"/);
    await refuses(["features", "list", "--file", "absent.yaml"], 2, /absent\.yaml: there is no such file/);
    await refuses(["features", "list", "--group", "nothing"], 2, /no group "nothing"; there are level/);
  });
});

describe("truewind features show and plot", () => {
  it("say what a feature means, and draw it", async () => {
    const shown = (await cli.json(["features", "show", "mom_20"])) as { formula: string; warmup: number };
    expect(shown).toMatchObject({ formula: "close / close.lag(20) - 1", warmup: 20, inputs: ["close"], kind: "windowed" });
    const symbol = (
      JSON.parse((await cli.run(["data", "show", dataset, "--limit", "1", "--json"])).stdout) as { rows: { symbol: string }[] }
    ).rows[0]?.symbol as string;
    const args = ["features", "plot", "mom_20", "rank_night_and_day", "--file", "own.yaml", "--data", dataset, "--symbol", symbol];
    const { out, bars } = (await cli.json(args)) as { out: string; bars: number };
    expect(bars).toBeGreaterThan(100);
    const page = readFileSync(join(cli.folder, out), "utf8");
    for (const word of ["<svg", "rank(", "close / close.lag(20) - 1", symbol]) expect(page).toContain(word);
    const told = await cli.json(["features", "plot", "tone_5", ...args.slice(4)]);
    expect(told).toMatchObject({ unknown: ["tone_5"] });
    await refuses([...args.slice(0, -1), "NONE"], 2, /has no NONE/);
    await refuses([...args, "--peer", "boss=SPY"], 2, /one of the roles market, bonds/);
    await refuses(["features", "show", "alpha158"], 2, /is a set of features: .*list --set alpha158/);
    await refuses(["features", "show", "mom_21"], 2, /did you mean mom_1, .*mom_20/);
  });
});

describe("own features in an experiment", () => {
  it("run, and another formula is another experiment", async () => {
    const features = ["rank_night_and_day", "rank_mom_20"];
    cli.write("first.yaml", experimentYaml({ featureFiles: ["own.yaml"], features }));
    await cli.json(["backtest", "first.yaml"]);
    cli.write("own.yaml", OWN.replace("mean(20)", "mean(10)"));
    await cli.json(["backtest", "first.yaml"]);
    const { runs } = (await cli.json(["runs"])) as { runs: { experimentHash: string }[] };
    expect(new Set(runs.map(({ experimentHash }) => experimentHash)).size).toBe(2);
    cli.write("bad.yaml", experimentYaml({ featureFiles: ["none.yaml"], features }));
    await refuses(["backtest", "bad.yaml"], 2, /none\.yaml: there is no such file/);
    cli.write("taken.yaml", experimentYaml({ ownFeatures: [{ name: "mom_20", formula: "close.change(3)" }], features: ["mom_20"] }));
    await refuses(["backtest", "taken.yaml"], 2, /ownFeatures: .*There is a feature "mom_20" already/s);
  });
});

describe("truewind features overlap", () => {
  it("finds what says the same in a table", async () => {
    const rows = Array.from({ length: 300 }, (_, k) => `${Math.sin(k * 7)},${Math.exp(Math.sin(k * 7))},${Math.cos(k * k)}`);
    cli.write("table.csv", `mom_5,mom_10,mom_20\n${rows.join("\n")}\n`);
    const found = (await cli.json(["features", "overlap", "table.csv"])) as { distinct: string[]; redundant: { feature: string }[] };
    expect(found.distinct).toEqual(["mom_5", "mom_20"]);
    expect(found.redundant).toMatchObject([{ feature: "mom_10", like: "mom_5" }]);
    await refuses(["features", "overlap", "absent.csv"], 2, /absent\.csv: there is no such file/);
    cli.write("other.csv", "a,b\n1,2\n");
    await refuses(["features", "overlap", "other.csv"], 1, /none of the columns/);
    expect(existsSync(join(cli.folder, "table.csv"))).toBe(true);
  });
});
