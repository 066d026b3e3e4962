// Limits and costs of a portfolio as pieces of a quadratic program: what mean-variance and mean-CVaR have in common. Trades and short positions
// become variables of their own only where something is asked of them.
import { impactSegments, type Segment, segmentCost } from "./impact-segments.js";
import { checkLimits, type PortfolioCosts, type PortfolioLimits, perName, perNameCost, usage } from "./portfolio-problem.js";
import type { ProgramBuilder, Term } from "./quadratic-program.js";

export interface PortfolioProgram {
  /** Variable of the first name's weight; the others follow. */
  readonly first: number;
  /** Costs of `weights`, fraction of equity, traded from `since`: from what is held unless told. */
  readonly costOf: (weights: Float64Array, since?: Float64Array) => number;
  /** Weights without what rounding has left: exactly at a bound or at what is held where they are within 1e-8 of it. */
  readonly tidy: (weights: Float64Array) => Float64Array;
}

export interface PortfolioPiece {
  /** Per unit of weight, to be made large. */
  readonly gain: Float64Array;
  /** Diagonal of the quadratic part. */
  readonly curve: Float64Array;
  /** Weights from which it trades, or the variable of the first of them where they are still to be found. */
  readonly held: ArrayLike<number> | number | undefined;
  readonly limits: PortfolioLimits;
  readonly costs: PortfolioCosts;
}

/** Adds one portfolio to the program. Throws `bad-usage`. */
export function portfolioProgram(builder: ProgramBuilder, { gain, curve, held: from, limits, costs }: PortfolioPiece): PortfolioProgram {
  const names = gain.length;
  if (names === 0) throw usage("There are no names to choose from.");
  checkLimits(limits);
  const low = perName("The least weight", limits.low, names);
  const high = perName("The largest weight", limits.high, names);
  const before = typeof from === "number" ? from : null;
  const held = perName("What is held", typeof from === "number" ? 0 : (from ?? 0), names);
  const buy = perNameCost("The cost of buying", costs.buy ?? 0, names);
  const sell = perNameCost("The cost of selling", costs.sell ?? 0, names);
  const impact = perNameCost("The impact", costs.impact ?? 0, names);
  const short = perNameCost("The cost of being short", costs.short ?? 0, names);
  const doubt = perNameCost("The doubt", costs.doubt ?? 0, names);
  low.forEach((value, i) => {
    if (value > (high[i] as number)) throw usage(`Name ${i} may have no weight: its least is ${value} and its largest ${high[i]}.`);
  });

  const first = builder.size;
  const even = (limits.budget.low + limits.budget.high) / 2 / names;
  for (let i = 0; i < names; i++)
    builder.variable({
      low: low[i] as number,
      high: high[i] as number,
      cost: -(gain[i] as number),
      curve: curve[i] as number,
      start: even,
      stage: "main",
    });
  builder.rowOver(first, new Float64Array(names).fill(1), [], { name: "budget", ...limits.budget });
  for (const { name, exposure, low: least, high: most } of limits.linear ?? []) {
    const values = perName(name, exposure, names);
    if (values.every((value) => value === 0) && !(least <= 0 && most >= 0)) throw usage(`No name has an exposure to ${name}.`);
    builder.rowOver(first, values, [], { name, low: least, high: most });
  }

  const segmentsOf: (readonly Segment[])[] = [];
  const traded: Term[] = [];
  for (let i = 0; i < names; i++) {
    const [up, down] = before === null ? [held[i] as number, held[i] as number] : [low[i] as number, high[i] as number];
    const reach = Math.max((high[i] as number) - up, down - (low[i] as number), 1e-9);
    const segments = impact[i] === 0 ? [{ width: Number.POSITIVE_INFINITY, slope: 0 }] : impactSegments(impact[i] as number, reach);
    segmentsOf.push(segments);
    if (limits.turnover === undefined && buy[i] === 0 && sell[i] === 0 && impact[i] === 0) continue;
    const link: Term[] = [{ variable: first + i, value: 1 }];
    if (before !== null) link.push({ variable: before + i, value: -1 });
    // Lines that no trade within the limits can come to are left out: most names can only be bought.
    const free = before === null ? 0 : Number.POSITIVE_INFINITY;
    const [most, least] = [free + (high[i] as number) - up, free + down - (low[i] as number)];
    for (const [side, rate, room] of [
      [1, buy[i] as number, most],
      [-1, sell[i] as number, least],
    ] as const) {
      let from = 0;
      segments.forEach(({ width, slope }, k) => {
        if (from >= room) return;
        from += width;
        const open = k === segments.length - 1;
        const variable = builder.variable({ low: 0, high: open ? Number.POSITIVE_INFINITY : width, cost: rate + slope, stage: "early" });
        link.push({ variable, value: -side });
        traded.push({ variable, value: 1 });
      });
    }
    if (link.length > 1 || before !== null)
      builder.row(link, { name: `trade of ${i}`, low: held[i] as number, high: held[i] as number, stage: "early" });
  }
  if (limits.turnover !== undefined) builder.row(traded, { name: "turnover", low: Number.NEGATIVE_INFINITY, high: limits.turnover });

  const gross: Term[] = [];
  for (let i = 0; i < names; i++) {
    if (limits.gross === undefined && short[i] === 0 && doubt[i] === 0) continue;
    const long = builder.variable({ low: 0, cost: doubt[i] as number, stage: "early" });
    const below = builder.variable({ low: 0, cost: (doubt[i] as number) + (short[i] as number), stage: "early" });
    gross.push({ variable: long, value: 1 }, { variable: below, value: 1 });
    const split = [
      { variable: first + i, value: 1 },
      { variable: long, value: -1 },
      { variable: below, value: 1 },
    ];
    builder.row(split, { name: `side of ${i}`, low: 0, high: 0, stage: "early" });
  }
  if (limits.gross !== undefined) builder.row(gross, { name: "gross", low: Number.NEGATIVE_INFINITY, high: limits.gross });

  return {
    first,
    costOf(weights, since = held) {
      let total = 0;
      weights.forEach((weight, i) => {
        const trade = weight - (since[i] as number);
        total +=
          (trade > 0 ? (buy[i] as number) * trade : -(sell[i] as number) * trade) +
          segmentCost(segmentsOf[i] as Segment[], Math.abs(trade));
        total += (doubt[i] as number) * Math.abs(weight) + (short[i] as number) * Math.max(0, -weight);
      });
      return total;
    },
    tidy: (weights) =>
      weights.map((weight, i) => {
        for (const point of [held[i] as number, low[i] as number, high[i] as number, 0]) if (Math.abs(weight - point) < 1e-8) return point;
        return weight;
      }),
  };
}
