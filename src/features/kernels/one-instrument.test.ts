// Steps of one instrument, from a table, against the same steps of many.
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { createBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { featureSet } from "#features/registry.js";
import { blockColumns } from "./blocks.js";
import { elementwise, where } from "./elementwise.js";
import type { Lane, Op } from "./kernel.js";
import { runForOne, type StepTable, tableOf } from "./one-instrument.js";

const fns: Readonly<Record<NonNullable<Op["fn"]>, true>> = {
  add: true,
  sub: true,
  mul: true,
  div: true,
  min: true,
  max: true,
  gt: true,
  or: true,
  share: true,
  neg: true,
  abs: true,
  sign: true,
  log: true,
  sqrt: true,
  exp: true,
  tanh: true,
  atan: true,
  floor: true,
  known: true,
};
const special = [0, -0, 1, -3, 7.1, 1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const laneAt = (offset: number): Lane => ({ offset, mask: 0, lag: 0, at: offset });

describe("steps of one instrument", () => {
  it("give the bits that the steps of many give, whatever the function", () => {
    const [x, y, z] = [laneAt(0), laneAt(1), laneAt(2)];
    const rest = { x, y, z, blocks: blockColumns(null), bars: 0, factor: 1, statistic: null, fold: null, params: [] };
    const ops = [...(Object.keys(fns) as NonNullable<Op["fn"]>[]), null].map((fn, k): Op => {
      return { ...rest, kernel: fn === null ? where : elementwise, fn, out: laneAt(3 + k) };
    });
    const table = tableOf(ops, new Map()) as StepTable;
    for (const a of special)
      for (const b of special)
        for (const c of special) {
          const [many, one] = [new Float64Array(3 + ops.length), new Float64Array(3 + ops.length)];
          many.set([a, b, c]);
          one.set([a, b, c]);
          const work = { memory: many, width: 1, rows: Int32Array.of(0), t: 0, from: 0, to: 1, neighbors: false };
          for (const op of ops) op.kernel([op], work);
          runForOne(table, new Int32Array(0), one, 0);
          expect(one).toEqual(many);
        }
  });

  it("give the frame of an instrument among many, bar after bar, for the features of a portfolio agent", () => {
    const definitions = featureSet("portfolio-173");
    const planOf = (instruments: number) =>
      compileFeatures(definitions, { instruments, tradable: new Uint8Array(instruments), minHistory: 1, filters: [], priceBasis: "raw" });
    const [together, alone] = [planOf(3), [planOf(1), planOf(1), planOf(1)]];
    for (let t = 1; t <= 300; t++) {
      const at = (t * 60e6) as Micros;
      const barsOf = (instruments: readonly number[]) => {
        const batch = createBarBatch(instruments.length);
        instruments.forEach((i, row) => {
          const [open, close] = [50 + 9 * Math.sin((t - 1) * (i + 1)), 50 + 9 * Math.sin(t * (i + 1))];
          batch.instrument[row] = (instruments.length === 1 ? 0 : i) as InstrumentIx;
          batch.openAt[row] = at - 60e6;
          batch.at[row] = batch.seenAt[row] = at;
          [batch.open[row], batch.close[row], batch.volume[row]] = [open, close, 100 + ((t * (i + 3)) % 17)];
          [batch.high[row], batch.low[row]] = [Math.max(open, close) + (t % 3), Math.min(open, close) - (t % 2)];
        });
        return batch;
      };
      together.advance(barsOf([0, 1, 2]), 0, 3);
      alone.forEach((plan, i) => plan.advance(barsOf([i]), 0, 1));
      if (t < 260) continue;
      const whole = together.frame(at, at).values;
      alone.forEach((plan, i) => {
        expect(plan.frame(at, at).values).toEqual(whole.slice(i * definitions.length, (i + 1) * definitions.length));
      });
    }
  });
});
