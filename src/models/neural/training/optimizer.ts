// Optimizers, the learning rate over the steps, and the limit on the gradient: all on flat vectors, with PyTorch's formulas.
import type { ParameterSpec } from "#models/tensor/parameters.js";
import type { OptimizerConfig, TrainingConfig } from "./schema.js";

export interface Optimizer {
  /** What it remembers, by name, each as long as the parameters. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Moves the parameters. `step` from 1. */
  update(parameters: Float32Array, gradient: Float32Array, rate: number, step: number): void;
}

/** Parameters that do not decay (`ParameterSpec.decays`) are left alone by the weight decay. */
export function createOptimizer(config: OptimizerConfig, weightDecay: number, specs: readonly ParameterSpec[]): Optimizer {
  const size = specs.reduce((sum, spec) => sum + spec.size, 0);
  return config.kind === "sgd" ? sgd(config, weightDecay, specs, size) : adam(config, weightDecay, specs, size);
}

/** Kingma & Ba 2015, algorithm 1; AdamW: Loshchilov & Hutter 2019, algorithm 2. */
function adam(
  { kind, beta1, beta2, epsilon }: Extract<OptimizerConfig, { kind: "adam" | "adamw" }>,
  weightDecay: number,
  specs: readonly ParameterSpec[],
  size: number,
): Optimizer {
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  return {
    state: { first, second },
    update(parameters, gradient, rate, step) {
      const stride = rate / (1 - beta1 ** step);
      const root = 1 / Math.sqrt(1 - beta2 ** step);
      for (const { offset, size: length, decays } of specs) {
        const decay = decays ? weightDecay : 0;
        const within = kind === "adam" ? decay : 0;
        const shrink = kind === "adamw" ? 1 - rate * decay : 1;
        for (let i = offset; i < offset + length; i++) {
          const p = parameters[i] as number;
          const d = (gradient[i] as number) + within * p;
          const m = (first[i] as number) * beta1 + d * (1 - beta1);
          const v = (second[i] as number) * beta2 + d * d * (1 - beta2);
          first[i] = m;
          second[i] = v;
          parameters[i] = p * shrink - (stride * m) / (Math.sqrt(v) * root + epsilon);
        }
      }
    },
  };
}

/** With momentum as PyTorch has it: the first step takes the gradient whole. Nesterov's form as in Sutskever et al. 2013. */
function sgd(
  { momentum, nesterov }: Extract<OptimizerConfig, { kind: "sgd" }>,
  weightDecay: number,
  specs: readonly ParameterSpec[],
  size: number,
): Optimizer {
  const velocity = new Float32Array(momentum === 0 ? 0 : size);
  return {
    state: { velocity },
    update(parameters, gradient, rate, step) {
      for (const { offset, size: length, decays } of specs) {
        const decay = decays ? weightDecay : 0;
        for (let i = offset; i < offset + length; i++) {
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
      }
    },
  };
}

/** Learning rate of a step, from 0: linear up to `learningRate`, then constant or half a cosine down to 0 at step `total`. */
export function learningRateAt(step: number, total: number, { learningRate, warmup, schedule }: TrainingConfig): number {
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  if (schedule === "constant") return learningRate;
  const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}

/** Scales the gradient in place so that its norm does not exceed `limit` (null: only measures). Returns the norm before. */
export function clipByNorm(gradient: Float32Array, limit: number | null): number {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += (gradient[i] as number) * (gradient[i] as number);
  const norm = Math.sqrt(squares);
  if (limit !== null && norm > limit) {
    const factor = limit / (norm + 1e-6);
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) * factor;
  }
  return norm;
}
