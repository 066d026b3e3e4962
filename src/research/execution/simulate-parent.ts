// One parent order a session on recorded bars, in the style that the engine would trade it in, by the engine's own policy and reconciliation. The market is
// the record: it does not answer the order but for a stated impact. Only a record can tell what would have been paid, so this is research.
import { type Instrument, type InstrumentIx, priceIncrement } from "#domain/instrument.js";
import { type BarBatch, createBarBatch } from "#domain/market.js";
import type { Order, WorkingOrder } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Session } from "#domain/session.js";
import { PacedExecution } from "#execution/paced-execution.js";
import { reconcile } from "#execution/reconcile.js";
import type { ExecutionStyle } from "#execution/style.js";
import { createRiskEngine } from "#risk/review.js";

/** The bars of one instrument as columns over the steps of its sessions: row `s` is step `s`, with NaN prices and no volume where nothing traded. */
export interface RecordedSessions {
  readonly instrument: Instrument;
  readonly bars: BarBatch;
  /** Of the rows, in order: each session's bars are neighbors. */
  readonly steps: readonly Session[];
}

/** What was done in one step, at the record's prices: no cost is in it but the limit of an order that rested. */
export interface Slice {
  readonly step: number;
  /** Signed. */
  readonly lots: number;
  /** Currency: mean of the bar's four prices, or the limit that was met. */
  readonly price: number;
  /** It took what others had offered; else it rested and was met. */
  readonly taker: boolean;
  /** Units that the market traded in the step. */
  readonly volume: number;
}

export interface SimulatedParent {
  readonly date: string;
  /** Signed. */
  readonly lots: number;
  /** Close of the session's first bar, when it was decided; close of its last one. Currency. */
  readonly decision: number;
  readonly end: number;
  readonly slices: readonly Slice[];
  /** Volume-weighted mean price and volume of the market while it might trade; NaN and 0 when nothing did. */
  readonly vwap: number;
  readonly volume: number;
}

export interface ParentOptions {
  readonly style: ExecutionStyle;
  /** 1 buys, -1 sells. */
  readonly side: 1 | -1;
  /** Lots to trade in the session that begins at this step, at least 1; null sits it out. Asked once for each, when its first bar has ended. */
  readonly sizeOf: (firstStep: number) => number | null;
  /** Most of a bar's volume that is filled, in (0, 1]. */
  readonly maxShare: number;
}

/** Rows `from` (inclusive) to `to` (exclusive) of each session. */
export function sessionRows({ steps }: Pick<RecordedSessions, "steps">): readonly { readonly from: number; readonly to: number }[] {
  const rows: { from: number; to: number }[] = [];
  steps.forEach((step, s) => {
    const last = rows.at(-1);
    if (last !== undefined && steps[last.from]?.date === step.date) last.to = s + 1;
    else rows.push({ from: s, to: s + 1 });
  });
  return rows;
}

/** Only risk lets an order pass; here it is asked about an account that has room for any. */
const risk = createRiskEngine({ maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 10, maxOrderNotional: null });
const ROOM = 1e18;

/** Sessions whose first bar has no price are sat out, as are those that `sizeOf` refuses; their bars are learned from all the same. */
export function simulateParents(record: RecordedSessions, options: ParentOptions): readonly SimulatedParent[] {
  const policy = new PacedExecution(options.style, [record.instrument], record.steps);
  const parents: SimulatedParent[] = [];
  for (const { from, to } of sessionRows(record)) {
    policy.market(record.bars, from, from + 1);
    const decision = record.bars.close[from] as number;
    const size = decision > 0 ? options.sizeOf(from) : null;
    if (size === null) policy.market(record.bars, from + 1, to);
    else parents.push(trade(record, policy, options, from, to, options.side * size));
  }
  return parents;
}

