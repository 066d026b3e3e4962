// The fluent builder: an expression reads like its formula, `close.div(close.lag(20)).sub(1)`. It only makes plain nodes (node.ts).
// Units are types: adding a price to a volume, or taking the logarithm of a price, does not compile.
//
// Missing values. A windowed operator is NaN while its window holds a NaN and recovers when that has left the window. A recursive
// operator (`ema`, `rma`) is NaN at that bar and its memory skips it. Division by 0, log of x <= 0, sqrt of x < 0 are NaN.
import { TruewindError } from "#base/errors.js";
import type { StatisticName } from "#features/statistics/table.js";
import { statistics } from "#features/statistics/table.js";
import type { BinaryFn, CrossNode, Node, UnaryFn, WindowFn } from "./node.js";

/** `money` is price x volume; `mixed` is any other product, whose exact dimension is checked when the feature is defined. */
export type Unit = "ratio" | "price" | "volume" | "money" | "mixed";

type Product<A extends Unit, B extends Unit> = A extends "ratio"
  ? B
  : B extends "ratio"
    ? A
    : [A, B] extends ["price", "volume"] | ["volume", "price"]
      ? "money"
      : "mixed";
type Quotient<A extends Unit, B extends Unit> = B extends "ratio"
  ? A
  : [A, B] extends ["price", "price"] | ["volume", "volume"] | ["money", "money"]
    ? "ratio"
    : [A, B] extends ["money", "price"]
      ? "volume"
      : [A, B] extends ["money", "volume"]
        ? "price"
        : "mixed";
/** A plain number has no unit, except 0, which is 0 in every unit. */
type Plain<U extends Unit> = U extends "ratio" ? number : 0;

/** A value per instrument and bar, in unit `U`. Immutable. */
export class Series<U extends Unit = Unit> {
  declare readonly unit: U;

  constructor(readonly node: Node) {}

  add(y: Series<U> | Plain<U>): Series<U> {
    return this.with("add", y);
  }

  sub(y: Series<U> | Plain<U>): Series<U> {
    return this.with("sub", y);
  }

  mul(y: number): Series<U>;
  mul<V extends Unit>(y: Series<V>): Series<Product<U, V>>;
  mul(y: Series | number): Series {
    return this.with("mul", y);
  }

  /** NaN where `y` is 0. */
  div(y: number): Series<U>;
  div<V extends Unit>(y: Series<V>): Series<Quotient<U, V>>;
  div(y: Series | number): Series {
    return this.with("div", y);
  }

  /** The smaller of the two at each bar. */
  min(y: Series<U> | Plain<U>): Series<U> {
    return this.with("min", y);
  }

  /** The larger of the two at each bar. */
  max(y: Series<U> | Plain<U>): Series<U> {
    return this.with("max", y);
  }

  gt(y: Series<U> | Plain<U>): Condition {
    return new Condition(this.with("gt", y).node);
  }

  lt(y: Series<U>): Condition {
    return new Condition(y.with("gt", this).node);
  }

  neg(): Series<U> {
    return this.apply("neg");
  }

  abs(): Series<U> {
    return this.apply("abs");
  }

  /** 1, 0 or -1. */
  sign(): Series<"ratio"> {
    return this.apply("sign");
  }

  /** Natural logarithm; NaN where x <= 0. */
  log(this: Series<"ratio">): Series<"ratio"> {
    return this.apply("log");
  }

  sqrt(this: Series<"ratio">): Series<"ratio"> {
    return this.apply("sqrt");
  }

  /** e to the power of x. */
  exp(this: Series<"ratio">): Series<"ratio"> {
    return this.apply("exp");
  }

  tanh(this: Series<"ratio">): Series<"ratio"> {
    return this.apply("tanh");
  }

  /** Arc tangent, in radians. */
  atan(this: Series<"ratio">): Series<"ratio"> {
    return this.apply("atan");
  }

