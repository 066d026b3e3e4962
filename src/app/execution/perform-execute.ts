// The verb behind `truewind execute`: the same order in five styles on every recorded session of a dataset, bought and sold, and what each would have cost.
import { TruewindError } from "#base/errors.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { type OpenDataset, openDataset } from "#data/lake/open-dataset.js";
import type { Instrument } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { type Session, sessionEndingAt } from "#domain/session.js";
import { DAY_US, type Micros, utcDate } from "#domain/time.js";
import { impactModels, type MarketState } from "#execution/impact/impact-model.js";
import type { ExecutionStyle } from "#execution/style.js";
import { type CurveError, curveErrors, curveNames } from "#research/execution/curve-errors.js";
import { againstVwap, filledShare, type ParentCost, parentCost } from "#research/execution/parent-cost.js";
import { onSteps, type RecordedSessions, sessionRows, type SimulatedParent, simulateParents } from "#research/execution/simulate-parent.js";
import type { Workspace } from "../config/workspace.js";
import { type Progress, builderWorld } from "../modes/study.js";
import type { CurveResult, ExecutionResult, StyleResult } from "./execution-result.js";
import { type MeanAndError, deviation, mean, meanAndError } from "./mean-and-error.js";

export interface ExecuteOptions {
  readonly workspace: Workspace;
  readonly dataset: string;
  /** Symbols; null takes all. */
  readonly instruments: readonly string[] | null;
  /** Size of an order: part of the mean volume of past sessions, in (0, 1]. */
  readonly share: number;
  /** Sessions looked at before the first order, at least 1. */
  readonly learn: number;
  readonly halfSpreadBps: number;
  readonly onProgress: Progress;
}

/** Constants of an impact model are said to be right within a factor of two. */
const SCALES = [0.5, 1, 2];
/** Sessions that volume and volatility are taken from, at most. */
const LOOK_BACK = 20;
/** A bar's volume is not ours alone. */
const MAX_SHARE = 0.25;

/** Five styles for an order over a session of so many bars behind its first. The share of volume is twice the order's, so that it ends before the session does. */
function stylesOf(bars: number, share: number): readonly ExecutionStyle[] {
  const even = { bars, participation: null };
  return [
    { kind: "twap", ...even },
    { kind: "vwap", ...even },
    { kind: "pov", participation: Math.min(1, 2 * share) },
    { kind: "shortfall", urgency: 1.5, ...even },
    { kind: "opportunistic", patience: 5, ...even },
  ];
}

interface Observed {
  readonly date: string;
  readonly parent: SimulatedParent;
  readonly market: MarketState;
  readonly instrument: Instrument;
}

/** Throws `no-such-dataset`, `bad-config` or `no-data`. */
export async function performExecute(options: ExecuteOptions): Promise<ExecutionResult> {
  const dataset = await openDataset(options.workspace.lake, options.dataset);
  const records = await recordsOf(dataset, options);
  const observed = new Map<ExecutionStyle["kind"], Observed[]>();
  const curves: CurveError[] = [];
  for (const [done, record] of records.entries()) {
    options.onProgress("orders", done / records.length);
    const markets = marketsOf(record, options.learn);
    if (markets.size === 0) continue;
    curves.push(...curveErrors(record, options.learn));
    const bars = Math.max(...sessionRows(record).map(({ from, to }) => to - from - 1));
    const { lotSize } = record.instrument;
    const sizeOf = (step: number): number | null => {
      const lots = Math.floor((options.share * (markets.get(step)?.volume ?? 0)) / lotSize);
      return lots >= 1 ? lots : null;
    };
    for (const style of stylesOf(bars, options.share)) {
      const list = observed.get(style.kind) ?? [];
      observed.set(style.kind, list);
      for (const side of [1, -1] as const) {
        const starts = new Map(sessionRows(record).map(({ from }) => [record.steps[from]?.date as string, from]));
        for (const parent of simulateParents(record, { style, side, sizeOf, maxShare: MAX_SHARE }))
          list.push({
            date: parent.date,
            parent,
            market: markets.get(starts.get(parent.date) as number) as MarketState,
            instrument: record.instrument,
          });
      }
    }
  }
  const all = observed.get("twap") ?? [];
  if (all.length === 0)
    throw new TruewindError(
      "no-data",
      `Dataset ${options.dataset} has no instrument with volume in more than ${options.learn} sessions: lower --learn, or import more days.`,
    );
  const dates = [...new Set(all.map(({ date }) => date))].sort();
  return {
    dataset: dataset.manifest.name,
    dataId: dataset.manifest.id,
    instruments: [...new Set(all.map(({ instrument }) => instrument.id as string))],
    from: dates[0] as string,
    to: dates.at(-1) as string,
    days: dates.length,
    orders: all.length,
    share: options.share,
    halfSpreadBps: options.halfSpreadBps,
    maxShare: MAX_SHARE,
    styles: [...observed].map(([style, list]) => styleResult(style, list, options.halfSpreadBps)),
    curves: curveNames.map((curve) => curveResult(curve, curves)),
  };
}

