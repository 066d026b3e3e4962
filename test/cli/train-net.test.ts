// `truewind train` of a net as a process: threads that share batches, processes that share them, and what a kill leaves behind.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCard } from "#models/neural/artifact.js";
import { type Cli, createCli, type Running } from "#test/fixtures/cli.js";
import { tableCsv, tableExperimentYaml, tableRows } from "#test/fixtures/table.js";

const clis: Cli[] = [];
function open(changes: object = {}): Cli {
  const cli = createCli("net");
  clis.push(cli);
  cli.write("table.csv", tableCsv(tableRows(120, 16)));
  const model = {
    family: "neural",
    steps: 4,
    blocks: [
      { kind: "gru", units: 8 },
      { kind: "dense", units: 8, dropout: 0.2 },
    ],
    heads: { direction: {} },
    training: { batch: 32, epochs: 8, checkpointEvery: 5, patience: null },
    ...changes,
  };
  cli.write("net.yaml", tableExperimentYaml({ name: "net", model, seeds: 1 }));
  return cli;
}
afterAll(() => clis.forEach((cli) => cli.dispose()));

const modelsOf = (cli: Cli): string => join(cli.workspace, "models");
/** Of the only model of the workspace; null where it is not there. */
function fileOf(cli: Cli, name: string): Buffer | null {
  const [id] = existsSync(modelsOf(cli)) ? readdirSync(modelsOf(cli)) : [];
  const path = join(modelsOf(cli), id ?? "", name);
  return existsSync(path) ? readFileSync(path) : null;
}

async function trained(cli: Cli, ...options: readonly string[]): Promise<Buffer> {
  await cli.json(["train", "net.yaml", ...options]);
  expect(fileOf(cli, "seed-1.checkpoint")).toBeNull();
  return fileOf(cli, "seed-1.model") as Buffer;
}

/** Starts it and waits until it writes a checkpoint. */
async function midway(cli: Cli, ...options: readonly string[]): Promise<Running> {
  const before = fileOf(cli, "seed-1.checkpoint");
  const running = cli.start(["train", "net.yaml", "--json", ...options]);
  const written = (state: Buffer | null): boolean => state !== null && before?.equals(state) !== true;
  while (!written(fileOf(cli, "seed-1.checkpoint")) && running.process.exitCode === null) await wait(2);
  return running;
}

const THREADS = ["--threads", "2"];
const WORKERS = ["--workers", "2", "--threads", "1"];
let calm: Buffer;
beforeAll(async () => {
  calm = await trained(open(), ...THREADS);
});

it("killed in the middle of a fit of two threads, it goes on to the bytes of one that was left alone; with more threads it does not", async () => {
  const cli = open();
  const running = await midway(cli, ...THREADS);
  running.process.kill("SIGKILL");
  await running.ended;
  expect(fileOf(cli, "seed-1.model")).toBeNull();
  const { code, stdout } = await cli.run(["train", "net.yaml", "--json", "--threads", "1"]);
  expect([code, JSON.parse(stdout)]).toMatchObject([
    1,
    { error: { code: "data-changed", message: expect.stringContaining("threads") as string } },
  ]);
  expect((await trained(cli, ...THREADS)).equals(calm)).toBe(true);
});

/** State and parent of a process, as the system knows them; null when it is gone. */
function statOf(pid: string): { readonly state: string; readonly parent: number } | null {
  try {
    const [state = "", parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}
const childrenOf = (parent: number): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && statOf(name)?.parent === parent)
    .map(Number);
const isAlive = (pid: number): boolean => !["Z", undefined].includes(statOf(`${pid}`)?.state);
async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await wait(10);
}

it("two processes learn what one does, to the same bytes on every run, without dropout", async () => {
  const plain = { blocks: [{ kind: "gru", units: 8 }] };
  const [one, two] = [open(plain), open(plain)];
  const losses = (artifact: Buffer): readonly number[] => readCard(Uint8Array.from(artifact)).history.map(({ loss }) => loss);
  const alone = losses(await trained(one, "--threads", "1"));
  const together = losses(await trained(two, ...WORKERS));
  expect(together).toHaveLength(8);
  together.forEach((loss, epoch) => expect(loss / (alone[epoch] as number)).toBeCloseTo(1, 4));
});

it.skipIf(process.platform !== "linux")(
  "of two processes one is killed, then the command, then Ctrl-C: each ends all of them, and it goes on to the bytes of a calm run",
  { timeout: 180_000 },
  async () => {
    const [rough, still] = [open(), open()];
    const expected = await trained(still, ...WORKERS);
    for (const act of ["child", "SIGKILL", "SIGINT"] as const) {
      const running = await midway(rough, ...WORKERS);
      const pid = running.process.pid as number;
      const children = childrenOf(pid);
      expect(children).toHaveLength(1);
      if (act === "child") process.kill(children[0] as number, "SIGKILL");
      else running.process.kill(act);
      const { code, stdout } = await running.ended;
      await gone([pid, ...children]);
      if (act === "child")
        expect([code, JSON.parse(stdout)]).toEqual([
          1,
          {
            error: {
              code: "worker-lost",
              message: expect.stringMatching(/^Process 2 of 2 ended \(signal SIGKILL\): give the same/) as string,
            },
          },
        ]);
      if (act === "SIGINT") expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: "interrupted" } }]);
    }
    expect((await trained(rough, ...WORKERS)).equals(expected)).toBe(true);
  },
);

it("what cannot be shared out is refused", async () => {
  const cli = open({ heads: { return: { loss: "ic" } } });
  const refused = await cli.run(["train", "net.yaml", ...WORKERS]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("train in one process") as string]);
  cli.write("ridge.yaml", tableExperimentYaml());
  const ridge = await cli.run(["train", "ridge.yaml", "--workers", "2"]);
  expect([ridge.code, ridge.stderr]).toEqual([2, expect.stringContaining("Only nets can be trained by several processes") as string]);
});
