// Killed at any moment, interrupted, started twice: what was there stays, the same command goes on, and the end is the same.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { type Cli, type Running, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { nightlyOr } from "#test/needs.js";

const SESSIONS = ["--sessions", "60"];
/** Sessions per second of a run that is ended from outside: it lasts a minute, however long other commands take to start. */
const SLOW = "1";
const KILLS = nightlyOr(20, 2);
const rng = createRng("crash");

let calm: Cli;
let rough: Cli;
let expected: string;
beforeAll(async () => {
  [calm, rough] = [createCli("calm"), createCli("rough")];
  for (const cli of [calm, rough]) {
    await simulateMarket(cli);
    cli.write("small.yaml", experimentYaml());
  }
  const { folder } = (await calm.json(["paper", "small.yaml", ...SESSIONS])) as { folder: string };
  expected = readFileSync(join(folder, "paper.json"), "utf8");
});
afterAll(() => {
  calm.dispose();
  rough.dispose();
});

interface ListedRun {
  readonly id: string;
  readonly mode: string;
  readonly state: string;
}

const listed = async (cli: Cli): Promise<readonly ListedRun[]> => ((await cli.json(["runs"])) as { runs: readonly ListedRun[] }).runs;
const runFolder = (cli: Cli, mode: RegExp): string | undefined => {
  const runs = join(cli.workspace, "runs");
  const name = existsSync(runs) ? readdirSync(runs).find((id) => mode.test(id)) : undefined;
  return name === undefined ? undefined : join(runs, name);
};

/** Waits until the file is there; throws when the process ended before. */
async function appears(running: Running, path: () => string | undefined): Promise<void> {
  for (;;) {
    const file = path();
    if (file !== undefined && existsSync(file)) return;
    if (running.process.exitCode !== null) throw new Error(`It ended before: ${(await running.ended).stderr}`);
    await wait(20);
  }
}

const inPaper = (cli: Cli, file: string) => (): string | undefined => {
  const folder = runFolder(cli, /-paper-/);
  return folder === undefined ? undefined : join(folder, file);
};

/** Process that holds the lock of the paper session, or held it last. */
function ownerOf(cli: Cli): number | null {
  const file = inPaper(cli, "lock.owner")();
  return file !== undefined && existsSync(file) ? Number(readFileSync(file, "utf8")) : null;
}

describe("a paper session", () => {
  it(
    `killed ${KILLS} times at random moments ends as the one that was left alone`,
    async () => {
      let kills = 0;
      let resumed = 0;
      while (kills < KILLS) {
        // The first as soon as there is something to go on from; of the others one in four while it starts, the rest from its first file to
        // its last sessions, however busy the machine is.
        const first = kills === 0;
        const starting = kills % 4 === 3;
        const session = rough.start(["paper", "small.yaml", ...SESSIONS, "--pace", first ? SLOW : "25", "--json"]);
        if (first) await appears(session, inPaper(rough, "snapshot.bin"));
        else if (!starting) while (ownerOf(rough) !== session.process.pid && session.process.exitCode === null) await wait(10);
        if (!first) await Promise.race([wait(rng.next() * (starting ? 500 : 2400)), session.ended]);
        if (session.process.kill("SIGKILL")) kills++;
        const { code, stdout } = await session.ended;
        if (code !== 0) continue;
        // It was faster: the end must be the same here too, and the next one begins anew.
        expect(readFileSync(inPaper(rough, "paper.json")() as string, "utf8")).toBe(expected);
        if ((JSON.parse(stdout) as { resumed: boolean }).resumed) resumed++;
      }
      expect((await listed(rough)).filter((run) => run.state === "running")).toEqual([]);
      const last = (await rough.json(["paper", "small.yaml", ...SESSIONS])) as { folder: string; resumed: boolean };
      if (last.resumed) resumed++;
      expect(readFileSync(join(last.folder, "paper.json"), "utf8")).toBe(expected);
      expect(resumed).toBeGreaterThan(0);
      expect(await rough.json(["replay", last.folder])).toMatchObject({ identical: true });
    },
    nightlyOr(600_000, 120_000),
  );

  it("stopped with Ctrl-C ends with 1, says how to go on, and goes on", async () => {
    const cli = createCli("stopped");
    await simulateMarket(cli);
    cli.write("small.yaml", experimentYaml());
    const session = cli.start(["paper", "small.yaml", ...SESSIONS, "--pace", SLOW, "--json"]);
    await appears(session, inPaper(cli, "snapshot.bin"));
    expect((await listed(cli)).map((run) => run.state)).toEqual(["running"]);
    session.process.kill("SIGINT");
    const { code, stdout, stderr } = await session.ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "interrupted", message: expect.stringMatching(/Give the same command again: it goes on where it was/) as string },
    });
    expect(stderr).toMatch(/press Ctrl-C again/);
    expect((await listed(cli)).map((run) => run.state)).toEqual(["interrupted"]);
    const { folder, resumed } = (await cli.json(["paper", "small.yaml", ...SESSIONS])) as { folder: string; resumed: boolean };
    expect(resumed).toBe(true);
    expect(readFileSync(join(folder, "paper.json"), "utf8")).toBe(expected);
    cli.dispose();
  });

  it("is run by one process at a time: the second is told who is at it", async () => {
    const cli = createCli("twice");
    await simulateMarket(cli);
    cli.write("small.yaml", experimentYaml());
    const first = cli.start(["paper", "small.yaml", ...SESSIONS, "--pace", SLOW]);
    await appears(first, inPaper(cli, "journal.twj"));
    const second = await cli.run(["paper", "small.yaml", ...SESSIONS, "--json"]);
    expect(second.code).toBe(1);
    expect(JSON.parse(second.stdout)).toMatchObject({
      error: { code: "busy", message: expect.stringContaining(`Process ${first.process.pid} is working on run`) as string },
    });
    // The first was not disturbed: it still runs, and what it leaves leads to the end.
    expect(first.process.exitCode).toBeNull();
    first.process.kill("SIGINT");
    expect((await first.ended).code).toBe(1);
    const { folder } = (await cli.json(["paper", "small.yaml", ...SESSIONS])) as { folder: string };
    expect(readFileSync(join(folder, "paper.json"), "utf8")).toBe(expected);
    cli.dispose();
  });
});

