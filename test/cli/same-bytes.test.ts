// The same experiment, data, code and seed give the same bytes: in another folder, another time zone, another language.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, createCli, experimentYaml, simulateAnew } from "#test/fixtures/cli.js";

interface Made {
  readonly cli: Cli;
  readonly folder: string;
  readonly paper: string;
}

const read = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");

async function make(name: string, env: Readonly<Record<string, string>>, changes: Readonly<Record<string, unknown>> = {}): Promise<Made> {
  const cli = createCli(name);
  await simulateAnew(cli, "--seed", "same");
  cli.write("small.yaml", experimentYaml(changes));
  const json = async (args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await cli.run([...args, "--json"], { env });
    if (code !== 0) throw new Error(stdout + stderr);
    return JSON.parse(stdout) as unknown;
  };
  const { result } = (await json(["backtest", "small.yaml"])) as { result: string };
  const paper = (await json(["paper", "small.yaml", "--sessions", "30"])) as { folder: string };
  return { cli, folder: join(result, ".."), paper: paper.folder };
}

let one: Made;
let two: Made;
beforeAll(async () => {
  one = await make("here", { TZ: "UTC", LANG: "C" });
  two = await make("a far longer päth with spaces", { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" });
});
afterAll(() => {
  one.cli.dispose();
  two.cli.dispose();
});

describe("two fresh workspaces under other paths, time zones and languages", () => {
  it("hold the same result, to the byte", () => {
    expect(read(two.folder, "result.json")).toBe(read(one.folder, "result.json"));
    expect(read(two.folder, "experiment.yaml")).toBe(read(one.folder, "experiment.yaml"));
  });
  it("hold the same journal and models, to the byte", () => {
    for (const file of ["journal.twj", "models/schedule.json"])
      expect(readFileSync(join(two.folder, file)).equals(readFileSync(join(one.folder, file)))).toBe(true);
    expect(readFileSync(join(two.paper, "journal.twj")).equals(readFileSync(join(one.paper, "journal.twj")))).toBe(true);
  });
  it("hold the same paper session, to the byte", () => {
    expect(read(two.paper, "paper.json")).toBe(read(one.paper, "paper.json"));
  });
  it("hold the same report but for how long it took", () => {
    const withoutTiming = (made: Made): string => {
      const parts = read(made.folder, "report.html").split(/<p class="fine">It took [^<]*<\/p>/);
      expect(parts).toHaveLength(2);
      return parts.join("");
    };
    expect(withoutTiming(two)).toBe(withoutTiming(one));
  });
  it("replay their journals to the last order", async () => {
    for (const { cli, folder, paper } of [one, two])
      for (const journal of [folder, paper]) expect(await cli.json(["replay", journal])).toMatchObject({ identical: true });
  });
  it("give the same again when run again over what is there", async () => {
    const before = read(one.folder, "result.json");
    await one.cli.json(["backtest", "small.yaml"]);
    expect(read(one.folder, "result.json")).toBe(before);
  });
});

it("data of another seed give another result", async () => {
  const cli = createCli("other");
  await simulateAnew(cli, "--seed", "other");
  cli.write("small.yaml", experimentYaml());
  const { result } = (await cli.json(["backtest", "small.yaml"])) as { result: string };
  const hash = (path: string): string => (JSON.parse(read(path)) as { orders: { hash: string } }).orders.hash;
  expect(hash(result)).not.toBe(hash(join(one.folder, "result.json")));
  cli.dispose();
});

it("another seed of the experiment is another run, and says so", async () => {
  one.cli.write("seed.yaml", experimentYaml({ seed: "2" }));
  const { run, result } = (await one.cli.json(["backtest", "seed.yaml"])) as { run: string; result: string };
  expect(one.folder.endsWith(run)).toBe(false);
  expect(read(result)).not.toBe(read(one.folder, "result.json"));
});
