// Splits, dividends and delistings by a polled feed: the decisions, shares and cash of the same days recorded, whenever they are announced, however
// often the session is stopped, and what happens when they come too late.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { performCertify, performVerify } from "#app/certificate/perform-certify.js";
import { parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { type PaperOptions, type PaperRun, performPaper } from "#app/runs/perform-paper.js";
import { performReplay } from "#app/runs/perform-replay.js";
import { repeatSession } from "#app/runs/repeat-session.js";
import { readSession } from "#app/status/read-session.js";
import { statusLines } from "#app/status/status-lines.js";
import { ACTIONS_FILE, JOURNAL_FILE, QUARANTINE_FILE } from "#app/runs/run-folder.js";
import type { ActionRow } from "#data/actions/action-row.js";
import { toReferenceEvents } from "#data/actions/reference-events.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { type BarRow, barRow, toBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { isoDateOrThrow } from "#domain/time.js";
import { simulateMarket } from "#simulation/market/simulate-market.js";
import { writeDaily } from "#test/fixtures/simulated-lake.js";

const SESSIONS = 15;
const NAMES = 16;
const root = mkdtempSync(join(tmpdir(), "truewind-polled-actions-"));
const workspace = openWorkspace(join(root, "ws"));
const quiet = (): void => undefined;

const paper = (name: string, dataset: string, options: Partial<PaperOptions> = {}): Promise<PaperRun> =>
  performPaper(
    parseExperiment(
      {
        name,
        data: { dataset },
        universe: { minHistory: 60 },
        model: { family: "ridge", alpha: 1000 },
        rebalance: { every: 3 },
        splits: { train: 303, test: 2000 },
        portfolio: { kind: "top-k", k: 5, keep: 8, weights: { rule: "risk-parity", window: 40 } },
        risk: { profile: "research", maxWeight: 0.25 },
      },
      "test",
    ),
    { workspace, sessions: SESSIONS, pace: null, onProgress: quiet, ...options },
  );
const polled = (name: string, file: string, options: Partial<PaperOptions> = {}): Promise<PaperRun> =>
  paper(name, "short", { feed: { location: file, everySeconds: 0.005 }, speed: null, ...options });
const decisionsOf = ({ folder }: PaperRun): string[] =>
  [...readJournal(folder.file(JOURNAL_FILE))].flatMap((entry) => (entry.kind === "decision" ? [JSON.stringify(entry)] : []));
const toldOf = ({ folder }: PaperRun): string[] =>
  [...readJournal(folder.file(JOURNAL_FILE))].flatMap((entry) =>
    entry.kind === "event" && (entry.event.kind === "split" || entry.event.kind === "dividend") ? [JSON.stringify(entry.event)] : [],
  );
/** What the accounts beside it were worth at each mark, cents. */
const shadowsOf = ({ folder }: PaperRun): number[] =>
  [...readJournal(folder.file(JOURNAL_FILE))].flatMap((entry) =>
    entry.kind === "note" && entry.note.kind === "day" ? [entry.note.baseline] : [],
  );
const quarantined = ({ folder }: PaperRun): string[] =>
  readFileSync(folder.file("quarantine.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { reason: string }).reason);

let coming: readonly Session[];
/** Lines of the feed: bars of each day, and what becomes known on it. */
let days: string[][];
let actions: readonly ActionRow[];
let recorded: PaperRun;
const untilOf = (day: number): string =>
  JSON.stringify({ until: new Date((coming[day] as Session).closeAt / 1000 + 600_000).toISOString() });
const lineOf = (action: ActionRow): string =>
  JSON.stringify({
    symbol: action.symbol,
    ex_date: action.exDate,
    ...(action.kind === "split" ? { split_ratio: action.ratio } : action.kind === "dividend" ? { dividend: action.amount } : {}),
  });
const on = (day: number): string[] => actions.filter(({ exDate }) => exDate === coming[day]?.date).map(lineOf);

beforeAll(async () => {
  const calendar = calendarByName("XNYS");
  const sessions = calendar.sessions(isoDateOrThrow("2017-01-01"), isoDateOrThrow("2018-12-14"));
  const market = simulateMarket({ seed: "polled actions", names: NAMES, sectors: 4, sessions, oracleSharpe: 3 });
  coming = sessions.slice(-SESSIONS);
  const start = (coming[0] as Session).openAt;
  // Every name splits or pays on one of the days, and one does both.
  actions = market.instruments.slice(0, NAMES).flatMap(({ id }, i): ActionRow[] => {
    const at = { exDate: (coming[(3 * i) % SESSIONS] as Session).date, symbol: id };
    const dividend = { kind: "dividend", ...at, amount: 0.5 } as const;
    const split = { kind: "split", ...at, ratio: i % 4 === 0 ? 0.5 : 3 } as const;
    return i === 2 ? [dividend, split] : i % 2 === 0 ? [split] : [dividend];
  });
  const ratios = new Map(actions.flatMap((one) => (one.kind === "split" ? [[one.symbol, one] as const] : [])));
  const bars: BarRow[] = [];
  for (const batch of market.bars())
    for (let i = 0; i < batch.length; i++) {
      const bar = barRow(batch, i);
      const split = ratios.get(market.instruments[bar.instrument]?.id ?? "");
      const ratio = split !== undefined && new Date(bar.at / 1000).toISOString().slice(0, 10) >= split.exDate ? split.ratio : 1;
      const cents = (price: number): number => Math.max(0.01, Math.round((100 * price) / ratio) / 100);
      const { open, high, low, close, volume } = bar;
      bars.push({ ...bar, open: cents(open), high: cents(high), low: cents(low), close: cents(close), volume: volume * ratio });
    }
  const before = market.references.filter(({ seenAt }) => seenAt < start);
  const put = (name: string, rows: readonly BarRow[], events: typeof before): Promise<unknown> =>
    writeDaily(workspace.lake, name, market, [toBarBatch(rows)], events);
  await put(
    "short",
    bars.filter(({ at }) => at < start),
    before,
  );
  await put("long", bars, [...before, ...toReferenceEvents(actions, market.instruments, calendar)]);
  days = coming.map(({ date, closeAt }) =>
    bars
      .filter(({ at }) => at === closeAt)
      .map(({ instrument, open, high, low, close, volume }) =>
        JSON.stringify({ symbol: market.instruments[instrument]?.id, date, open, high, low, close, volume }),
      ),
  );
  recorded = await paper("recorded", "long");
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("actions by a polled feed", () => {
  it("announced weeks before, the last word of them counts: told on their day, the decisions of the record, and they replay", async () => {
    const file = join(root, "before.ndjson");
    const first = actions[4] as ActionRow;
    const strange = [
      '{"symbol":"NOBODY","ex_date":"2018-12-03","split_ratio":2}',
      `{"symbol":"${first.symbol}","ex_date":"2018-12-03","split_ratio":-2}`,
      `{"symbol":"${first.symbol}","ex_date":"2019-12-03","split_ratio":2}`,
      `{"symbol":"${first.symbol}","ex_date":"2015-12-03","split_ratio":2}`,
    ];
    const wrong = lineOf(first).replace(/:[\d.]+}$/, ":7}");
    expect(wrong).not.toBe(lineOf(first));
    writeFileSync(file, [wrong, ...actions.map(lineOf), ...strange, ...days.flat(), untilOf(SESSIONS - 1), ""].join("\n"));
    const run = await polled("before", file);
    expect(toldOf(run)).toEqual(toldOf(recorded));
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
    expect(shadowsOf(run)).toEqual(shadowsOf(recorded));
    expect(Object.values(run.outcome.positions)).toEqual(Object.values(recorded.outcome.positions));
    expect(run.outcome.cashMicro).toEqual(recorded.outcome.cashMicro);
    expect(await performReplay(run.folder.path, workspace, quiet)).toMatchObject({ cutOff: false });
    expect(quarantined(run).sort()).toEqual(["impossible-action", "unknown-symbol"]);
    // Rows, no symbols.
    expect(readFileSync(run.folder.file(ACTIONS_FILE), "utf8")).not.toContain(first.symbol);
    // What is not held shows little.
    const lots = new Map<number, number>();
    let [splits, paid] = [0, 0];
    for (const entry of readJournal(run.folder.file(JOURNAL_FILE))) {
      if (entry.kind !== "event") continue;
      const { event } = entry;
      if (event.kind === "fill") lots.set(event.instrument, (lots.get(event.instrument) ?? 0) + event.lots);
      if (event.kind === "split" && lots.get(event.instrument)) splits++;
      if (event.kind === "dividend" && lots.get(event.instrument)) paid++;
    }
    expect([splits > 1, paid > 1]).toEqual([true, true]);
  });

  it.each(["the evening before", "the morning itself"])(
    "announced %s, stopped on the way and forgotten by the feed: all the same",
    async (when) => {
      const early = when === "the evening before";
      const folder = join(root, when);
      mkdirSync(folder);
      const path = (day: number): string => join(folder, `${String(day).padStart(2, "0")}.ndjson`);
      let told = 0;
      const tell = (): void => {
        if (told >= SESSIONS) return;
        // Of a day: its bars, what is known of the next one, and again what was known of this one; or what was not known until it had begun.
        const bars = days[told] as string[];
        const next = coming[told + 1];
        const lines = early
          ? [...(told === 0 ? on(0) : []), ...bars, ...on(told + 1), ...on(told), untilOf(told)]
          : [
              ...on(told),
              ...bars,
              next === undefined ? untilOf(told) : JSON.stringify({ until: new Date(next.openAt / 1000).toISOString() }),
            ];
        writeFileSync(path(told), `${lines.join("\n")}\n`);
        // The feed keeps nothing of what it said before yesterday.
        if (told > 1) rmSync(path(told - 2));
        told++;
      };
      tell();
      let run: PaperRun | null = null;
      for (let stops = 0; run === null; stops++) {
        const stop = new AbortController();
        const marks = new Set<number>();
        run = await polled(early ? "evening" : "morning", folder, {
          signal: stop.signal,
          onProgress: (step, done) => {
            if (step !== "paper session" || marks.has(done)) return;
            marks.add(done);
            if (Math.round(done * SESSIONS) < told) return;
            tell();
            if (stops < 3) stop.abort();
          },
        }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "interrupted" });
          return null;
        });
      }
      if (early) expect(toldOf(run)).toEqual(toldOf(recorded));
      else expect(toldOf(run)).toHaveLength(toldOf(recorded).length);
      expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
      expect(shadowsOf(run)).toEqual(shadowsOf(recorded));
      expect(run.outcome.cashMicro).toEqual(recorded.outcome.cashMicro);
      expect(await performReplay(run.folder.path, workspace, quiet)).toMatchObject({ cutOff: false });
      expect(await repeatSession(run.folder.path, workspace, quiet)).toEqual({ halted: run.outcome.halted });
    },
  );

  it("known beforehand in the time of a clock, however rarely it asks, through a stop", { timeout: 60_000 }, async () => {
    const file = join(root, "clock.ndjson");
    writeFileSync(file, `${[...actions.map(lineOf), ...days.flat()].join("\n")}\n`);
    const options = { feed: { location: file, everySeconds: 0.02 }, speed: 86_400 * 5 };
    const stop = new AbortController();
    const onProgress = (step: string, done: number): void => {
      if (step === "paper session" && done > 0.4) stop.abort();
    };
    await expect(polled("clock", file, { ...options, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "interrupted" });
    const run = await polled("clock", file, options);
    expect(run.resumed).toBe(true);
    expect(decisionsOf(run)).toEqual(decisionsOf(recorded));
    expect(run.outcome.cashMicro).toEqual(recorded.outcome.cashMicro);
  });

  it("after the bars of its day: a dividend is not booked, a split halts trading, once, and both stand in quarantine", async () => {
    for (const kind of ["dividend", "split"] as const) {
      const late = actions.findIndex(
        (one) => one.kind === kind && one.exDate > (coming[2] as Session).date && one.exDate < (coming[9] as Session).date,
      );
      const file = join(root, `late-${kind}.ndjson`);
      const day = coming.findIndex(({ date }) => date === actions[late]?.exDate);
      const others = actions.filter((_, i) => i !== late).map(lineOf);
      writeFileSync(file, `${[...others, ...days.slice(0, day + 1).flat()].join("\n")}\n`);
      const said: string[] = [];
      let told = false;
      const go = (signal?: AbortSignal): Promise<PaperRun> =>
        polled(`late-${kind}`, file, {
          signal,
          onTrouble: (sentence) => said.push(sentence),
          onProgress: (step, done) => {
            if (step !== "paper session" || Math.round(done * SESSIONS) < day + 1) return;
            if (!told)
              appendFileSync(
                file,
                `${[lineOf(actions[late] as ActionRow), ...days.slice(day + 1).flat(), untilOf(SESSIONS - 1)].join("\n")}\n`,
              );
            told = true;
            if (done > 0.8) stop.abort();
          },
        });
      const stop = new AbortController();
      // The mark of the last day told waits for the next bars: a word of the time that has passed brings it.
      appendFileSync(file, `${untilOf(day)}\n`);
      await expect(go(stop.signal)).rejects.toMatchObject({ code: "interrupted" });
      const run = await polled(`late-${kind}`, file, { onTrouble: (sentence) => said.push(sentence) });
      expect(quarantined(run)).toEqual(["late-action"]);
      const session = readSession(run.folder);
      expect(session.keptAside).toEqual({ "late-action": 1 });
      expect(statusLines(session).join("\n")).toMatch(
        kind === "split" ? /HALTED: The feed told the split/ : /1 line not taken in: late-action 1/,
      );
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(kind === "split" ? /begin a new session/ : /not booked/);
      expect(run.outcome.halted ?? "").toMatch(kind === "split" ? /another basis/ : /^$/);
      const halts = [...readJournal(run.folder.file(JOURNAL_FILE))].filter(
        (entry) => entry.kind === "event" && entry.event.kind === "command",
      );
      expect(halts).toHaveLength(kind === "split" ? 1 : 0);
      expect(toldOf(run)).toHaveLength(toldOf(recorded).length - 1);
      expect(await performReplay(run.folder.path, workspace, quiet)).toMatchObject({ cutOff: false });
      await certifiedOut(run);
      expect(await repeatSession(run.folder.path, workspace, quiet)).toEqual({ halted: run.outcome.halted });
    }
  });

  /** Its certificate tells of the one that came late, and breaks where the line is gone. */
  async function certifiedOut({ folder }: PaperRun): Promise<void> {
    const { certificate } = await performCertify(folder.id, workspace, quiet);
    expect(certificate.rules.find(({ id }) => id === "anomalies")).toMatchObject({
      passed: false,
      because: expect.stringMatching(/^(1 action of the feed|Trading was halted: The feed told .* And 1 more)/) as string,
    });
    expect(await performVerify(folder.id, workspace, quiet)).toMatchObject({ goneOn: false });
    const path = folder.file(QUARANTINE_FILE);
    const kept = readFileSync(path, "utf8");
    writeFileSync(path, kept.replace("late-action", "absurd-move"));
    await expect(performVerify(folder.id, workspace, quiet)).rejects.toThrow(QUARANTINE_FILE);
    writeFileSync(path, kept);
  }
});
