// Wrong experiments, names and places, at process level: the documented exit code and one clear sentence that says what to do.
import type { SpawnOptions } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, createCli, experimentYaml, ordinaryUser, simulateMarket } from "#test/fixtures/cli.js";
import { sampleOf } from "#test/needs.js";

let cli: Cli;
let paperFolder: string;
beforeAll(async () => {
  cli = createCli("misuse");
  await simulateMarket(cli);
  cli.write("small.yaml", experimentYaml());
  paperFolder = ((await cli.json(["paper", "small.yaml", "--sessions", "20"])) as { folder: string }).folder;
});
afterAll(() => cli.dispose());

async function refuses(args: readonly string[], code: number, errorCode: string, sentence: RegExp, user: SpawnOptions = {}): Promise<void> {
  const outcome = await cli.run([...args, "--json"], user);
  expect(outcome).toMatchObject({ code });
  const { error } = JSON.parse(outcome.stdout) as { error: { code: string; message: string } };
  expect(error.message).toMatch(sentence);
  expect(error.code).toBe(errorCode);
  expect(outcome.stderr).not.toMatch(/defect of Truewind/);
}

const runsOf = (name: string): string[] =>
  readdirSync(join(cli.workspace, "runs"))
    .filter((id) => id.startsWith(`${name}-`))
    .map((id) => join(cli.workspace, "runs", id));

type Case = readonly [name: string, changes: Readonly<Record<string, unknown>>, sentence: RegExp];
/** All end with 2 and `bad-config`, and leave no run behind. */
const EXPERIMENTS: readonly Case[] = [
  [
    "unknown keys, negative costs and wrong words, all at once",
    { colour: "red", costs: { feeBps: -5, halfspread: 1 }, portfolio: { kind: "topk" }, features: 5 },
    /(?=[^]*5 problems)(?=[^]*feeBps: must be at least 0)(?=[^]*unknown key "halfspread")(?=[^]*equal-weight, top-k, long-short, signals or optimize)(?=[^]*features: must be)(?=[^]*unknown key "colour")/,
  ],
  [
    "unknown symbols, sector, features and family, all at once",
    {
      universe: { include: ["AAA", "SIM_TECH_01"], exclude: ["BBB"], sectors: ["space"] },
      benchmark: "SPY",
      features: ["close", "momentun", "close"],
      model: { family: "lstm" },
    },
    /(?=[^]*no AAA)(?=[^]*no BBB)(?=[^]*no SPY)(?=[^]*no space; there are Financials)(?=[^]*features\.1: .*"momentun")(?=[^]*features: "close" stands there twice)(?=[^]*"lstm"; known are)/,
  ],
  [
    "a reference instrument that is not there",
    { peers: { market: "SPX", gold: "SIM_INDEX" } },
    /peers\.market: there is no SPX; look at its symbols/,
  ],
  ["a role that is none", { peers: { markets: "SIM_INDEX" } }, /peers: unknown key "markets"/],
  ["an unknown feature set", { features: "classic-41" }, /no feature set "classic-41"; did you mean classic-40/],
  ["settings that the model family does not have", { model: { family: "ridge", alpha: -1, beta: 3 } }, /ridge.*alpha.*beta/],
  ["more names than there are", { portfolio: { kind: "top-k", k: 30 } }, /k: 30 cannot be chosen among 2\d names; at most 2\d/],
  ["a huge k", { portfolio: { kind: "top-k", k: 1e9 } }, /k: must be at most 1000000/],
  ["more names on two sides than there are", { portfolio: { kind: "long-short", k: 15 } }, /15 long and 15 short/],
  ["a horizon longer than the data", { label: { horizon: 5000 } }, /label\.horizon \(5000\).*below the 1008 sessions/],
  ["a first test before any training", { splits: { firstTest: "2018-01-03" } }, /[Nn]othing precedes the first test/],
  [
    "a first test behind the data",
    { splits: { firstTest: "2030-01-02" } },
    /1008 sessions from 2018-01-02 to 2021-12-31; set splits\.firstTest/,
  ],
  [
    "dates that run backwards",
    { data: { dataset: "market", from: "2020-01-01", to: "2019-01-01" } },
    /from 2020-01-01 is later than to 2019-01-01/,
  ],
  [
    "an account in a currency without a rate",
    { account: { currency: "EUR" } },
    /account\.currency: it is EUR, the instruments trade in USD/,
  ],
  ["a number where a name belongs", { data: { dataset: 2019 } }, /data\.dataset: must be text: write it in quotes, as "2019"/],
  ["a fraction as seed", { seed: 1.5 }, /seed: must be a whole number or text in quotes/],
  ["a name longer than a folder's", { name: "a".repeat(400) }, /name: must have at most 120 characters/],
  ["a fee above the price", { costs: { feeBps: 1e9 } }, /costs\.feeBps: must be at most 1000/],
];

