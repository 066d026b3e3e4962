// The nets of the zoo, and settings of blocks that none of them has, against PyTorch (test/reference/neural/zoo.py made the numbers):
// values, gradients of every parameter, 50 steps of Adam.
import { describe, expect, it } from "vitest";
import { draw, evaluate, infer, learn, type Net, openTrainer, withValues } from "#test/fixtures/neural-net.js";
import { readReference, type ReferenceTensor, referenceCases, relativeError, unpack } from "#test/fixtures/neural-reference.js";
import { zoo } from "./zoo.js";

interface Packed {
  readonly shape: readonly number[];
  readonly f32: string;
}

interface Extras {
  readonly buffers: Readonly<Record<string, Packed>>;
  readonly curve: { readonly x: Packed; readonly y: Packed; readonly losses: readonly number[] };
}

const { cases } = readReference("zoo.json") as { cases: readonly Extras[] };
const references = referenceCases("zoo.json").map((reference, i) => {
  const { buffers, curve } = cases[i] as Extras;
  return { ...reference, buffers, curve };
});

type Reference = (typeof references)[number];

function netOf({ options, weights, buffers }: Reference): Net {
  const { features, ...settings } = options as { net?: string; options?: object; steps: number; features: number };
  const { net, options: given } = settings;
  const still = net !== undefined && zoo[net]?.options.shape["dropout"] !== undefined ? { options: { ...given, dropout: 0 } } : {};
  const drawn = draw({ ...settings, ...still, heads: { return: {}, direction: {} } }, features);
  const unpacked = Object.fromEntries(Object.entries(buffers).map(([name, packed]) => [name, unpack(packed)]));
  // Names and shapes are those of the reference, which are thereby held fast.
  const named = (table: Readonly<Record<string, ReferenceTensor>>): object =>
    Object.fromEntries(Object.entries(table).map(([name, { shape }]) => [name, shape]));
  for (const [specs, table] of [
    [drawn.specs.parameters, weights],
    [drawn.specs.buffers, unpacked],
  ] as const) {
    expect(Object.fromEntries(specs.map(({ name, shape }) => [name, shape]))).toEqual(named(table));
  }
  return withValues(drawn, weights, unpacked);
}

it("every net has a reference", () => {
  expect(references.flatMap(({ options }) => options["net"] ?? [])).toEqual(Object.keys(zoo));
});

describe.each(references.map((reference) => [reference.name, reference] as const))("%s", (_, reference) => {
  const data = (name: string): Float32Array => reference.constants[name]?.data as Float32Array;
  const wanted = (name: string): Float32Array => reference.outputs[name]?.data as Float32Array;

  it("has PyTorch's loss and gradients", async () => {
    const net = netOf(reference);
    const out = await learn(net, { x: data("x"), y: data("y") });
    expect(relativeError(out["loss"] as Float32Array, wanted("loss")), "loss").toBeLessThan(1e-5);
    // A gradient that is a difference of large ones is measured by the size of all of them.
    const norm = (values: Float32Array): number => Math.hypot(...values);
    const all = Math.hypot(...Object.values(reference.gradients).map((gradient) => norm(gradient.data)));
    for (const [name, { data: gradient }] of Object.entries(reference.gradients)) {
      const apart = norm(gradient.map((value, i) => value - (out[`gradient.${name}`]?.[i] as number)));
      expect(apart / Math.max(norm(gradient), 0.01 * all), `gradient of ${name}`).toBeLessThan(1e-5);
    }
    for (const name of Object.keys(reference.outputs).filter((output) => output.startsWith("statistic."))) {
      expect(relativeError(out[name] as Float32Array, wanted(name)), name).toBeLessThan(1e-5);
    }
  });

  it("has PyTorch's predictions, from the graph that evaluates and from the file that is kept", async () => {
    const net = netOf(reference);
    const [evaluated, kept] = await Promise.all([evaluate(net, { x: data("x"), y: data("y") }), infer(net, data("x"))]);
    for (const head of ["return", "direction"]) {
      expect(relativeError(evaluated[head] as Float32Array, wanted(head)), `${head}, evaluated`).toBeLessThan(1e-5);
      expect(relativeError(kept[head] as Float32Array, wanted(head)), `${head}, kept`).toBeLessThan(1e-5);
    }
  });

  it("learns along PyTorch's curve over 50 steps of Adam", async () => {
    const { losses, x, y } = reference.curve;
    const trainer = await openTrainer(netOf(reference), 8, 0.01);
    const [pool, labels] = [unpack(x).data, unpack(y).data];
    const size = pool.length / labels.length;
    const ours: number[] = [];
    for (let step = 0; step < losses.length; step++) {
      const from = (step * 8) % labels.length;
      ours.push(await trainer.step({ x: pool.subarray(from * size, (from + 8) * size), y: labels.subarray(from, from + 8) }));
    }
    await trainer.release();
    const apart = losses.map((loss, i) => Math.abs((ours[i] as number) - loss) / loss);
    expect(Math.max(...apart)).toBeLessThan(1e-4);
  });
});
