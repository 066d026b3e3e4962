// Costs from a journal: every fill belongs to one parent order, every cent is in one part, whatever splits, delistings and restless targets do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileJournal, readJournal } from "#adapters/stores/journal/journal.js";
import { TcaRecorder } from "#app/execution/tca-recorder.js";
import { judgeParent } from "#app/execution/perform-tca.js";
import { replayJournal } from "#app/modes/replay.js";
import type { Engine } from "#engine/engine.js";
import { createTopK } from "#portfolio/top-k.js";
import { createRiskEngine } from "#risk/review.js";
import { toyExecution, toyProtection, toyStyles } from "#test/fixtures/toy-look-back.js";
import { USD, toyMarket, toyPlan, toySource, toyStrategy } from "#test/fixtures/toy-market.js";
import { TOY_LIMITS, type ToyRunOptions, toyRun } from "#test/fixtures/toy-run.js";

const folder = mkdtempSync(join(tmpdir(), "tca-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ["at once", undefined, undefined],
  ["in even slices", toyExecution(toyStyles.twap), undefined],
  ["resting at limits", toyExecution(toyStyles.opportunistic), undefined],
  ["beside what protects", undefined, toyProtection],
  ["in even slices beside what protects", toyExecution(toyStyles.twap), toyProtection],
] as const)("costs of orders traded %s", (name, execution: ToyRunOptions["execution"], protection: ToyRunOptions["protection"]) => {
  it("hold every fill and fee of the journal once, and their parts are the account's own loss against its decisions", async () => {
    const market = toyMarket({ seed: `costs ${name}`, days: 60, names: 6 });
    const path = join(folder, name);
    const journal = FileJournal.create(path, {}, { referenceBefore: 0, durable: false });
    const run = await toyRun(market, { journal, ...(execution && { execution }), ...(protection && { protection }) });
    journal.close();
    const parts = {
      instruments: market.instruments,
      plan: toyPlan(market.instruments.length),
      strategy: toyStrategy,
      builder: createTopK({ k: 3, keep: 3, invested: 0.95 }),
      risk: createRiskEngine(TOY_LIMITS),
      execution: execution?.(market.instruments),
      protection: protection?.(market.instruments),
      baseCurrency: USD,
      startingCashMicro: 100_000_000_000n,
    };
    const recorder = new TcaRecorder();
    let engine: Engine | null = null;
    await replayJournal({
      path,
      parts,
      source: toySource(market.bars),
      watch: {
        decided: (decisions, cancels) => recorder.decided(decisions, cancels),
        stepped: (event, at) => {
          engine = at;
          recorder.stepped(event, at);
        },
      },
    });
    expect(engine).not.toBeNull();
    recorder.finish(engine as unknown as Engine);

    const fills = [...readJournal(path)].flatMap((entry) => (entry.kind === "event" && entry.event.kind === "fill" ? [entry.event] : []));
    const kept = recorder.parents.flatMap((parent) => parent.fills.map(({ fill }) => fill.fillId));
    expect(fills.length).toBeGreaterThan(30);
    expect([...kept].sort()).toEqual(fills.map(({ fillId }) => fillId).sort());
    const fees = recorder.parents.reduce((sum, parent) => sum + parent.fees, 0);
    expect(fees).toBeCloseTo(run.engine.account.feesTotal, 6);

    let judged = 0;
    for (const parent of recorder.parents) {
      const verdict = judgeParent(parent);
      if (verdict === null) continue;
      judged++;
      const { delay, timing, crossing, opportunity, fees: own, total } = verdict.parts;
      expect(delay + timing + crossing + opportunity + own).toBeCloseTo(total, 8);
      const filled = parent.fills.reduce((sum, { fill }) => sum + fill.lots, 0);
      const paid = parent.fills.reduce((sum, { fill }) => sum + fill.lots * fill.price, 0);
      const lead = paid - filled * parent.decision + (parent.lots - filled) * ((parent.end as number) - parent.decision);
      expect(total).toBeCloseTo(lead * parent.tickValue + own, 8);
    }
    // What protects has no decision to be judged by.
    const decided = protection === undefined ? recorder.parents : recorder.parents.filter((parent) => !parent.broken);
    expect(judged).toBeGreaterThan(0.7 * decided.length);
  });
});