describe.concurrent("an experiment that cannot run", () => {
  it.each(sampleOf(EXPERIMENTS, 6).map(([name, changes, sentence], i) => [name, `case-${i}`, changes, sentence] as const))(
    "%s",
    async (_, name, changes, sentence) => {
      const file = cli.write(`${name}.yaml`, experimentYaml({ name, ...changes }));
      await refuses(["backtest", file], 2, "bad-config", sentence);
      // What is found only while it is studied leaves a run that is recorded as failed, and nothing that looks like a result.
      for (const run of runsOf(name)) expect(readdirSync(run)).not.toContain("result.json");
    },
  );

  it.each(
    sampleOf<readonly [string, string | Buffer, RegExp]>(
      [
        ["of 0 bytes", "", /\.yaml is empty/],
        ["that is not YAML", "name: [x", /\.yaml is not valid YAML:\n.*line 1/],
        ["with a key twice", "name: a\nname: b", /must be unique at line 2/],
        ["in another encoding", Buffer.from("name: caf\xe9", "latin1"), /not UTF-8/],
        ["that is a list", "- a", /must be a set of keys, not \["a"\]/],
        [
          "that explodes",
          `a: &a [${"x,".repeat(9)}x]\nb: &b [${"*a,".repeat(9)}*a]\nc: &c [${"*b,".repeat(9)}*b]\nname: [${"*c,".repeat(9)}*c]`,
          /aliases/,
        ],
      ],
      3,
    ).map(([name, ...rest], i) => [name, `wrong-${i}.yaml`, ...rest] as const),
  )("a file %s", async (_, file, content, sentence) => {
    cli.write(file, content);
    await refuses(["backtest", file], 2, "bad-config", sentence);
  });

  it("dates outside the data", async () => {
    cli.write("outside.yaml", experimentYaml({ data: { dataset: "market", from: "1990-01-01", to: "1995-01-01" } }));
    await refuses(
      ["backtest", "outside.yaml"],
      1,
      "no-data",
      /2018-01-02 to 2021-12-31.*between 1990-01-01 and 1995-01-01: set data\.from/,
    );
  });
  it("an account too small for one share is no result", async () => {
    cli.write("poor.yaml", experimentYaml({ name: "poor", account: { cash: 0.01 } }));
    await refuses(["backtest", "poor.yaml"], 1, "no-data", /never traded.*account\.cash/);
    for (const run of runsOf("poor")) expect(readdirSync(run)).not.toContain("result.json");
  });
  it("a whole number as seed is taken as its text", async () => {
    cli.write("seed.yaml", experimentYaml({ seed: 7 }));
    cli.write("seed-text.yaml", experimentYaml({ seed: "7" }));
    const first = (await cli.json(["backtest", "seed.yaml"])) as { run: string };
    expect(await cli.json(["backtest", "seed-text.yaml"])).toMatchObject({ run: first.run, identity: { seed: "7" } });
  });
});

describe.concurrent("names that do not exist", () => {
  const names: readonly (readonly [string, readonly string[], string, RegExp])[] = [
    ["an experiment file", ["backtest", "nowhere.yaml"], "no-such-file", /nowhere\.yaml: there is no such file\. Check the path/],
    ["a folder as experiment", ["backtest", "."], "no-such-file", /it is a folder, and a file is needed/],
    ["a dataset", ["data", "show", "nothing"], "no-such-dataset", /no dataset "nothing".*import it first/],
    ["a symbol", ["data", "show", "market", "--symbol", "NOPE"], "bad-usage", /no symbol 'NOPE'/],
    ["a run", ["report", "nothing"], "no-such-run", /no single run "nothing".*truewind runs/],
    ["no run", ["replay", "nowhere"], "no-such-run", /no single run "nowhere"/],
    ["a folder without a journal", ["replay", "."], "no-such-file", /no journal at \./],
    ["a command", ["frobnicate"], "bad-usage", /Unknown command 'frobnicate'/],
    ["an option", ["runs", "--frob"], "bad-usage", /Unknown option '--frob'/],
    ["a day", ["data", "show", "market", "--from", "2020-02-30"], "bad-usage", /not a day/],
    ["half a row", ["data", "show", "market", "--limit", "2.5"], "bad-usage", /whole number/],
    ["sessions that the data do not have", ["paper", "small.yaml", "--sessions", "5000"], "bad-usage", /market has 1008.*--sessions/],
    [
      "sessions before the first model",
      ["paper", "small.yaml", "--sessions", "900"],
      "bad-usage",
      /before its first model is trained: ask for at most 50\d/,
    ],
  ];
  it.each(sampleOf(names, 5))("%s", (_, args, code, sentence) => refuses(args, 2, code, sentence));

  it("a folder to write into, once the result has been told", async () => {
    const { code, stderr } = await cli.run(["trials", "--export", "nowhere/records.json"]);
    expect([code, stderr]).toEqual([2, "truewind: There is no folder nowhere: check the path.\n"]);
  });

  it("no command at all prints the help, with the exit codes, and ends with 2", async () => {
    expect(await cli.run([])).toMatchObject({ code: 2, stderr: expect.stringMatching(/Usage: truewind[^]*Exit codes:/) as string });
  });
});

