// The verb behind `truewind tca`: repeats the journal of a run, order for order, and says what its trading cost against the prices at which it was decided.
import { shortfallOf } from "#execution/analysis/shortfall.js";
import type { Workspace } from "../config/workspace.js";
import type { Progress } from "../modes/study.js";
import { performReplay } from "../runs/perform-replay.js";
import { MARKOUTS, type Parent, TcaRecorder } from "./tca-recorder.js";
import type { Engine } from "#engine/engine.js";

/** Account currency; positive cost. The first four and the fees add up to the total. */
export interface TcaParts {
  readonly delay: number;
  readonly timing: number;
  readonly crossing: number;
  readonly opportunity: number;
  readonly fees: number;
  readonly total: number;
}

export interface TcaSide {
  readonly side: "buys" | "sales" | "all";
  readonly parents: number;
  /** Of what was decided, account currency at the decision's prices; the part of it that was filled. */
  readonly notional: number;
  readonly filled: number;
  readonly parts: TcaParts;
  /** Standard error of the total, basis points of the notional: decisions are taken to be independent. NaN of fewer than two. */
  readonly error: number;
  /** Fills against the market's volume-weighted mean while they were made, basis points of what was filled; NaN without volume. */
  readonly vwap: number;
  /** Units traded per unit that the market traded meanwhile, all together; NaN without volume. */
  readonly participation: number;
  /** Where the price stood 1, 5 and 20 bars after a fill, basis points of the fills: positive where it had gone on in the order's favor. */
  readonly markouts: readonly { readonly bars: number; readonly mean: number; readonly fills: number }[];
}

export interface TcaResult {
  readonly run: string;
  readonly currency: string;
  readonly sides: readonly TcaSide[];
  /** Parent orders that a split cut in two, or whose fills the journal does not explain. */
  readonly leftOut: number;
}

interface Judged {
  readonly parent: Parent;
  readonly notional: number;
  readonly filled: number;
  readonly parts: TcaParts;
}

/** `path`: a journal, or the folder of a run. Throws what a replay throws: costs are told of a record that is proven. */
export async function performTca(path: string, workspace: Workspace, onProgress: Progress): Promise<TcaResult> {
  const recorder = new TcaRecorder();
  let last: Engine | null = null;
  const { header } = await performReplay(path, workspace, onProgress, () => ({
    decided: (decisions, cancels) => recorder.decided(decisions, cancels),
    stepped: (event, engine) => {
      last = engine;
      recorder.stepped(event, engine);
    },
  }));
  if (last !== null) recorder.finish(last);
  const judged = recorder.parents.flatMap((parent) => judgeParent(parent) ?? []);
  return {
    run: header.run,
    currency: header.experiment.account.currency,
    sides: [
      sideOf("all", judged),
      sideOf(
        "buys",
        judged.filter(({ parent }) => parent.lots > 0),
      ),
      sideOf(
        "sales",
        judged.filter(({ parent }) => parent.lots < 0),
      ),
    ],
    leftOut: recorder.parents.length - judged.length,
  };
}

/** Null where it cannot be judged. */
export function judgeParent(parent: Parent): Judged | null {
  const { lots, decision, tickValue, fees } = parent;
  const filled = parent.fills.reduce((sum, { fill }) => sum + fill.lots, 0);
  const side = Math.sign(lots);
  if (parent.broken || parent.end === null || side * filled > side * lots) return null;
  if (parent.fills.some(({ fill, child }) => child.sentAt === null || fill.lots * side < 0)) return null;
  const parts = shortfallOf({
    lots,
    decision,
    arrival: parent.arrival ?? decision,
    end: parent.end,
    fills: parent.fills.map(({ fill, child }) => ({ lots: fill.lots, price: fill.price, sentAt: child.sentAt as number })),
  });
  const money = {
    delay: parts.delay * tickValue,
    timing: parts.timing * tickValue,
    crossing: parts.crossing * tickValue,
    opportunity: parts.opportunity * tickValue,
    fees,
    total: parts.total * tickValue + fees,
  };
  return { parent, notional: Math.abs(lots) * decision * tickValue, filled: Math.abs(filled) * decision * tickValue, parts: money };
}

function sideOf(side: TcaSide["side"], judged: readonly Judged[]): TcaSide {
  const sum = (of: (one: Judged) => number): number => judged.reduce((total, one) => total + of(one), 0);
  const notional = sum((one) => one.notional);
  const filled = sum((one) => one.filled);
  const part = (name: keyof TcaParts): number => sum(({ parts }) => parts[name]);
  const known = judged.filter(({ parent, filled: done }) => parent.volume > 0 && done > 0);
  const ofKnown = (of: (one: Judged) => number): number => known.reduce((total, one) => total + of(one), 0);
  return {
    side,
    parents: judged.length,
    notional,
    filled: filled / notional,
    parts: {
      delay: part("delay"),
      timing: part("timing"),
      crossing: part("crossing"),
      opportunity: part("opportunity"),
      fees: part("fees"),
      total: part("total"),
    },
    error: errorOf(judged, notional),
    vwap: (1e4 * ofKnown(overVwap)) / ofKnown((one) => one.filled),
    participation: participationOf(known),
    markouts: MARKOUTS.map((bars, k) => markout(bars, k, judged)),
  };
}

/** Money paid over the market's mean price. */
function overVwap({ parent }: Judged): number {
  const mean = parent.notional / parent.volume;
  return parent.fills.reduce((sum, { fill }) => sum + fill.lots * (fill.price - mean), 0) * parent.tickValue;
}

/** Weighted by what was filled: a mean of shares, as units of instruments do not add up. */
function participationOf(known: readonly Judged[]): number {
  const share = ({ parent }: Judged): number => Math.abs(parent.fills.reduce((sum, { fill }) => sum + fill.lots, 0)) / parent.volume;
  return known.reduce((sum, one) => sum + one.filled * share(one), 0) / known.reduce((sum, one) => sum + one.filled, 0);
}

function markout(bars: number, k: number, judged: readonly Judged[]): TcaSide["markouts"][number] {
  let [gain, weight, fills] = [0, 0, 0];
  for (const { parent } of judged) {
    for (const { fill, after } of parent.fills) {
      const later = after[k];
      if (later === null || later === undefined) continue;
      gain += fill.lots * (later - fill.price) * parent.tickValue;
      weight += Math.abs(fill.lots) * fill.price * parent.tickValue;
      fills++;
    }
  }
  return { bars, mean: (1e4 * gain) / weight, fills };
}

/** Of the ratio of sums, over moments of decision: all orders of one decision stand or fall together. */
function errorOf(judged: readonly Judged[], notional: number): number {
  const moments = new Map<number, { cost: number; notional: number }>();
  for (const { parent, parts, notional: own } of judged) {
    const moment = moments.get(parent.decidedAt) ?? { cost: 0, notional: 0 };
    moments.set(parent.decidedAt, { cost: moment.cost + parts.total, notional: moment.notional + own });
  }
  const n = moments.size;
  const ratio = [...moments.values()].reduce((sum, { cost }) => sum + cost, 0) / notional;
  const squares = [...moments.values()].reduce((sum, { cost, notional: own }) => sum + (cost - ratio * own) ** 2, 0);
  return n < 2 ? Number.NaN : (1e4 * Math.sqrt((squares * n) / (n - 1))) / notional;
}
