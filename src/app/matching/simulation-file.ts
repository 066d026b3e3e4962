// The file of `truewind books simulate`: a recording, the instrument's grid, the venue's rules, and who trades there. All problems are told at once.
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { parseOrThrow, readYaml } from "../config/experiment.js";

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

/** Exported for the test that holds docs/guide/book-venue.md to it. */
export const simulationSchema = z.strictObject({
  /** Files of one recording, in order, relative to this file. */
  recording: z.array(path).min(1),
  instrument: z.strictObject({ tick: positive, lot: positive, currency: text.default("USD") }),
  venue: z
    .strictObject({
      queue,
      latency,
      fees: z.strictObject({ makerBps: feeBps.default(0), takerBps: feeBps.default(0) }).prefault({}),
      /** What wakes a stop. */
      triggers: z.enum(["trade", "quote"]).default("trade"),
      halts: z.array(z.strictObject({ from: moment, to: moment })).default([]),
      auctions: z.array(z.strictObject({ at: moment, kind: z.enum(["open", "close"]), price: positive, size: positive })).default([]),
      sessionEnds: z.array(moment).default([]),
    })
    .prefault({}),
  strategy: z.union(
    [
      z.strictObject({
        quoter: z.strictObject({
          everyMs: z.number().min(0.001).max(86_400_000).default(100),
          size: positive,
          offsetTicks: z.number().int().min(0).max(1_000_000).default(0),
          most: positive,
        }),
      }),
      z.strictObject({ orders: z.array(order).min(1) }),
    ],
    { error: "must be a quoter (everyMs, size, offsetTicks, most) or a list of orders" },
  ),
});

export type Simulation = z.infer<typeof simulationSchema>;

/** Paths are made absolute. Throws `no-such-file`, or `bad-config` with all problems. */
export function readSimulation(file: string): Simulation {
  const simulation = parseOrThrow(simulationSchema, readYaml(file), file);
  const beside = (name: string): string => resolve(dirname(file), name);
  const { latency: line } = simulation.venue;
  const absolute = line.kind === "recorded" ? { ...line, file: beside(line.file) } : line;
  return { ...simulation, recording: simulation.recording.map(beside), venue: { ...simulation.venue, latency: absolute } };
}