  /** The largest whole number that is not above x. */
  floor(this: Series<"ratio">): Series<"ratio"> {
    return this.apply("floor");
  }

  /** x squared. */
  square(): Series<Product<U, U>> {
    return this.mul<U>(this);
  }

  /** 1 where x is known, 0 where it is NaN. */
  known(): Series<"ratio"> {
    return this.apply("known");
  }

  /** x where it is known, else `y`. */
  or(y: Series<U> | Plain<U>): Series<U> {
    return this.with("or", y);
  }

  /** Into [low, high]. */
  clip(this: Series<"ratio">, low: number, high: number): Series<"ratio"> {
    return this.max(low).min(high);
  }

  /** The value `bars` bars of the same instrument ago. */
  lag(bars: number): Series<U> {
    return new Series({ op: "lag", x: this.node, bars: whole(bars, 1, "lag") });
  }

  /** Sum of the last `bars` values, this one included, as for all windows. */
  sum(bars: number): Series<U> {
    return this.window("sum", bars);
  }

  mean(bars: number): Series<U> {
    return this.window("mean", bars);
  }

  /** Simple moving average: `mean` by its chart name. */
  sma(bars: number): Series<U> {
    return this.mean(bars);
  }

  rollingMax(bars: number): Series<U> {
    return this.window("max", bars);
  }

  rollingMin(bars: number): Series<U> {
    return this.window("min", bars);
  }

  /** Population standard deviation (divisor n), as TA-Lib STDDEV. */
  std(bars: number): Series<U> {
    return this.window("std", bars);
  }

  /** Population skewness m3 / m2^1.5; NaN when the window is constant. */
  skew(bars: number): Series<"ratio"> {
    return this.window("skew", bars);
  }

  /** Least-squares slope per bar, as TA-Lib LINEARREG_SLOPE. */
  slope(bars: number): Series<U> {
    return this.window("slope", bars);
  }

  /** Population covariance (divisor n). */
  cov<V extends Unit>(y: Series<V>, bars: number): Series<Product<U, V>> {
    return new Series({ op: "covariance", x: this.node, y: y.node, bars: whole(bars, 2, "covariance") });
  }

  /** Pearson correlation in [-1, 1]; NaN when a side is constant. */
  corr<V extends Unit>(y: Series<V>, bars: number): Series<"ratio"> {
    const scale: Series = this.std(bars).mul(y.std(bars));
    return (this.cov(y, bars) as Series).with<"ratio">("div", scale).clip(-1, 1);
  }

  /** Exponential average, alpha = 2 / (bars + 1), seeded with the mean of the first `bars` values, as TA-Lib EMA. */
  ema(bars: number): Series<U> {
    return this.smooth(whole(bars, 2, "ema"), 2 / (bars + 1));
  }

  /** Wilder's running average, alpha = 1 / bars, seeded like `ema`: inside TA-Lib RSI and ATR. */
  rma(bars: number): Series<U> {
    return this.smooth(whole(bars, 2, "rma"), 1 / bars);
  }

  /** Exponential average with the weight `alpha` in (0, 1) for the newest value, seeded with the mean of the first `bars` values. */
  smooth(bars: number, alpha: number): Series<U> {
    if (!(alpha > 0 && alpha < 1)) throw new TruewindError("bad-config", `The weight of smooth must lie between 0 and 1; found ${alpha}.`);
    return new Series({ op: "smooth", x: this.node, bars: whole(bars, 1, "smooth"), alpha });
  }

  /** Change over `bars` bars: x - x.lag(bars). */
  diff(bars: number): Series<U> {
    return this.sub(this.lag(bars));
  }

  /** Relative change over `bars` bars: x / x.lag(bars) - 1. */
  change(bars: number): Series<"ratio"> {
    return this.div<U>(this.lag(bars)).with<"ratio">("sub", 1);
  }

