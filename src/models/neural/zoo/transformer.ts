// Transformers of the zoo.
import { z } from "zod";
import type { BlockInput } from "../blocks/schema.js";
import { count, defineNet, dropout } from "./define.js";

const options = {
  /** Width of the encoder; a multiple of `heads`. */
  units: count(64),
  heads: count(4),
  layers: count(2),
  /** Width within the feed-forward part; null: twice the units. */
  feedForward: z.int().positive().nullable().default(null),
  dropout,
};

interface EncoderOptions {
  readonly units: number;
  readonly heads: number;
  readonly layers: number;
  readonly feedForward: number | null;
  readonly dropout: number;
}

const encoder = (o: EncoderOptions): BlockInput => ({
  kind: "encoder",
  heads: o.heads,
  layers: o.layers,
  feedForward: o.feedForward ?? 2 * o.units,
  dropout: o.dropout,
});

/**
 * Transformer encoder, its steps averaged: any step may look at any other. Vaswani et al. 2017, norms ahead (Xiong et al. 2020); the large
 * form, units 512 and heads 8, is the same with other options.
 */
export const transformer = defineNet(20, options, (o) => [
  { kind: "dense", units: o.units, activation: "none" },
  { kind: "position" },
  encoder(o),
  { kind: "mean" },
]);

/**
 * Transformer whose positions and output bend with the running volatility: effects that turn with the regime.
 * Vaswani et al. 2017; RiskMetrics 1996 for the volatility; Perez et al. 2018 for the modulation.
 */
export const transformerVolatility = defineNet(
  20,
  {
    ...options,
    /** Position of the feature whose volatility is meant, from 0; null: all together. */
    feature: z.int().min(0).nullable().default(null),
    /** Steps after which a squared value counts half. */
    halfLife: z.number().positive().default(10),
  },
  (o) => [
    { kind: "dense", units: o.units, activation: "none" },
    { kind: "position", encoding: "volatility", feature: o.feature, halfLife: o.halfLife },
    encoder(o),
    { kind: "last" },
    { kind: "volatility-gate", feature: o.feature, halfLife: o.halfLife },
    { kind: "dense", units: o.units, dropout: o.dropout },
  ],
);

/**
 * One small Transformer per scale, each over means of so many steps and read by attention over time, fused by a dense layer: slow and fast
 * effects side by side. Vaswani et al. 2017; Lee et al. 2019 for the pooling; several rates in the manner of Cui, Chen & Chen 2016.
 */
export const transformerMultiScale = defineNet(
  32,
  {
    ...options,
    /** Steps per mean, one Transformer each. */
    scales: z.array(z.int().positive()).min(2).default([1, 4]),
  },
  (o) => [
    {
      kind: "parallel",
      branches: o.scales.map((factor) => [
        ...(factor === 1 ? [] : [{ kind: "downsample" as const, factor }]),
        { kind: "dense" as const, units: o.units, activation: "none" as const },
        { kind: "position" as const },
        encoder(o),
        { kind: "attention" as const, form: "query" as const, heads: o.heads },
      ]),
    },
    { kind: "dense", units: o.units, dropout: o.dropout },
  ],
);
