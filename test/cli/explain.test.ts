// `truewind explain` as a user meets it: runs, decisions, paper sessions, models of tables; and one clear sentence for what is not there.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionExplanation, OverallExplanation } from "#app/report/explanation.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { sampleOf } from "#test/needs.js";

let cli: Cli;
let run = "";
let paper: { run: string; folder: string };
beforeAll(async () => {
  cli = createCli("explain");
  await simulateMarket(cli);
  cli.write("small.yaml", experimentYaml());
  run = ((await cli.json(["backtest", "small.yaml"])) as { run: string }).run;
  paper = (await cli.json(["paper", "small.yaml", "--sessions", "20"])) as { run: string; folder: string };
}, 120_000);
afterAll(() => cli.dispose());

type Decision = DecisionExplanation & { readonly page: string };

/** The sum of a name's parts, which must be its prediction. */
function gapOf({ way, names }: DecisionExplanation): number {
  return Math.max(
    ...names.map(({ features, rest, prediction }) =>
      Math.abs(features.reduce((sum, { adds }) => sum + adds, (way?.base ?? Number.NaN) + rest) - prediction),
    ),
  );
}

describe("truewind explain", () => {
  it("says what drove a run, and puts it into its report, the same bytes each time", async () => {
    const first = (await cli.json(["explain", run])) as OverallExplanation & { page: string };
    expect(first.way).toMatchObject({ method: "linear SHAP", accuracy: "exact" });
    expect(first.features).toHaveLength(40);
    expect(first.groups.length).toBeGreaterThan(5);
    expect(first.score?.name).toBe("mean rank IC");
    const kept = join(first.page, "..", "explanation.json");
    const bytes = readFileSync(kept, "utf8");
    expect(readFileSync(first.page, "utf8")).toContain("What drove the predictions");
    await cli.json(["explain", run]);
    expect(readFileSync(kept, "utf8")).toBe(bytes);
    const { code, stdout } = await cli.run(["explain", run]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/WHAT DROVE THE PREDICTIONS[^]*FEATURE[^]*GROUP[^]*Found by linear SHAP: exact/);
    await cli.run(["report", run]);
    expect(readFileSync(first.page, "utf8")).toContain("What drove the predictions");
  });

  it("says why the names of a decision were traded, and one of them feature by feature", async () => {
    const days = await daysNear(run);
    const all = (await cli.json(["explain", run, days])) as Decision;
    expect(all.names.length).toBeGreaterThan(0);
    expect(all.names.every(({ lots }) => lots !== null)).toBe(true);
    expect(gapOf(all)).toBeLessThan(1e-12);
    const name = all.names[0]?.instrument as string;
    const one = (await cli.json(["explain", run, days, name])) as Decision;
    expect(one.names).toEqual([all.names[0]]);
    const { stdout } = await cli.run(["explain", run, days, name]);
    expect(stdout).toMatch(
      new RegExp(`${name} is expected [^]* over 5 sessions against the mean of the universe[^]*FEATURE[^]*prediction`),
    );
    const sampled = (await cli.json(["explain", run, days, name, "--method", "kernel-shap"])) as Decision;
    expect(sampled.way?.method).toBe("KernelSHAP");
    expect(gapOf(sampled)).toBeLessThan(1e-9);
    const exact = new Map(one.names[0]?.features.map(({ feature, adds }) => [feature, adds]));
    for (const { feature, adds } of sampled.names[0]?.features ?? [])
      if (exact.has(feature)) expect(adds).toBeCloseTo(exact.get(feature) as number, 6);
  });

  it("reads of a paper session what it journaled, which replay passes over", async () => {
    const { message } = await refusal(["explain", paper.run, "2021-01-01"]);
    const day = /nearest (?:is|are) (\S+)/.exec(message)?.[1] as string;
    const told = (await cli.json(["explain", paper.run, day.replace(/\.$/, "")])) as Decision;
    expect(told).toMatchObject({ journaled: true, trouble: null });
    expect(told.names.length).toBeGreaterThan(0);
    expect(gapOf(told)).toBeLessThan(1e-12);
    expect(readFileSync(told.page, "utf8")).toContain("as the session journaled it");
    expect(await cli.json(["replay", paper.folder])).toMatchObject({ identical: true });
  });

  it("says of a damaged explanation that it can be asked again", async () => {
    const kept = join(paper.folder, "explanation.json");
    const bytes = readFileSync(kept);
    writeFileSync(kept, bytes.subarray(0, 100));
    const { code, stderr } = await cli.run(["explain", paper.run]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/explanation\.json is damaged: delete it, what it holds can be asked again/)]);
    writeFileSync(kept, bytes);
  });

  it("explains models of tables on the rows of a file", async () => {
    const lines = ["date,symbol,a,b,label"];
    let state = 7;
    const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (const symbol of ["AAA", "BBB"])
      for (let day = 0, before = 0.5; day < 200; day++) {
        const label = before > 0.5 ? 1 : -1;
        before = chance();
        lines.push([new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10), symbol, before, chance(), label].join());
      }
    cli.write("rows.csv", `${lines.join("\n")}\n`);
    const splits = { train: { from: "2020-01-01", to: "2020-04-30" }, validation: { from: "2020-05-01", to: "2020-05-31" } };
    const model = { family: "logistic" };
    cli.write("rows.yaml", JSON.stringify({ name: "rows", table: { file: "rows.csv", features: ["a", "b"] }, splits, model, seeds: 2 }));
    await cli.json(["train", "rows.yaml"]);
    expect((await refusal(["explain", "rows"])).message).toMatch(/model of tables: name rows to be explained with --data FILE/);
    const overall = (await cli.json(["explain", "rows", "--data", "rows.csv"])) as OverallExplanation;
    expect(overall.features.map(({ feature }) => feature)).toEqual(["a", "b"]);
    expect(overall).toMatchObject({ unit: "number", sample: "of the file, all after its training", way: { method: "linear SHAP" } });
    expect(overall.features[0]?.drop?.mean).toBeGreaterThan(0.2);
    const one = (await cli.json(["explain", "rows", "2020-06-10", "AAA", "--data", "rows.csv"])) as Decision;
    expect(gapOf(one)).toBeLessThan(1e-12);
    expect(one.names[0]?.features[0]?.feature).toBe("a");
  });

  const refusals: readonly (readonly [string, () => readonly string[] | Promise<readonly string[]>, string, RegExp])[] = [
    ["a name that nothing has", () => ["nothing"], "no-such-run", /neither a run nor a model "nothing"; there are runs: small-/],
    ["a beginning that fits several", () => ["small-"], "no-such-run", /no single run "small-".*it fits small-/],
    ["a day that is none", () => [run, "monday"], "bad-usage", /"monday" is no moment/],
    ["a day without a decision", () => [run, "1999-01-01"], "bad-usage", /has no moment 1999-01-01; the nearest is 20/],
    [
      "a name that is not there",
      async () => [run, await daysNear(run), "NOPE"],
      "bad-usage",
      /There is no NOPE; \d+ names have one: [A-Z]+_/,
    ],
    [
      "a name that is no member",
      async () => [run, await daysNear(run), "SIM_INDEX"],
      "bad-usage",
      /NA_[A-Z]+_[0-9a-f]+ has no prediction at/,
    ],
    ["rows for a run", () => [run, "--data", "small.yaml"], "bad-usage", /--data is for models of tables/],
  ];
  it.each(sampleOf(refusals, 4))("refuses %s in one sentence that says what there is", async (_, args, code, sentence) => {
    expect(await refusal(["explain", ...(await args())])).toMatchObject({ code, message: expect.stringMatching(sentence) as string });
  });
});

/** A decision day of the run, found by the sentence that a wrong day gets. */
async function daysNear(of: string): Promise<string> {
  const { message } = await refusal(["explain", of, "2021-02-28"]);
  return /nearest are (\S+)/.exec(message)?.[1] as string;
}

async function refusal(args: readonly string[]): Promise<{ code: string; message: string }> {
  const { code, stdout, stderr } = await cli.run([...args, "--json"]);
  expect(code, stderr).toBe(2);
  return (JSON.parse(stdout) as { error: { code: string; message: string } }).error;
}
