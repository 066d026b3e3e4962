// Convolutional nets of the zoo.
import { z } from "zod";
import type { BlockInput } from "../blocks/schema.js";
import { count, defineNet, dropout } from "./define.js";

const kernel = count(3);

/** Two convolutions along time and the largest answer of each channel: a pattern, wherever it stands. LeCun et al. 1998; Kim 2014. */
export const cnn = defineNet(20, { channels: count(32), kernel, dropout }, (o) => [
  { kind: "conv", channels: o.channels, kernel: o.kernel, dilations: [1, 1], causal: false, dropout: o.dropout },
  { kind: "max" },
]);

/**
 * Temporal convolutional network, read at the last step: a long past at a fixed depth, all steps at once. Bai, Kolter & Koltun 2018; it sees
 * 1 + 2 (kernel - 1) (sum of the dilations) steps.
 */
export const tcn = defineNet(
  32,
  {
    channels: count(32),
    kernel,
    /** Steps between those that a convolution sees, one layer each. */
    dilations: z.array(z.int().positive()).min(1).default([1, 2, 4]),
    dropout,
  },
  (o) => [
    { kind: "conv", channels: o.channels, kernel: o.kernel, dilations: o.dilations, residual: true, dropout: o.dropout },
    { kind: "last" },
  ],
);

/**
 * Convolutions over the levels of an order book, then an LSTM, in the manner of DeepLOB (Zhang, Zohren & Roberts 2019): 100 books of 10
 * levels there. Its features are ask price, ask size, bid price, bid size per level, the best first.
 */
export const deepLob = defineNet(100, { channels: count(16), units: count(64) }, (o) => [
  { kind: "book", channels: o.channels },
  { kind: "lstm", units: o.units },
  { kind: "last" },
]);

/**
 * One branch of convolutions per scale; the two finest are mixed by a gate, the result with the next, and so on: what a scale says counts
 * by what the finer ones show. Several rates in the manner of Cui, Chen & Chen 2016; Arevalo et al. 2017 for the gate; Bai et al. 2018 for
 * the branches.
 */
export const multiScale = defineNet(
  32,
  {
    channels: count(32),
    kernel,
    /** Steps per mean, the finest first. */
    scales: z.array(z.int().positive()).min(2).default([1, 4, 8]),
    dropout,
  },
  (o) => {
    const branch = (factor: number): readonly BlockInput[] => [
      ...(factor === 1 ? [] : [{ kind: "downsample" as const, factor }]),
      { kind: "conv", channels: o.channels, kernel: o.kernel, residual: true, dropout: o.dropout },
      { kind: "attention", form: "additive", units: o.channels },
    ];
    const [finest, ...coarser] = o.scales.map(branch) as [readonly BlockInput[], ...(readonly BlockInput[])[]];
    return coarser.reduce((finer, next) => [{ kind: "parallel", join: "gate", branches: [finer, next] }], finest);
  },
);