function styleResult(style: StyleResult["style"], list: readonly Observed[], halfSpreadBps: number): StyleResult {
  const dates = list.map(({ date }) => date);
  const filled = list.map(({ parent }) => filledShare(parent));
  const rested = list.map(({ parent }) => {
    const lots = (slices: SimulatedParent["slices"]): number => slices.reduce((sum, slice) => sum + slice.lots, 0);
    return lots(parent.slices.filter(({ taker }) => !taker)) / lots(parent.slices);
  });
  const costs = impactModels.flatMap((impact) =>
    SCALES.map((scale) => {
      const each = list.map(({ parent, market, instrument }) => parentCost(parent, { impact, scale, market, instrument, halfSpreadBps }));
      const part = (name: keyof ParentCost): MeanAndError =>
        overDays(
          dates,
          each.map((cost) => cost[name]),
        );
      const parts = {
        timing: part("timing"),
        spread: part("spread"),
        temporary: part("temporary"),
        lasting: part("lasting"),
        opportunity: part("opportunity"),
        total: part("total"),
      };
      return { impact: impact.name, scale, parts, each };
    }),
  );
  const first = costs[0]?.each ?? [];
  const vwap = list.map(({ parent }) => againstVwap(parent));
  return {
    style,
    filled: mean(filled),
    rested: mean(rested.filter((share) => !Number.isNaN(share))),
    risk: deviation(first.map(({ timing, spread, opportunity }) => timing + spread + opportunity)),
    vwap: { ...overDays(dates, vwap), deviation: deviation(vwap.filter((value) => !Number.isNaN(value))) },
    costs: costs.map(({ each: _, ...cost }) => cost),
  };
}

function curveResult(curve: CurveError["curve"], errors: readonly CurveError[]): CurveResult {
  const own = errors.filter((error) => error.curve === curve);
  const distance = overDays(
    own.map(({ date }) => date),
    own.map(({ distance }) => distance),
  );
  return { curve, distance, tracking: Math.sqrt(mean(own.map(({ tracking }) => tracking ** 2))) };
}

/** Days are taken to be independent, orders of one day not. Unknown values are left out. */
function overDays(dates: readonly string[], values: readonly number[]): MeanAndError {
  const days = new Map<string, number[]>();
  dates.forEach((date, i) => {
    const value = values[i] as number;
    if (!Number.isNaN(value)) days.set(date, [...(days.get(date) ?? []), value]);
  });
  const means = [...days.values()].map(mean);
  return meanAndError(means);
}

/** Volume and volatility of the sessions before each session that is traded, by its first step. */
function marketsOf({ bars, steps }: RecordedSessions, learn: number): ReadonlyMap<number, MarketState> {
  const markets = new Map<number, MarketState>();
  const [volumes, variances]: [number[], number[]] = [[], []];
  for (const { from, to } of sessionRows({ steps })) {
    if (volumes.length >= learn) {
      const market = { volume: mean(volumes.slice(-LOOK_BACK)), volatility: Math.sqrt(mean(variances.slice(-LOOK_BACK))) };
      if (market.volume > 0 && market.volatility > 0) markets.set(from, market);
    }
    let [volume, variance, last] = [0, 0, Number.NaN];
    for (let step = from; step < to; step++) {
      volume += bars.volume[step] as number;
      const close = bars.close[step] as number;
      if (!(close > 0)) continue;
      if (last > 0) variance += Math.log(close / last) ** 2;
      last = close;
    }
    volumes.push(volume);
    variances.push(variance);
  }
  return markets;
}

async function recordsOf(dataset: OpenDataset, { instruments, onProgress }: ExecuteOptions): Promise<readonly RecordedSessions[]> {
  const { manifest } = dataset;
  if (manifest.kind !== "bar" || manifest.barInterval === "1d" || manifest.barInterval === null)
    throw new TruewindError(
      "bad-config",
      `Dataset ${manifest.name} has no bars within the day, and an order is spread over those: import minute bars.`,
    );
  if (manifest.from === null || manifest.to === null) throw new TruewindError("no-data", `Dataset ${manifest.name} has no rows.`);
  const sessions = calendarByName(manifest.calendar).sessions(
    utcDate((manifest.from - DAY_US) as Micros),
    utcDate((manifest.to + DAY_US) as Micros),
  );
  const selection = instruments === null ? {} : { instruments: instruments.map((id) => id as Instrument["id"]) };
  const chosen = dataset.instruments(selection);
  const batches: BarBatch[] = [];
  const traded = chosen.map(() => new Set<number>());
  let near = 0;
  for await (const batch of dataset.source(selection).batches(0)) {
    if (batch.kind !== "bar") continue;
    batches.push(batch);
    onProgress("reading", ((batch.at[batch.length - 1] as number) - manifest.from) / (manifest.to - manifest.from));
    for (let k = 0; k < batch.length; k++) {
      const session = sessionEndingAt(sessions, batch.at[k] as number, near);
      if (session < 0 || !((batch.volume[k] as number) > 0)) continue;
      near = session;
      traded[batch.instrument[k] as number]?.add(session);
    }
  }
  return chosen.map((instrument, row) => {
    const own = [...(traded[row] ?? [])].sort((a, b) => a - b).map((session) => sessions[session] as Session);
    const { steps } = builderWorld({ dataset, sessions: own, instruments: chosen });
    return onSteps(instrument, batches, steps, row);
  });
}
