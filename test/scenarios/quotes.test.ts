// Decisions on bars, fills on recorded quotes: a backtest, a paper session that is stopped again and again, its replay, and what is refused.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredEntry } from "#adapters/stores/journal/codec.js";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { performCertify } from "#app/certificate/perform-certify.js";
import { gapLines, gapsOf } from "#app/cli/gap-lines.js";
import { type ExperimentInput, parseExperiment } from "#app/config/experiment.js";
import { performControl } from "#app/control/perform-control.js";
import { openWorkspace } from "#app/config/workspace.js";
import { openUniverse } from "#app/modes/universe.js";
import { openExperiment } from "#app/names/open-experiment.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { type PaperOptions, performPaper } from "#app/runs/perform-paper.js";
import { performDifference, performReplay } from "#app/runs/perform-replay.js";
import { JOURNAL_FILE, PAPER_FILE } from "#app/runs/run-folder.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { makeBars } from "#app/runs/tick-bars-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { writeDataset } from "#data/lake/write-dataset.js";
import { type QuoteBatch, barRow, createQuoteBatch } from "#domain/market.js";
import { HOUR_US, MINUTE_US, type Micros, utcMidnight, isoDateOrThrow } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";

const root = mkdtempSync(join(tmpdir(), "truewind-quotes-"));
const workspace = openWorkspace(join(root, "ws"));
const quiet = (): void => undefined;
/** Rows of each instrument and session: minutes after the open, and how far the middle is on its way from open to close. */
const STEPS = [0, 1, 2, 3, 60, 120, 300, 389];

const experimentOf = (name: string, data: Partial<ExperimentInput["data"]> = {}, more: Partial<ExperimentInput> = {}) =>
  parseExperiment(
    {
      name,
      data: { dataset: "market", quotes: "quotes", ...data },
      universe: { minHistory: 40 },
      model: { family: "ridge", alpha: 1000 },
      rebalance: { every: 3 },
      splits: { train: 70, test: 60 },
      portfolio: { kind: "top-k", k: 3, keep: 3 },
      risk: { profile: "research", maxWeight: 0.35 },
      ...more,
    },
    "test",
  );
const paper = (name: string, options: Partial<PaperOptions> = {}) =>
  performPaper(experimentOf(name), { workspace, sessions: 20, pace: null, onProgress: quiet, ...options });

/** Quotes of all but the last of the names: a spread of four cents around a straight way from open to close. `lost`: what the recorder missed. */
async function writeQuotes(
  name: string,
  from: string,
  steps: readonly number[] = STEPS,
  lost: (openAt: number, minutes: number) => boolean = () => false,
): Promise<number> {
  const market = await openDataset(workspace.lake, "market");
  const instruments = market.manifest.instruments.slice(0, -1);
  const batches: QuoteBatch[] = [];
  let rows = 0;
  for await (const batch of market.source({ from: utcMidnight(isoDateOrThrow(from)) }).batches(0)) {
    if (batch.kind !== "bar") continue;
    for (let start = 0; start < batch.length; ) {
      let end = start;
      while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
      const bars = Array.from({ length: end - start }, (_, k) => barRow(batch, start + k)).filter(
        (bar) => bar.instrument < instruments.length,
      );
      const kept = steps.filter((minutes) => !lost(bars[0]?.openAt ?? 0, minutes));
      const made = createQuoteBatch(bars.length * kept.length);
      kept.forEach((minutes, s) =>
        bars.forEach((bar, b) => {
          const k = s * bars.length + b;
          const middle = Math.round(100 * (bar.open + ((bar.close - bar.open) * minutes) / 390)) / 100;
          made.at[k] = bar.openAt + minutes * MINUTE_US;
          made.seenAt[k] = made.at[k] as number;
          made.instrument[k] = bar.instrument;
          made.bid[k] = middle - 0.02;
          made.ask[k] = middle + 0.02;
          made.bidSize[k] = 700;
          made.askSize[k] = 900;
        }),
      );
      rows += made.length;
      if (made.length > 0) batches.push(made);
      start = end;
    }
  }
  const { priceBasis, calendar } = market.manifest;
  const assumed = { priceBasisAssumed: false, survivorsOnly: false, survivorsAssumed: false };
  const facts = {
    name,
    kind: "quote",
    barInterval: null,
    priceBasis,
    ...assumed,
    calendar,
    instruments,
    notTradable: [],
    source: "made",
  } as const;
  await writeDataset(workspace.lake, facts, batches, []);
  return rows;
}

