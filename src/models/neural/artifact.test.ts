// A kept net: what its file holds, what is refused, and that predictions come out of the file as the net computes them.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { readOnnx } from "#models/tensor/onnx-reader.js";
import { runGraph } from "#models/tensor/run-graph.js";
import { sampleFrame } from "#test/contracts/model.js";
import { randomNet } from "#test/fixtures/random-net.js";
import { loadNet, saveNet } from "./artifact.js";
import { inferenceGraph, netSpecs } from "./graphs.js";
import { toNeuralModel } from "./predict.js";

const BOTH = { steps: 2, heads: { return: {}, direction: {} } };

describe("the file of a net", () => {
  it("is the same to the byte for the same net, and gives the whole net back", () => {
    const net = randomNet(BOTH);
    const file = saveNet(net);
    expect(saveNet(randomNet(BOTH))).toEqual(file);
    expect(saveNet(randomNet(BOTH, "other"))).not.toEqual(file);
    expect(loadNet(file)).toEqual(net);
    expect(saveNet(loadNet(file))).toEqual(file);
  });

  it("holds standard operators alone, any batch, and names that a reader understands", () => {
    const { opsets, inputs, outputs, operators, metadata } = readOnnx(saveNet(randomNet(BOTH)));
    expect([...opsets]).toEqual([["", 17]]);
    expect(operators.every(({ domain }) => domain === "")).toBe(true);
    expect(inputs).toEqual([{ name: "features", element: 1, axes: [null, 2, 4] }]);
    expect(outputs.map(({ name, axes }) => [name, axes?.[0]])).toEqual([
      ["return", null],
      ["direction", null],
    ]);
    expect(JSON.parse(metadata.get("truewind.card") as string)).toMatchObject({ family: "neural", features: ["a", "b", "c", "d"] });
  });

  it("is refused with the reason when it is of another form or family", () => {
    const file = saveNet(randomNet({}));
    expect(() => toNeuralModel(file.subarray(1))).toThrow(/bytes were lost or changed/);
    expect(() => toNeuralModel(file.subarray(0, file.length - 100))).toThrow(/bytes were lost or changed/);
  });
});

describe("predictions of a net", () => {
  it("are what the graph gives, whether rows come alone, few or many", async () => {
    const net = randomNet(BOTH);
    const { config, values, normalization } = net;
    const rng = createRng("rows");
    const rows = 1100;
    const x = Float32Array.from({ length: rows * 8 }, () => (rng.next() < 0.1 ? Number.NaN : 3 * rng.normal()));
    const shape = { features: 4, steps: 2 };
    const graph = inferenceGraph(config, netSpecs(config, shape), shape, values, normalization, { batch: rows });
    const wanted = (await runGraph(graph, { features: x }))["return"] as Float32Array;
    const model = toNeuralModel(saveNet(net));
    const frame = (from: number, to: number) => ({
      ...sampleFrame(2),
      instruments: to - from,
      member: new Uint8Array(to - from).fill(1),
      values: new Float64Array((to - from) * 4),
      history: { steps: 2, values: x.slice(from * 8, to * 8) },
    });
    const all = await model.predict(frame(0, rows));
    const few = await model.predict(frame(500, 510));
    const one = await model.predict(frame(1050, 1051));
    all.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] as number, 7));
    few.forEach((value, i) => expect(value).toBeCloseTo(wanted[500 + i] as number, 7));
    expect(one[0]).toBeCloseTo(wanted[1050] as number, 7);
  });

  it("turn a direction into what it is worth where there is no return", async () => {
    const model = toNeuralModel(saveNet(randomNet({ heads: { return: null, direction: {} } })));
    const { instruments, outputs } = await model.explain(sampleFrame());
    expect([...instruments]).toEqual([0, 1, 4, 5]);
    const p = outputs.get("direction")?.values as Float32Array;
    const scores = await model.predict(sampleFrame());
    expect(scores[0]).toBeCloseTo(0.01 * (2 * (p[0] as number) - 1), 12);
    expect(p.every((value) => value > 0 && value < 1)).toBe(true);
  });

  it("take an infinite value for one that is not known, and values beyond the clip for the clip", async () => {
    const model = toNeuralModel(saveNet(randomNet({})));
    const score = async (a: number): Promise<number> => {
      const frame = sampleFrame();
      frame.values[0] = a;
      return (await model.predict(frame))[0] as number;
    };
    expect(await score(Number.POSITIVE_INFINITY)).toBe(await score(Number.NaN));
    expect(await score(1e300)).toBe(await score(Number.NaN)); // no float32
    expect(await score(1e6)).toBe(await score(1e7));
    expect(await score(1e6)).not.toBe(await score(Number.NaN));
  });

  it("are none where there is no member", async () => {
    const model = toNeuralModel(saveNet(randomNet({})));
    const frame = { ...sampleFrame(), member: new Uint8Array(6) };
    expect([...(await model.predict(frame))].every(Number.isNaN)).toBe(true);
    expect((await model.explain(frame)).outputs.size).toBe(0);
  });
});
