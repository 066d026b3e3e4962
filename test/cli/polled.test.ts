// A paper session on a polled feed with splits and dividends inside, as its users run it: killed with kill -9 at any moment and started again, then
// looked at, certified and repeated.
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDataset } from "#data/lake/open-dataset.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { barRow } from "#domain/market.js";
import { isoDateOrThrow, type Micros, utcDate } from "#domain/time.js";
import { createRng } from "#base/rng.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { nightlyOr } from "#test/needs.js";

const SESSIONS = 30;
const KILLS = nightlyOr(40, 2);
const rng = createRng("polled kills");
let calm: Cli;
let rough: Cli;
let lines: string[];

/** The days that follow the dataset: prices wander, every name pays or splits once. */
beforeAll(async () => {
  [calm, rough] = [createCli("polled-calm"), createCli("polled-rough")];
  for (const cli of [calm, rough]) {
    await simulateMarket(cli);
    cli.write("small.yaml", experimentYaml({ benchmark: null, rebalance: { every: 3 }, risk: { maxWeight: 0.25, profile: "research" } }));
  }
  const dataset = await openDataset(join(calm.workspace, "lake"), "market");
  const { instruments, to, calendar } = dataset.manifest;
  const last = new Map<number, number>();
  for await (const batch of dataset
    .source({ from: ((to as number) - 20 * 86_400e6) as Micros, to: ((to as number) + 1) as Micros })
    .batches(0))
    if (batch.kind === "bar") for (let i = 0; i < batch.length; i++) last.set(batch.instrument[i] as number, barRow(batch, i).close);
  const coming = calendarByName(calendar)
    .sessions(isoDateOrThrow(utcDate(to as Micros)), isoDateOrThrow("2022-06-30"))
    .filter(({ openAt }) => openAt > (to as number))
    .slice(0, SESSIONS);
  lines = [];
  coming.forEach(({ date, closeAt }, day) => {
    const word: string[] = [];
    for (const [row, before] of last) {
      const symbol = instruments[row]?.id;
      let open = before;
      if ((row * 7) % SESSIONS === day) {
        const ratio = row % 2 === 0 ? 2 : 1;
        word.push(JSON.stringify({ symbol, ex_date: date, ...(ratio === 2 ? { split_ratio: 2 } : { dividend: 0.01 * open }) }));
        open /= ratio;
      }
      open = Math.max(0.05, Math.round(100 * open) / 100);
      const close = Math.max(0.05, Math.round(100 * open * Math.exp(0.01 * rng.normal())) / 100);
      const [high, low] = [Math.max(open, close), Math.min(open, close)];
      word.push(JSON.stringify({ symbol, date, open, high, low, close, volume: 1e6 }));
      last.set(row, close);
    }
    lines.push([...word, JSON.stringify({ until: new Date(closeAt / 1000 + 600_000).toISOString() }), ""].join("\n"));
  });
}, 120_000);
afterAll(() => {
  calm.dispose();
  rough.dispose();
});

it(`is killed ${KILLS} times, and ends as the one that was left alone, to the byte`, { timeout: nightlyOr(900_000, 180_000) }, async () => {
  const session = ["paper", "small.yaml", "--feed", "feed.ndjson", "--sessions", String(SESSIONS), "--every", "0.02"];
  calm.write("feed.ndjson", lines.join(""));
  const { folder, fills } = (await calm.json(session)) as { folder: string; fills: number };
  expect(fills).toBeGreaterThan(20);
  const expected = readFileSync(join(folder, "paper.json"), "utf8");

  const feed = rough.write("feed.ndjson", "");
  let told = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const running = rough.start(session);
    // The feed goes on while the session runs, and says again what it has said.
    for (const upTo = Math.ceil((SESSIONS * (kill + 1)) / (KILLS + 1)); told < upTo; told++) {
      appendFileSync(feed, `${lines[told]}${lines[Math.max(0, told - 1)]}`);
      await wait(5);
    }
    // Never before it has taken in a first action, or it would have been killed in vain; later ones also while it starts.
    const actions = (): boolean => {
      const runs = join(rough.workspace, "runs");
      return existsSync(runs) && readdirSync(runs).some((id) => existsSync(join(runs, id, "actions.ndjson")));
    };
    while (!actions() && running.process.exitCode === null) await wait(10);
    await Promise.race([wait((kill % 2 === 0 ? 300 : 3000) * rng.next()), running.ended]);
    running.process.kill("SIGKILL");
    await running.ended;
  }
  appendFileSync(feed, lines.slice(told).join(""));
  const last = (await rough.json(session)) as { folder: string };
  expect(readFileSync(join(last.folder, "paper.json"), "utf8")).toBe(expected);
  expect(readFileSync(join(last.folder, "journal.twj")).equals(readFileSync(join(folder, "journal.twj")))).toBe(true);

  const run = last.folder.split("/").at(-1) as string;
  // It also replays it.
  expect(await rough.json(["certify", run])).toMatchObject({ decision: expect.stringMatching(/no-go|evidence/) as string });
});
