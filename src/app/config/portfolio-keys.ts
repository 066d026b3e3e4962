// Keys of the experiment file for optimized portfolios, for stops at decisions and for what protects positions at the venue.
import { z } from "zod";
import { part } from "./number-keys.js";
import { neutralNames } from "#portfolio/neutrality.js";
import { fallbackNames, objectiveNames } from "#portfolio/optimized-options.js";
import { covarianceNames } from "#portfolio/weight-rule.js";

/** Part of a window of returns that may be missing of a name. */
export const maxMissing = z.number().min(0).max(0.5).default(0.05);

export const optimizedPortfolio = z
  .strictObject({
    kind: z.literal("optimize"),
    objective: z.enum(objectiveNames).default("mean-variance"),
    covariance: z.enum(covarianceNames).default("ledoit-wolf"),
    /** Past returns that risk is estimated from, in sessions (daily bars) or bars (intraday). */
    window: z.number().int().min(20).max(5_000).default(252),
    /** What a unit of variance over the label's horizon costs; of CVaR, what a unit of loss costs. 1 is Kelly's bet, 2 half of it. */
    riskAversion: z.number().positive().max(1e6).default(5),
    invested: part.default(0.98),
    /** Long and short of equal size, or long only. */
    short: z.boolean().default(false),
    /** Standard errors of a signal that are taken off its size. */
    doubt: z.number().min(0).max(10).default(0),
    maxNames: z.number().int().positive().max(1_000_000).nullable().default(null),
    /** Least size of a weight that is held, fraction of equity: 0, or at least so much; the risk file's counts, too. */
    minWeight: part.nullable().default(null),
    /** Part of the window that may be missing of a name: such a session returns 0. */
    maxMissing,
    /** Most that one decision trades, buys and sells together, fraction of equity. */
    maxTurnover: z.number().positive().max(10).nullable().default(null),
    maxSector: part.nullable().default(null),
    /** Least and largest beta to equal weights of the candidates. */
    beta: z
      .tuple([z.number(), z.number()])
      .refine(([least, most]) => least <= most, "the least beta comes first")
      .nullable()
      .default(null),
    /** No bet, beyond the tolerance, on what is named. */
    neutral: z
      .strictObject({
        to: z.array(z.enum(neutralNames)).default([]),
        /** Of the experiment's features. */
        features: z.array(z.string().min(1)).default([]),
        /** In deviations across the candidates times fraction of equity; of sectors, fraction of equity. */
        tolerance: z.number().min(0).max(10).default(0.1),
      })
      .refine(({ to, features }) => to.length + features.length > 0, "names nothing: fill `to` or `features`, or leave neutral out")
      .nullable()
      .default(null),
    /** Of CVaR: 0.95 is the mean of the worst 5 %. */
    cvarLevel: z.number().gt(0).lt(1).default(0.95),
    /** Deviation a year, fraction; what is above it stays cash. */
    volatilityTarget: z.number().positive().max(10).nullable().default(null),
    /** Plans for so many horizons, in which signals halve every so many; null: one. */
    lookahead: z
      .strictObject({ periods: z.number().int().min(2).max(20).default(3), halfLife: z.number().positive().default(1) })
      .nullable()
      .default(null),
    /** Who answers where the optimizer cannot, in turn. */
    fallback: z.array(z.enum(fallbackNames)).default(["minimum-variance", "hold"]),
  })
  .refine(({ objective, short }) => objective !== "maximum-diversification" || !short, {
    path: ["short"],
    message: "is a portfolio of size 0, and diversification needs one of another size: set it to false, or choose another objective",
  })
  .refine(({ objective, lookahead }) => lookahead === null || objective === "mean-variance", {
    path: ["lookahead"],
    message: "plans for mean-variance alone: set it to null, or choose that objective",
  });

/** `15m`, `1h`, `90s` as seconds. */
const span = z
  .string("must be a time as 15m, 1h or 90s")
  .regex(/^[1-9]\d{0,5}[smh]$/, "must be a time as 15m, 1h or 90s")
  .transform((text) => Number(text.slice(0, -1)) * ({ s: 1, m: 60, h: 3_600 }[text.at(-1) as "s" | "m" | "h"] as number));

/** Between decisions the portfolio is solved again from what is held. */
export const monitor = z.strictObject({
  /** Time from the open of a session on: whole bars. */
  every: z.union([span, z.number().int().positive().max(86_400)], "must be a time as 15m, 1h or 90s"),
  /** Most that one adjustment trades, buys and sells together, fraction of equity. */
  maxTurnover: part,
});

/** Checked at each decision; the first that is met ends the position. */
export const stops = z
  .strictObject({
    /** Loss since the purchase, fraction of its price. */
    fixed: part.nullable().default(null),
    /** Loss since the best price, fraction of that. */
    trailing: part.nullable().default(null),
    /** Loss since the purchase, in average true ranges of the last `atrBars` bars. */
    atr: z.number().positive().max(100).nullable().default(null),
    atrBars: z.number().int().min(2).max(1_000).default(14),
    /** Bars after which a position ends. */
    time: z.number().int().positive().max(1_000_000).nullable().default(null),
    /** Decisions after a stop at which the name is not held. */
    pause: z.number().int().min(0).max(10_000).default(1),
    /** Most of equity that a name may lose down to its nearest stop: caps its weight; null: no cap. */
    lossPerName: part.nullable().default(null),
  })
  .check(({ value: { fixed, trailing, atr, time, lossPerName }, issues }) => {
    const isPrice = fixed !== null || trailing !== null || atr !== null;
    const refuse = (path: string[], message: string): void => void issues.push({ code: "custom", input: path, path, message });
    // Nothing could be held: a size is that loss over the distance to a stop.
    if (lossPerName !== null && !isPrice)
      refuse(["lossPerName"], "needs fixed, trailing or atr beside it: the stop down to which it is lost");
    else if (!isPrice && time === null) refuse([], "needs fixed, trailing, atr or time");
  });

/** Distance in average true ranges, beside the fraction that bounds it. */
const ranges = z.number().positive().max(100).nullable().default(null);

/** Orders that rest at the venue beside each position. */
export const protect = z
  .strictObject({
    /** Loss since the purchase, fraction of its price. */
    stopLoss: z.number().gt(0).lt(1).nullable().default(null),
    /** Gain since the purchase, fraction of its price. */
    takeProfit: z.number().positive().max(100).nullable().default(null),
    /** Fall from the best price since the last purchase, fraction of the price paid. */
    trailing: z.number().gt(0).lt(1).nullable().default(null),
    stopLossAtr: ranges,
    takeProfitAtr: ranges,
    trailingAtr: ranges,
    /** Bars that the range is averaged over. */
    atrBars: z.number().int().min(2).max(1_000).default(14),
    /** Bars after which a position ends. */
    time: z.number().int().positive().max(1_000_000).nullable().default(null),
  })
  .check(({ value, issues }) => {
    if (value.stopLoss === null && value.takeProfit === null && value.trailing === null && value.time === null)
      issues.push({ code: "custom", input: value, path: [], message: "needs stopLoss, takeProfit, trailing or time" });
    for (const name of ["stopLoss", "takeProfit", "trailing"] as const) {
      if (value[name] !== null || value[`${name}Atr`] === null) continue;
      const message = `needs ${name} beside it: the fraction that holds while the range is not known, and that it may not pass`;
      issues.push({ code: "custom", input: value, path: [`${name}Atr`], message });
    }
  });
