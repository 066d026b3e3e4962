// The law of losses that may come: no granted order leaves an account that could lose more than it may, whichever subset of the orders out fills, unless
// the order only reduces. Returns, scenarios and deviations are the oracle's own, of one whole portfolio after the other; of the laws only their shape (how
// many deviations a loss is) and the fit of GARCH are the product's.
import type { StressScenarios } from "#app/config/stress-memory.js";
import type { Order, RiskDecision } from "#domain/order.js";
import type { Session } from "#domain/session.js";
import { cornishFisherRisk } from "#risk/measures/cornish-fisher.js";
import { filtered, filteredReturns, fitFilter } from "#risk/measures/filtered-historical.js";
import { momentsOf } from "#risk/measures/moments.js";
import { likeliestDegrees, studentRisk } from "#risk/measures/parametric.js";
import type { Book } from "./book.js";
import type { SimMarket } from "./market.js";
import { Past } from "./past.js";
import type { Losses } from "./setting.js";

const CLOSE = 1e-9;
/** Two thousand draws say a figure as exactly as this. */
const DRAWN = 1.3;
/** Of the normal law at 95 %: the quantile, and the mean beyond it. */
const NORMAL = { valueAtRisk: 1.6448536269514722, expectedShortfall: 2.0627128075074257 };
/** Portfolios that are looked at, at most; of more orders only all of one side, or all of the other. */
const MOST = 512;

/** What one portfolio may lose, and the most that it may, base currency. */
interface Measured {
  readonly what: string;
  readonly loss: (lots: readonly number[]) => number;
  /** A part of equity. */
  readonly most: number;
  /** Of each name what one lot brings, scenario by scenario; null of a law, or where the figure is no mere worst case. */
  readonly scenarios: readonly (readonly number[] | null)[] | null;
  readonly tail: (losses: readonly number[]) => number;
}

export class TailLaw {
  private readonly bars: Past;
  private readonly days: Past;

  /** Until something is heard. */
  private looked: { readonly at: number; readonly measures: readonly Measured[] } | null = null;

  constructor(
    private readonly losses: Losses,
    private readonly names: number,
    market: SimMarket,
  ) {
    this.bars = new Past(names, market.earlier.steps);
    this.days = new Past(names, market.earlier.sessions);
    for (const { batch, start, end } of market.earlier.slices)
      if (batch.kind === "bar")
        for (let row = start; row < end; row++)
          this.bar(batch.instrument[row] as number, batch.at[row] as number, batch.close[row] as number);
  }

  bar(i: number, at: number, close: number): void {
    this.looked = null;
    for (const past of [this.bars, this.days]) past.bar(i, at, close);
  }

  acted(i: number, at: number, what: { readonly ratio?: number; readonly cash?: number }): void {
    this.looked = null;
    for (const past of [this.bars, this.days]) past.acted(i, at, what);
  }

  /** What a decision breaks, in words; null when it breaks nothing. `book` does not hold its order yet. */
  broken(book: Book, { verdict, order, ...rest }: RiskDecision, at: number): string | null {
    const { instrument: i, lots } = order;
    const held = book.lots[i] as number;
    const ways = book.lots.map((_, k) => book.positions(k, true));
    const reached = ways[i] as number[];
    const sameSide = (lots > 0 ? Math.max : Math.min)(...book.positions(i, order.terms?.reduceOnly !== true));
    const closes = held * lots < 0 && sameSide * lots < 0 ? Math.abs(sameSide) : 0;
    const granted = verdict === "refuse" ? 0 : lots;
    const equity = Math.min(book.equity, book.capital);
    const rule = "rule" in rest ? rest.rule : "";
    const isCut = rule === "tail-risk" || rule === "stress-loss";
    if (Math.abs(granted) <= closes && !isCut) return null;
    const measures = this.measures(at);
    if (Math.abs(granted) > closes) {
      const after = ways.map((positions, k) => (k === i ? [...new Set(reached.flatMap((lots) => [lots, lots + granted]))] : positions));
      for (const portfolio of portfoliosOf(after, book.price)) {
        const values = portfolio.map((n, k) => (n === 0 ? 0 : n * (book.price[k] as number)));
        for (const { what, loss, most } of measures)
          if (!(loss(values) <= (most + CLOSE) * equity)) return `${what} may come to ${loss(values) / equity}, beyond ${most}`;
      }
    }
    if (
      isCut &&
      !this.bars.isAhead(this.bars.lastAt(at)) &&
      measures.every(({ scenarios }) => scenarios !== null) &&
      this.fits(book, order, granted + Math.sign(lots), ways, measures, equity)
    )
      return `${granted} of ${"from" in rest ? rest.from : lots} lots were granted (${rule}), and one more would lose no more than it may`;
    return null;
  }

