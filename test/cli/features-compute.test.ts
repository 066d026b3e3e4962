// `truewind features compute` as its users meet it: worker threads, kill -9, Ctrl-C, days that are added, and the reader of what it wrote.
import { existsSync, statSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planOfDataset } from "#app/modes/plan-of-dataset.js";
import { createRng } from "#base/rng.js";
import { openFeatures } from "#data/feature-lake/open-features.js";
import { openDataset } from "#data/lake/open-dataset.js";
import type { Micros } from "#domain/time.js";
import { resolveFeatures } from "#features/registry.js";
import { type Cli, createCli, simulateMarket } from "#test/fixtures/cli.js";
import { nightlyOr } from "#test/needs.js";

const KILLS = nightlyOr(20, 2);
const COMPUTE = ["features", "compute", "classic-40", "classic-40-raw", "alpha158", "--data", "market"];
const rng = createRng("features-compute");

interface Computed {
  readonly folder: string;
  readonly found: boolean;
  readonly contentId: string;
  readonly rows: number;
}

let calm: Cli;
let rough: Cli;
let expected: Computed;
beforeAll(async () => {
  [calm, rough] = [createCli("calm"), createCli("rough")];
  for (const cli of [calm, rough]) await simulateMarket(cli);
  expected = (await calm.json(COMPUTE)) as Computed;
});
afterAll(() => {
  calm.dispose();
  rough.dispose();
});

