// A session on a feed that is polled: the same decisions as on the same bars recorded, whatever else the feed says, however it is read, and
// however often the session is stopped.
import { createServer, type Server } from "node:http";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { readSession } from "#app/status/read-session.js";
import { type PaperOptions, type PaperRun, performPaper } from "#app/runs/perform-paper.js";
import { performDifference, performReplay } from "#app/runs/perform-replay.js";
import { repeatSession } from "#app/runs/repeat-session.js";
import { JOURNAL_FILE } from "#app/runs/run-folder.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { type BarRow, barRow, toBarBatch } from "#domain/market.js";
import { isoDateOrThrow, utcDate } from "#domain/time.js";
import { simulateMarket } from "#simulation/market/simulate-market.js";
import { writeDaily } from "#test/fixtures/simulated-lake.js";

const SESSIONS = 15;
const root = mkdtempSync(join(tmpdir(), "truewind-polled-"));
const workspace = openWorkspace(join(root, "ws"));
const quiet = (): void => undefined;

const experiment = (name: string, dataset: string) =>
  parseExperiment(
    {
      name,
      data: { dataset },
      universe: { minHistory: 60 },
      model: { family: "ridge", alpha: 1000 },
      rebalance: { every: 3 },
      splits: { train: 303, test: 2000 },
      portfolio: { kind: "top-k", k: 5, keep: 8 },
      risk: { profile: "research", maxWeight: 0.25 },
    },
    "test",
  );
const paper = (name: string, dataset: string, options: Partial<PaperOptions> = {}): Promise<PaperRun> =>
  performPaper(experiment(name, dataset), { workspace, sessions: SESSIONS, pace: null, onProgress: quiet, ...options });
const decisionsOf = ({ folder }: PaperRun): string[] =>
  [...readJournal(folder.file(JOURNAL_FILE))].flatMap((entry) => (entry.kind === "decision" ? [JSON.stringify(entry)] : []));

/** Lines of the feed, day after day: JSON. */
let days: string[][];
let recorded: PaperRun;
let until: string;

