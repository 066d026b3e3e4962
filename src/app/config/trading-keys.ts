// Keys of the experiment file for what trading costs, how it is spread over time, and what the venue does of its own.
import { z } from "zod";
import { momentOf } from "./moment-text.js";
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

/** A day (its midnight UTC) or a moment in ISO 8601. */
const moment = z.string().refine((text) => momentOf(text) !== null, "must be a day or a moment, as 2024-05-08 or 2024-05-08T14:30:00Z");
const instrument = z.string().min(1);

/** More would have no place in an experiment, which is kept whole beside each of its runs. */
const MOST_ROWS = 100_000;

/** Each place in a list once. */
function once<Row>(keyOf: (row: Row) => string): (context: z.core.ParsePayload<Row[]>) => void {
  return ({ value, issues }) => {
    const seen = new Map<string, number>();
    value.forEach((row, i) => {
      const first = seen.get(keyOf(row));
      if (first === undefined) seen.set(keyOf(row), i);
      else issues.push({ code: "custom", input: row, path: [i], message: `says again what stands ${i - first} before it` });
    });
  };
}

/** The lists of `venue`: rows here, or the name of a CSV file whose columns bear the names of these keys. */
export const venueLists = {
  /** No order trades in [from, to). */
  halts: z
    .array(
      z.strictObject({ instrument, from: moment, to: moment }).refine(({ from, to }) => (momentOf(from) ?? 0) < (momentOf(to) ?? 1), {
        path: ["to"],
        message: "must be later than from",
      }),
    )
    .max(MOST_ROWS)
    .default([]),
  /** In force from its moment until the instrument's next row. */
  borrow: z
    .array(
      z.strictObject({
        instrument,
        from: moment,
        /** Shares (units) that can be borrowed; null: as many as anybody wants. */
        units: z.number().min(0).nullable().default(null),
        /** Fee a year; null: that of `costs.borrowBps`. */
        bps: z.number().min(0).max(100_000).nullable().default(null),
      }),
    )
    .max(MOST_ROWS)
    .check(once((row) => `${row.instrument} ${momentOf(row.from)}`))
    .default([]),
  /** At its moment the long pays the short this part of the value. */
  funding: z
    .array(z.strictObject({ instrument, at: moment, rate: z.number().min(-1).max(1) }))
    .max(MOST_ROWS)
    .check(once((row) => `${row.instrument} ${momentOf(row.at)}`))
    .default([]),
};

/** What the simulated venue does of its own, in every mode. */
export const venue = z
  .strictObject({
    ...venueLists,
    /** One rate for every instrument in place of the list; null: none. */
    fundingRate: z.number().min(-1).max(1).nullable().default(null),
    /** Hours between its payments, counted from midnight UTC. */
    fundingHours: z
      .number()
      .int()
      .min(1)
      .max(24)
      .refine((hours) => 24 % hours === 0, "must divide a day: 1, 2, 3, 4, 6, 8, 12 or 24")
      .default(8),
  })
  .refine(({ funding, fundingRate }) => funding.length === 0 || fundingRate === null, {
    path: ["fundingRate"],
    message: "stands beside venue.funding: keep the one or the other",
  });
