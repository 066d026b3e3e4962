// `truewind train` and `truewind predict` as processes: one after the other, kill -9, Ctrl-C, and exit codes.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StudyModelCard } from "#app/training/study-card.js";
import { sha256 } from "#base/hash.js";
import { createRng } from "#base/rng.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { tableCsv, tableExperimentYaml, tableRows } from "#test/fixtures/table.js";
import { nightlyOr } from "#test/needs.js";

interface Trained {
  readonly model: string;
  readonly folder: string;
  readonly found: boolean;
}

const KILLS = nightlyOr(20, 2);
const SEEDS = nightlyOr(60, 20);
let calm: Cli;
let trained: Trained;
beforeAll(async () => {
  calm = createCli("calm");
  calm.write("table.csv", tableCsv(tableRows(120, 40)));
  calm.write("table.yaml", tableExperimentYaml({ seeds: SEEDS }));
  trained = (await calm.json(["train", "table.yaml"])) as Trained;
});
afterAll(() => calm.dispose());

it("trains, does nothing twice, and predicts", async () => {
  expect(await calm.json(["train", "table.yaml"])).toEqual({ ...trained, found: true });
  const data = calm.write("elsewhere/t.csv.gz", gzipSync(tableCsv(tableRows(30, 4))));
  const { code, stdout } = await calm.run(["predict", "table", "--data", data, "--out", "out.csv", "--per-seed"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/out\.csv: \d+ rows by table-[0-9a-f]{12}[^]*Against its \d+ labels on \d+ days: accuracy 0\.\d+, mcc/);
  expect(readFileSync(join(calm.folder, "out.csv"), "utf8")).toMatch(
    new RegExp(`^date,symbol,direction,probability,score,seed_1,.*seed_${SEEDS}\n2020-01-01,S0,,,,,`),
  );
});

it("refuses with the documented exit codes", async () => {
  const lacks = calm.write("lacks.csv", "date,symbol,f1,f2\n2020-05-01,S1,1,2\n");
  const wrong = calm.write("wrong.yaml", tableExperimentYaml({ colour: 1 }));
  for (const [args, exit, code] of [
    [["predict", "table", "--data", lacks, "--out", "refused.csv"], 1, "bad-file"],
    [["predict", "none", "--data", lacks, "--out", "refused.csv"], 2, "no-such-model"],
    [["train", wrong], 2, "bad-config"],
  ] as const) {
    const outcome = await calm.run([...args, "--json"]);
    expect(outcome.code).toBe(exit);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ error: { code } });
  }
});

it(`killed ${KILLS} times and stopped with Ctrl-C it goes on, and ends as the one that was left alone`, { timeout: 300_000 }, async () => {
  const rough = createCli("rough");
  const rng = createRng("kill");
  try {
    for (const name of ["table.csv", "table.yaml"]) rough.write(name, readFileSync(join(calm.folder, name)));
    const place = join(rough.workspace, "models", trained.model);
    const finished = (): number => (existsSync(place) ? readdirSync(place).filter((name) => name.endsWith(".model")).length : 0);
    for (let kill = 0; kill <= KILLS; kill++) {
      const politely = kill === KILLS;
      const before = finished();
      const running = rough.start(["train", "table.yaml", "--json"]);
      if (kill % 2 === 0 || politely) while (finished() <= before && running.process.exitCode === null) await wait(2);
      else await Promise.race([wait(rng.next() * 1500), running.ended]);
      running.process.kill(politely ? "SIGINT" : "SIGKILL");
      const { code, stdout } = await running.ended;
      if (code === 0) break; // it was faster
      expect(existsSync(join(place, "model.json"))).toBe(false);
      const stopped = { error: { code: "interrupted", message: expect.stringContaining("give the same command again") as string } };
      if (politely) expect(JSON.parse(stdout)).toMatchObject(stopped);
    }
    expect(((await rough.json(["train", "table.yaml"])) as Trained).folder).toBe(place);
    const kept = (at: string): string[] =>
      readdirSync(at)
        .filter((name) => !name.startsWith("lock"))
        .sort();
    expect(kept(place)).toEqual(kept(trained.folder));
    for (const name of kept(place))
      expect(readFileSync(join(place, name)).equals(readFileSync(join(trained.folder, name))), name).toBe(true);
  } finally {
    rough.dispose();
  }
});

it("trains a dataset experiment fold by fold without trading; killed, it goes on to the same bytes; no table can be given to it", async () => {
  const cli = createCli("study");
  try {
    await simulateMarket(cli);
    cli.write("small.yaml", experimentYaml());
    const command = ["train", "small.yaml", "--seeds", "2"];
    const running = cli.start([...command, "--json"]);
    const artifacts = (): string[] => {
      const models = join(cli.workspace, "models");
      const [id] = existsSync(models) ? readdirSync(models) : [];
      return id === undefined ? [] : readdirSync(join(models, id)).filter((name) => name.endsWith(".model"));
    };
    while (artifacts().length < 2 && running.process.exitCode === null) await wait(2);
    running.process.kill("SIGKILL");
    await running.ended;
    const { card, folder, model } = (await cli.json(command)) as Trained & { readonly card: StudyModelCard };
    expect(card.models.map((folds) => folds.length)).toEqual([card.folds.length, card.folds.length]);
    // Ridge knows no chance.
    expect(card.perSeed[0]).toEqual(card.perSeed[1]);
    for (const { artifact, artifactHash } of card.models.flat()) expect(sha256(readFileSync(join(folder, artifact)))).toBe(artifactHash);
    const { run } = (await cli.json(["backtest", "small.yaml"])) as { run: string };
    const schedule = JSON.parse(readFileSync(join(cli.workspace, "runs", run, "models", "schedule.json"), "utf8")) as {
      card: { id: string };
    }[];
    expect(card.models[0]?.map(({ id }) => id)).toEqual(schedule.map((stored) => stored.card.id));
    const { stdout } = await cli.run(command);
    expect(stdout).toMatch(/was trained already[^]*OUT OF SAMPLE[^]*ridge on the same folds[^]*FOLD/);
    const table = cli.write("t.csv", tableCsv(tableRows(10)));
    const refused = await cli.run([...command, "--data", table]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("leave it out") as string]);
    const predict = await cli.run(["predict", model, "--data", table, "--out", "out.csv"]);
    expect([predict.code, predict.stderr]).toEqual([2, expect.stringContaining("was trained on a dataset of the lake") as string]);
  } finally {
    cli.dispose();
  }
}, 180_000);