  /** The `q`-quantile of the last `bars` values, interpolated linearly as numpy does. */
  quantile(q: number, bars: number): Series<U> {
    return this.statistic("quantile", bars, [q]);
  }

  median(bars: number): Series<U> {
    return this.quantile(0.5, bars);
  }

  /** A statistic of the table (statistics/table.ts) over the last `bars` values. `V` is the unit that the table says. */
  statistic<V extends Unit = U>(fn: StatisticName, bars: number, params: readonly number[] = []): Series<V> {
    return statistic<V>(fn, [this], bars, params);
  }

  private apply<V extends Unit>(fn: UnaryFn): Series<V> {
    return new Series({ op: "unary", fn, x: this.node });
  }

  private window<V extends Unit>(fn: WindowFn, bars: number): Series<V> {
    return new Series({ op: "window", fn, x: this.node, bars: whole(bars, 2, fn) });
  }

  private with<V extends Unit>(fn: BinaryFn, y: Series | Series<U> | number): Series<V> {
    return new Series({ op: "binary", fn, x: this.node, y: typeof y === "number" ? constant(y).node : y.node });
  }
}

/** A yes or no per instrument and bar, for `where`. */
export class Condition {
  declare readonly unit: "condition";

  constructor(readonly node: Node) {}

  /** 1 for yes, 0 for no, NaN where it is not known. */
  flag(): Series<"ratio"> {
    return new Series(this.node);
  }
}

/** A value per instrument over the members at a decision moment: final, it has no history and so no windows. */
export class CrossSection {
  declare readonly unit: "cross-section";

  constructor(readonly node: CrossNode) {}
}

/**
 * A statistic of one or two series over the last `bars` values. `V` is the unit of the value.
 * Throws `bad-config` for a window that is too short, or a wrong number of series or parameters.
 */
export function statistic<V extends Unit>(
  fn: StatisticName,
  xs: readonly Series[],
  bars: number,
  params: readonly number[] = [],
): Series<V> {
  const { series, least, params: names } = statistics[fn];
  if (xs.length !== series || params.length !== names.length) {
    throw new TruewindError(
      "bad-config",
      `The statistic ${fn} takes ${series} series and ${names.length} parameters (${names.join(", ")}); found ${xs.length} and ${params.length}.`,
    );
  }
  return new Series({ op: "statistic", fn, xs: xs.map(({ node }) => node), bars: whole(bars, least, fn), params });
}

/** `x` where the condition holds, else `y`; NaN where the condition is not known. Only the chosen branch must be known. */
export function where<U extends Unit>(condition: Condition, x: Series<U>, y: Series<NoInfer<U>> | Plain<NoInfer<U>>): Series<U> {
  return new Series({ op: "where", condition: condition.node, x: x.node, y: typeof y === "number" ? constant(y).node : y.node });
}

export function constant(value: number): Series<"ratio"> {
  if (!Number.isFinite(value)) throw new TruewindError("bad-config", `A feature's constant must be finite; found ${value}.`);
  return new Series({ op: "constant", value });
}

/**
 * Percentile among the members, in [-0.5, 0.5]: (average rank - 0.5) / n - 0.5 with ranks 1..n, so that the middle is 0.
 * Ties share their average rank. NaN for non-members and where `x` is not known.
 */
export function rank(x: Series): CrossSection {
  return new CrossSection({ op: "rank", x: x.node });
}

/** (x - mean) / population standard deviation over the members; NaN for non-members, and for all when they do not differ. */
export function zscore(x: Series): CrossSection {
  return new CrossSection({ op: "zscore", x: x.node });
}

/** Throws `bad-config` unless `bars` is a whole number of bars that a window may have. */
export function whole(bars: number, least: number, what: string): number {
  if (!Number.isSafeInteger(bars) || bars < least || bars > 65_536) {
    throw new TruewindError("bad-config", `The length of ${what} must be a whole number of bars from ${least} to 65536; found ${bars}.`);
  }
  return bars;
}
