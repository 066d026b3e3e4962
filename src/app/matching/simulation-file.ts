// The file of `truewind books simulate`: a recording, the instrument's grid, the venue's rules, and who trades there. All problems are told at once.
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { parseOrThrow, readYaml } from "../config/experiment.js";
import { protect } from "../config/portfolio-keys.js";
import { execution } from "../config/trading-keys.js";

const text = z.string().trim().min(1);
const path = text;
const us = z.number().int().min(0).max(600_000_000);
const positive = z.number().positive();
const feeBps = z.number().min(-100).max(1000);
/** Micros, from a moment of UTC such as 2024-08-08T23:55:00.250Z. */
const moment = z.iso
  .datetime({ error: "must be a moment in UTC such as 2024-08-08T23:55:00.250Z" })
  .transform((iso) => Date.parse(iso) * 1000);

const queue = z
  .discriminatedUnion(
    "model",
    [
      z.strictObject({ model: z.literal("risk-averse") }),
      z.strictObject({ model: z.literal("power"), exponent: positive.max(20).default(3) }),
      z.strictObject({ model: z.literal("log") }),
      z.strictObject({ model: z.literal("fifo") }),
    ],
    "must be risk-averse, power, log or fifo",
  )
  .optional();

const latency = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("constant"), entryUs: us, responseUs: us }),
      z.strictObject({ kind: z.literal("jittered"), entryUs: us, responseUs: us, jitterUs: us, seed: text.default("latency") }),
      /** CSV with the columns sent, venue and answered, Micros; a venue of 0 was refused. */
      z.strictObject({ kind: z.literal("recorded"), file: path }),
      z.strictObject({ kind: z.literal("feed"), entryFactor: positive.max(100).default(1), responseFactor: positive.max(100).default(1) }),
    ],
    "must be constant, jittered, recorded or feed",
  )
  .prefault({ kind: "constant", entryUs: 5000, responseUs: 5000 });

const order = z.strictObject({
  at: moment,
  side: z.enum(["buy", "sell"]),
  size: positive,
  type: z.enum(["market", "limit", "stop", "stop-limit", "trailing-stop"]).default("limit"),
  limit: positive.optional(),
  trigger: positive.optional(),
  trail: positive.optional(),
  timeInForce: z.enum(["gtc", "day", "ioc", "fok", "at-open", "at-close"]).optional(),
  postOnly: z.literal(true).optional(),
  reduceOnly: z.literal(true).optional(),
  cancelAt: moment.optional(),
});

/** The rules of one venue, whether it stands alone or is one of several. */
const rules = {
  queue,
  latency,
  fees: z.strictObject({ makerBps: feeBps.default(0), takerBps: feeBps.default(0) }).prefault({}),
  halts: z.array(z.strictObject({ from: moment, to: moment })).default([]),
  auctions: z.array(z.strictObject({ at: moment, kind: z.enum(["open", "close"]), price: positive, size: positive })).default([]),
  sessionEnds: z.array(moment).default([]),
};

/** What wakes a stop; of several venues the router says so, which holds it. */
const triggers = z.enum(["trade", "quote"]).default("trade");
const venue = z.strictObject({ ...rules, triggers });
const recording = z.array(path).min(1);
const named = z.strictObject({ name: text, recording: recording.optional(), ...rules });

/** A parent order, or the same one again and again, traded by an engine in a style of execution. */
const parent = z.strictObject({
  side: z.enum(["buy", "sell", "alternate"]),
  size: positive,
  /** No order before it. */
  from: moment.optional(),
  /** Between two orders; left out: one order, at the end of the first step. */
  everySeconds: positive.max(86_400).optional(),
  /** Of the style, between two looks. */
  stepSeconds: z.number().min(0.001).max(3600).default(1),
  /** Left out: at once, at the market. */
  execution: execution.optional(),
  /** What ends a position between two orders, as in an experiment; bars are steps. */
  protect: protect.optional(),
  /** What the account begins with, in the instrument's currency. */
  cash: positive.default(10_000_000),
});

/** Exported for the test that holds docs/guide/book-venue.md to it. */
export const simulationSchema = z
  .strictObject({
    /** Files of one recording, in order, relative to this file. */
    recording,
    instrument: z.strictObject({ tick: positive, lot: positive, currency: text.default("USD") }),
    venue: venue.optional(),
    /** In place of `venue`: several of the instrument, with one router before them. */
    venues: z.array(named).min(2).optional(),
    router: z.strictObject({ driftBpsPerMs: z.number().min(0).max(100).default(0), triggers }).optional(),
    strategy: z
      .strictObject({
        quoter: z
          .strictObject({
            everyMs: z.number().min(0.001).max(86_400_000).default(100),
            size: positive,
            offsetTicks: z.number().int().min(0).max(1_000_000).default(0),
            most: positive,
          })
          .optional(),
        orders: z.array(order).min(1).optional(),
        parent: parent.optional(),
      })
      .transform((strategy, context) => {
        const { quoter, orders, parent } = strategy;
        const given = [quoter && { quoter }, orders && { orders }, parent && { parent }].filter((one) => one !== undefined);
        if (given.length === 1) return given[0] as (typeof given)[number];
        context.addIssue(
          "must be a quoter (everyMs, size, offsetTicks, most), a list of orders, or a parent order (side, size, ...), one of them",
        );
        return z.NEVER;
      }),
  })
  .refine(({ venues, strategy }) => venues === undefined || "parent" in strategy, {
    path: ["venues"],
    error: "need strategy.parent: a quoter and a list of orders trade at one venue",
  })
  .refine((simulation) => simulation.venue === undefined || simulation.venues === undefined, {
    path: ["venues"],
    error: "stand in place of venue: leave one of the two out",
  })
  .refine(({ venues }) => venues === undefined || new Set(venues.map(({ name }) => name)).size === venues.length, {
    path: ["venues"],
    error: "must have different names",
  })
  .refine(({ venues, router }) => router === undefined || venues !== undefined, { path: ["router"], error: "needs venues to route to" });

type Written = z.infer<typeof simulationSchema>;
/** `triggers` is left out where a router says what wakes a stop. */
export type SimulationVenue = Omit<z.infer<typeof named>, "name" | "recording"> & { readonly triggers?: z.infer<typeof triggers> };
/** As written, with the default venue where none is named. */
export type Simulation = Omit<Written, "venue"> & { readonly venue: z.infer<typeof venue> };
/** One that a quoter or a list of orders trades in. */
export type VenueSimulation = Simulation & { readonly strategy: Exclude<Simulation["strategy"], { parent: unknown }> };
export type ParentSettings = z.infer<typeof parent>;

/** Paths are made absolute. Throws `no-such-file`, or `bad-config` with all problems. */
export function readSimulation(file: string): Simulation {
  const simulation = parseOrThrow(simulationSchema, readYaml(file), file);
  const beside = (name: string): string => resolve(dirname(file), name);
  const absolute = <V extends SimulationVenue>(one: V): V =>
    one.latency.kind === "recorded" ? { ...one, latency: { ...one.latency, file: beside(one.latency.file) } } : one;
  const venues = simulation.venues?.map((one) => ({ ...absolute(one), recording: one.recording?.map(beside) }));
  return { ...simulation, recording: simulation.recording.map(beside), venue: absolute(simulation.venue ?? venue.parse({})), venues };
}