it("a backtest that was killed is listed as interrupted, never as running, and runs anew", async () => {
  const backtest = calm.start(["backtest", "small.yaml"]);
  await appears(backtest, () => join(runFolder(calm, /^small-(?!paper)/) ?? "", "journal.twj"));
  const folder = runFolder(calm, /^small-(?!paper)/) as string;
  backtest.process.kill("SIGKILL");
  await backtest.ended;
  expect(existsSync(join(folder, "result.json"))).toBe(false);
  expect((await listed(calm)).find((run) => run.mode === "backtest")?.state).toBe("interrupted");
  const report = await calm.run(["report", "small-", "--json"]);
  expect(report.code).toBe(2);
  const done = (await calm.json(["backtest", "small.yaml"])) as { run: string };
  expect(join(calm.workspace, "runs", done.run)).toBe(folder);
  expect((await listed(calm)).find((run) => run.mode === "backtest")?.state).toBe("done");
});

it("an import that is killed leaves the old dataset whole, and the next one replaces it", async () => {
  const files = 600;
  const day = (close: number, count: number): void => {
    for (let i = 0; i < count; i++) calm.write(`source/S${i}.csv`, `date,open,high,low,close,volume\n2015-01-02,10,20,5,${close},100\n`);
  };
  day(10, files);
  const source = ["data", "import", "source", "--as", "killed"];
  await calm.json(source);
  const manifest = (): string => readFileSync(join(calm.workspace, "lake", "killed", "manifest.json"), "utf8");
  const versions = (): string[] => readdirSync(join(calm.workspace, "lake", ".versions")).filter((name) => name.startsWith("killed@"));
  const before = manifest();
  day(11, files);
  for (let kill = 0; kill < KILLS; kill++) {
    const old = new Set(versions());
    const running = calm.start(source);
    await appears(running, () => {
      const fresh = versions().find((name) => !old.has(name));
      return fresh === undefined ? undefined : join(calm.workspace, "lake", ".versions", fresh);
    });
    await wait(rng.next() * 150);
    running.process.kill("SIGKILL");
    const { code } = await running.ended;
    if (code === null) expect(manifest()).toBe(before);
  }
  expect(await calm.json(["data", "check", "killed"])).toMatchObject({ intact: true });
  await calm.json(source);
  expect(manifest()).not.toBe(before);
  expect(await calm.json(["data", "check", "killed"])).toMatchObject({ intact: true });
  // The one that was replaced stays until the next write, for those who still read it.
  expect(versions().length).toBeLessThanOrEqual(2);
}, 120_000);