  /** Whether all limits hold where in each scenario those orders fill that lose in it: as strict as risk may be. */
  private fits(
    book: Book,
    { instrument: i }: Order,
    lots: number,
    ways: number[][],
    measures: readonly Measured[],
    equity: number,
  ): boolean {
    return measures.every(({ scenarios, tail, most }) => {
      const count = scenarios?.find((one) => one !== null)?.length ?? 0;
      const losses = Array.from({ length: count }, () => 0);
      for (let k = 0; k < this.names; k++) {
        const reached = k === i ? ways[k]?.flatMap((n) => [n, n + lots]) : ways[k];
        const ends = [Math.min(...(reached as number[])), Math.max(...(reached as number[]))];
        if (ends.every((n) => n === 0)) continue;
        const moves = scenarios?.[k];
        if (moves === null || moves === undefined) return false;
        moves.forEach((move, s) => {
          losses[s] = (losses[s] as number) + Math.max(...ends.map((n) => (n === 0 ? 0 : -n * (book.price[k] as number) * move)));
        });
      }
      return tail(losses) <= (most - CLOSE) * equity;
    });
  }

  private measures(at: number): readonly Measured[] {
    if (this.looked?.at !== at) this.looked = { at, measures: this.look(at) };
    return this.looked.measures;
  }

  private look(at: number): Measured[] {
    const { tail, stress } = this.losses;
    const found: Measured[] = [];
    const unknown = (what: string, most: number): Measured => ({
      what,
      most,
      loss: nothingBut,
      scenarios: this.none(),
      tail: () => Number.NaN,
    });
    const over = (
      what: string,
      most: number,
      scenarios: readonly (readonly number[] | null)[],
      figure: (losses: readonly number[]) => number,
    ): Measured => ({
      what,
      most,
      scenarios,
      tail: figure,
      loss: (values) => figure(lossesOf(values, scenarios)),
    });
    if (tail !== null) {
      const { method, level, horizon, window, maxVar, maxEs, maxStressLoss } = tail;
      const last = this.bars.lastAt(at);
      const reach = window + (method === "filtered-historical" ? longestOf(this.bars.steps) - 1 : 0);
      const known = last >= reach;
      const returns = Array.from({ length: this.names }, (_, i) =>
        known && this.bars.returns(i, last, reach) !== null ? this.bars.returns(i, last, window) : null,
      );
      const past = returns.map((one) => one && stretches(one, horizon));
      const limits = [
        ["valueAtRisk", maxVar],
        ["expectedShortfall", maxEs],
      ] as const;
      for (const [figure, most] of limits) {
        if (most === null) continue;
        if (!known) found.push(unknown(figure, most));
        else if (method === "historical") found.push(over(figure, most, past, (losses) => tailOf(losses, level)[figure]));
        else if (method === "filtered-historical") {
          const moves = returns.map((one, i) => one && this.filteredMoves(i, one, last, window));
          found.push(over(figure, most, moves, (losses) => tailOf(losses, level)[figure]));
        } else {
          const market = Float64Array.from({ length: window }, (_, t) => mean(returns.flatMap((one) => one?.[t] ?? [])));
          const shape = shapeOf(method, level, horizon, market)?.[figure] ?? Number.NaN;
          const loss = (values: readonly number[]): number => {
            const whole = lossesOf(values, returns);
            const middle = mean(whole);
            const deviation = Math.sqrt(whole.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (whole.length - 1));
            return values.every((value) => value === 0) ? 0 : shape * deviation + horizon * middle;
          };
          found.push({ what: figure, most: method === "monte-carlo" ? most * DRAWN : most, loss, scenarios: null, tail: () => Number.NaN });
        }
      }
      if (maxStressLoss !== null)
        found.push(
          known
            ? over("the worst stretch", maxStressLoss, past, (losses) => Math.max(...losses))
            : unknown("the worst stretch", maxStressLoss),
        );
    }
    if (stress !== undefined)
      for (const [name, most, moves] of this.named(stress, at))
        found.push(
          over(
            name,
            most,
            moves.map((move) => (Number.isFinite(move) ? [Math.max(-1, move)] : null)),
            (losses) => losses[0] ?? 0,
          ),
        );
    return found;
  }

  private none(): null[] {
    return Array.from({ length: this.names }, () => null);
  }

  /** What each named scenario does to each name; a window that has not ended does nothing. */
  private named({ windows, shocks, window: count }: StressScenarios, at: number): (readonly [string, number, number[]])[] {
    const { days } = this;
    const last = days.lastAt(at);
    const found: (readonly [string, number, number[]])[] = [];
    for (const { name, maxLoss, from, to } of windows) {
      const [first, end] = [days.steps.findIndex(({ date }) => date >= from), days.steps.findLastIndex(({ date }) => date <= to)];
      if (maxLoss === undefined || (days.steps[end] as Session).closeAt > at) continue;
      found.push([
        name,
        maxLoss,
        this.each((i) => (days.returns(i, end, end - first + 1) ?? [Number.NaN]).reduce((wealth, r) => wealth * (1 + r), 1) - 1),
      ]);
    }
    const returns = this.each((i) => days.returns(i, last, count));
    const market = Array.from({ length: count }, (_, t) => mean(returns.flatMap((one) => one?.[t] ?? [])));
    for (const { name, maxLoss, market: shock } of shocks) {
      if (maxLoss === undefined || shock === undefined) continue;
      found.push([name, maxLoss, returns.map((one) => (one === null ? Number.NaN : shock * slope(one, market)))]);
    }
    return found;
  }