describe("truewind features compute", () => {
  it("does nothing twice", async () => {
    expect(expected.found).toBe(false);
    expect(await calm.json(COMPUTE)).toEqual({ ...expected, found: true });
  });

  it("gives the same with one thread as with two", async () => {
    const cli = createCli("threads");
    try {
      await simulateMarket(cli);
      expect(((await cli.json([...COMPUTE, "--threads", "1"])) as Computed).contentId).toBe(expected.contentId);
    } finally {
      cli.dispose();
    }
  });

  it(`killed ${KILLS} times and stopped with Ctrl-C it shows nothing half, goes on, and ends as the one that was left alone`, async () => {
    const folder = expected.folder.replace(calm.workspace, rough.workspace);
    for (let kill = 0; kill <= KILLS; kill++) {
      const politely = kill === KILLS;
      // The lock of one that was killed stands until the next takes it: only a new one says that the command listens.
      const lock = join(folder, "lock");
      const before = existsSync(lock) ? statSync(lock).mtimeMs : 0;
      const isTaken = (): boolean => existsSync(lock) && statSync(lock).mtimeMs > before;
      const running = rough.start(COMPUTE);
      if (politely) while (!isTaken() && running.process.exitCode === null) await wait(20);
      await Promise.race([running.ended, wait(politely ? 100 : 300 + rng.next() * 1500)]);
      running.process.kill(politely ? "SIGINT" : "SIGKILL");
      const { code, stderr } = await running.ended;
      if (code === 0) break; // it was faster
      if (politely) expect(stderr).toContain("the same command goes on from there");
      await expect(openFeatures(folder)).rejects.toThrow("holds no finished features");
    }
    const { contentId } = (await rough.json(COMPUTE)) as Computed;
    expect(contentId).toBe(expected.contentId);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => file.endsWith(".unfinished"))).toEqual([]);
  });

  it("stores what a plan shows at every close, readable as of decisions and in batches", async () => {
    const definitions = resolveFeatures(["classic-40", "classic-40-raw", "alpha158"]);
    const stored = await openFeatures(expected.folder);
    const dataset = await openDataset(join(calm.workspace, "lake"), "market");
    const plan = planOfDataset(dataset.manifest, dataset.instruments(), definitions, {});
    const references = dataset.references();
    const moments: { at: Micros; since: Micros }[] = [];
    const frames: Float64Array[] = [];
    for await (const batch of dataset.source({ to: (Date.UTC(2018, 5, 1) * 1000) as Micros }).batches(0)) {
      for (let start = 0, end = 0; start < batch.length; start = end) {
        while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
        const now = batch.seenAt[start] as Micros;
        for (let event = references[0]; event !== undefined && event.seenAt <= now; event = references[0]) {
          if (event.kind === "split" || event.kind === "dividend") plan.reference(event);
          references.shift();
        }
        plan.advance(batch, start, end);
        moments.push({ at: now, since: batch.at[start] as Micros });
        frames.push(new Float64Array(plan.frame(now, batch.at[start] as Micros).values));
      }
    }
    let next = 0;
    for await (const frame of stored.frames(moments)) expect(sameBits(frame.values, frames[next++] as Float64Array)).toBe(true);
    expect(next).toBe(moments.length);
    expect(next).toBeGreaterThan(90);

    const some = { symbols: [dataset.manifest.instruments[3]?.id as string], features: ["alpha_kmid", "rank_mom_20", "mom_20"] };
    const names = definitions.map(({ name }) => name);
    const features = some.features.filter((name) => names.includes(name));
    let rows = 0;
    for await (const batch of stored.rows({ ...some, features, from: moments[5]?.at, to: moments[60]?.at })) {
      for (let row = 0; row < batch.length; row++) {
        const moment = moments.findIndex(({ at }) => at === batch.seenAt[row]);
        features.forEach((name, f) => {
          expect(batch.values[f]?.[row]).toBe(frames[moment]?.[3 * names.length + names.indexOf(name)]);
        });
        rows++;
      }
    }
    expect(rows).toBe(55);
  });

  it("takes over what was computed when days are added, and ends as if all had come at once", async () => {
    const [grown, whole] = [createCli("grown"), createCli("whole")];
    try {
      await grown.run(importOf(grown, 120));
      const before = (await grown.json(["features", "compute", "classic-40-raw", "--data", "set"])) as Computed;
      const update = await grown.run(["data", "update", importOf(grown, 170)[2] as string]);
      expect(update.code, update.stderr).toBe(0);
      const after = (await grown.json(["features", "compute", "classic-40-raw", "--data", "set"])) as Computed;
      await whole.run(importOf(whole, 170));
      const atOnce = (await whole.json(["features", "compute", "classic-40-raw", "--data", "set"])) as Computed;
      expect(after.rows).toBeGreaterThan(before.rows);
      expect(after.contentId).toBe(atOnce.contentId);
      expect((await openFeatures(before.folder)).manifest.rows).toBe(before.rows); // who reads the old one still can
    } finally {
      grown.dispose();
      whole.dispose();
    }
  });

  it("says what is wrong", async () => {
    const { code, stderr } = await calm.run(["features", "compute", "classic-40", "--data", "market", "--peer", "market=NOBODY"]);
    expect(code).toBe(2);
    expect(stderr).toContain("has no NOBODY");
    expect((await calm.run(["features", "compute", "rsi_14x", "--data", "market"])).stderr).toContain("There is no feature");
  });
});

/** Five symbols, daily, from 2015 on. */
function importOf(cli: Cli, days: number): readonly string[] {
  const noise = createRng("days");
  for (const symbol of ["A", "B", "C", "D", "E"]) {
    const walk = noise.fork(symbol);
    const lines = ["date,open,high,low,close,volume"];
    let price = 20;
    for (let day = 0, when = Date.UTC(2015, 0, 5); day < days; when += 86_400_000) {
      if ([0, 6].includes(new Date(when).getUTCDay())) continue;
      day++;
      const open = price;
      price *= 1 + 0.04 * (walk.next() - 0.5);
      lines.push(
        [
          new Date(when).toISOString().slice(0, 10),
          open,
          Math.max(open, price) * 1.01,
          Math.min(open, price) * 0.99,
          price,
          1000 + day,
        ].join(","),
      );
    }
    cli.write(`source/${symbol}.csv`, `${lines.join("\n")}\n`);
  }
  const declaration = {
    name: "set",
    files: "*.csv",
    columns: { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" },
    calendar: "24/7",
    priceBasis: "raw",
    survivorsOnly: false,
  };
  return ["data", "import", cli.write("source/set.yaml", JSON.stringify(declaration))];
}

function sameBits(a: Float64Array, b: Float64Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}
