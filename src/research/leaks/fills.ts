// Fills that cannot have been: before their decision, at a price that was printed by then, at one that was not printed yet, or at one that
// nobody traded at. No run is needed. Prices are recognised through costs: the same markup over one and the same print, again and again.
import { formatMicros } from "#domain/time.js";
import { type LeakFinding, finding } from "./finding.js";
import { firstUnclosed, isRunning } from "./known.js";
import type { PipelineOutput, World } from "./subject.js";

type Fill = PipelineOutput["fills"][number];
type Verdict = "honest" | "stale" | "future" | null;

/** How far beyond a session's range costs may carry a price. */
const COSTS = 0.005;
/** Markups above it are no costs: the print is another one. */
const MOST_MARKUP = 0.02;
/** Markups that differ by less are one and the same. */
const SAME = 1e-9;
/** Share of all fills, and number, from which on a pattern is one. */
const LEAST_SHARE = 0.05;
const LEAST_FILLS = 3;

export function checkFills(world: World, output: PipelineOutput): LeakFinding[] {
  const { fills, decisions } = output;
  if (fills.length === 0) return [];
  const moment = (fill: Fill): number => decisions[fill.decision] as number;
  const findings: LeakFinding[] = [];
  const say = (kind: LeakFinding["kind"], some: readonly Fill[], what: (fill: Fill) => string): void => {
    const first = some[0];
    if (first === undefined) return;
    const where = `${world.symbols[first.symbol]} decided ${formatMicros(decisions[first.decision] as Fill["at"])}, filled ${formatMicros(first.at)} at ${first.price}`;
    const evidence = `${some.length} of ${fills.length} fills ${what(first)} The first: ${where}.`;
    findings.push({ ...finding(kind, "leak", "fills", evidence), decision: decisions[first.decision] as Fill["at"] });
  };
  const early = fills.filter((fill) => fill.at <= moment(fill));
  say("early-fill", early, () => "happen no later than the decision that they follow from: a decision that saw a bar cannot trade in it.");
  const later = fills.filter((fill) => fill.at > moment(fill));
  const untraded = later.filter((fill) => !wasTraded(world, fill));
  say("untraded-price", untraded, () => "are at a price that the session did not trade, or at a time when the name did not trade.");
  const verdicts = judgePrices(world, later, moment);
  const least = Math.max(LEAST_FILLS, LEAST_SHARE * fills.length);
  const of = (verdict: Verdict): Fill[] => later.filter((_, f) => verdicts[f] === verdict);
  const [stale, future] = [of("stale"), of("future")];
  if (stale.length >= least)
    say("stale-price", stale, () => "are at a price that had been printed by the time of the decision: nobody could still trade at it.");
  if (future.length >= least)
    say("future-price", future, () => "are at a price that was printed, or known to be the session's extreme, only later.");
  return findings;
}

/** The session in which the fill falls; -1 when the venue was closed. */
function sessionOf(world: World, at: number): number {
  const row = firstUnclosed(world, at - 1);
  return isRunning(world, row, at) ? row : -1;
}

function wasTraded(world: World, { symbol, at, price }: Fill): boolean {
  const row = sessionOf(world, at);
  if (row < 0) return false;
  const cell = row * world.symbols.length + symbol;
  const [low, high] = [world.low[cell] as number, world.high[cell] as number];
  return price >= low * (1 - COSTS) && price <= high * (1 + COSTS);
}

const PRINTS = ["open", "high", "low", "close"] as const;
/** Sessions around the fill's own whose prints are compared. */
const AROUND = [0, -1, -2, 1, 2] as const;

/**
 * Per fill: what the print says at which it was done. A print counts as that of a fill when the markup between the two is one that many fills
 * have over the same print; an honest explanation wins over any other.
 */
function judgePrices(world: World, fills: readonly Fill[], momentOf: (fill: Fill) => number): Verdict[] {
  const n = world.symbols.length;
  const least = Math.max(LEAST_FILLS, LEAST_SHARE * fills.length);
  const verdicts: Verdict[] = fills.map(() => null);
  for (const away of AROUND) {
    for (const print of PRINTS) {
      const markups = fills.map((fill) => {
        const row = sessionOf(world, fill.at);
        const price = row < 0 ? undefined : world[print][(row + away) * n + fill.symbol];
        return price === undefined ? Number.NaN : Math.abs(Math.log(fill.price / price));
      });
      for (const f of frequent(markups, least)) {
        const fill = fills[f] as Fill;
        const row = sessionOf(world, fill.at) + away;
        const printed = (print === "open" ? world.sessions[row]?.openAt : world.sessions[row]?.closeAt) as number;
        const verdict = judge(printed, momentOf(fill), fill.at, away === 0 && (print === "high" || print === "low"));
        if (verdict === "honest" || verdicts[f] === null) verdicts[f] = verdict;
      }
    }
  }
  return verdicts;
}

function judge(printed: number, decided: number, filled: number, isExtreme: boolean): Verdict {
  if (printed <= decided) return "stale";
  if (printed > filled || isExtreme) return "future";
  return "honest";
}

/** Places of values that at least so many others share. */
function frequent(values: readonly number[], least: number): number[] {
  const order = values.map((_, f) => f).filter((f) => (values[f] as number) <= MOST_MARKUP);
  order.sort((a, b) => (values[a] as number) - (values[b] as number));
  const found: number[] = [];
  for (let from = 0, to = 0; from < order.length; from = to) {
    to = from + 1;
    while (to < order.length && (values[order[to] as number] as number) - (values[order[to - 1] as number] as number) <= SAME) to++;
    if (to - from >= least) found.push(...order.slice(from, to));
  }
  return found;
}
