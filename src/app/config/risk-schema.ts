// The keys of risk_limits.yaml. Its defaults are the limits of an account that nobody has thought about yet: strict ones.
import { z } from "zod";
import { riskMethods } from "#risk/measures/every-method.js";
import { fraction, part } from "./number-keys.js";

const day = z.iso.date("must be a date as YYYY-MM-DD");
const move = z.number().gt(-1).max(10);
const moves = z.record(z.string().min(1), move);
/** A loss beyond it trips; null: there is no such breaker. */
const loss = (byDefault: number) => z.number().positive().max(1).nullable().default(byDefault);

/** Of a named scenario: the most that the account may lose in it, and the loss that a paper session notes; absent: there is no such limit. */
const scenario = { name: z.string().trim().min(1), maxLoss: part.optional(), alertLoss: part.optional() };
const heardFirst = ({ maxLoss, alertLoss }: { readonly maxLoss?: number | undefined; readonly alertLoss?: number | undefined }): boolean =>
  maxLoss === undefined || alertLoss === undefined || alertLoss < maxLoss;
const UNHEARD = "alertLoss must be below maxLoss, or it would never be heard first";

export const tailKeys = ["maxVar", "maxEs", "maxStressLoss"] as const;

export const riskFileSchema = z
  .strictObject({
    limits: z
      .strictObject({
        maxWeight: part.default(0.4),
        /** Of an instrument that is held: an order closes it or keeps this much. 0: there is no floor. */
        minWeight: fraction.default(0.05),
        minCash: fraction.default(0.05),
        /** 1 means no leverage. */
        maxGross: z.number().positive().default(1),
        /** Two-sided, between two marks (a session). */
        maxTurnover: z.number().positive().default(0.3),
        /** In the account's currency; null: there is no such limit. */
        maxOrderNotional: z.number().positive().nullable().default(null),
      })
      .prefault({}),
    breakers: z
      .strictObject({
        dailyLoss: loss(0.05),
        weeklyLoss: loss(0.1),
        drawdown: loss(0.15),
        /** Of one position, of what it cost. */
        positionLoss: loss(0.08),
        /** Part of the starting equity that must remain. */
        portfolioFloor: part.nullable().default(0.8),
      })
      .prefault({}),
    /** How much may be at work: it begins with the first and is stepped up by approval. None: all of the equity. */
    stages: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z][a-z0-9-]*$/, "letters, digits and hyphens"),
          amount: z.number().positive().nullable(),
        }),
      )
      .refine((stages) => new Set(stages.map(({ name }) => name)).size === stages.length, "two stages have one name")
      .refine(
        (stages) => stages.every(({ amount }, i) => i === 0 || (amount ?? Infinity) > (stages[i - 1]?.amount ?? Infinity)),
        "amounts must rise from stage to stage; null, all of the equity, can only be the last",
      )
      .default([]),
    /** What the whole account may lose by what came in the past. */
    tail: z
      .strictObject({
        /** Of value at risk and shortfall. */
        method: z.enum(riskMethods).default("historical"),
        level: z.number().min(0.5).max(0.9999).default(0.99),
        /** Steps ahead: sessions for daily bars, bars for shorter ones. */
        horizon: z.int().min(1).max(60).default(1),
        /** Past returns that are looked at. */
        window: z.int().min(20).max(5_000).default(500),
        maxVar: part.nullable().default(null),
        maxEs: part.nullable().default(null),
        /** In the worst of all stretches. */
        maxStressLoss: part.nullable().default(null),
      })
      .refine(({ horizon, window }) => horizon < window, "looks further ahead than back: horizon must be below window")
      .prefault({}),
    /** Levels below the limits of `tail`, measured like them: passing one is a note in a paper session, and stops nothing. */
    alerts: z
      .strictObject({
        maxVar: part.nullable().default(null),
        maxEs: part.nullable().default(null),
        maxStressLoss: part.nullable().default(null),
        /** Of the data's time, where bars are shorter than a session; daily bars are looked at once, at their mark. */
        everyMinutes: z.int().min(1).max(1_440).default(15),
      })
      .prefault({}),
    /** Scenarios: what `truewind risk` asks of the portfolio as it is held. Those with a `maxLoss` are limits, too. */
    stress: z
      .strictObject({
        /** Sessions: the worst stretch of each length in all of the data. */
        lengths: z.array(z.int().min(1).max(2_500)).default([1, 5, 20]),
        windows: z
          .array(
            z
              .strictObject({ ...scenario, from: day, to: day })
              .refine(({ from, to }) => from <= to, "ends before it begins: from must not be after to")
              .refine(heardFirst, UNHEARD),
          )
          .default([]),
        /** Returns of the market, of sectors and of instruments, together; all else follows as it used to. */
        shocks: z
          .array(
            z
              .strictObject({ ...scenario, market: move.optional(), sectors: moves.optional(), instruments: moves.optional() })
              .refine(
                ({ market, sectors = {}, instruments = {} }) =>
                  market !== undefined || Object.keys(sectors).length + Object.keys(instruments).length > 0,
                "shocks nothing: give market, sectors or instruments",
              )
              .refine(heardFirst, UNHEARD),
          )
          .default([{ name: "market down a fifth", market: -0.2 }]),
      })
      .refine(({ windows, shocks }) => {
        const names = [...windows, ...shocks].map(({ name }) => name);
        return new Set(names).size === names.length;
      }, "two scenarios have one name")
      .prefault({}),
  })
  .refine(({ limits }) => limits.minWeight <= limits.maxWeight, {
    message: "minWeight is above maxWeight: no position could be held",
    path: ["limits", "minWeight"],
  })
  .refine(({ alerts, tail }) => tailKeys.every((key) => alerts[key] === null || tail[key] === null || alerts[key] < tail[key]), {
    message: "an alert at or above the limit of its kind in tail would never be heard first",
    path: ["alerts"],
  });

export type RiskFile = z.infer<typeof riskFileSchema>;

/** What an experiment may name instead of a file. `guarded`: the defaults; `research`: its own `risk` block and nothing else. */
export const riskProfiles = ["guarded", "research"] as const;