let rows = 0;
beforeAll(async () => {
  await simulateDataset(workspace, { name: "market", seed: "quotes", names: 8, sectors: 2, from: "2018-01-01", to: "2018-07-31", edge: 3 });
  rows = await writeQuotes("quotes", "2018-03-01");
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const fillsOf = (path: string): Fill[] =>
  [...readJournal(path)].flatMap((entry) => (entry.kind === "event" && entry.event.kind === "fill" ? [entry.event] : []));

describe("an experiment with quotes beside its bars", () => {
  it("fills the quoted names at displayed prices within the session, says so, and is another run than on bars", async () => {
    const { folder, result } = await performBacktest(experimentOf("quoted"), { workspace, onProgress: quiet, command: "test" });
    const bars = await performBacktest(experimentOf("on-bars", { quotes: undefined }), { workspace, onProgress: quiet, command: "test" });
    expect(result.identity.dataId).not.toBe(bars.result.identity.dataId);
    expect(result.dataset.quotes).toMatchObject({ name: "quotes", instruments: 8 });
    expect(result.assumptions.some((words) => /Orders of 8 of 9 instruments are filled on the recorded quotes quotes/.test(words))).toBe(
      true,
    );
    const { experiment, dataset, facts } = await openExperiment(workspace, experimentOf("quoted"));
    const { quoted } = facts.quotes as NonNullable<typeof facts.quotes>;
    const { instruments, sessions } = openUniverse(experiment, dataset, facts);
    const standing = new Map<string, readonly [number, number]>();
    const source = facts.quotes?.source({ from: 0 as Micros, to: Number.MAX_SAFE_INTEGER as Micros });
    for await (const batch of source?.batches(0) ?? [])
      if (batch.kind === "quote")
        for (let k = 0; k < batch.length; k++)
          standing.set(`${batch.instrument[k]} ${batch.at[k]}`, [batch.bid[k] as number, batch.ask[k] as number]);
    const fills = fillsOf(folder.file(JOURNAL_FILE)).filter((fill) => quoted[fill.instrument] === 1);
    expect(fills.length).toBeGreaterThan(25);
    for (const fill of fills) {
      const session = sessions.findLast((s) => s.openAt <= fill.at);
      expect(fill.at).toBeLessThan(session?.closeAt as number);
      const [bid, ask] = standing.get(`${fill.instrument} ${fill.at}`) as readonly [number, number];
      const tick = instruments[fill.instrument]?.tickSize as number;
      expect(fill.price * tick).toBeCloseTo(fill.lots > 0 ? ask : bid, 6);
      expect(Math.abs(fill.lots)).toBeLessThanOrEqual(fill.lots > 0 ? 900 : 700);
    }
    expect(result.costs.slippage).toBeLessThan(bars.result.costs.slippage / 4); // of the one name without quotes
    expect(result.costs.spread).toBeGreaterThan(0);
  });

  it("goes on after every interruption as if there had been none, is replayed without its quotes, and is the backtest of its days", async () => {
    const whole = await paper("plain");
    const stopped = experimentOf("plain");
    const other = openWorkspace(join(root, "other"));
    const options: PaperOptions = { workspace: { ...workspace, runs: other.runs }, sessions: 20, pace: null, onProgress: quiet };
    for (const share of [0.1, 0.57, 0.9]) {
      const control = new AbortController();
      const onProgress = (step: string, done: number): void => {
        if (step === "paper session" && done >= share) control.abort();
      };
      await expect(performPaper(stopped, { ...options, onProgress, signal: control.signal })).rejects.toMatchObject({
        code: "interrupted",
      });
    }
    const again = await performPaper(stopped, options);
    expect(again.resumed).toBe(true);
    const entries = ({ folder }: typeof whole): readonly StoredEntry[] => [...readJournal(folder.file(JOURNAL_FILE))];
    expect(entries(again)).toEqual(entries(whole));
    expect(readFileSync(again.folder.file(PAPER_FILE), "utf8")).toBe(readFileSync(whole.folder.file(PAPER_FILE), "utf8"));
    expect(fillsOf(whole.folder.file(JOURNAL_FILE)).length).toBeGreaterThan(10);
    for (const entry of readJournal(whole.folder.file(JOURNAL_FILE)))
      if (entry.kind === "event" && entry.event.kind === "market") expect(entry.event.batch.kind).toBe("bar");
    await performReplay(whole.folder.path, workspace, quiet);
    expect(await performDifference(whole.folder.path, workspace, quiet)).toMatchObject({ total: 0, fills: 0, sameOrders: true });
  });

  it("fills nothing in the gaps of the recording, and counts them and who waited, in a backtest as on paper", async () => {
    const fine = Array.from({ length: 78 }, (_, k) => 5 * k);
    const [first, last] = ["2018-05-07", "2018-05-25"].map((day) => utcMidnight(isoDateOrThrow(day))) as [Micros, Micros];
    const inHole = (at: number, minutes: number): boolean => at >= first && at < last && minutes < 185;
    await writeQuotes("whole", "2018-03-01", fine);
    await writeQuotes("holed", "2018-03-01", fine, inHole);
    const backtest = (name: string, data: Partial<ExperimentInput["data"]>) =>
      performBacktest(experimentOf(name, data), { workspace, onProgress: quiet, command: "test" });
    const whole = await backtest("whole", { quotes: "whole" });
    const { orders, ordersInGaps, ...without } = whole.result.quotes ?? {};
    expect(without).toMatchObject({ maxAgeSeconds: [9_000, 9_000], gaps: [], decisionsInGaps: 0 });
    expect([(orders ?? 0) > 25, ordersInGaps]).toEqual([true, 0]);
    expect(whole.result.quotes?.impact.money).toBeGreaterThan(0);
    expect(whole.result.assumptions.join(" ")).toMatch(/for 2\.5 h \(30 times the wait .* The recording has no longer silence/);
    // A longer age changes nothing where there is no gap; a shorter one would.
    const longer = await backtest("longer", { quotes: "whole", maxQuoteSeconds: 20_000 });
    expect(longer.result.orders).toEqual(whole.result.orders);
    expect(longer.result.strategy).toEqual(whole.result.strategy);

    const found = (await gapsOf(await openDataset(workspace.lake, "holed"))) ?? [];
    expect(found.length).toBe(8 * 14);
    expect(found.every(({ minutes }) => minutes === 185)).toBe(true);
    expect(gapLines(found)[0]).toMatch(/^Gaps of the quotes .*: 112 of 8 instruments\.$/);
    expect(gapLines(found).slice(1)).toHaveLength(11);
    expect(gapLines((await gapsOf(await openDataset(workspace.lake, "whole"))) ?? found).join()).toMatch(/a minute\): none\.$/);
    expect(await gapsOf(await openDataset(workspace.lake, "market"))).toBeNull();

    const holed = await backtest("holed", { quotes: "holed" });
    const { quotes } = holed.result;
    const days = Math.round((quotes?.gaps[0]?.seconds ?? 0) / (185 * 60));
    expect(quotes?.gaps.map(({ gaps, seconds, longestSeconds }) => [gaps, seconds, longestSeconds])).toEqual(
      Array.from({ length: 8 }, () => [days, days * 185 * 60, 185 * 60]),
    );
    expect(days).toBe(14);
    expect(quotes?.ordersInGaps).toBeGreaterThan(2);
    expect(quotes?.decisionsInGaps).toBeGreaterThan(2);
    expect(quotes?.decisionsInGaps).toBeLessThan(quotes?.decisions as number);
    expect(holed.result.assumptions.join(" ")).toMatch(
      /14 of 43\.2 h together, the longest 3\.1 h; .* orders, of \d+ of \d+ \(.* met one and waited/,
    );
    expect(readFileSync(holed.folder.file("report.html"), "utf8")).toContain("The recording of 8 instruments has gaps in these sessions");
    const { experiment, dataset, facts } = await openExperiment(workspace, experimentOf("holed", { quotes: "holed" }));
    const { sessions } = openUniverse(experiment, dataset, facts);
    const waited = fillsOf(holed.folder.file(JOURNAL_FILE)).filter(({ at, instrument }) => {
      const session = sessions.findLast((s) => s.openAt <= at);
      const minutes = (at - (session?.openAt as number)) / MINUTE_US;
      const quoted = (facts.quotes as NonNullable<typeof facts.quotes>).quoted[instrument] === 1;
      expect(quoted && inHole(at, minutes)).toBe(false);
      return quoted && at >= first && at < last && minutes === 185;
    });
    expect(waited.length).toBeGreaterThan(2);

    const traded = (
      await performPaper(experimentOf("holed", { quotes: "holed" }), { workspace, sessions: 55, pace: null, onProgress: quiet })
    ).outcome;
    expect(traded.quotes?.gaps).toHaveLength(8);
    expect(traded.quotes?.ordersInGaps).toBeGreaterThan(0);
  });

  it("is certified on the quotes that filled it: beside others it is not run again, and no journal is blamed", async () => {
    await writeQuotes("then", "2018-03-01");
    const { folder } = await performPaper(experimentOf("certified", { quotes: "then" }), {
      workspace,
      sessions: 20,
      pace: null,
      onProgress: quiet,
    });
    const { certificate } = await performCertify(folder.id, workspace, quiet);
    expect(certificate.rules.find(({ id }) => id === "replay")?.passed).toBe(true);
    await writeQuotes("then", "2018-03-01", [0, 7, 60, 389]);
    await expect(performCertify(folder.id, workspace, quiet)).rejects.toMatchObject({
      code: "data-changed",
      message: expect.stringMatching(
        /^Quotes then are not those of the journal \([0-9a-f]{12}, then [0-9a-f]{12}\): import that version again\.$/,
      ),
    });
    // Decisions hear no quote, so that a replay needs none.
    await performReplay(folder.path, workspace, quiet);
  });

  it("refuses in one sentence what cannot be filled or decided", async () => {
    const backtest = (data: Partial<ExperimentInput["data"]>) =>
      performBacktest(experimentOf("refused", data), { workspace, onProgress: quiet, command: "test" });
    await expect(backtest({ dataset: "quotes", quotes: undefined })).rejects.toThrow(
      /Dataset quotes holds quotes, and decisions are made from bars: make them with `truewind data bars quotes --every 60 --as quotes-bars`/,
    );
    await expect(backtest({ quotes: "market" })).rejects.toThrow(/data.quotes: market holds bars, not quotes/);
    await expect(backtest({ quotes: "nothing" })).rejects.toMatchObject({ code: "no-such-dataset" });
    await writeQuotes("late", "2018-07-02");
    await expect(backtest({ quotes: "late" })).rejects.toThrow(
      /Trading goes from 2018-04-\d\d to 2018-07-31, and data.quotes late reaches from 2018-07-02/,
    );
    expect(() => experimentOf("aged", { quotes: undefined, maxQuoteSeconds: 5 })).toThrow(
      /data: says with maxQuoteSeconds how old a quote may be and names none/,
    );
    const control = { workspace, onProgress: quiet, signal: new AbortController().signal, command: "test" };
    await expect(performControl(experimentOf("control"), { ...control, kinds: [], draws: 1, sizes: [], plantedDraws: 0 })).rejects.toThrow(
      /for a control of control, remove data\.quotes, set costs\.halfSpreadBps to what half the spread came to on them/,
    );
    const feed = { location: join(root, "feed"), everySeconds: 1 };
    await expect(paper("polled", { feed })).rejects.toThrow(/A feed brings bars alone/);
  });
});

it("bars are made of quotes: the middle of what lies in each interval", async () => {
  const manifest = await makeBars(workspace, "quotes", 2 * 3600, "two-hours");
  expect(manifest).toMatchObject({ kind: "bar", barInterval: 7200, priceBasis: "raw" });
  // Minutes 0 to 3 and 60, then 120, 300 and 389: intervals of two hours from the open, the last cut by the close, some of them early.
  const source = (await openDataset(workspace.lake, "two-hours")).source();
  let used = 0;
  const market = await openDataset(workspace.lake, "market");
  const closes = new Map<string, number>();
  for await (const batch of market.source().batches(0))
    if (batch.kind === "bar")
      for (let k = 0; k < batch.length; k++) closes.set(`${batch.instrument[k]} ${batch.openAt[k]}`, batch.open[k] as number);
  for await (const batch of source.batches(0)) {
    if (batch.kind !== "bar") continue;
    for (let k = 0; k < batch.length; k++) {
      const bar = barRow(batch, k);
      expect(bar.at - bar.openAt).toBeLessThanOrEqual(2 * HOUR_US);
      expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close));
      const first = closes.get(`${bar.instrument} ${bar.openAt}`);
      if (first === undefined) continue;
      used++;
      expect(bar.open).toBeCloseTo(first, 2);
    }
  }
  expect(used).toBe(rows / STEPS.length);
  await expect(makeBars(workspace, "market", 60, "x")).rejects.toThrow(/holds bars already/);
  await expect(makeBars(workspace, "quotes", 60, "quotes")).rejects.toThrow(/another name/);
});
