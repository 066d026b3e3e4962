// The nets of `npm run bench -- neural`, of the same shapes as their twins in bench/peers/neural_torch.py.
import type { BlockInput } from "#models/neural/blocks/schema.js";

export interface NetCase {
  /** Name here and at the peer. */
  readonly name: string;
  readonly features: number;
  readonly steps: number;
  /** Samples of a training step. */
  readonly batch: number;
  readonly blocks: readonly BlockInput[];
  /** True when it can run step by step with a carried state. */
  readonly streams: boolean;
}

const encoder = (heads: number, layers: number, feedForward: number, dropout: number): readonly BlockInput[] => [
  { kind: "encoder", heads, layers, feedForward, norm: "post", activation: "relu", dropout },
  { kind: "mean" },
];

export const netCases: readonly NetCase[] = [
  {
    name: "lstm-3x256",
    features: 64,
    steps: 60,
    batch: 64,
    blocks: [{ kind: "lstm", units: 256, layers: 3 }, { kind: "last" }],
    streams: true,
  },
  {
    name: "lstm-1x64",
    features: 32,
    steps: 30,
    batch: 128,
    blocks: [{ kind: "lstm", units: 64 }, { kind: "last" }],
    streams: true,
  },
  {
    name: "gru-2x128",
    features: 32,
    steps: 60,
    batch: 64,
    blocks: [{ kind: "gru", units: 128, layers: 2 }, { kind: "last" }],
    streams: true,
  },
  {
    name: "transformer-d128",
    features: 128,
    steps: 60,
    batch: 64,
    blocks: encoder(8, 3, 256, 0),
    streams: false,
  },
  {
    name: "transformer-d128-dropout",
    features: 128,
    steps: 60,
    batch: 64,
    blocks: encoder(8, 3, 256, 0.1),
    streams: false,
  },
  {
    name: "transformer-d512",
    features: 512,
    steps: 60,
    batch: 32,
    blocks: encoder(8, 4, 2048, 0),
    streams: false,
  },
  {
    name: "tcn",
    features: 32,
    steps: 60,
    batch: 64,
    blocks: [{ kind: "conv", channels: 64, kernel: 3, dilations: [1, 2, 4, 8], residual: true }, { kind: "last" }],
    streams: false,
  },
  {
    name: "cnn-lstm",
    features: 40,
    steps: 100,
    batch: 32,
    blocks: [{ kind: "book", channels: 16 }, { kind: "lstm", units: 64 }, { kind: "last" }],
    streams: false,
  },
];

export function netCaseOf(name: string | undefined): NetCase {
  const net = netCases.find((one) => one.name === name);
  if (net === undefined) throw new Error(`there is no net ${name}; known are ${netCases.map((one) => one.name).join(", ")}`);
  return net;
}
