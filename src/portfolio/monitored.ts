// A portfolio that is looked at between its decisions: the last signals stay in force, and from what is held now the builder is asked again, within a
// budget of turnover. It sends nothing itself and knows no clock: a timer of the engine asks, in every mode the same one.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { EventBatch } from "#domain/market.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import type { MarketMemory, PortfolioBuilder } from "#ports/stages.js";
import { joinMemories } from "./builder-memory.js";

/** `maxTurnover`: most that one adjustment trades, buys and sells together, fraction of equity. */
export function withMonitor(builder: PortfolioBuilder, maxTurnover: number, instruments: number): PortfolioBuilder {
  const last = new LastDecision(instruments);
  return {
    memory: joinMemories(builder.memory === undefined ? [last] : [builder.memory, last]),
    ...(builder.answers === undefined ? {} : { answers: builder.answers }),
    build(signals, frame, view) {
      last.remember(signals, frame);
      return builder.build(signals, frame, view);
    },
    adjust(asOf, since, view, desired) {
      const signals = last.signalsAt(asOf);
      if (signals === null || !(view.equity > 0)) return undefined;
      const standing = standingView(view);
      const { weights, answer } = builder.build(signals, last.frameAt(asOf, since), standing, maxTurnover);
      for (let i = 0; i < instruments; i++) {
        const held = standing.lots[i] as number;
        const change = ((weights[i] as number) * view.equity) / (view.lotValue[i] as number) - held;
        // Whole lots from what is held, never past the budget: what is not one lot away stays.
        if (Number.isFinite(change)) desired[i] = held + Math.trunc(change + Math.sign(change) * 1e-9);
      }
      return answer;
    },
  };
}

/** As if what is on its way had come. */
function standingView(view: PortfolioView): PortfolioView {
  const lots = view.lots.map((held, i) => held + (view.workingBuys[i] as number) + (view.workingSells[i] as number));
  const { asOf, equity, cash, workingBuys, workingSells, working, price, lotValue, markedEquity, tradedSinceMark } = view;
  return { asOf, equity, cash, lots, workingBuys, workingSells, working, price, lotValue, markedEquity, tradedSinceMark };
}

type Said = Pick<Signals, "asOf" | "horizonUs" | "model"> & { readonly columns: readonly string[] };

/** Columns of signals that may be there. */
const COLUMNS = ["uncertainty", "confidence", "outOfDomain"] as const;

/** What was said at the last decision, who was a member then, and when each instrument was last seen. */
class LastDecision implements MarketMemory {
  private signals: Signals | null = null;
  private member: Uint8Array;
  private readonly seen: Float64Array;

  constructor(instruments: number) {
    this.member = new Uint8Array(instruments);
    this.seen = new Float64Array(instruments).fill(-1);
  }

  market(batch: EventBatch, start: number, end: number): void {
    for (let row = start; row < end; row++) this.seen[batch.instrument[row] as number] = batch.at[row] as number;
  }

  reference(): void {}

  remember(signals: Signals, { member }: FeatureFrame): void {
    const { asOf, horizonUs, model, uncertainty, confidence, outOfDomain } = signals;
    this.signals = {
      asOf,
      horizonUs,
      model,
      expectedReturn: Float64Array.from(signals.expectedReturn),
      uncertainty: uncertainty && Float64Array.from(uncertainty),
      confidence: confidence && Float64Array.from(confidence),
      ...(outOfDomain === undefined ? {} : { outOfDomain: Float64Array.from(outOfDomain) }),
    };
    this.member = Uint8Array.from(member);
  }

  /** Null before the first decision. */
  signalsAt(asOf: Micros): Signals | null {
    return this.signals === null ? null : { ...this.signals, asOf };
  }

  /** Without features: builders read none. */
  frameAt(asOf: Micros, since: Micros): FeatureFrame {
    const fresh = Uint8Array.from(this.seen, (at) => Number(at >= since));
    const member = this.member.map((one, i) => one & (fresh[i] as number));
    return { asOf, instruments: fresh.length, features: [], values: new Float64Array(0), fresh, member, history: null };
  }

  snapshot(): Uint8Array {
    const { signals, member, seen } = this;
    const out = new ByteWriter(64 * seen.length).f64s(seen).f64s(Float64Array.from(member));
    if (signals === null) return out.json(null).finish();
    const columns = COLUMNS.filter((name) => (signals[name] ?? null) !== null);
    const { asOf, horizonUs, model } = signals;
    out.json({ asOf, horizonUs, model, columns } satisfies Said).f64s(signals.expectedReturn);
    for (const name of columns) out.f64s(signals[name] as Float64Array);
    return out.finish();
  }

  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    const [seen, member] = [reader.f64s(), reader.f64s()];
    if (seen.length !== this.seen.length)
      throw new TruewindError("corrupt-artifact", "The snapshot holds the signals of other instruments.");
    this.seen.set(seen);
    this.member = Uint8Array.from(member);
    const said = reader.json() as Said | null;
    this.signals = null;
    if (said === null) return;
    const { columns, ...rest } = said;
    const expectedReturn = reader.f64s();
    const told = Object.fromEntries(columns.map((name) => [name, reader.f64s()]));
    this.signals = { uncertainty: null, confidence: null, ...rest, expectedReturn, ...told };
  }
}
