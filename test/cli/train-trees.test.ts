// `truewind train` of trees as a process: what a kill and Ctrl-C leave behind, several seeds, and the threads that change nothing.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { type Cli, createCli } from "#test/fixtures/cli.js";
import { tableCsv, tableExperimentYaml, tableRows } from "#test/fixtures/table.js";

const clis: Cli[] = [];
function open(model: object, seeds = 1): Cli {
  const cli = createCli("trees");
  clis.push(cli);
  cli.write("table.csv", tableCsv(tableRows(120, 40)));
  cli.write("trees.yaml", tableExperimentYaml({ name: "trees", model, seeds }));
  return cli;
}
afterAll(() => clis.forEach((cli) => cli.dispose()));

/** Of the only model of the workspace; null where it is not there. */
function fileOf(cli: Cli, name: string): Buffer | null {
  const models = join(cli.workspace, "models");
  const [id] = existsSync(models) ? readdirSync(models) : [];
  const path = join(models, id ?? "", name);
  return existsSync(path) ? readFileSync(path) : null;
}

const MODELS = {
  boosting: { family: "boosting", objective: "binary", rounds: 400, checkpointEvery: 25, patience: null, baggingFraction: 0.8, leaves: 15 },
  forest: { family: "forest", objective: "binary", trees: 40, checkpointEvery: 4 },
} as const;

it.each(["boosting", "forest"] as const)(
  "%s: killed, then stopped by Ctrl-C, it goes on to the bytes of a calm run with other threads",
  { timeout: 180_000 },
  async (name) => {
    const [rough, calm] = [open(MODELS[name]), open(MODELS[name])];
    await calm.json(["train", "trees.yaml", "--threads", "2"]);
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      const before = fileOf(rough, "seed-1.checkpoint");
      const running = rough.start(["train", "trees.yaml", "--json", "--threads", "1"]);
      const written = (state: Buffer | null): boolean => state !== null && before?.equals(state) !== true;
      while (!written(fileOf(rough, "seed-1.checkpoint")) && running.process.exitCode === null) await wait(2);
      running.process.kill(signal);
      const { code, stdout } = await running.ended;
      expect(fileOf(rough, "seed-1.model")).toBeNull();
      if (signal === "SIGINT") expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: "interrupted" } }]);
    }
    await rough.json(["train", "trees.yaml", "--threads", "1"]);
    expect(fileOf(rough, "seed-1.checkpoint")).toBeNull();
    expect(fileOf(rough, "seed-1.model")).toEqual(fileOf(calm, "seed-1.model"));
  },
);

it("several seeds of boosting are trained, measured beside ridge, and predict a table", async () => {
  const cli = open({ family: "boosting", objective: "binary", steps: 2, baggingFraction: 0.7, rounds: 40 }, 3);
  const { model, card } = (await cli.json(["train", "trees.yaml"])) as {
    readonly model: string;
    readonly card: { readonly splits: readonly { readonly ensemble: Readonly<Record<string, number>> }[] };
  };
  for (const { ensemble } of card.splits) expect(ensemble["auc"]).toBeGreaterThan(0.65);
  expect(fileOf(cli, "seed-1.model")).not.toEqual(fileOf(cli, "seed-2.model"));
  await cli.json(["predict", model, "--data", "table.csv", "--out", "out.csv"]);
  const [header, ...lines] = readFileSync(join(cli.folder, "out.csv"), "utf8").trim().split("\n");
  expect(header).toContain("date,symbol");
  expect(lines.length).toBeGreaterThan(4000);
});
