// Nets of the zoo without memory, and the linear baselines that every other net must beat to be chosen.
import { z } from "zod";
import { count, defineNet, dropout } from "./define.js";

/**
 * Dense layers behind attention over the features, all steps side by side: few features of many. Qin et al. 2017 for the attention.
 */
export const mlpAttention = defineNet(
  1,
  {
    units: count(64),
    layers: count(2),
    /** Width of the layer that scores the features. */
    attention: count(32),
    dropout,
  },
  (o) => [
    { kind: "flatten" },
    { kind: "feature-attention", units: o.attention },
    ...Array.from({ length: o.layers }, () => ({ kind: "dense" as const, units: o.units, dropout: o.dropout })),
  ],
);

const individual = z.boolean().default(true);

/**
 * DLinear: one linear map over time for the moving average and one for the rest. Zeng, Chen, Zhang & Xu 2023. Features are of many kinds
 * here, so that each has weights of its own where the settings do not say otherwise; the paper shares them.
 */
export const dlinear = defineNet(
  20,
  {
    /** Steps of the moving average, odd. */
    kernel: z
      .int()
      .positive()
      .refine((kernel) => kernel % 2 === 1, "must be odd")
      .default(5),
    individual,
  },
  (o) => [{ kind: "over-time", form: "decomposed", kernel: o.kernel, individual: o.individual }, { kind: "flatten" }],
);

/** NLinear: one linear map over time of what lies above the last step. Zeng, Chen, Zhang & Xu 2023. */
export const nlinear = defineNet(20, { individual }, (o) => [
  { kind: "over-time", form: "centered", individual: o.individual },
  { kind: "flatten" },
]);
