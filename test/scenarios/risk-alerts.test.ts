// Alerts of risk: said once when a level is passed, again only after it was not, and the same in a session that was interrupted.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { parseExperiment } from "#app/config/experiment.js";
import { readRiskFile } from "#app/config/risk-limits.js";
import { openWorkspace } from "#app/config/workspace.js";
import { RiskAlerts } from "#app/modes/risk-alerts.js";
import { performPaper } from "#app/runs/perform-paper.js";
import { performReplay } from "#app/runs/perform-replay.js";
import { JOURNAL_FILE } from "#app/runs/run-folder.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { readSession } from "#app/status/read-session.js";
import { statusLines } from "#app/status/status-lines.js";
import type { EngineEvent } from "#domain/event.js";
import type { Currency, Instrument } from "#domain/instrument.js";
import { MINUTE_US, type Micros } from "#domain/time.js";
import { Account } from "#engine/account.js";
import type { Outcomes } from "#risk/tail/prospect.js";

const root = mkdtempSync(join(tmpdir(), "risk-alerts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("alerts of risk", () => {
  const one = { id: "A", venue: "X", currency: "USD" as Currency, tickSize: 0.01, relativeTick: null, lotSize: 1, sector: null };
  const timer = (minute: number, name: "mark" | "decide" = "decide"): EngineEvent => {
    const at = (minute * MINUTE_US) as Micros;
    return { kind: "timer", name, at, seenAt: at, since: at };
  };
  /** An account of 1,000 whose half may fall by the given fraction. */
  function world(intraday: boolean, from = 0) {
    const account = new Account([one as unknown as Instrument], one.currency, 500_000_000n);
    account.holdings.lots[0] = 5;
    account.holdings.price[0] = 100;
    const now: { outcomes: Outcomes | null } = { outcomes: null };
    const level = { rule: "stress-loss", because: "a bad day", level: 0.99, maxVar: null, maxEs: null, maxLoss: 0.05 } as const;
    const watched = [{ ...level, source: { at: () => now.outcomes } }];
    const alerts = new RiskAlerts({ watched, everyMinutes: 15 }, (from * MINUTE_US) as Micros, intraday);
    const look = (event: EngineEvent, fall: number | null): number[] => {
      now.outcomes = fall === null ? null : { kind: "outcomes", scenarios: 2, column: () => Float64Array.of(0.01, -fall) };
      return alerts.event(event, account, event.seenAt).map(({ figure }) => Math.round(figure * 1e4) / 1e4);
    };
    return { alerts, look };
  }

  it("are said when a level is passed, and again only after it was not", () => {
    const { look } = world(true);
    expect(look(timer(1), 0.1)).toEqual([]); // exactly the level
    expect(look(timer(16), 0.12)).toEqual([0.06]);
    expect(look(timer(31), 0.3)).toEqual([]);
    expect(look(timer(46), 0.01)).toEqual([]);
    expect(look(timer(61), 0.2)).toEqual([0.1]);
  });

  it("look every fifteen minutes of the data's time where bars are short, else at marks, and never before the session", () => {
    const short = world(true);
    expect(short.look(timer(16), 0.01)).toEqual([]);
    expect(short.look(timer(29), 0.2)).toEqual([]);
    expect(short.look(timer(30), 0.2)).toEqual([0.1]);
    const daily = world(false, 10);
    expect(daily.look(timer(9, "mark"), 0.2)).toEqual([]);
    expect(daily.look(timer(99), 0.2)).toEqual([]);
    expect(daily.look(timer(100, "mark"), 0.2)).toEqual([0.1]);
  });

  it("say once that nobody can know, and go on from where a snapshot was taken", () => {
    const { alerts, look } = world(false);
    expect(look(timer(1, "mark"), null)).toEqual([0.05]);
    const { alerts: other, look: again } = world(false);
    other.load(alerts.save());
    for (const next of [look, again]) expect(next(timer(2, "mark"), 0.2)).toEqual([]);
  });

  it("are refused at or above the limit of their kind", () => {
    const file = join(root, "wrong.yaml");
    writeFileSync(file, "tail: { maxVar: 0.03 }\nalerts: { maxVar: 0.03 }\n");
    expect(() => readRiskFile(file)).toThrow(/never be heard first/);
    writeFileSync(file, "tail: { maxVar: 0.03 }\nalerts: { maxVar: 0.029, maxEs: 0.9 }\n");
    expect(readRiskFile(file).alerts.everyMinutes).toBe(15);
  });
});

it("a paper session notes them, shows them, replays, and after an interruption has the same journal, entry by entry", {
  timeout: 120_000,
}, async () => {
  const workspace = openWorkspace(join(root, "ws"));
  await simulateDataset(workspace, { name: "small", seed: "alerts", names: 10, sectors: 2, from: "2018-01-01", to: "2020-06-30", edge: 1 });
  const risk = join(root, "risk.yaml");
  writeFileSync(
    risk,
    [
      "limits: { minWeight: 0, maxTurnover: 1 }",
      "tail: { method: filtered-historical, window: 120, level: 0.95, maxVar: 0.012 }",
      "alerts: { maxVar: 0.004, maxEs: 0.9 }",
      "stress:",
      "  windows: [{ name: spring of 2019, from: 2019-03-01, to: 2019-05-31, maxLoss: 0.9, alertLoss: 0.0001 }]",
      "  shocks: [{ name: crash, market: -0.2, maxLoss: 0.11, alertLoss: 0.05 }]",
    ].join("\n"),
  );
  const experiment = parseExperiment(
    {
      name: "watched",
      data: { dataset: "small" },
      features: ["rank_mom_20", "rank_reversal_5"],
      splits: { train: 300, test: 126 },
      model: { family: "ridge", alpha: 1000 },
      portfolio: { kind: "top-k", k: 4 },
      risk: { maxWeight: 0.3 },
    },
    "test",
  );
  const options = { workspace, sessions: 15, pace: null, risk, onProgress: () => undefined };
  const { folder, outcome } = await performPaper(experiment, options);
  const session = readSession(folder);
  const found = session.alerts.filter(({ alert }) => alert === "tail-risk");
  expect(found.length).toBeGreaterThan(0);
  expect(found[0]?.detail).toMatch(
    /^Value at risk, filtered history at 95\.0% over 1 step, is \d+\.\d\d% of equity; the alert is set at 0\.40%\.$/,
  );
  expect(statusLines(session).join("\n")).toContain("tail-risk: Value at risk");
  expect(session.alerts.find(({ alert }) => alert === "stress-loss")?.detail).toMatch(/^The loss in crash is \d+\.\d\d% of equity; /);
  await performReplay(folder.path, workspace, () => undefined);

  const whole = [...readJournal(folder.file(JOURNAL_FILE))];
  const rules = whole.flatMap((entry) =>
    entry.kind === "decision" ? entry.decisions.flatMap((one) => (one.verdict === "approve" ? [] : [one.rule])) : [],
  );
  expect(rules.some((rule) => rule === "tail-risk" || rule === "stress-loss")).toBe(true);
  const stop = new AbortController();
  const onProgress = (step: string, done: number): void => {
    if (step === "paper session" && done > 0.7) stop.abort();
  };
  await expect(performPaper(experiment, { ...options, onProgress, signal: stop.signal })).rejects.toMatchObject({ code: "interrupted" });
  const again = await performPaper(experiment, options);
  expect(again.resumed).toBe(true);
  expect(again.outcome).toEqual(outcome);
  expect([...readJournal(folder.file(JOURNAL_FILE))]).toEqual(whole);
});
