// Optimizers, schedules and averaged weights against twenty steps of PyTorch (test/reference/neural/optimizers.py made the numbers).
import { describe, expect, it } from "vitest";
import { readReference, relativeError, unpack } from "#test/fixtures/neural-reference.js";
import { moveAverage } from "./average.js";
import { clipByNorm, createOptimizer, type OptimizerConfig } from "./optimizer.js";
import { type ParameterSpec, parameterCount } from "./parameters.js";
import { learningRateAt } from "./schedule.js";
import { VectorMemory } from "./vector-memory.js";

type Packed = Parameters<typeof unpack>[0];

interface Schedule {
  readonly warmup: number;
  readonly total: number;
  /** Of PyTorch's run; ours goes down to 0. */
  readonly floor: number;
}

interface OptimizerCase {
  readonly name: string;
  readonly options: {
    readonly kind: "Adam" | "AdamW" | "SGD";
    readonly lr: number;
    readonly betas?: readonly [number, number];
    readonly eps?: number;
    readonly weight_decay?: number;
    readonly momentum?: number;
    readonly nesterov?: boolean;
    readonly clip_norm?: number;
    readonly schedule?: Schedule;
    readonly ema_decay?: number;
  };
  readonly start: Readonly<Record<string, Packed>>;
  readonly gradients: Readonly<Record<string, Packed>>;
  readonly after: Readonly<Record<string, Packed>>;
  readonly ema?: Readonly<Record<string, Packed>>;
  readonly state: Readonly<Record<string, Packed>>;
  readonly norms: readonly number[];
  readonly rates: readonly number[];
}

const { cases, schedules } = readReference("optimizers.json") as unknown as {
  cases: readonly OptimizerCase[];
  schedules: readonly (Schedule & { readonly factors: readonly number[] })[];
};

const STEPS = 20;
const specs: readonly ParameterSpec[] = [
  { name: "weight", shape: [4, 3], initial: { fill: 0 }, decays: true, offset: 0, size: 12 },
  { name: "bias", shape: [5], initial: { fill: 0 }, decays: true, offset: 12, size: 5 },
];

/** Enough for what a test holds at once. */
const room = (): VectorMemory => new VectorMemory(4 * 20);

function placed(memory: VectorMemory, values: Float32Array): Float32Array {
  const vector = memory.take(values.length);
  vector.set(values);
  return vector;
}

/** All parameters at one step, in one vector. */
function flat(table: Readonly<Record<string, Packed>>, step: number): Float32Array {
  const values = new Float32Array(parameterCount(specs));
  for (const { name, offset, size } of specs) {
    const { data } = unpack(table[name] as Packed);
    values.set(data.subarray(step * size, (step + 1) * size), offset);
  }
  return values;
}

function configOf({ kind, betas = [0, 0], eps = 0, momentum = 0, nesterov = false }: OptimizerCase["options"]): OptimizerConfig {
  if (kind === "SGD") return { kind: "sgd", momentum, nesterov };
  return { kind: kind === "Adam" ? "adam" : "adamw", beta1: betas[0], beta2: betas[1], epsilon: eps };
}

describe("twenty steps of PyTorch", () => {
  it.each(cases.map((reference) => [reference.name, reference] as const))("%s", (_, reference) => {
    const { options } = reference;
    const memory = room();
    const optimizer = createOptimizer(configOf(options), options.weight_decay ?? 0, specs, memory);
    const parameters = placed(memory, flat(reference.start, 0));
    const gradient = memory.take(parameters.length);
    const average = new Float32Array(parameters.length);
    for (let step = 0; step < STEPS; step++) {
      gradient.set(flat(reference.gradients, step));
      expect(clipByNorm(gradient, options.clip_norm ?? null)).toBeCloseTo(reference.norms[step] as number, 5);
      optimizer.update(parameters, gradient, reference.rates[step] as number, step + 1);
      if (options.ema_decay !== undefined) moveAverage(average, parameters, options.ema_decay, step + 1);
      expect(relativeError(parameters, flat(reference.after, step)), `parameters after step ${step + 1}`).toBeLessThan(1e-6);
      if (reference.ema !== undefined)
        expect(relativeError(average, flat(reference.ema, step)), `average after step ${step + 1}`).toBeLessThan(1e-6);
    }
    const theirs = { first: "exp_avg", second: "exp_avg_sq", velocity: "momentum_buffer" };
    for (const [name, values] of Object.entries(optimizer.state)) {
      if (values.length === 0) continue;
      const table = Object.fromEntries(
        specs.map((spec) => [spec.name, reference.state[`${spec.name}.${theirs[name as keyof typeof theirs]}`]]),
      );
      expect(relativeError(values, flat(table as Record<string, Packed>, 0)), name).toBeLessThan(1e-6);
    }
  });
});

it("warm-up and cosine give the rates of PyTorch", () => {
  for (const { warmup, total, floor, factors } of schedules)
    factors.forEach((factor, step) => {
      const ours = learningRateAt(step, total, { learningRate: 1, warmup, schedule: "cosine" });
      expect(step < warmup ? ours : floor + (1 - floor) * ours).toBeCloseTo(factor, 12);
    });
});

it("a constant rate stays behind the warm-up", () => {
  const rates = [0, 1, 2, 3, 100].map((step) => learningRateAt(step, 10, { learningRate: 0.5, warmup: 2, schedule: "constant" }));
  expect(rates).toEqual([0.25, 0.5, 0.5, 0.5, 0.5]);
});

it("an optimizer whose state is set again goes on as if never interrupted", () => {
  for (const { options, start, gradients } of cases) {
    const make = () => {
      const memory = room();
      const optimizer = createOptimizer(configOf(options), options.weight_decay ?? 0, specs, memory);
      const parameters = placed(memory, flat(start, 0));
      const gradient = memory.take(parameters.length);
      const take = (step: number): void => {
        gradient.set(flat(gradients, step));
        optimizer.update(parameters, gradient, 0.01, step + 1);
      };
      return { optimizer, parameters, take };
    };
    const [whole, before, after] = [make(), make(), make()];
    for (let step = 0; step < STEPS; step++) whole.take(step);
    for (let step = 0; step < 7; step++) before.take(step);
    for (const [name, values] of Object.entries(before.optimizer.state)) after.optimizer.state[name]?.set(values);
    after.parameters.set(before.parameters);
    for (let step = 7; step < STEPS; step++) after.take(step);
    expect(after.parameters).toEqual(whole.parameters);
  }
});

it("weight decay leaves alone what does not decay", () => {
  const half = specs.map((spec) => ({ ...spec, decays: spec.name === "weight" }));
  for (const config of [
    { kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const,
    { kind: "sgd", momentum: 0.9, nesterov: true } as const,
  ]) {
    const memory = room();
    const parameters = placed(memory, new Float32Array(17).fill(1));
    createOptimizer(config, 0.5, half, memory).update(parameters, memory.take(17), 0.1, 1);
    expect([...parameters.subarray(12)]).toEqual([1, 1, 1, 1, 1]);
    expect(parameters.subarray(0, 12).every((value) => value < 1)).toBe(true);
  }
});

it("a gradient that is not finite is reported and left alone", () => {
  const gradient = Float32Array.of(1, Number.NaN, 3);
  expect(clipByNorm(gradient, 1)).toBeNaN();
  expect([...gradient]).toEqual([1, Number.NaN, 3]);
});
