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
  /** Multiplications and additions of one forward pass of one sample, counted by hand from the shapes; a training step takes three. */
  readonly flops: number;
  /** True when it can run step by step with a carried state. */
  readonly streams: boolean;
}

const lstmFlops = (inputs: number, units: number, layers: number, steps: number): number =>
  2 * steps * (4 * units * (inputs + units) + (layers - 1) * 4 * units * 2 * units);
const encoderFlops = (width: number, inner: number, layers: number, steps: number): number =>
  2 * steps * layers * (4 * width * width + 2 * width * inner + 2 * steps * width);

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
    flops: lstmFlops(64, 256, 3, 60),
    streams: true,
  },
  {
    name: "lstm-1x64",
    features: 32,
    steps: 30,
    batch: 128,
    blocks: [{ kind: "lstm", units: 64 }, { kind: "last" }],
    flops: lstmFlops(32, 64, 1, 30),
    streams: true,
  },
  {
    name: "gru-2x128",
    features: 32,
    steps: 60,
    batch: 64,
    blocks: [{ kind: "gru", units: 128, layers: 2 }, { kind: "last" }],
    flops: 0.75 * lstmFlops(32, 128, 2, 60),
    streams: true,
  },
  {
    name: "transformer-d128",
    features: 128,
    steps: 60,
    batch: 64,
    blocks: encoder(8, 3, 256, 0),
    flops: encoderFlops(128, 256, 3, 60),
    streams: false,
  },
  {
    name: "transformer-d128-dropout",
    features: 128,
    steps: 60,
    batch: 64,
    blocks: encoder(8, 3, 256, 0.1),
    flops: encoderFlops(128, 256, 3, 60),
    streams: false,
  },
  {
    name: "transformer-d512",
    features: 512,
    steps: 60,
    batch: 32,
    blocks: encoder(8, 4, 2048, 0),
    flops: encoderFlops(512, 2048, 4, 60),
    streams: false,
  },
  {
    name: "tcn",
    features: 32,
    steps: 60,
    batch: 64,
    blocks: [{ kind: "conv", channels: 64, kernel: 3, dilations: [1, 2, 4, 8], residual: true }, { kind: "last" }],
    flops: 2 * 60 * (3 * 32 * 64 + 32 * 64 + 7 * 3 * 64 * 64),
    streams: false,
  },
  {
    name: "cnn-lstm",
    features: 40,
    steps: 100,
    batch: 32,
    blocks: [{ kind: "book", channels: 16 }, { kind: "lstm", units: 64 }, { kind: "last" }],
    flops: 2 * 100 * (31 * 2 * 4 * 16 * 16 + 20 * 2 * 16 + 10 * 32 * 16 + 160 * 16 + 3 * 16 * 32 + 8 * 32 * 32) + lstmFlops(96, 64, 1, 100),
    streams: false,
  },
];

export function netCaseOf(name: string | undefined): NetCase {
  const net = netCases.find((one) => one.name === name);
  if (net === undefined) throw new Error(`there is no net ${name}; known are ${netCases.map((one) => one.name).join(", ")}`);
  return net;
}
