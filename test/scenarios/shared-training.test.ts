// One net trained by several processes: as one process would, the same on every run, and loud when one of them dies.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hostExchange, joinExchange } from "#adapters/compute/processes/exchange.js";
import type { TruewindError } from "#base/errors.js";
import type { CheckpointStore } from "#ports/model.js";
import { TOKEN, trainShared, type SharedOutcome } from "#test/fixtures/shared-training.js";

const script = fileURLToPath(new URL("../../dist/test/fixtures/shared-training.js", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

interface Trainer {
  readonly child: ChildProcess;
  /** What it wrote until its end. */
  readonly output: Promise<string>;
  /** Port that it listens at, of rank 0. */
  readonly port: Promise<number>;
}

function start(rank: number, workers: number, port: number, epochs = 3): Trainer {
  const child = spawn(process.execPath, [script, `${rank}`, `${workers}`, `${port}`, `${epochs}`], {
    env: { ...process.env, TRUEWIND_WORKERS_TOKEN: TOKEN },
  });
  children.push(child);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const output = once(child, "close").then(() => text);
  const announced = new Promise<number>((resolve) =>
    child.stdout.on("data", () => {
      const found = /^port (\d+)$/m.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    }),
  );
  return { child, output, port: announced };
}

async function trainTogether(workers: number): Promise<readonly SharedOutcome[]> {
  const host = start(0, workers, 0);
  const port = await host.port;
  const others = Array.from({ length: workers - 1 }, (_, i) => start(i + 1, workers, port));
  const texts = await Promise.all([host, ...others].map(({ output }) => output));
  return texts.map((text) => JSON.parse(text.trim().split("\n").at(-1) as string) as SharedOutcome);
}

describe("one net trained by several processes", () => {
  it("has the loss curve of one process, and the same bytes in all of them and on every run", async () => {
    const alone = await trainShared(undefined, 3);
    const [first, second] = (await trainTogether(2)) as [SharedOutcome, SharedOutcome];
    expect(second).toEqual(first);
    expect(alone.losses).toHaveLength(6);
    first.losses.forEach((loss, i) => expect(Math.abs(loss - (alone.losses[i] as number))).toBeLessThan(1e-5));
    const again = await trainTogether(2);
    expect(again[0]).toEqual(first);
  });

  it("takes shares of batches that do not divide", async () => {
    const alone = await trainShared(undefined, 3);
    const three = await trainTogether(3);
    expect(three[1]).toEqual(three[0]);
    three[0]?.losses.forEach((loss, i) => expect(Math.abs(loss - (alone.losses[i] as number))).toBeLessThan(1e-5));
  });

  it("goes on from the checkpoint of rank 0 to the same bytes", async () => {
    let state: Uint8Array | null = null;
    const checkpoint: CheckpointStore = {
      name: "in memory",
      read: () => state,
      write: (bytes) => (state = bytes),
      remove: () => (state = null),
    };
    const train = async (onEpoch: () => void, signal?: AbortSignal) => {
      const { port, joined } = await hostExchange({ workers: 2, token: TOKEN, port: 0 });
      const [other, host] = await Promise.all([joinExchange({ rank: 1, workers: 2, token: TOKEN, port }), joined]);
      const end = (error: unknown): string => {
        host.close();
        return (error as TruewindError).code;
      };
      const fits = [trainShared(host, 3, onEpoch, { checkpoint, signal }), trainShared(other, 3, undefined, { checkpoint })];
      const outcomes = await Promise.all(fits.map((fit) => fit.catch(end)));
      host.close();
      other.close();
      return outcomes;
    };
    const controller = new AbortController();
    expect(await train(() => controller.abort(), controller.signal)).toEqual(["interrupted", "worker-lost"]);
    expect(state).not.toBeNull();
    const [first, second] = await train(() => undefined);
    expect(second).toEqual(first);
    expect(first).toEqual((await trainTogether(2))[0]);
  });

  it("ends with one sentence when one of them is killed", async () => {
    const host = start(0, 3, 0, 100_000);
    const port = await host.port;
    const [second, third] = [start(1, 3, port, 100_000), start(2, 3, port, 100_000)];
    await once(second.child.stdout as NodeJS.ReadableStream, "data");
    second.child.kill("SIGKILL");
    expect(await host.output).toMatch(/worker-lost The process of rank 1 is gone/);
    expect(await third.output).toMatch(/worker-lost The process of rank 0 is gone/);
  });
});
