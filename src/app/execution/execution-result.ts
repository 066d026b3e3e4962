// What `truewind execute` found: plain data.
import type { CurveError } from "#research/execution/curve-errors.js";
import type { ImpactModel } from "#execution/impact/impact-model.js";
import type { ParentCost } from "#research/execution/parent-cost.js";
import type { MeanAndError } from "./mean-and-error.js";

export interface StyleResult {
  readonly style: "twap" | "vwap" | "pov" | "shortfall" | "opportunistic";
  /** Part of the order that was filled, and of its fills that rested and were met. */
  readonly filled: number;
  readonly rested: number;
  /** Standard deviation of one order's cost without impact, basis points. */
  readonly risk: number;
  /** Against the market's volume-weighted mean, basis points, without spread and impact: mean, and standard deviation of one order. */
  readonly vwap: MeanAndError & { readonly deviation: number };
  /** Per model of impact and scale of its constants. */
  readonly costs: readonly {
    readonly impact: ImpactModel["name"];
    readonly scale: number;
    /** Basis points of the order's notional. */
    readonly parts: Readonly<Record<keyof ParentCost, MeanAndError>>;
  }[];
}

export interface CurveResult {
  readonly curve: CurveError["curve"];
  /** Fraction: mean over days. */
  readonly distance: MeanAndError;
  /** Basis points: root of the mean square. */
  readonly tracking: number;
}

export interface ExecutionResult {
  readonly dataset: string;
  readonly dataId: string;
  readonly instruments: readonly string[];
  /** Of the orders: first and last day, days, and orders of each style, buys and sales. */
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly orders: number;
  /** Size of an order, part of the mean volume of sessions before. */
  readonly share: number;
  readonly halfSpreadBps: number;
  /** Most of a bar's volume that was filled. */
  readonly maxShare: number;
  readonly styles: readonly StyleResult[];
  readonly curves: readonly CurveResult[];
}
