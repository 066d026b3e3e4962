// Optimizers on flat vectors, one pass over parameters, gradient and moments.
// They work outside the graph, because gradients come out of it anyway: to be limited, averaged over processes, looked at for NaN.
import { add, div, type Loop, mul, sqrt, sub } from "./loop.js";
import type { ParameterSpec } from "./parameters.js";
import type { VectorMemory } from "./vector-memory.js";

export interface AdamConfig {
  /** `adam`: weight decay is part of the gradient; `adamw`: it is taken from the weights beside it. */
  readonly kind: "adam" | "adamw";
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface SgdConfig {
  readonly kind: "sgd";
  /** 0: none, and nothing is remembered. */
  readonly momentum: number;
  readonly nesterov: boolean;
}

export type OptimizerConfig = AdamConfig | SgdConfig;

export interface Optimizer {
  /** All that it remembers between steps, by name, each as long as the parameters: to be saved, and to be set again. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Moves the parameters against the gradient, both of the optimizer's memory. `step` counts from 1. */
  update(parameters: Float32Array, gradient: Float32Array, rate: number, step: number): void;
}

/** Vectors that an optimizer remembers, at most. */
export const MOST_MOMENTS = 2;

/** Weight decay acts where `ParameterSpec.decays` says so. What is remembered is taken from `memory`, `MOST_MOMENTS` vectors at most. */
export function createOptimizer(
  config: OptimizerConfig,
  weightDecay: number,
  specs: readonly ParameterSpec[],
  memory: VectorMemory,
): Optimizer {
  const spans = specs.map(({ offset, size, decays }) => ({ from: offset, to: offset + size, decay: decays ? weightDecay : 0 }));
  const length = spans.at(-1)?.to ?? 0;
  return config.kind === "sgd" ? createSgd(config, spans, length, memory) : createAdam(config, spans, length, memory);
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly decay: number;
}

/** Adam: Kingma & Ba 2015, algorithm 1. AdamW: Loshchilov & Hutter 2019, algorithm 2. In float32, as PyTorch. */
function createAdam({ kind, beta1, beta2, epsilon }: AdamConfig, spans: readonly Span[], length: number, memory: VectorMemory): Optimizer {
  const [first, second] = [memory.take(length), memory.take(length)];
  const run = memory.compile(adam);
  const moments = { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon };
  return {
    state: { first, second },
    update(parameters, gradient, rate, step) {
      const stride = rate / (1 - beta1 ** step);
      const root = 1 / Math.sqrt(1 - beta2 ** step);
      for (const { from, to, decay } of spans) {
        const within = kind === "adam" ? decay : 0;
        const kept = kind === "adamw" ? 1 - rate * decay : 1;
        run({ parameters, gradient, first, second }, from, to, { ...moments, stride, root, within, kept });
      }
    },
  };
}

const adam: Loop<
  "parameters" | "gradient" | "first" | "second",
  "beta1" | "rest1" | "beta2" | "rest2" | "epsilon" | "stride" | "root" | "within" | "kept"
> = {
  vectors: ["parameters", "gradient", "first", "second"],
  numbers: ["beta1", "rest1", "beta2", "rest2", "epsilon", "stride", "root", "within", "kept"],
  step({ parameters: p, gradient, first, second }, { beta1, rest1, beta2, rest2, epsilon, stride, root, within, kept }, keep) {
    const d = keep(add(gradient, mul(within, p)));
    const m = keep(add(mul(beta1, first), mul(rest1, d)));
    const v = keep(add(mul(beta2, second), mul(mul(rest2, d), d)));
    const move = div(mul(stride, m), add(mul(root, sqrt(v)), epsilon));
    return { parameters: sub(mul(kept, p), move), first: m, second: v };
  },
};

/** Velocity begins as the first gradient. Nesterov's form: Sutskever, Martens, Dahl & Hinton 2013, eq. 3-4, seen from the moved point. */
function createSgd({ momentum, nesterov }: SgdConfig, spans: readonly Span[], length: number, memory: VectorMemory): Optimizer {
  const velocity = memory.take(momentum === 0 ? 0 : length);
  return {
    state: { velocity },
    update(parameters, gradient, rate, step) {
      for (const { from, to, decay } of spans)
        for (let i = from; i < to; i++) {
          const p = parameters[i] as number;
          const d = (gradient[i] as number) + decay * p;
          let move = d;
          if (momentum !== 0) {
            const v = step === 1 ? d : momentum * (velocity[i] as number) + d;
            velocity[i] = v;
            move = nesterov ? d + momentum * v : v;
          }
          parameters[i] = p - rate * move;
        }
    },
  };
}

/**
 * Scales the gradient in place so that its Euclidean norm does not exceed `limit` (Pascanu, Mikolov & Bengio 2013, algorithm 1); null only
 * measures. Returns the norm before, which is not finite when an entry is not: the gradient is then left as it is.
 */
export function clipByNorm(gradient: Float32Array, limit: number | null): number {
  const norm = Math.sqrt(sumOfSquares(gradient));
  if (limit !== null && norm > limit && Number.isFinite(norm)) {
    const factor = limit / (norm + 1e-6);
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) * factor;
  }
  return norm;
}

/** In double precision. Four sums side by side: one alone waits for itself at every step. */
function sumOfSquares(values: Float32Array): number {
  const whole = values.length & ~3;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += (values[i] as number) * (values[i] as number);
    b += (values[i + 1] as number) * (values[i + 1] as number);
    c += (values[i + 2] as number) * (values[i + 2] as number);
    d += (values[i + 3] as number) * (values[i + 3] as number);
  }
  for (let i = whole; i < values.length; i++) a += (values[i] as number) * (values[i] as number);
  return a + b + (c + d);
}