  private each<T>(of: (i: number) => T): T[] {
    return Array.from({ length: this.names }, (_, i) => of(i));
  }

  /** Past shocks under today's volatility; the fit is of the window that ended with the last whole session. */
  private filteredMoves(i: number, returns: readonly number[], last: number, window: number): readonly number[] {
    const { steps } = this.bars;
    const day = steps[last]?.date;
    let anchor = last;
    if (steps[last + 1]?.date === day) while (steps[anchor]?.date === day) anchor--;
    const fit = fitFilter(Float64Array.from(this.bars.returns(i, anchor, window) as number[]));
    return [...filteredReturns(filtered(fit, Float64Array.from(returns)))];
  }
}

/** Nobody knows: only who holds nothing loses no more than he may. */
const nothingBut = (values: readonly number[]): number => (values.every((value) => value === 0) ? 0 : Number.NaN);

const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;

/** Every portfolio that some of the orders lead to; names without a price are held by nobody. */
function portfoliosOf(ways: readonly (readonly number[])[], price: readonly number[]): number[][] {
  const all = ways.reduce((product, { length }) => product * length, 1) <= MOST;
  let found: number[][] = [[]];
  ways.forEach((positions, k) => {
    const kept = Number.isNaN(price[k]) ? [0] : all ? positions : [...new Set([Math.min(...positions), Math.max(...positions)])];
    found = found.flatMap((so) => kept.map((lots) => [...so, lots]));
  });
  return found.map((portfolio) => portfolio.map((lots, k) => (Number.isNaN(price[k]) ? 0 : lots)));
}

/** `values`: of each position, base currency. NaN where something is held that nobody knows. */
function lossesOf(values: readonly number[], moves: readonly (readonly number[] | null)[]): number[] {
  const count = moves.find((one) => one !== null)?.length ?? 1;
  const losses = Array.from({ length: count }, () => 0);
  values.forEach((value, k) => {
    if (value === 0) return;
    const own = moves[k];
    for (let s = 0; s < count; s++) losses[s] = (losses[s] as number) - value * (own?.[s] ?? Number.NaN);
  });
  return losses;
}

/** The mean of the worst n (1 - level), with a part of the last, and the best of these. */
function tailOf(losses: readonly number[], level: number): { readonly valueAtRisk: number; readonly expectedShortfall: number } {
  if (losses.some(Number.isNaN)) return { valueAtRisk: Number.NaN, expectedShortfall: Number.NaN };
  const worst = [...losses].sort((a, b) => b - a);
  const size = losses.length * (1 - level);
  const whole = Math.abs(size - Math.round(size)) < CLOSE ? Math.round(size) : Math.floor(size);
  const last = worst[whole] ?? 0;
  const beyond = worst.slice(0, whole).reduce((sum, one) => sum + one, 0);
  const part = Math.max(0, size - whole) < CLOSE ? 0 : size - whole;
  return { valueAtRisk: part > 0 ? last : (worst[whole - 1] as number), expectedShortfall: (beyond + part * last) / size };
}

/** Overlapping, compounded. */
function stretches(returns: readonly number[], horizon: number): number[] {
  return returns.slice(horizon - 1).map((_, from) => returns.slice(from, from + horizon).reduce((wealth, r) => wealth * (1 + r), 1) - 1);
}

function longestOf(steps: readonly Session[]): number {
  const count = new Map<string, number>();
  for (const { date } of steps) count.set(date, (count.get(date) ?? 0) + 1);
  return Math.max(...count.values());
}

function slope(own: readonly number[], market: readonly number[]): number {
  const [a, b] = [mean(own), mean(market)];
  const along = own.reduce((sum, r, t) => sum + (r - a) * ((market[t] as number) - b), 0);
  return along / market.reduce((sum, r) => sum + (r - b) ** 2, 0);
}

/** How many deviations of one step a loss over the horizon is, at most. */
function shapeOf(method: string, level: number, horizon: number, market: Float64Array): typeof NORMAL | null {
  if (method === "normal")
    return { valueAtRisk: Math.sqrt(horizon) * NORMAL.valueAtRisk, expectedShortfall: Math.sqrt(horizon) * NORMAL.expectedShortfall };
  const moments = momentsOf(market);
  if (method !== "cornish-fisher")
    return studentRisk({ mean: 0, deviation: 1 }, { level, horizon, degrees: likeliestDegrees(market, moments) });
  const { skewness, excessKurtosis } = moments;
  const tails = [skewness, -skewness].map((s) =>
    cornishFisherRisk({ mean: 0, deviation: 1, skewness: s, excessKurtosis }, { level, horizon }),
  );
  if (tails.includes(null)) return null;
  const most = (figure: keyof typeof NORMAL): number => Math.max(...tails.map((one) => one?.[figure] as number));
  return { valueAtRisk: most("valueAtRisk"), expectedShortfall: most("expectedShortfall") };
}
