import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "#test/needs.js";
import { parentLines } from "./parent-lines.js";
import { type ParentsResult, simulateParents } from "./simulate-parents.js";
import { readSimulation } from "./simulation-file.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-parents-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BINANCE = `${sharedData() ?? ""}lob_crypto_binance_raw/usdm/btcusdt_20240808.gz`;

async function run(venue: string, parent: string): Promise<ParentsResult> {
  const file = join(folder, "simulation.yaml");
  const market = "recording: [first.txt]\ninstrument: { tick: 0.1, lot: 0.001, currency: USDT }\n";
  writeFileSync(file, `${market}${venue}\nstrategy: { parent: ${parent} }\n`);
  const simulation = readSimulation(file);
  if (!("parent" in simulation.strategy)) throw new Error("no parent order");
  return await simulateParents(simulation, simulation.strategy.parent, new AbortController().signal);
}

const TWO = `venues:
  - { name: near, fees: { takerBps: 2 }, latency: { kind: constant, entryUs: 1000, responseUs: 1000 } }
  - { name: far, fees: { takerBps: 1.9 }, latency: { kind: jittered, entryUs: 30000, responseUs: 30000, jitterUs: 5000 } }`;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("a file with several venues", () => {
  it("needs a parent order, and venues need names", () => {
    const file = join(folder, "bad.yaml");
    const quoter = "strategy: { quoter: { size: 1, most: 2 } }";
    writeFileSync(file, `recording: [x]\ninstrument: { tick: 1, lot: 1 }\nvenues: [{ name: a }, { name: b }]\n${quoter}\n`);
    expect(() => readSimulation(file)).toThrow("need strategy.parent");
    writeFileSync(
      file,
      `recording: [x]\ninstrument: { tick: 1, lot: 1 }\nvenues: [{ name: a }, {}]\nstrategy: { parent: { side: up, size: 1 } }\n`,
    );
    expect(() => readSimulation(file)).toThrow(/venues\.1\.name[\s\S]*strategy\.parent\.side/);
    const parent = "strategy: { parent: { side: buy, size: 1 } }";
    writeFileSync(file, `recording: [x]\ninstrument: { tick: 1, lot: 1 }\nvenue: {}\nvenues: [{ name: a }, { name: b }]\n${parent}\n`);
    expect(() => readSimulation(file)).toThrow("leave one of the two out");
    writeFileSync(file, `recording: [x]\ninstrument: { tick: 1, lot: 1 }\nrouter: {}\n${parent}\n`);
    expect(() => readSimulation(file)).toThrow("needs venues to route to");
    writeFileSync(file, `recording: [x]\ninstrument: { tick: 1, lot: 1 }\nvenues: [{ name: a }, { name: a }]\n${parent}\n`);
    expect(() => readSimulation(file)).toThrow("venues: must have different names");
    writeFileSync(
      file,
      `recording: [x]\ninstrument: { tick: 1, lot: 1 }\nvenues: [{ name: a, triggers: quote }, { name: b }]\n${parent}\n`,
    );
    expect(() => readSimulation(file)).toThrow('unknown key "triggers"');
  });

  it("has one strategy, and says of which key what is wrong", () => {
    const file = join(folder, "strategy.yaml");
    const said = (strategy: string): unknown => {
      writeFileSync(file, `recording: [x]\ninstrument: { tick: 1, lot: 1 }\nstrategy: ${strategy}\n`);
      return readSimulation(file).strategy;
    };
    expect(said("{ orders: [{ at: 2024-08-08T23:55:00Z, side: buy, size: 1, limit: 1 }] }")).toHaveProperty("orders");
    expect(() => said("{ parent: { side: buy, sizze: 1 } }")).toThrow(/strategy\.parent: unknown key "sizze"[\s\S]*/);
    expect(() => said("{ parent: { side: buy, size: 1, execution: { kind: twop } } }")).toThrow("strategy.parent.execution");
    for (const none of ["{}", "{ quoter: { size: 1, most: 2 }, parent: { side: buy, size: 1 } }"])
      expect(() => said(none)).toThrow("strategy: must be a quoter");
  });
});

