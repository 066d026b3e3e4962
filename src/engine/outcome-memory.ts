// Keeps the signals of each decision until their label has ended, and then tells what followed: the same total return from open to open as
// research/labels, made of market and reference events as they are seen. All of its state is saved with the engine.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { Delisting, Dividend, Split } from "#domain/corporate-action.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { EventBatch } from "#domain/market.js";
import { firstSessionFrom, type Session, sessionEndingAt } from "#domain/session.js";
import { directionOf, type LabelLaw, type Outcome, type Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";

/** One share per instrument, bought at the first open after a decision. */
interface Pending {
  readonly signals: Signals;
  readonly member: Uint8Array;
  /** Sessions at whose opens the label starts and ends. */
  readonly from: number;
  readonly to: number;
  /** Price paid; NaN until it is seen, and for ever when it could not be bought. */
  readonly start: Float64Array;
  /** What the share has become, and cash received. */
  readonly shares: Float64Array;
  readonly cash: Float64Array;
  /** Value of the shares at the last close before the end, and at the end once it is seen; NaN before. */
  readonly known: Float64Array;
  readonly end: Float64Array;
  /** 1 where the name has left the market on the way: nothing changes any more. */
  readonly gone: Uint8Array;
}

const COLUMNS = ["start", "shares", "cash", "known", "end"] as const;

export class OutcomeMemory {
  private pending: Pending[] = [];
  private lastSession = 0;

  constructor(
    private readonly law: LabelLaw,
    private readonly instruments: number,
  ) {}

  /** Rows `start` to `end` of the batch, in order. Only bars count, as in research. */
  market(batch: EventBatch, start: number, end: number): void {
    if (batch.kind !== "bar" || this.pending.length === 0) return;
    for (let row = start; row < end; row++) {
      const session = sessionEndingAt(this.law.sessions, batch.at[row] as number, this.lastSession);
      if (session < 0) continue;
      this.lastSession = session;
      const i = batch.instrument[row] as number;
      const open = batch.open[row] as number;
      const close = batch.close[row] as number;
      for (const one of this.pending) {
        if (session < one.from || session > one.to || one.gone[i] === 1) continue;
        const shares = one.shares[i] as number;
        if (session === one.from && Number.isNaN(one.start[i]) && Number.isNaN(one.known[i])) one.start[i] = open > 0 ? open : Number.NaN;
        if (session < one.to) {
          if (close > 0) one.known[i] = shares * close;
        } else if (Number.isNaN(one.end[i]) && open > 0) {
          one.end[i] = shares * open;
        }
      }
    }
  }

  split(event: Split): void {
    for (const one of this.changed(event)) one.shares[event.instrument] = (one.shares[event.instrument] as number) * event.ratio;
  }

  dividend(event: Dividend): void {
    const i = event.instrument;
    for (const one of this.changed(event)) one.cash[i] = (one.cash[i] as number) + (one.shares[i] as number) * event.amount;
  }

  /** The holding ends at its last price x (1 + final return). One that is told after a label has ended comes too late for it. */
  delisted(event: Delisting): void {
    const i = event.instrument;
    for (const one of this.pending) {
      if (event.at <= (this.law.sessions[one.from] as Session).openAt || one.gone[i] === 1 || !Number.isNaN(one.end[i])) continue;
      one.known[i] = (Number.isNaN(one.known[i]) ? (one.start[i] as number) : (one.known[i] as number)) * (1 + event.finalReturn);
      one.gone[i] = 1;
    }
  }

  /** Those whose label an action lies in: it is in force from the first open at or after its `at`. */
  private changed({ at, instrument }: Split | Dividend): readonly Pending[] {
    if (this.pending.length === 0) return this.pending;
    const session = firstSessionFrom(this.law.sessions, at);
    return this.pending.filter((one) => session > one.from && session <= one.to && one.gone[instrument] === 0);
  }

  /** Signals of a decision that was just made. Forgotten when their label would end behind the last session. */
  remember(signals: Signals, frame: FeatureFrame): void {
    const from = firstSessionFrom(this.law.sessions, signals.asOf);
    const to = from + this.law.horizonSessions;
    if (to >= this.law.sessions.length) return;
    const unknown = (): Float64Array => new Float64Array(this.instruments).fill(Number.NaN);
    this.pending.push({
      signals: copyOf(signals),
      member: Uint8Array.from(frame.member),
      from,
      to,
      start: unknown(),
      shares: new Float64Array(this.instruments).fill(1),
      cash: new Float64Array(this.instruments),
      known: unknown(),
      end: unknown(),
      gone: new Uint8Array(this.instruments),
    });
  }

  /** What has come of decisions whose last session is over; each is told once, oldest first. */
  ended(asOf: Micros): readonly Outcome[] {
    const over = this.pending.filter(({ to }) => (this.law.sessions[to] as Session).closeAt <= asOf);
    if (over.length > 0) this.pending = this.pending.filter((one) => !over.includes(one));
    return over.map((one) => ({ signals: one.signals, realized: this.realized(one) }));
  }

  private realized({ member, start, cash, known, end }: Pending): Float64Array {
    let sum = 0;
    let count = 0;
    const realized = new Float64Array(this.instruments).fill(Number.NaN);
    for (let i = 0; i < realized.length; i++) {
      const paid = start[i] as number;
      if (member[i] !== 1 || Number.isNaN(paid)) continue;
      // Without a price at the end it counts at the last one known, be it the price paid.
      const value = [end[i] as number, known[i] as number, paid].find((price) => !Number.isNaN(price)) as number;
      const label = (value + (cash[i] as number)) / paid - 1;
      realized[i] = label;
      sum += label;
      count++;
    }
    const returns = this.law.kind === "forward" ? realized : realized.map((label) => label - sum / count);
    const { deadBand } = this.law;
    return deadBand === undefined ? returns : returns.map((value) => directionOf(value, deadBand));
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter(4096).u32(this.pending.length);
    for (const one of this.pending) {
      const { expectedReturn, uncertainty, confidence, outOfDomain, recall, ...head } = one.signals;
      const said = {
        uncertainty: uncertainty !== null,
        confidence: confidence !== null,
        outOfDomain: outOfDomain !== undefined,
        recall: recall !== undefined,
      };
      writer.json({ head, said, from: one.from, to: one.to }).f64s(expectedReturn);
      for (const column of [uncertainty, confidence, outOfDomain, recall]) writer.f64s(column ?? NONE);
      for (const name of COLUMNS) writer.f64s(one[name]);
      writer.bytes(one.member).bytes(one.gone);
    }
    return writer.finish();
  }

  restore(bytes: Uint8Array): void {
    const reader = new ByteReader(bytes);
    this.pending = Array.from({ length: reader.u32() }, () => {
      const { head, said, from, to } = reader.json() as Saved;
      const expectedReturn = reader.f64s();
      const [uncertainty, confidence, outOfDomain, recall] = [reader.f64s(), reader.f64s(), reader.f64s(), reader.f64s()];
      const signals: Signals = {
        ...head,
        expectedReturn,
        uncertainty: said.uncertainty ? uncertainty : null,
        confidence: said.confidence ? confidence : null,
        ...(said.outOfDomain ? { outOfDomain } : {}),
        ...(said.recall ? { recall } : {}),
      };
      const [start, shares, cash, known, end] = COLUMNS.map(() => reader.f64s()) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      return { signals, from, to, start, shares, cash, known, end, member: reader.bytes(), gone: reader.bytes() };
    });
  }
}

interface Saved {
  readonly head: Pick<Signals, "asOf" | "horizonUs" | "model">;
  readonly said: Readonly<Record<"uncertainty" | "confidence" | "outOfDomain" | "recall", boolean>>;
  readonly from: number;
  readonly to: number;
}

const NONE = new Float64Array(0);

/** Models may reuse their arrays. */
function copyOf(signals: Signals): Signals {
  const { expectedReturn, uncertainty, confidence, outOfDomain, recall } = signals;
  return {
    ...signals,
    expectedReturn: Float64Array.from(expectedReturn),
    uncertainty: uncertainty === null ? null : Float64Array.from(uncertainty),
    confidence: confidence === null ? null : Float64Array.from(confidence),
    ...(outOfDomain === undefined ? {} : { outOfDomain: Float64Array.from(outOfDomain) }),
    ...(recall === undefined ? {} : { recall: Float64Array.from(recall) }),
  };
}
