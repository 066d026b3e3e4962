// No real name reaches a model, an artifact, the state or a log: every command that runs an experiment, and then every byte that it left or
// said, searched for every symbol of the data. And `truewind names`, the way back.
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type Cli, createCli, type Outcome } from "#test/fixtures/cli.js";
import { filesHolding, type NamedMarket, writeNamedMarket } from "#test/fixtures/named-market.js";
import { nightlyOr } from "#test/needs.js";

let cli: Cli;
let market: NamedMarket;
/** The longest commands run in `npm run nightly`: they come to their data by the same road. */
const WHOLE = nightlyOr(1, 0) === 1;
/** All that was said, by command. */
const said = new Map<string, string>();

async function run(...args: readonly string[]): Promise<Outcome> {
  const outcome = await cli.run(args);
  said.set(args.join(" "), outcome.stdout + outcome.stderr);
  return outcome;
}

async function done(...args: readonly string[]): Promise<Outcome> {
  const outcome = await run(...args);
  expect(outcome.code, `${args.join(" ")}: ${outcome.stderr}`).toBe(0);
  return outcome;
}

function experiment(changes: Readonly<Record<string, unknown>> = {}): string {
  return stringify({
    name: "named",
    data: { dataset: "shares", facts: ["tones"] },
    benchmark: market.index,
    peers: { market: market.index },
    universe: { minHistory: 60, exclude: [market.symbols.at(-1)] },
    features: ["classic-40-raw", "beta_market_60", "tone"],
    ownFeatures: [{ name: "tone", formula: 'fact("tone")' }],
    splits: { train: 200, test: 126 },
    model: { family: "ridge", alpha: 1000 },
    portfolio: { kind: "top-k", k: 4 },
    risk: { maxWeight: 0.3 },
    ...changes,
  });
}

const runsOf = (beginning: string): string => readdirSync(join(cli.workspace, "runs")).find((name) => name.startsWith(beginning)) as string;

/** Files of the workspace that hold a symbol; the data themselves, and the key, may. */
const leaking = (): readonly string[] =>
  filesHolding(cli.workspace, market.symbols, (path) => ["lake", "facts", "names"].some((name) => path === join(cli.workspace, name)));

beforeAll(async () => {
  cli = createCli("names");
  market = writeNamedMarket(join(cli.folder, "files"), { names: 12, to: "2019-12-31" });
  for (const args of [
    ["data", "import", market.declaration],
    ["facts", "import", market.facts, "--name", "tones", "--lag", "10d"],
  ]) {
    const { code, stderr } = await cli.run(args);
    if (code !== 0) throw new Error(stderr);
  }
  cli.write("named.yaml", experiment());
}, 120_000);
afterAll(() => cli.dispose());

