// The order in which history reaches the feature plan, told by a plan that writes down what it hears.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { createRng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { BarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { classic, classicRanks } from "#features/catalog/classic.js";
import { compileFeatures } from "#features/plan/compile.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { FeaturePlan } from "#ports/stages.js";
import { collectFrames } from "./collect-frames.js";

/** Writes down what it is told; its single feature is the number of things told so far. */
function spyPlan(instruments: number, told: string[]): FeaturePlan {
  const member = new Uint8Array(instruments);
  const values = new Float64Array(instruments);
  return {
    features: ["told"],
    advance(batch, start, end) {
      for (let i = start; i < end; i++) {
        told.push(`bar ${batch.instrument[i]} @${batch.seenAt[i]}`);
        member[batch.instrument[i] as number] = 1;
      }
    },
    reference: (event) => void told.push(`${event.kind} @${event.seenAt}`),
    frame(asOf, since) {
      told.push(`frame @${asOf} since ${since}`);
      values.fill(told.length + 0.1);
      return { asOf, instruments, features: ["told"], values, member, fresh: member, history: null };
    },
    snapshot: () => new Uint8Array(0),
    restore: () => undefined,
  };
}
const bars = (rows: readonly (readonly [seenAt: number, instrument: number])[]): BarBatch =>
  toBarBatch(
    rows.map(([seenAt, instrument]) => {
      const at = seenAt as Micros;
      return { instrument: instrument as InstrumentIx, openAt: at, at, seenAt: at, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    }),
  );
const sourceOf = (batches: readonly BarBatch[]): MarketDataSource => ({
  async *batches() {
    yield* batches;
  },
});
const reference = (kind: string, seenAt: number): ReferenceEvent =>
  ({ kind, at: seenAt, seenAt, instrument: 0, ratio: 2, amount: 1 }) as unknown as ReferenceEvent;
const quiet = (): void => undefined;

describe("collectFrames", () => {
  it("tells the plan everything in the engine's order: reference, market, timer within one moment", async () => {
    const told: string[] = [];
    const store = await collectFrames({
      source: sourceOf([
        bars([
          [10, 0],
          [10, 1],
          [20, 0],
        ]),
        bars([[30, 1]]),
      ]),
      references: [reference("split", 10), reference("delisting", 15), reference("dividend", 20), reference("split", 25)],
      plan: spyPlan(3, told),
      instruments: 3,
      decisions: [
        { at: 5, since: 1 },
        { at: 10, since: 6 },
        { at: 20, since: 11 },
        { at: 25, since: 21 },
        { at: 40, since: 26 },
      ],
      onProgress: quiet,
    });
    expect(told).toEqual([
      "frame @5 since 1",
      "split @10",
      "bar 0 @10",
      "bar 1 @10",
      "frame @10 since 6",
      "dividend @20",
      "bar 0 @20",
      "frame @20 since 11",
      "split @25",
      "frame @25 since 21",
      "bar 1 @30",
      "frame @40 since 26",
    ]);
    expect([...store.firstRow]).toEqual([0, 0, 2, 4, 6, 8]);
    expect([...store.instrument]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(store.x[0]).toBe(Math.fround(5.1));
  });

  it("keeps that order for any interleaving", async () => {
    const times = fc.array(fc.nat(30), { maxLength: 12 }).map((list) => list.sort((a, b) => a - b));
    const rank = (text: string): number => (text.startsWith("frame") ? 2 : text.startsWith("bar") ? 1 : 0);
    const moment = (text: string): number => Number(/@(\d+)/.exec(text)?.[1]);
    await fc.assert(
      fc.asyncProperty(times, times, times, async (seen, referenced, decided) => {
        const told: string[] = [];
        const decisions = decided.map((at) => ({ at, since: 0 }));
        const references = referenced.map((at) => reference("split", at));
        await collectFrames({
          source: sourceOf([bars(seen.map((t) => [t, 0]))]),
          references,
          plan: spyPlan(1, told),
          instruments: 1,
          decisions,
          onProgress: quiet,
        });
        const order = told.map((text) => moment(text) * 3 + rank(text));
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect(told.filter((text) => text.startsWith("frame"))).toHaveLength(decided.length);
        const last = decided.at(-1) ?? -1;
        expect(told.filter((text) => text.startsWith("bar")).length).toBeGreaterThanOrEqual(seen.filter((t) => t <= last).length);
      }),
    );
  });

  it("shows every bar to the recorder, also those after the last decision", async () => {
    const seen: number[] = [];
    const options = {
      source: sourceOf([bars([[10, 0]]), bars([[20, 0]]), bars([[30, 0]])]),
      references: [],
      instruments: 1,
      decisions: [{ at: 10, since: 0 }],
      onProgress: quiet,
    };
    await collectFrames({ ...options, plan: spyPlan(1, []), onBars: (batch, start) => seen.push(batch.seenAt[start] as number) });
    expect(seen).toEqual([10, 20, 30]);
  });

  it("keeps the classic features bit for bit as a plan stepped by hand shows them, however the source cuts its batches", async () => {
    const rng = createRng("frames");
    const names = 5;
    const days = 90;
    const rows = Array.from({ length: days * names }, (_, n) => {
      const at = ((Math.floor(n / names) + 1) * 86_400e6) as Micros;
      const open = 50 + 20 * rng.next();
      const close = open * (1 + 0.02 * rng.normal());
      const bar = { open, close, high: Math.max(open, close) * 1.01, low: Math.min(open, close) * 0.99, volume: 1e5 * (1 + rng.next()) };
      return { instrument: (n % names) as InstrumentIx, openAt: (at - 23_400e6) as Micros, at, seenAt: at, ...bar };
    }).filter(() => rng.next() > 0.05);
    const make = (): FeaturePlan =>
      compileFeatures([...classic, ...classicRanks], {
        instruments: names,
        tradable: new Uint8Array(names).fill(1),
        minHistory: 5,
        filters: [],
        priceBasis: "raw",
      });
    const split = reference("split", 60 * 86_400e6);
    const decisions = [21, 45, 60, 88].map((day) => ({ at: day * 86_400e6 + 60e6, since: day * 86_400e6 }));
    const cut = rows.findIndex((row) => row.at > 33 * 86_400e6);
    const store = await collectFrames({
      source: sourceOf([toBarBatch(rows.slice(0, cut)), toBarBatch(rows.slice(cut))]),
      references: [split],
      plan: make(),
      instruments: names,
      decisions,
      onProgress: quiet,
    });
    const plan = make();
    const expected: number[] = [];
    for (let day = 1; day <= 88; day++) {
      if (day === 60 && split.kind === "split") plan.reference(split);
      const today = toBarBatch(rows.filter((row) => row.at === day * 86_400e6));
      plan.advance(today, 0, today.length);
      const decision = decisions.find(({ at }) => at === day * 86_400e6 + 60e6);
      if (decision === undefined) continue;
      const frame = plan.frame(decision.at as Micros, decision.since as Micros);
      const k = frame.features.length;
      for (let i = 0; i < names; i++)
        if (frame.member[i] === 1) expected.push(...Float32Array.from(frame.values.subarray(i * k, (i + 1) * k)));
    }
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.some(Number.isFinite)).toBe(true);
    expect([...store.x]).toEqual(expected);
  });

  it("stops when told to, and refuses decisions out of order", async () => {
    const base = { source: sourceOf([bars([[10, 0]])]), references: [], instruments: 1, onProgress: quiet };
    const decisions = [{ at: 20, since: 0 }];
    await expect(collectFrames({ ...base, decisions, plan: spyPlan(1, []), signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "interrupted",
    });
    await expect(collectFrames({ ...base, decisions: [...decisions, { at: 10, since: 0 }], plan: spyPlan(1, []) })).rejects.toThrow(
      /not in time order/,
    );
  });
});
