// The verb behind `truewind tca`: repeats the journal of a run, order for order, and says what its trading cost against the prices at which it was decided.
import { shortfallOf } from "#execution/analysis/shortfall.js";
import type { Workspace } from "../config/workspace.js";
import { isSimulated } from "../modes/oracle.js";
import type { Progress } from "../modes/study.js";
import { performReplay } from "../runs/perform-replay.js";
import type { Instrument } from "#domain/instrument.js";
import { formatMicros, utcDate } from "#domain/time.js";
import type { TcaCosts, TcaGroup, TcaParent, TcaParts, TcaResult, TcaSide } from "../report/trade-costs.js";
import { MARKOUTS, type Parent, TcaRecorder } from "./tca-recorder.js";
import type { Engine } from "#engine/engine.js";

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
  let simulated = false;
  const { header } = await performReplay(path, workspace, onProgress, ({ dataset }) => {
    simulated = isSimulated(dataset);
    return {
      decided: (decisions, cancels) => recorder.decided(decisions, cancels),
      stepped: (event, engine) => {
        last = engine;
        recorder.stepped(event, engine);
      },
    };
  });
  if (last !== null) recorder.finish(last);
  const judged = recorder.parents.flatMap((parent) => judgeParent(parent) ?? []);
  const { experiment } = header;
  const instruments: readonly Instrument[] = (last as Engine | null)?.account.instruments ?? [];
  const idOf = ({ parent }: Judged): string => (instruments[parent.instrument] as Instrument).id;
  const style = experiment.execution?.kind ?? "at once";
  return {
    run: header.run,
    name: experiment.name,
    currency: experiment.account.currency,
    style,
    simulated,
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
    styles: groupsOf(judged, ({ parent }) => mannerOf(style, parent)),
    instruments: groupsOf(judged, idOf),
    days: groupsOf(judged, ({ parent }) => utcDate(parent.decidedAt)),
    parents: judged.map((one): TcaParent => {
      const { parent, notional, parts } = one;
      const filledLots = parent.fills.reduce((sum, { fill }) => sum + fill.lots, 0);
      return { instrument: idOf(one), decidedAt: formatMicros(parent.decidedAt), lots: parent.lots, filledLots, notional, parts };
    }),
    leftOut: recorder.parents.length - judged.length,
  };
}

/** By what filled it. */
function mannerOf(style: string, { fills }: Parent): string {
  const types = new Set<string>(fills.map(({ child }) => (child.type === "market" ? "at the market" : "resting")));
  return types.size === 0 ? `${style}, unfilled` : `${style}, ${[...types].sort().join(" and ")}`;
}

/** In order of their names. */
function groupsOf(judged: readonly Judged[], nameOf: (one: Judged) => string): readonly TcaGroup[] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const name = nameOf(one);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => ({ name, ...costsOf(of) }));
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

function costsOf(judged: readonly Judged[]): TcaCosts {
  const sum = (of: (one: Judged) => number): number => judged.reduce((total, one) => total + of(one), 0);
  const notional = sum((one) => one.notional);
  const part = (name: keyof TcaParts): number => sum(({ parts }) => parts[name]);
  const known = knownOf(judged);
  const ofKnown = (of: (one: Judged) => number): number => known.reduce((total, one) => total + of(one), 0);
  return {
    parents: judged.length,
    notional,
    filled: sum((one) => one.filled) / notional,
    parts: {
      delay: part("delay"),
      timing: part("timing"),
      crossing: part("crossing"),
      opportunity: part("opportunity"),
      fees: part("fees"),
      total: part("total"),
    },
    error: errorOf(judged.map(({ parent, parts, notional: own }) => [parent.decidedAt, parts.total, own])),
    vwap: (1e4 * ofKnown(overVwap)) / ofKnown((one) => one.filled),
  };
}

const knownOf = (judged: readonly Judged[]): readonly Judged[] => judged.filter(({ parent, filled }) => parent.volume > 0 && filled > 0);

function sideOf(side: TcaSide["side"], judged: readonly Judged[]): TcaSide {
  return {
    side,
    ...costsOf(judged),
    participation: participationOf(knownOf(judged)),
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
  const seen: (readonly [moment: number, gain: number, weight: number])[] = [];
  for (const { parent } of judged) {
    for (const { fill, after } of parent.fills) {
      const later = after[k];
      if (later === null || later === undefined) continue;
      const weight = Math.abs(fill.lots) * fill.price * parent.tickValue;
      seen.push([parent.decidedAt, fill.lots * (later - fill.price) * parent.tickValue, weight]);
    }
  }
  const [gain, weight] = seen.reduce(([g, w], one) => [g + one[1], w + one[2]], [0, 0]) as [number, number];
  return { bars, mean: (1e4 * gain) / weight, error: errorOf(seen), fills: seen.length };
}

/** Of the ratio of sums, basis points, over moments of decision: all orders of one decision stand or fall together. NaN of fewer than two. */
function errorOf(rows: readonly (readonly [moment: number, cost: number, weight: number])[]): number {
  const moments = new Map<number, { cost: number; weight: number }>();
  for (const [at, cost, weight] of rows) {
    const moment = moments.get(at) ?? { cost: 0, weight: 0 };
    moments.set(at, { cost: moment.cost + cost, weight: moment.weight + weight });
  }
  const all = [...moments.values()];
  const whole = all.reduce((sum, { weight }) => sum + weight, 0);
  const ratio = all.reduce((sum, { cost }) => sum + cost, 0) / whole;
  const squares = all.reduce((sum, { cost, weight }) => sum + (cost - ratio * weight) ** 2, 0);
  const n = all.length;
  return n < 2 ? Number.NaN : (1e4 * Math.sqrt((squares * n) / (n - 1))) / whole;
}