describe("in anonymized names", { timeout: 300_000 }, () => {
  it("a backtest, its reasons, its validation and its splits", async () => {
    await done("backtest", "named.yaml");
    const id = runsOf("named-");
    const { models } = JSON.parse(readFileSync(join(cli.workspace, "runs", id, "result.json"), "utf8")) as {
      readonly models: readonly { readonly testFrom: string }[];
    };
    await done("explain", id);
    await done("splits", "named.yaml");
    const day = models[0]?.testFrom as string;
    await done("explain", id, day);
    const { stderr } = await run("explain", id, day, "NOBODY");
    expect(stderr).toMatch(/There is no NOBODY; \d+ names have one: [A-Z]+_(LARGE|MID|SMALL)_[0-9a-f]{8}, /);
    if (WHOLE) await done("validate", "named.yaml", "--seeds", "2");
    await done("report", id);
    await done("runs");
    await done("trials", "named.yaml");
    await done("trials", "--export", "trials.json");
    await done("trials", "--export", "trials.csv");
  });

  it("a paper session, its vectors, its reasons and its replay", async () => {
    await done("paper", "named.yaml", "--sessions", "20");
    const id = runsOf("named-paper-");
    const { stdout } = await done("features", "online", "named.yaml");
    expect(stdout).toMatch(/^[A-Z]+_(LARGE|MID|SMALL)_[0-9a-f]{8} +as of /m);
    await done("replay", id);
    const { stderr } = await run("explain", id, "1999-01-01");
    await done("explain", id, /nearest (?:is|are) (\d{4}-\d{2}-\d{2})/.exec(stderr)?.[1] ?? stderr);
  });

  it.runIf(WHOLE)("signals by name, on threads or not: tuning, training, comparing, controls, leaks", async () => {
    cli.write(
      "signals.yaml",
      experiment({
        name: "signals",
        model: { family: "calibrated", member: { family: "ridge", alpha: 1000 }, pool: "instrument" },
        portfolio: { kind: "signals", minConfidence: 0, minReturn: 0, perName: 0.2 },
      }),
    );
    await done("backtest", "signals.yaml");
    const space = { "model.alpha": { float: [1, 1000], log: true } };
    cli.write("tuned.yaml", experiment({ name: "tuned", tuning: { space, trials: 3, parallel: 2 } }));
    await done("tune", "tuned.yaml", "--workers", "2", "--out", "chosen.yaml");
    await done("backtest", "chosen.yaml");
    await done("train", "named.yaml", "--seeds", "1");
    await done("explain", readdirSync(join(cli.workspace, "models"))[0] as string);
    const scores = market.symbols.map((symbol, i) => `2019-06-17,${symbol},${i}`);
    cli.write("scores.csv", `date,symbol,score\n${scores.join("\n")}\n`);
    const models = { ridge: { family: "ridge", alpha: 1000 }, stiff: { family: "ridge", alpha: 10_000 } };
    cli.write("compared.yaml", experiment({ name: "compared", model: undefined, models, predictions: { theirs: "scores.csv" } }));
    await done("compare", "compared.yaml");
    await run("control", "named.yaml", "--draws", "1", "--planted", "1", "--sizes", "0.04", "--threads", "2");
    await done("leaks", "named.yaml", "--names", "8", "--runs", "6");
  });

  it("mistakes", async () => {
    cli.write("wrong.yaml", experiment({ portfolio: { kind: "top-k", k: 400 }, benchmark: market.symbols[2] }));
    expect((await run("backtest", "wrong.yaml")).code).toBe(2);
    expect((await run("features", "online", "named.yaml", "--symbol", "NOBODY")).code).toBe(2);
  });

  it("leave and say no symbol at all", () => {
    expect(leaking()).toEqual([]);
    for (const file of ["trials.json", "trials.csv", ...(WHOLE ? ["chosen.yaml"] : [])]) {
      const text = readFileSync(join(cli.folder, file), "utf8");
      expect(market.symbols.filter((symbol) => text.includes(symbol))).toEqual([]);
    }
    expect(said.size).toBeGreaterThan(nightlyOr(20, 12));
    const loud = [...said].filter(([, text]) => market.symbols.some((symbol) => text.includes(symbol))).map(([command]) => command);
    expect(loud).toEqual([]);
    const key = JSON.parse(readFileSync(keyOf(), "utf8")) as { readonly secret: string };
    expect(filesHolding(cli.workspace, [key.secret], (path) => path.endsWith("names"))).toEqual([]);
    expect([...said.values()].join("\n")).not.toContain(key.secret);
  });

  it("and the search would find one: in real names, where they are asked for, they stand everywhere", async () => {
    cli.write("real.yaml", experiment({ name: "real", data: { dataset: "shares", facts: ["tones"], anonymize: false } }));
    await done("backtest", "real.yaml");
    const id = runsOf("real-");
    const found = leaking();
    for (const file of ["result.json", "experiment.yaml", "journal.twj", "report.html"])
      expect(
        found.some((path) => path.includes(join(id, file))),
        file,
      ).toBe(true);
    expect(found.every((path) => path.includes(id))).toBe(true);
    rmSync(join(cli.workspace, "runs", id), { recursive: true });
  });
});

const keyOf = (): string => {
  const names = readdirSync(join(cli.workspace, "names")).filter((name) => name.endsWith(".json"));
  expect(names).toHaveLength(1);
  return join(cli.workspace, "names", names[0] as string);
};

