import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "#test/needs.js";
import { simulateRecording, type SimulationResult } from "./simulate-recording.js";
import { readSimulation, type VenueSimulation } from "./simulation-file.js";
import { simulationLines } from "./simulation-lines.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-simulate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shared = sharedData();
const BINANCE = `${shared ?? ""}lob_crypto_binance_raw/usdm/btcusdt_20240808.gz`;
const CME = `${shared ?? ""}lob_l3_mbo_cme_es/esh4_20231225_part1.csv.gz`;
const LOBSTER = `${shared ?? ""}lob_lobster_aapl_sample/AAPL_2012-06-21_34200000_57600000_message_10.csv`;

async function run(yaml: string): Promise<SimulationResult> {
  const file = join(folder, "simulation.yaml");
  writeFileSync(file, yaml);
  return await simulateRecording(readSimulation(file) as VenueSimulation, new AbortController().signal);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("a file of a simulation", () => {
  it("is refused with all its problems at once", async () => {
    const bad =
      "recording: []\ninstrument: { tick: 0, lot: 1 }\nvenue: { queue: { model: guess }, latency: { kind: slow } }\nstrategy: { luck: 1 }\n";
    const error = await run(bad).catch((thrown: unknown) => thrown as Error);
    for (const word of ["recording", "instrument.tick", "venue.queue", "venue.latency", "strategy"])
      expect((error as Error).message).toContain(word);
  });
});

describe.skipIf(!existsSync(BINANCE))("a quoter on a recording of Binance futures", () => {
  const file = (venue: string): string =>
    `recording: [first.txt]\ninstrument: { tick: 0.1, lot: 0.001, currency: USDT }\nvenue: ${venue}\nstrategy: { quoter: { everyMs: 100, size: 0.01, most: 0.05 } }\n`;

  beforeAll(() => {
    const lines = gunzipSync(readFileSync(BINANCE)).toString("latin1").split("\n");
    writeFileSync(join(folder, "first.txt"), lines.slice(0, 20_000).join("\n"));
  });

  it("gives the same result twice, whose money adds up, and says what it assumed", async () => {
    const jittered = file(
      "{ latency: { kind: jittered, entryUs: 3000, responseUs: 2000, jitterUs: 4000 }, fees: { makerBps: -0.5, takerBps: 4 } }",
    );
    const [first, again] = [await run(jittered), await run(jittered)];
    expect({ ...again, seconds: 0 }).toEqual({ ...first, seconds: 0 });
    expect(first.maker.fills).toBeGreaterThan(30);
    expect(first.fills.length).toBe(first.maker.fills + first.taker.fills);
    const signed = first.fills.map(({ side, size }) => (side === "buy" ? size : -size));
    expect(sum(signed)).toBeCloseTo(first.position, 9);
    expect(Math.abs(first.position)).toBeLessThanOrEqual(0.06);
    const notional = first.fills.map(({ price, size }) => price * size);
    const resting = first.fills.map(({ fee }, k) => (fee < 0 ? (notional[k] as number) : 0));
    expect(first.feesPaid).toBeCloseTo((-0.5 * sum(resting) + 4 * (sum(notional) - sum(resting))) / 1e4, 3);
    const lines = simulationLines(first).join("\n");
    const byChance = await run(jittered.replace("{ latency", "{ queue: { model: power, exponent: 2 }, latency"));
    expect(byChance.maker.size).toBeGreaterThan(first.maker.size);
    for (const words of ["risk-averse queue", "jittered latency", "never called for margin"]) expect(lines).toContain(words);
  });
});

describe.skipIf(!existsSync(CME) || !existsSync(LOBSTER))("orders written beforehand", () => {
  it("stand in the exact queue of a recording by order, and wait for the auction's end where the book is crossed", async () => {
    const order = (at: string, rest: string): string => `    - { at: "2023-12-25T${at}Z", size: 3, ${rest} }\n`;
    const result = await run(
      `recording: [${CME}]\ninstrument: { tick: 0.25, lot: 1 }\nstrategy:\n  orders:\n` +
        order("22:50:00", "side: buy, type: market") +
        order("23:05:00", "side: buy, type: market") +
        order("23:05:01", "side: buy, limit: 4801") +
        order("23:05:01", "side: sell, limit: 4850, postOnly: true") +
        order("23:10:00", "side: buy, limit: 4500, cancelAt: 2023-12-25T23:11:00Z"),
    );
    expect(result.assumptions[0]).toContain("exact queue");
    expect(result.orders).toBe(5);
    expect(result.endings).toEqual({ "trading is suspended": 1, "on request": 1 });
    expect(result.fills.filter(({ order: id }) => id === "o2").map(({ size }) => size)).toEqual([3]);
    expect(result.fills.every(({ price }) => price > 4700 && price < 4900)).toBe(true);
  });

  it("take from the levels that LOBSTER shows", async () => {
    const result = await run(
      `recording: [${LOBSTER}]\ninstrument: { tick: 0.01, lot: 1 }\nvenue: { queue: { model: log } }\nstrategy:\n  orders:\n` +
        `    - { at: "2012-06-21T13:30:10Z", side: buy, size: 100, type: market }\n    - { at: "2012-06-21T13:30:11Z", side: sell, size: 100, type: market, reduceOnly: true }\n`,
    );
    expect(result.taker.size).toBe(200);
    expect(result.position).toBe(0);
    expect(result.profit).toBeLessThan(0);
  });
});
