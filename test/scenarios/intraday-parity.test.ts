// The same on bars of five minutes with holes, features of longer bars and of the moment, peers, facts told between bars, and a split:
// what research saw is what the engine decides on, and the journals of backtest and paper replay to the last order.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { runStrategy } from "#app/modes/accounts.js";
import { openRunFacts } from "#app/modes/run-facts.js";
import { runStudy, timersOf } from "#app/modes/study.js";
import { openUniverse } from "#app/modes/universe.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { performPaper } from "#app/runs/perform-paper.js";
import { performReplay } from "#app/runs/perform-replay.js";
import { createRng } from "#base/rng.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { importFacts } from "#data/facts/import-facts.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { writeDataset } from "#data/lake/write-dataset.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, type BarRow, toBarBatch } from "#domain/market.js";
import { isoDateOrThrow, type Micros, MINUTE_US } from "#domain/time.js";

const root = mkdtempSync(join(tmpdir(), "truewind-intraday-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const workspace = openWorkspace(join(root, "ws"));

const NAMES = 12;
const LENGTH = 5 * MINUTE_US;
const sessions = calendarByName("XNYS").sessions(isoDateOrThrow("2021-03-01"), isoDateOrThrow("2021-04-09"));
const instruments = Array.from(
  { length: NAMES },
  (_, i): Instrument => ({
    id: `I${String(i).padStart(2, "0")}` as InstrumentId,
    venue: "XNYS",
    currency: "USD" as Currency,
    tickSize: 0.01,
    relativeTick: null,
    lotSize: 1,
    sector: `S${i % 3}`,
  }),
);
const SPLIT_DAY = 18;

function* bars(): Generator<BarBatch> {
  const rng = createRng("intraday");
  const prices = instruments.map((_, i) => 40 + 10 * i);
  for (const [day, { openAt, closeAt }] of sessions.entries()) {
    if (day === SPLIT_DAY) prices[4] = (prices[4] as number) / 4;
    for (let start = openAt as number; start + LENGTH <= closeAt; start += LENGTH) {
      const rows = prices.flatMap((open, i): BarRow[] => {
        const close = Math.max(1, Math.round(open * Math.exp(0.003 * rng.normal()) * 100) / 100);
        prices[i] = close;
        // The first instrument is the market's stand-in and always there.
        if (i > 0 && rng.next() < 0.3) return [];
        const at = (start + LENGTH) as Micros;
        const [high, low] = [Math.max(open, close), Math.min(open, close)];
        return [
          { instrument: i as InstrumentIx, openAt: start as Micros, at, seenAt: at, open, high, low, close, volume: 100 + rng.int(9000) },
        ];
      });
      yield toBarBatch(rows);
    }
  }
}

/** A tone at odd seconds of every second name, and one of the market. */
function factLines(): string {
  const rng = createRng("tones");
  const lines = ["symbol,field,at,seen_at,value"];
  for (const { openAt } of sessions) {
    for (let k = 0; k < 12; k++) {
      const moment = new Date((openAt + rng.int(390) * MINUTE_US + rng.int(60) * 1_000_000) / 1000).toISOString();
      lines.push(
        `${k % 4 === 0 ? "" : (instruments[(2 * k) % NAMES] as Instrument).id},tone,${moment},${moment},${rng.normal().toFixed(4)}`,
      );
    }
  }
  return lines.join("\n");
}

describe("on bars of minutes", () => {
  it("research and engine see the same, and what backtest and paper did replays", { timeout: 180_000 }, async () => {
    const split = { kind: "split", instrument: 4 as InstrumentIx, ratio: 4 } as const;
    const at = (sessions[SPLIT_DAY] as { openAt: Micros }).openAt;
    const facts = {
      name: "minutes",
      kind: "bar",
      barInterval: 300,
      priceBasis: "raw",
      priceBasisAssumed: false,
      survivorsOnly: false,
      survivorsAssumed: false,
      calendar: "XNYS",
      instruments,
      notTradable: [],
      source: "test",
    } as const;
    await writeDataset(workspace.lake, facts, bars(), [{ ...split, at, seenAt: at }]);
    writeFileSync(join(root, "tones.csv"), factLines());
    await importFacts(join(root, "tones.csv"), workspace.facts, { name: "tones", events: true });
    const own = ["tone", "market_tone"];
    const joint = ["rel_market_5", "dispersion_percentile", "sector_breadth_20", "market_vol_ratio_5_60", "beta_market_60"];
    const experiment = parseExperiment(
      {
        name: "intraday",
        data: { dataset: "minutes", facts: ["tones"] },
        peers: { market: "I00" },
        universe: { minHistory: 20 },
        features: [
          "mom_20",
          "rank_mom_20",
          "session_phase",
          ...own,
          ...joint,
          ...["15m", "1h"].flatMap((t) => [...own, ...joint, "rsi_14"].map((name) => `${name}@${t}`)),
        ],
        ownFeatures: [
          { name: "tone", formula: 'fact("tone", "sum").mean(3)' },
          { name: "market_tone", formula: 'marketFact("tone")' },
        ],
        rebalance: { every: 7, graceSeconds: 20 },
        splits: { train: 12, test: 8, embargo: 1 },
        label: { horizon: 3 },
        portfolio: { kind: "top-k", k: 3 },
        risk: { profile: "research", maxWeight: 0.5 },
      },
      "test",
    );
    const dataset = await openDataset(workspace.lake, "minutes");
    const universe = openUniverse(experiment, dataset, await openRunFacts(workspace.facts, experiment, dataset));
    const study = await runStudy(experiment, universe, () => undefined);
    const { frames } = study;
    const k = frames.features.length;
    const decisionAt = new Map(frames.decisions.map((decision, d) => [decision.at, d]));
    const differing = new Map<string, number>();
    const known = new Set<string>();
    let compared = 0;
    await runStrategy(
      { experiment, universe, timers: timersOf(experiment, universe, study.tradingSessions, 0), onProgress: () => undefined },
      study.fitted.schedule,
      {
        onSignals: (_, frame) => {
          const d = decisionAt.get(frame.asOf) as number;
          for (let row = frames.firstRow[d] as number; row < (frames.firstRow[d + 1] as number); row++) {
            const i = frames.instrument[row] as number;
            for (let j = 0; j < k; j++, compared++) {
              const name = frames.features[j] as string;
              const value = frames.x[row * k + j] as number;
              if (!Number.isNaN(value)) known.add(name);
              if (!Object.is(Math.fround(frame.values[i * k + j] as number), value)) differing.set(name, (differing.get(name) ?? 0) + 1);
            }
          }
        },
      },
    );
    expect(Object.fromEntries(differing)).toEqual({});
    expect([...known].sort()).toEqual([...frames.features].sort());
    expect(compared).toBeGreaterThan(20_000);

    const run = await performBacktest(experiment, { workspace, command: "test", onProgress: () => undefined });
    const replay = await performReplay(run.folder.path, workspace, () => undefined);
    expect(replay.orders).toBeGreaterThan(10);
    const paper = await performPaper(experiment, { workspace, sessions: 5, pace: null, onProgress: () => undefined });
    expect(paper.outcome.orders).toBeGreaterThan(10);
    expect((await performReplay(paper.folder.path, workspace, () => undefined)).equity).toBe(paper.outcome.equity);
  });
});