describe("truewind names", { timeout: 120_000 }, () => {
  interface Named {
    readonly key: string;
    readonly id: string;
    readonly names: readonly { readonly symbol: string; readonly name: string }[];
  }

  it("lists all, and translates either way", async () => {
    const all = (await cli.json(["names", "shares"])) as Named;
    expect(all.names.map(({ symbol }) => symbol)).toEqual(market.symbols);
    expect(all.key).toBe(keyOf());
    const [first, second] = all.names as [Named["names"][number], Named["names"][number]];
    const some = (await cli.json(["names", "shares", first.name, second.symbol])) as Named;
    expect(some.names).toEqual([first, second]);
    const { stdout } = await cli.run(["names", "shares", first.symbol]);
    expect(stdout).toBe(`SYMBOL    NAME\n${first.symbol}  ${first.name}\n`);
  });

  it("explains an instrument that is asked for by its symbol", async () => {
    const id = runsOf("named-");
    const { names } = (await cli.json(["names", "shares"])) as Named;
    const { models } = JSON.parse(readFileSync(join(cli.workspace, "runs", id, "result.json"), "utf8")) as {
      readonly models: readonly { readonly testFrom: string }[];
    };
    const day = models[0]?.testFrom as string;
    const asked = async (name: string): Promise<unknown> =>
      ((await cli.json(["explain", id, day, name])) as { readonly names: readonly { readonly instrument: string }[] }).names[0]?.instrument;
    const one = names[3];
    expect(await asked(one?.symbol ?? "")).toBe(one?.name);
    expect(await asked(one?.name ?? "")).toBe(one?.name);
  });

  it("says what it does not know, and that there is no key", async () => {
    const unknown = await cli.run(["names", "shares", "NOBODY", "TECH_LARGE_00000000"]);
    expect(unknown).toMatchObject({
      code: 2,
      stderr: "truewind: The key of names for dataset shares knows no NOBODY, TECH_LARGE_00000000.\n",
    });
    await cli.run(["data", "simulate", "fresh", "--names", "5", "--sectors", "2", "--from", "2020-01-01", "--to", "2020-12-31"]);
    const none = await cli.run(["names", "fresh", "--json"]);
    expect(none.code).toBe(2);
    expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: "bad-key", message: expect.stringMatching(/has no key of names/) } });
  });

  it("is refused a damaged key with one sentence, and so is every run", async () => {
    const key = keyOf();
    copyFileSync(key, `${key}.kept`);
    cli.write(join("workspace", "names", key.split(/[\\/]/).at(-1) as string), readFileSync(key, "utf8").replace("SMALL", "LARGE"));
    for (const args of [
      ["names", "shares"],
      ["backtest", "named.yaml"],
      ["replay", join(cli.workspace, "runs", runsOf("named-"))],
    ]) {
      const { code, stderr } = await cli.run(args);
      expect([code, stderr.trim().split("\n").length], stderr).toEqual([2, 1]);
      expect(stderr).toMatch(/^truewind: The key of names .*\.json is damaged: restore it from a copy\./);
    }
    copyFileSync(`${key}.kept`, key);
    rmSync(`${key}.kept`);
  });
});

it("two processes that make the key at once use one", { timeout: 120_000 }, async () => {
  const two = createCli("names-race");
  try {
    expect((await two.run(["data", "import", market.declaration])).code).toBe(0);
    for (const name of ["one", "two", "three"]) {
      const file = experiment({ name, data: { dataset: "shares" }, features: "classic-40-raw", ownFeatures: [] });
      two.write(`${name}.yaml`, file);
    }
    const runs = await Promise.all(["one", "two", "three"].map((name) => two.json(["backtest", `${name}.yaml`])));
    const benchmarks = runs.map((one) => {
      const { result } = one as { readonly result: string };
      return (JSON.parse(readFileSync(result, "utf8")) as { readonly benchmark: { readonly instrument: string } }).benchmark.instrument;
    });
    expect(new Set(benchmarks).size).toBe(1);
    expect(existsSync(join(two.workspace, "names"))).toBe(true);
  } finally {
    two.dispose();
  }
});