describe.concurrent("a journal that cannot be replayed", () => {
  const copyOfRun = (name: string): string => {
    const folder = join(cli.folder, name);
    cpSync(paperFolder, folder, { recursive: true });
    return join(folder, "journal.twj");
  };
  it("is no journal", () => refuses(["replay", "small.yaml"], 1, "corrupt-journal", /small\.yaml is not a Truewind journal/));
  it("is cut within its header", async () => {
    const journal = copyOfRun("headless");
    truncateSync(journal, 40);
    await refuses(["replay", journal], 1, "corrupt-journal", /no whole header/);
  });
  it("is damaged in its middle", async () => {
    const journal = copyOfRun("damaged");
    const bytes = readFileSync(journal);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 0xff;
    writeFileSync(journal, bytes);
    await refuses(["replay", journal], 1, "corrupt-journal", /damaged at byte \d+ of \d+/);
  });
  it("belongs to a dataset that has changed", async () => {
    const other = createCli("changed");
    await simulateMarket(other, "--seed", "2");
    const { code, stdout } = await other.run(["replay", paperFolder, "--json"]);
    expect({ code, stdout: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 1,
      stdout: { error: { code: "data-changed", message: expect.stringMatching(/market is not the one that this was made on/) as string } },
    });
    other.dispose();
  });
  it("has lost its models", async () => {
    const journal = copyOfRun("modelless");
    mkdirSync(join(cli.folder, "bare"));
    copyFileSync(journal, join(cli.folder, "bare", "journal.twj"));
    await refuses(["replay", join(cli.folder, "bare")], 2, "no-such-run", /has no models/);
  });
  it("but one that was cut anywhere is replayed to its last whole entry", async () => {
    const journal = copyOfRun("cut");
    const whole = (await cli.json(["replay", paperFolder])) as { events: number; orders: number };
    truncateSync(journal, Math.floor(statSync(journal).size * 0.9));
    const part = (await cli.json(["replay", journal])) as { identical: boolean; events: number; orders: number };
    expect(part.identical).toBe(true);
    expect(part.events).toBeGreaterThan(0);
    expect(part.events).toBeLessThan(whole.events);
  });
  it("but one with a torn end is replayed as far as it goes", async () => {
    const journal = copyOfRun("torn");
    appendFileSync(journal, Buffer.alloc(7, 1));
    expect(await cli.json(["replay", journal])).toMatchObject({ identical: true });
  });
});

describe.concurrent("a workspace that cannot be used", () => {
  const elsewhere = (name: string): string => join(cli.folder, "workspaces", name);
  it("is a file", async () => {
    cli.write("workspaces/file", "x");
    await refuses(["data", "list", "--workspace", elsewhere("file")], 2, "bad-config", /file where a folder is needed.*--workspace/);
  });
  it("was made by a newer version", async () => {
    cli.write("workspaces/newer/workspace.json", '{"layout":99}');
    await refuses(["runs", "--workspace", elsewhere("newer")], 2, "bad-config", /newer Truewind \(layout 99.*update Truewind/);
    expect(existsSync(join(elsewhere("newer"), "state.db"))).toBe(false);
  });
  it("holds a dataset of a newer version", async () => {
    cpSync(join(cli.workspace, "lake"), join(elsewhere("manifest"), "lake"), { recursive: true, verbatimSymlinks: true });
    const file = join(elsewhere("manifest"), "lake", "market", "manifest.json");
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), shape: 2 }));
    await refuses(
      ["data", "show", "market", "--workspace", elsewhere("manifest")],
      1,
      "bad-file",
      /no manifest of this version.*import the dataset again/s,
    );
  });
  it("holds a state.db that is none", async () => {
    cli.write("workspaces/state/state.db", "not a database, ".repeat(100));
    await refuses(["runs", "--workspace", elsewhere("state")], 1, "bad-file", /state\.db cannot be opened.*move it away/);
    expect(readFileSync(join(elsewhere("state"), "state.db"), "utf8")).toMatch(/^not a database/);
  });
  it("is read only", async (context) => {
    mkdirSync(elsewhere("closed"), { recursive: true, mode: 0o500 });
    const user = await ordinaryUser(cli);
    if (user === null) return context.skip("only root is there, who may write everywhere");
    return refuses(["data", "list", "--workspace", elsewhere("closed")], 2, "bad-config", /you may not write there.*--workspace/, user);
  });
});