beforeAll(async () => {
  const sessions = calendarByName("XNYS").sessions(isoDateOrThrow("2017-01-01"), isoDateOrThrow("2018-12-14"));
  const market = simulateMarket({ seed: "polled", names: 16, sectors: 4, sessions, oracleSharpe: 3 });
  const bars: BarRow[] = [];
  for (const batch of market.bars()) for (let i = 0; i < batch.length; i++) bars.push(barRow(batch, i));
  const start = sessions.at(-SESSIONS)?.openAt as number;
  const references: readonly ReferenceEvent[] = market.references.filter(({ seenAt }) => seenAt < start);
  const put = (name: string, rows: readonly BarRow[]): Promise<unknown> =>
    writeDaily(workspace.lake, name, market, [toBarBatch(rows)], references);
  await put(
    "short",
    bars.filter(({ at }) => at < start),
  );
  await put("long", bars);
  recorded = await paper("recorded", "long");
  const byDay = new Map<string, string[]>();
  for (const { instrument, at, open, high, low, close, volume } of bars.filter((bar) => bar.at >= start)) {
    const date = utcDate(at);
    const symbol = market.instruments[instrument]?.id;
    byDay.set(date, [...(byDay.get(date) ?? []), JSON.stringify({ symbol, date, open, high, low, close, volume })]);
  }
  days = [...byDay.values()];
  until = JSON.stringify({ until: "2018-12-14T21:00:00Z" }); // the last close
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const lineOf = (day: number, line: number): string => days[day]?.[line] ?? "";

describe("a polled feed", () => {
  it("leads to the decisions of the record, to the last lot, replays, and keeps what it does not take in", async () => {
    const file = join(root, "feed.ndjson");
    const bad = [
      "no line",
      '{"symbol":"NOBODY","date":"2018-12-03","open":1,"high":1,"low":1,"close":1}',
      lineOf(3, 0).replace(/"high":[\d.]+/, '"high":0.01'),
      '{"symbol":"S","date":"2018-12-02"}',
    ];
    const revised = lineOf(0, 1).replace(/"volume":[\d.]+/, '"volume":1');
    writeFileSync(file, [...days.slice(0, 5).flat(), ...bad, revised, ...(days[4] ?? []), ...days.slice(5).flat(), until, ""].join("\n"));
    const run = await paper("polled", "short", { feed: { location: file, everySeconds: 0.01 }, speed: null });
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
    expect(run.outcome.cashMicro).toEqual(recorded.outcome.cashMicro);
    expect(decisionsOf(run).length).toBeGreaterThan(3);
    expect(await performReplay(run.folder.path, workspace, quiet)).toMatchObject({ cutOff: false });
    const kept = readFileSync(run.folder.file("quarantine.ndjson"), "utf8").trim().split("\n");
    const reasons = kept.map((line) => (JSON.parse(line) as { reason: string }).reason);
    expect(reasons.sort()).toEqual(["impossible-bar", "impossible-bar", "not-a-line", "revised", "unknown-symbol"]);
    // Nothing in the folder names a symbol.
    expect(kept.join("\n")).not.toMatch(/NOBODY/);
    expect(readSession(run.folder)).toMatchObject({ finished: true, header: { session: { feed: "polled", sessions: SESSIONS } } });
    await expect(performDifference(run.folder.path, workspace, quiet)).rejects.toMatchObject({ code: "no-data" });
  });

  it("says once what would end it, and ends with a bar of a later day", async () => {
    const file = join(root, "open-end.ndjson");
    writeFileSync(file, `${days.flat().join("\n")}\n`);
    const trouble: string[] = [];
    const onTrouble = (sentence: string): void => {
      trouble.push(sentence);
      appendFileSync(file, `${lineOf(0, 0).replace(/"date":"[\d-]+"/, '"date":"2018-12-17"')}\n`);
    };
    const run = await paper("open-end", "short", { feed: { location: file, everySeconds: 0.002 }, speed: null, onTrouble });
    expect(trouble).toHaveLength(1);
    expect(trouble[0]).toContain('{"until":"2018-12-14T21:00:00Z"}');
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
  });

  it("is a folder of CSV that grows while it is read", async () => {
    const folder = join(root, "feed");
    mkdirSync(folder);
    const csv = (day: readonly string[]): string =>
      day
        .map((line) => JSON.parse(line) as Record<string, string | number>)
        .map(({ symbol, date, open, high, low, close, volume }) => [symbol, date, open, high, low, close, volume].join(","))
        .join("\r\n");
    const header = "symbol,date,open,high,low,close,volume\n";
    let told = 0;
    const tell = (): void => {
      if (told >= SESSIONS) return;
      // Half a line is no line.
      const text = `${header}${csv(days[told] as string[])}\r\n`;
      const path = join(folder, `${String(told).padStart(2, "0")}.csv`);
      writeFileSync(path, text.slice(0, -20));
      appendFileSync(path, text.slice(-20));
      told++;
      if (told === SESSIONS) writeFileSync(join(folder, "99.ndjson"), `${until}\n`);
    };
    const timer = setInterval(tell, 5);
    const run = await paper("folder", "short", { feed: { location: folder, everySeconds: 0.002 }, speed: null });
    clearInterval(timer);
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
  });

  it("is a web address, loses its answer, is stopped and goes on, and ends the same", async () => {
    let told = 0;
    let requests = 0;
    const server: Server = createServer((request, response) => {
      requests++;
      if (requests % 4 === 3) return void response.writeHead(503).end();
      const body = Buffer.from([...days.slice(0, told).flat(), ...(told >= SESSIONS ? [until] : []), ""].join("\n"));
      told = Math.min(SESSIONS, told + 1);
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      if (from > 0 && from >= body.length) return void response.writeHead(416).end();
      response.writeHead(from > 0 ? 206 : 200, { "content-type": "application/x-ndjson" }).end(body.subarray(from));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bars`;
    const trouble: string[] = [];
    const feed = { location, everySeconds: 0.002 };
    const stop = new AbortController();
    const stopped = paper("web", "short", {
      feed,
      speed: null,
      signal: stop.signal,
      onProgress: (step, done) => {
        if (step === "paper session" && done > 0.5) stop.abort();
      },
      onTrouble: (sentence) => trouble.push(sentence),
    });
    await expect(stopped).rejects.toMatchObject({ code: "interrupted" });
    const run = await paper("web", "short", { feed, speed: null });
    server.close();
    expect(run.resumed).toBe(true);
    expect(trouble[0]).toMatch(/503/);
    expect(trouble).toContain("The feed answers again.");
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
    expect(run.outcome.equity).toBe(recorded.outcome.equity);
    await performReplay(run.folder.path, workspace, quiet);
    expect(existsSync(run.folder.file("quarantine.ndjson"))).toBe(false);
  });

  it("tells late bars to venue and engine when they come, in a clock's time, and the record repeats itself", async () => {
    // A day in a fifth of a second; the bars of each session are told once its mark is over.
    const file = join(root, "late.ndjson");
    writeFileSync(file, "");
    const [sessions, speed] = [6, 86_400 * 5];
    const options = { sessions, feed: { location: file, everySeconds: 0.02 }, speed };
    let told = 0;
    const run = async (upTo: number): Promise<PaperRun> => {
      const stop = new AbortController();
      const onProgress = (step: string, done: number): void => {
        if (step !== "paper session") return;
        while (told < Math.round(done * sessions)) appendFileSync(file, `${(days[told++] as string[]).join("\n")}\n`);
        if (done > upTo) stop.abort();
      };
      return paper("late", "short", { ...options, signal: stop.signal, onProgress });
    };
    for (const upTo of [0.1, 0.4, 0.6]) await expect(run(upTo)).rejects.toThrow(/interrupted/);
    const { folder } = await run(1);
    const { days: noted, alerts } = readSession(folder);
    expect(noted).toHaveLength(sessions);
    expect(new Set(alerts.map(({ alert }) => alert))).toEqual(new Set(["stale-feed", "late-bars"]));
    expect(noted.map(({ late }) => late > 0)).toEqual(noted.map((_, i) => i > 0));
    expect(await performReplay(folder.path, workspace, quiet)).toMatchObject({ cutOff: false });
    expect(await repeatSession(folder.path, workspace, quiet)).toEqual({ halted: null });
  });

  it("tells a bar that it knows beforehand when it ends, however rarely it asks, through any stop", { timeout: 60_000 }, async () => {
    const file = join(root, "ahead.ndjson");
    writeFileSync(file, `${days.flat().join("\n")}\n`);
    // A day in a fifth of a second, asked every two hours of it: the mark comes five minutes after the close.
    const options = { sessions: SESSIONS, feed: { location: file, everySeconds: 0.02 }, speed: 86_400 * 5 };
    const stop = new AbortController();
    const onProgress = (step: string, done: number): void => {
      if (step === "paper session" && done > 0.4) stop.abort();
    };
    await expect(paper("ahead", "short", { ...options, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "interrupted" });
    const run = await paper("ahead", "short", options);
    expect(run.resumed).toBe(true);
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
  });

  it("waits for bars that a fast clock has not come to, however far ahead they lie", async () => {
    const file = join(root, "far.ndjson");
    writeFileSync(file, `${days.flat().join("\n")}\n`);
    const stop = new AbortController();
    const onProgress = (step: string, done: number): void => {
      if (step === "paper session" && done > 0) stop.abort();
    };
    const options = { feed: { location: file, everySeconds: 0.02 }, signal: stop.signal, onProgress };
    await expect(paper("far", "short", { ...options, speed: 20_000 })).rejects.toMatchObject({ code: "interrupted" });
    const run = await paper("far", "short", { ...options, speed: 86_400 * 20, signal: undefined });
    expect(existsSync(run.folder.file("quarantine.ndjson"))).toBe(false);
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
  });

  it("stays as it is once it has ended, also when its feed is gone", async () => {
    const file = join(root, "ended.ndjson");
    writeFileSync(file, `${[...days.flat(), until].join("\n")}\n`);
    const options = { feed: { location: file, everySeconds: 0.002 } };
    const run = await paper("ended", "short", options);
    expect(run.ended).toBe(false);
    const journal = readFileSync(run.folder.file(JOURNAL_FILE));
    rmSync(file);
    const again = await paper("ended", "short", options);
    expect(again).toMatchObject({ ended: true, resumed: false, outcome: { hash: run.outcome.hash, equity: run.outcome.equity } });
    expect(readFileSync(run.folder.file(JOURNAL_FILE)).equals(journal)).toBe(true);
  });

  it("refuses real time over days that are past, and data that an experiment cuts off", async () => {
    const feed = { location: join(root, "feed.ndjson"), everySeconds: 1 };
    // Each time: what was refused left no session that the same command would go on with.
    for (let again = 0; again < 2; again++) {
      await expect(paper("past", "short", { feed, speed: 1 })).rejects.toThrow(/--speed/);
      const gone = { location: join(root, "nowhere.ndjson"), everySeconds: 1 };
      await expect(paper("gone", "short", { feed: gone, signal: AbortSignal.timeout(5_000) })).rejects.toThrow(/There is no feed at/);
    }
    const cut = parseExperiment({ ...experiment("cut", "short"), data: { dataset: "short", to: "2018-10-01" } }, "test");
    await expect(performPaper(cut, { workspace, sessions: 5, pace: null, onProgress: quiet, feed })).rejects.toThrow(/data\.to/);
  });
});