function trade(
  record: RecordedSessions,
  policy: PacedExecution,
  options: ParentOptions,
  from: number,
  to: number,
  lots: number,
): SimulatedParent {
  const { bars, steps, instrument } = record;
  const desired = Float64Array.of(lots);
  const slices: Slice[] = [];
  let [held, price] = [0, bars.close[from] as number];
  let working: WorkingOrder[] = [];
  const decision = price;
  const viewAt = (step: number): PortfolioView => viewOf((steps[step] as Session).closeAt, held, working, price);
  policy.target(desired, viewAt(from));
  let [notional, volume] = [0, 0];
  for (let step = from + 1; step < to; step++) {
    const view = viewAt(step - 1);
    const pace = policy.pace(desired, view, false);
    const { orders, cancels } = reconcile(pace.lots, view, pace);
    working = working.filter(({ order }) => !cancels.includes(order.id));
    for (const decision of risk.review(orders, view)) {
      if (decision.verdict === "refuse") continue;
      const { order } = decision;
      working.push({ order, remaining: order.lots, limit: order.limit });
    }
    const traded = bars.volume[step] as number;
    if (traded > 0) {
      const typical = typicalPrice(bars, step);
      notional += typical * traded;
      volume += traded;
      let room = Math.floor((options.maxShare * traded) / instrument.lotSize + 1e-9);
      const left: WorkingOrder[] = [];
      for (const one of working) {
        const met = meets(one.order, bars, step, instrument);
        const now = met === null ? 0 : Math.min(room, Math.abs(one.remaining));
        if (now > 0 && met !== null)
          slices.push({ step, lots: options.side * now, price: met.price ?? typical, taker: met.price === null, volume: traded });
        room -= now;
        held += options.side * now;
        const remaining = (one.remaining - options.side * now) as WorkingOrder["remaining"];
        if (remaining !== 0) left.push({ ...one, remaining });
      }
      working = left;
      price = bars.close[step] as number;
    }
    policy.market(bars, step, step + 1);
  }
  // The session is over, and the account starts the next one with nothing.
  policy.target(Float64Array.of(0), viewOf((steps[to - 1] as Session).closeAt, 0, [], price));
  return { date: (steps[from] as Session).date, lots, decision, end: price, slices, vwap: notional / volume, volume };
}

export function typicalPrice(bars: BarBatch, row: number): number {
  return ((bars.open[row] as number) + (bars.high[row] as number) + (bars.low[row] as number) + (bars.close[row] as number)) / 4;
}

/** Null where the order does not trade in the bar; a price where it rested and the market came through it by one increment. */
function meets({ limit, lots }: Order, bars: BarBatch, row: number, instrument: Instrument): { readonly price: number | null } | null {
  if (limit === null) return { price: null };
  const price = limit * instrument.tickSize;
  const through = priceIncrement(price, instrument) - 1e-9 * instrument.tickSize;
  const reached = lots > 0 ? (bars.low[row] as number) <= price - through : (bars.high[row] as number) >= price + through;
  return reached ? { price } : null;
}

function viewOf(asOf: Session["closeAt"], held: number, working: readonly WorkingOrder[], price: number): PortfolioView {
  const out = working.reduce((sum, { remaining }) => sum + remaining, 0);
  return {
    asOf,
    equity: ROOM,
    cash: ROOM,
    lots: Float64Array.of(held),
    workingBuys: Float64Array.of(Math.max(0, out)),
    workingSells: Float64Array.of(Math.min(0, out)),
    working,
    price: Float64Array.of(price),
    lotValue: Float64Array.of(price),
    markedEquity: ROOM,
    tradedSinceMark: 0,
  };
}

/** Rows of one instrument put on the steps of its sessions; those outside of them are left out. */
export function onSteps(instrument: Instrument, rows: readonly BarBatch[], steps: readonly Session[], row: number): RecordedSessions {
  const bars = createBarBatch(steps.length);
  for (const column of [bars.open, bars.high, bars.low, bars.close]) column.fill(Number.NaN);
  const stepOf = new Map(steps.map((step, s) => [step.closeAt as number, s]));
  steps.forEach((step, s) => {
    bars.openAt[s] = step.openAt;
    bars.at[s] = step.closeAt;
    bars.seenAt[s] = step.closeAt;
    bars.instrument[s] = 0 as InstrumentIx;
  });
  for (const batch of rows) {
    for (let k = 0; k < batch.length; k++) {
      const s = stepOf.get(batch.at[k] as number);
      if (batch.instrument[k] !== row || s === undefined) continue;
      bars.open[s] = batch.open[k] as number;
      bars.high[s] = batch.high[k] as number;
      bars.low[s] = batch.low[k] as number;
      bars.close[s] = batch.close[k] as number;
      bars.volume[s] = batch.volume[k] as number;
    }
  }
  return { instrument, bars, steps };
}
