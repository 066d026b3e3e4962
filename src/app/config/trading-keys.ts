// Keys of the experiment file for what trading costs and how it is spread over time.
import { z } from "zod";
import { bps, count, DAY_SECONDS, isoDate, part } from "./number-keys.js";

/** What trading costs, and how late orders reach the venue. */
export const costKeys = z.strictObject({
  feeBps: bps.default(5),
  /** Of limit orders that had to wait; negative is a rebate. */
  makerFeeBps: z.number().min(-1000).max(1000).optional(),
  halfSpreadBps: bps.default(2.5),
  impactBps: bps.default(20),
  participation: part.default(0.05),
  borrowBps: z.number().min(0).max(100_000).default(50),
  /** Annual interest on cash, as steps in time; also what Sharpe is measured over. */
  cashRate: z.array(z.strictObject({ from: isoDate, rate: z.number().min(-0.05).max(1) })).default([]),
  latencyMs: z
    .number()
    .min(0)
    .max(DAY_SECONDS * 1000)
    .default(200),
});
export const costs = costKeys.prefault({});

/** Bars (sessions where they are daily) that a change of the target may take; at most `rebalance.every`. */
const bars = count.default(30);
/** Most that is traded in a bar, as a part of its forecast volume; null: no bound. */
const cap = part.nullable().default(null);

/** How a change of the target is spread over time. */
export const execution = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("twap"), bars, participation: cap }),
    z.strictObject({ kind: z.literal("vwap"), bars, participation: cap }),
    /** Traded per unit that the market trades. */
    z.strictObject({ kind: z.literal("pov"), participation: part.default(0.05) }),
    z.strictObject({
      kind: z.literal("shortfall"),
      bars,
      /** kappa T: 0 is even, at 3 half is done in a quarter of the time. */
      urgency: z.number().min(0).max(100).default(1.5),
      participation: cap,
    }),
    z.strictObject({
      kind: z.literal("opportunistic"),
      bars,
      /** Bars that an order may rest while the schedule goes on without it. */
      patience: z.number().int().min(0).max(1_000_000).default(2),
      participation: cap,
      /** Of the next return: from bars, or from the newest quote or book. */
      forecast: z.enum(["last-return", "weighted-mid"]).default("last-return"),
    }),
  ],
  "must be twap, vwap, pov, shortfall or opportunistic",
);
