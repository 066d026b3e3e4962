// A net fed step by step against the same net over whole windows, from a zero state and for every prefix.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { runGraph } from "#models/tensor/run-graph.js";
import { randomNet } from "#test/fixtures/random-net.js";
import { saveNet } from "../artifact.js";
import type { BlockInput } from "../blocks/schema.js";
import { inferenceGraph, netSpecs } from "../graphs.js";
import { toNeuralModel } from "../predict.js";
import { openStream } from "./stream.js";

const TICKS = 12;
const WIDTH = 4;

const nets: readonly { readonly name: string; readonly blocks: readonly BlockInput[]; readonly heads?: unknown }[] = [
  { name: "LSTM of two layers with batch norm", blocks: [{ kind: "lstm", units: 7, layers: 2, norm: "batch" }, { kind: "last" }] },
  {
    name: "residual GRU with layer norm between dense layers",
    blocks: [
      { kind: "dense", units: 6, norm: "layer" },
      { kind: "gru", units: 6, layers: 2, residual: true, norm: "layer", dropout: 0.2 },
      { kind: "last" },
      { kind: "dense", units: 5, activation: "tanh" },
    ],
    heads: { return: {}, volatility: {}, direction: {}, quantiles: {}, confidence: {} },
  },
  {
    name: "two recurrences side by side behind attention over the features",
    blocks: [
      { kind: "feature-attention", units: 4 },
      {
        kind: "parallel",
        join: "gate",
        branches: [
          [{ kind: "lstm", units: 5 }, { kind: "last" }],
          [{ kind: "gru", units: 5 }, { kind: "last" }],
        ],
      },
    ],
    heads: { direction: {} },
  },
];

/** `[tick][instrument][feature]`, a tenth not known. */
function sequence(seed: string, instruments: number): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: TICKS * instruments * WIDTH }, () => (rng.next() < 0.1 ? Number.NaN : 2 * rng.normal()));
}

const tickOf = (x: Float32Array, tick: number, instruments: number): Float32Array =>
  x.subarray(tick * instruments * WIDTH, (tick + 1) * instruments * WIDTH);

describe.each(nets)("$name", ({ blocks, heads }) => {
  const settings = { steps: TICKS, blocks, ...(heads === undefined ? {} : { heads }) };
  const net = randomNet(settings);
  const model = toNeuralModel(saveNet(net));

  it.each([1, 3])("says at every tick what it says of the window so far, %i instruments at once", async (instruments) => {
    const x = sequence("ticks", instruments);
    const stream = await openStream(model, instruments);
    for (let tick = 0; tick < TICKS; tick++) {
      await stream.push(tickOf(x, tick, instruments));
      const steps = tick + 1;
      const window = new Float32Array(instruments * steps * WIDTH);
      for (let i = 0; i < instruments; i++)
        for (let step = 0; step < steps; step++)
          window.set(tickOf(x, step, instruments).subarray(i * WIDTH, (i + 1) * WIDTH), (i * steps + step) * WIDTH);
      const shape = { features: WIDTH, steps };
      const graph = inferenceGraph(net.config, netSpecs(net.config, shape), shape, net.values, net.normalization, { batch: instruments });
      const wanted = await runGraph(graph, { features: window });
      for (const [name, values] of stream.outputs)
        values.forEach((value, i) => expect(Math.abs(value - ((wanted[name] as Float32Array)[i] as number))).toBeLessThanOrEqual(1e-6));
      expect([...stream.outputs.keys()]).toEqual(Object.keys(wanted));
    }
    await stream.close();
  });

  it("goes on from a kept state to the same bits, also in another stream", async () => {
    const x = sequence("kept", 2);
    const stream = await openStream(model, 2);
    for (let tick = 0; tick < 5; tick++) await stream.push(tickOf(x, tick, 2));
    const state = stream.save();
    const rest = async (from: typeof stream): Promise<readonly number[]> => {
      const scores: number[] = [];
      for (let tick = 5; tick < TICKS; tick++) scores.push(...(await from.push(tickOf(x, tick, 2))));
      return scores;
    };
    const first = await rest(stream);
    stream.restore(state);
    expect(stream.save()).toEqual(state);
    expect(await rest(stream)).toEqual(first);
    const other = await openStream(model, 2);
    other.restore(state);
    expect(await rest(other)).toEqual(first);
  });

  it("forgets one instrument or all", async () => {
    const x = sequence("forget", 2);
    const stream = await openStream(model, 2);
    const fresh = Float64Array.from(await stream.push(tickOf(x, 0, 2)));
    const second = Float64Array.from(await stream.push(tickOf(x, 0, 2)));
    expect(second[0]).not.toBe(fresh[0]);
    stream.reset();
    expect(await stream.push(tickOf(x, 0, 2))).toEqual(fresh);
    stream.reset(1);
    expect(await stream.push(tickOf(x, 0, 2))).toEqual(Float64Array.of(second[0] as number, fresh[1] as number));
  });
});

describe("a stream", () => {
  const model = toNeuralModel(saveNet(randomNet({ steps: 4, blocks: [{ kind: "lstm", units: 3 }, { kind: "last" }] })));

  it("is refused to nets that read several steps at once, with every block that does", async () => {
    const refuse = (blocks: readonly BlockInput[]): Promise<unknown> => openStream(toNeuralModel(saveNet(randomNet({ steps: 4, blocks }))));
    await expect(
      refuse([
        { kind: "lstm", units: 3, direction: "both" },
        { kind: "attention", form: "additive" },
      ]),
    ).rejects.toThrow(/step by step: blocks\.0: lstm runs both ways; blocks\.1: attention reads several steps at once/);
    await expect(refuse([{ kind: "lstm", units: 3 }])).rejects.toThrow(/a block `last` behind them/);
    await expect(refuse([{ kind: "parallel", branches: [[{ kind: "mean" }], [{ kind: "last" }]] }])).rejects.toMatchObject({
      code: "bad-config",
    });
  });

  it("refuses a state that is damaged, of another net, or of another number of instruments", async () => {
    const stream = await openStream(model, 2);
    const state = stream.save();
    const changed = Uint8Array.from(state);
    changed[state.length >> 1] = (changed[state.length >> 1] as number) ^ 1;
    for (const bad of [new Uint8Array(0), state.subarray(0, 50), changed])
      expect(() => stream.restore(bad)).toThrow(/bytes were lost or changed/);
    const other = toNeuralModel(saveNet(randomNet({ steps: 4, blocks: [{ kind: "lstm", units: 3 }, { kind: "last" }] }, "other")));
    expect(() => stream.restore(state)).not.toThrow();
    const foreign = (await openStream(other, 2)).save();
    expect(() => stream.restore(foreign)).toThrow(/belongs to another net/);
    const wider = await openStream(model, 3);
    expect(() => wider.restore(state)).toThrow(/of 2 instruments, and the stream has 3/);
  });

  it("takes one push at a time, of the right size", async () => {
    const stream = await openStream(model);
    await expect(stream.push(new Float32Array(3))).rejects.toThrow(/3 values, 4 are wanted/);
    const first = stream.push(new Float32Array(4));
    await expect(stream.push(new Float32Array(4))).rejects.toThrow(/before the last one ended/);
    await first;
  });
});
