// A portfolio that is solved again every 15 minutes on bars of five: within its budget, the same in backtest and paper, and both replay.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { type Experiment, parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { JOURNAL_FILE } from "#app/runs/run-folder.js";
import { performDifference, performReplay } from "#app/runs/perform-replay.js";
import { openManager } from "#app/signals/manager.js";
import { createRng } from "#base/rng.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { writeDataset } from "#data/lake/write-dataset.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, type BarRow, toBarBatch } from "#domain/market.js";
import type { RiskDecision } from "#domain/order.js";
import { isoDateOrThrow, type Micros, MINUTE_US } from "#domain/time.js";

const root = mkdtempSync(join(tmpdir(), "truewind-monitor-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const workspace = openWorkspace(join(root, "ws"));

const LENGTH = 5 * MINUTE_US;
const sessions = calendarByName("XNYS").sessions(isoDateOrThrow("2021-03-01"), isoDateOrThrow("2021-03-10"));
const instruments = Array.from(
  { length: 8 },
  (_, i): Instrument => ({
    id: `I${i}` as InstrumentId,
    venue: "XNYS",
    currency: "USD" as Currency,
    tickSize: 0.01,
    relativeTick: null,
    lotSize: 1,
    sector: null,
  }),
);

/** The first is always there; of the others one bar in a thousand is missing. */
function* bars(): Generator<BarBatch> {
  const rng = createRng("monitor");
  const prices = instruments.map((_, i) => 40 + 10 * i);
  for (const { openAt, closeAt } of sessions)
    for (let start = openAt as number; start + LENGTH <= closeAt; start += LENGTH) {
      const market = 0.002 * rng.normal();
      const rows = prices.flatMap((open, i): BarRow[] => {
        const close = Math.round(open * Math.exp(market + 0.004 * rng.normal()) * 100) / 100;
        prices[i] = close;
        if (i > 0 && rng.next() < 0.001) return [];
        const at = (start + LENGTH) as Micros;
        const [high, low] = [Math.max(open, close), Math.min(open, close)];
        return [{ instrument: i as InstrumentIx, openAt: start as Micros, at, seenAt: at, open, high, low, close, volume: 1e6 }];
      });
      yield toBarBatch(rows);
    }
}

const raw = {
  name: "monitor",
  data: { dataset: "minutes", anonymize: false },
  universe: { minHistory: 20 },
  features: ["mom_20", "rsi_14"],
  rebalance: { every: 39, graceSeconds: 20 },
  splits: { train: 5, test: 5, embargo: 0 },
  label: { horizon: 3 },
  // With all that an adjustment needs to remember: a choice among names, and features of the last decision.
  portfolio: {
    kind: "optimize",
    window: 60,
    riskAversion: 20,
    minWeight: 0.04,
    neutral: { to: ["volatility"], features: ["rsi_14"], tolerance: 0.4 },
    fallback: ["hold"],
  },
  risk: { profile: "research", maxWeight: 0.4, maxTurnover: 9 },
  monitor: { every: "15m", maxTurnover: 0.05 },
};
const asked = (over: object = {}): Experiment => parseExperiment({ ...raw, ...over }, "test");
const quiet = { workspace, onProgress: () => undefined };

describe("a monitored portfolio", () => {
  beforeAll(async () => {
    const common = {
      priceBasis: "raw",
      priceBasisAssumed: false,
      survivorsOnly: false,
      survivorsAssumed: false,
      calendar: "XNYS",
    } as const;
    await writeDataset(
      workspace.lake,
      { name: "minutes", kind: "bar", barInterval: 300, ...common, instruments, notTradable: [], source: "test" },
      bars(),
      [],
    );
  });

  it("trades every 15 minutes within its budget, in backtest and paper alike, and replays", { timeout: 120_000 }, async () => {
    const run = await performBacktest(asked(), { ...quiet, command: "test" });
    let said: RiskDecision[] = [];
    const shares: number[] = [];
    let asks = 0;
    await performReplay(
      run.folder.path,
      workspace,
      () => undefined,
      () => ({
        decided: (decisions) => void said.push(...decisions),
        stepped: (event, { view }) => {
          if (event.kind === "timer" && event.name === "adjust") {
            asks++;
            const notional = said.reduce((sum, { order }) => sum + Math.abs(order.lots) * (view.lotValue[order.instrument] as number), 0);
            shares.push(notional / view.equity);
          }
          said = [];
        },
      }),
    );
    const traded = shares.filter((share) => share > 0);
    // Decisions fall on none of them.
    expect(asks).toBe(26 * run.result.dates.length);
    expect(traded.length).toBeGreaterThan(20);
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.05 + 1e-9);
    expect(traded.length).toBeLessThan(asks);
    const steps = [...readJournal(run.folder.file(JOURNAL_FILE))].flatMap((entry) =>
      entry.kind === "note" && entry.note.kind === "answer" ? [entry.note.step] : [],
    );
    for (const { step, times } of run.result.answers ?? []) expect(steps.filter((one) => one === step)).toHaveLength(times);
    expect(steps.length).toBeGreaterThan(asks / 2);

    const manager = openManager(asked(), quiet);
    const paper = await manager.monitorAndAdjust({ ...raw.monitor, sessions: 1 });
    expect((await performReplay(paper.folder.path, workspace, () => undefined)).equity).toBe(paper.outcome.equity);
    const difference = await performDifference(paper.folder.path, workspace, () => undefined);
    expect([difference.sameOrders, difference.total]).toEqual([true, 0]);
    const night = await manager.overnightSignals(null, 0.05, { from: paper.folder.id });
    expect(night.equity).toBe(paper.outcome.equity);
    expect(night.volatility).toBeLessThanOrEqual(0.05 + 1e-9);
  });

  it.each([
    [{ monitor: { every: "15", maxTurnover: 0.05 } }, /monitor.every: must be a time as 15m, 1h or 90s/],
    [{ monitor: { every: "15m", maxTurnover: 0 } }, /monitor.maxTurnover: must be above 0/],
    [{ monitor: { every: "7m", maxTurnover: 0.05 } }, /420 s are no whole bars of 300 s/],
    [{ monitor: { every: "4h", maxTurnover: 0.05 } }, /there is a decision anyway/],
    [{ portfolio: { kind: "top-k", k: 3 } }, /kind top-k has no budget of turnover/],
    [
      { portfolio: { kind: "optimize", objective: "maximum-diversification", short: true } },
      /portfolio.short: is a portfolio of size 0.*choose another objective/,
    ],
    [{ portfolio: { kind: "optimize", neutral: {} } }, /portfolio.neutral: names nothing/],
    [{ portfolio: { kind: "optimize", neutral: { to: ["size"] } } }, /portfolio.neutral.to.0: must be .*liquidity/],
    [
      { portfolio: { kind: "optimize", neutral: { to: ["sectors"], features: ["mom_60"] } } },
      /(?=[^]*neutral.features: mom_60 is none of features; add it there)(?=[^]*neutral.to: this dataset knows no sectors)/,
    ],
    [{ portfolio: { kind: "optimize", minWeight: 0.5 } }, /portfolio.minWeight: no name may have 50% under risk.maxWeight 40%/],
    [{ portfolio: { kind: "optimize", maxMissing: 0.6 } }, /portfolio.maxMissing: must be at most 0.5/],
    [
      { portfolio: { kind: "optimize", objective: "minimum-variance", lookahead: {} } },
      /portfolio.lookahead: plans for mean-variance alone/,
    ],
    [{ execution: { kind: "twap", bars: 3 } }, /execution is still on its way/],
  ])("%j is refused in a sentence", async (over, sentence) => {
    await expect((async () => performBacktest(asked(over), { ...quiet, command: "test" }))()).rejects.toThrow(sentence);
  });
});
