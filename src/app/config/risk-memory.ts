// What the limits of a run look at besides the account: past returns, and what they foretell. One of its own for each run; all of it is state of the engine.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { Instrument } from "#domain/instrument.js";
import type { EventBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import type { MarketMemory } from "#ports/stages.js";
import type { TailLimit } from "#risk/tail-exposure.js";
import { RISK_METHODS } from "./method-names.js";
import { percent } from "../report/number-format.js";
import type { ResolvedRisk } from "./risk-limits.js";
import { ScenarioMemory } from "./scenario-memory.js";
import { StressMemory } from "./stress-memory.js";

export interface RiskWorld {
  readonly instruments: readonly Instrument[];
  readonly sessions: readonly Session[];
  /** Sessions for daily bars, single bars for shorter ones. */
  readonly steps: readonly Session[];
  /** Rows whose mean return is the market's: the benchmark's, or all that may be held. */
  readonly market: readonly number[];
}

export class RiskMemory implements MarketMemory {
  /** Checked on each batch. */
  readonly limits: readonly TailLimit[];
  /** Levels that stop nothing. */
  readonly alerts: readonly TailLimit[];
  private readonly parts: readonly MarketMemory[];

  /** Throws `bad-config` for scenarios that the data do not know. */
  constructor({ tail, alerts, stress }: ResolvedRisk, { instruments, sessions, steps, market }: RiskWorld) {
    const parts: MarketMemory[] = [];
    const [limits, heard]: [TailLimit[], TailLimit[]] = [[], []];
    const method = tail ?? alerts;
    if (method !== undefined && method !== null && (tail !== null || alertsTail(alerts))) {
      const memory = new ScenarioMemory(steps, instruments.length, market, method);
      const { level, horizon } = method;
      const over = `over ${horizon} ${horizon === 1 ? "step" : "steps"}`;
      const source = memory.source();
      // Of the past itself, whatever the method.
      const past = method.method === "historical" ? source : memory.source("historical");
      const common = { rule: "tail-risk", level } as const;
      for (const [list, levels] of [
        [limits, tail],
        [heard, alerts],
      ] as const) {
        if (levels === null || levels === undefined) continue;
        const { maxVar, maxEs, maxStressLoss } = levels;
        if (maxVar !== null || maxEs !== null)
          list.push({
            ...common,
            because: `${RISK_METHODS[method.method]} at ${percent(level)} ${over}`,
            source,
            maxVar,
            maxEs,
            maxLoss: null,
          });
        if (maxStressLoss !== null)
          list.push({
            ...common,
            because: `the worst past stretch ${over}`,
            source: past,
            maxVar: null,
            maxEs: null,
            maxLoss: maxStressLoss,
          });
      }
      parts.push(memory);
    }
    if (stress !== undefined) {
      const memory = new StressMemory({ instruments, sessions, market }, stress);
      for (const { name, maxLoss, alertLoss } of [...stress.windows, ...stress.shocks]) {
        const common = { rule: "stress-loss", because: name, source: memory.source(name), level: 0.5, maxVar: null, maxEs: null } as const;
        if (maxLoss !== undefined) limits.push({ ...common, maxLoss });
        if (alertLoss !== undefined) heard.push({ ...common, maxLoss: alertLoss });
      }
      parts.push(memory);
    }
    [this.limits, this.alerts, this.parts] = [limits, heard, parts];
  }

  market(batch: EventBatch, start: number, end: number): void {
    for (const part of this.parts) part.market(batch, start, end);
  }

  reference(event: Split | Dividend): void {
    for (const part of this.parts) part.reference(event);
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter(1 << 12);
    for (const part of this.parts) writer.bytes(part.snapshot());
    return writer.finish();
  }

  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    for (const part of this.parts) part.restore(reader.bytes());
  }
}

function alertsTail(alerts: ResolvedRisk["alerts"]): boolean {
  return alerts !== undefined && (alerts.maxVar !== null || alerts.maxEs !== null || alerts.maxStressLoss !== null);
}