describe.skipIf(!existsSync(BINANCE))("parent orders on a recording of Binance futures", () => {
  beforeAll(() => {
    const lines = gunzipSync(readFileSync(BINANCE)).toString("latin1").split("\n");
    writeFileSync(join(folder, "first.txt"), lines.slice(0, 6_000).join("\n"));
  });

  it("are split over two venues, alike twice, and every part of the cost and every fill is somewhere", async () => {
    const parent = "{ side: alternate, size: 12, everySeconds: 4, execution: { kind: twap, bars: 3 } }";
    const [first, again] = [await run(TWO, parent), await run(TWO, parent)];
    expect({ ...again, seconds: 0 }).toEqual({ ...first, seconds: 0 });
    expect(first.parents.length).toBeGreaterThan(4);
    expect(first.filled).toBe(1);
    for (const cost of first.parents) expect(cost.total).toBeCloseTo(cost.timing + cost.crossing + cost.opportunity + cost.fees, 9);
    for (const { orders, filled } of first.venues) {
      expect(orders).toBeGreaterThan(0);
      expect(filled).toBeGreaterThan(0);
    }
    const size = sum(first.fills.map((fill) => fill.size));
    expect(size).toBeCloseTo(12 * first.parents.length, 9);
    expect(sum(first.venues.map(({ filled }) => filled))).toBeCloseTo(size, 9);
    expect(sum(first.venues.map(({ feesPaid }) => feesPaid))).toBeCloseTo(sum(first.fills.map(({ fee }) => fee)), 6);
    expect(first.costs.fees.mean).toBeGreaterThan(1.89);
    expect(first.costs.fees.mean).toBeLessThan(2.01);
    const lines = parentLines(first).join("\n");
    for (const words of ["twap; 100.0% filled", "near: constant latency", "far: jittered latency", "one standard error"])
      expect(lines).toContain(words);
  });

  it("rest at one venue while the sizes of the book hope, and cost what their fills say", async () => {
    const result = await run(
      "",
      "{ side: alternate, size: 0.05, everySeconds: 5, execution: { kind: opportunistic, bars: 5, patience: 2, forecast: weighted-mid } }",
    );
    expect(result.rested).toBeGreaterThan(0);
    expect(result.venues).toMatchObject([{ name: "BTCUSDT", orders: result.orders, feesPaid: 0 }]);
    expect(sum(result.fills.map((fill) => fill.size))).toBeCloseTo(0.05 * result.filled * result.parents.length, 9);
  });

  it("are protected by a router, at one venue as at several: positions end by stops and limits, and nothing is lost on the way", async () => {
    const protect = "protect: { stopLoss: 0.00005, takeProfit: 0.0001 }";
    for (const [venue, names] of [
      [TWO, ["near", "far"]],
      ["venue: { triggers: quote, fees: { takerBps: 1 } }", ["BTCUSDT"]],
    ] as const) {
      const parent = `{ side: alternate, size: 0.2, everySeconds: 4, execution: { kind: twap, bars: 3 }, ${protect} }`;
      const [first, again] = [await run(venue, parent), await run(venue, parent)];
      expect({ ...again, seconds: 0 }).toEqual({ ...first, seconds: 0 });
      expect(first.exits.map(({ type }) => type)).toContain("stop");
      expect(first.venues.map(({ name }) => name)).toEqual(names);
      const signed = sum(first.fills.map(({ side, price, size, fee }) => (side === "buy" ? -1 : 1) * price * size - fee));
      const held = sum(first.fills.map(({ side, size }) => (side === "buy" ? size : -size)));
      // What the last position is worth is all that is missing.
      expect(Math.abs(first.profit - signed - held * (first.fills.at(-1)?.price as number))).toBeLessThan(Math.abs(held) * 100 + 1e-6);
      expect(sum(first.venues.map(({ filled }) => filled))).toBeCloseTo(sum(first.fills.map(({ size }) => size)), 9);
      const lines = parentLines(first).join("\n");
      expect(lines).toMatch(/exits +\d+ fills of [\d.]+ in all: stop/);
      expect(lines).toContain("What protects a position is held by the router");
    }
  });

  it("need trades in the recording, or quotes as triggers, for stops to wake", async () => {
    const levels = readFileSync(join(folder, "first.txt"), "latin1");
    const silent = levels.split("\n").filter((line) => !line.includes("trade"));
    writeFileSync(join(folder, "first.txt"), silent.join("\n"));
    const parent = "{ side: buy, size: 0.2, protect: { stopLoss: 0.01 } }";
    await expect(run("", parent)).rejects.toThrow("set triggers to quote");
    expect((await run("venue: { triggers: quote }", parent)).filled).toBe(1);
    writeFileSync(join(folder, "first.txt"), levels);
  });

  it("are refused when they make no sense, in words that say what to do", async () => {
    await expect(run("", "{ side: buy, size: 0.0001 }")).rejects.toThrow("less than one lot");
    await expect(run("", "{ side: buy, size: 1, execution: { kind: vwap, bars: 4 } }")).rejects.toThrow("use twap");
    await expect(run("", "{ side: buy, size: 1, everySeconds: 3, execution: { kind: twap, bars: 4 } }")).rejects.toThrow(
      "raise everySeconds",
    );
    await expect(run("", "{ side: buy, size: 1, stepSeconds: 3600 }")).rejects.toThrow("less than two steps");
  });
});
