// Recurrent nets of the zoo.
import { count, defineNet, dropout } from "./define.js";

/**
 * Stacked LSTM with batch normalization behind each layer, read at the last step: long memory at the least cost per step.
 * Hochreiter & Schmidhuber 1997; Ioffe & Szegedy 2015; the large form, units 256, layers 3 over 60 steps, is the same with other options.
 */
export const lstmBatchNorm = defineNet(20, { units: count(64), layers: count(2), dropout }, (o) => [
  { kind: "lstm", units: o.units, layers: o.layers, norm: "batch", dropout: o.dropout },
  { kind: "last" },
]);

/**
 * LSTM in both directions whose steps are weighed by additive attention: finds the few steps that matter, wherever they lie.
 * Schuster & Paliwal 1997; Bahdanau, Cho & Bengio 2015; Zhou et al. 2016 for the two together.
 */
export const lstmAttention = defineNet(20, { units: count(64), layers: count(1), dropout }, (o) => [
  { kind: "lstm", units: o.units, layers: o.layers, direction: "both", norm: "layer", dropout: o.dropout },
  { kind: "attention", form: "additive", units: o.units },
]);

/** Deep stack of LSTM layers, each with layer norm and a way around it: depth that still trains. Wu et al. 2016; He et al. 2016. */
export const lstmResidual = defineNet(20, { units: count(64), layers: count(4), dropout }, (o) => [
  { kind: "dense", units: o.units, activation: "none" },
  { kind: "lstm", units: o.units, layers: o.layers, residual: true, norm: "layer", dropout: o.dropout },
  { kind: "last" },
]);

/** Stacked GRU with layer norm, read at the last step: as the LSTM with a quarter less work. Cho et al. 2014; Ba, Kiros & Hinton 2016. */
export const gruLayerNorm = defineNet(20, { units: count(64), layers: count(2), dropout }, (o) => [
  { kind: "gru", units: o.units, layers: o.layers, norm: "layer", dropout: o.dropout },
  { kind: "last" },
]);

/**
 * GRU over steps that carry the encoding of their position, read by multi-head attention: what happened when, and in which order.
 * Cho et al. 2014; Vaswani et al. 2017 for the encoding; Lee et al. 2019 for the pooling.
 */
export const gruAttention = defineNet(20, { units: count(64), layers: count(1), heads: count(4), dropout }, (o) => [
  { kind: "dense", units: o.units, activation: "none" },
  { kind: "position" },
  { kind: "gru", units: o.units, layers: o.layers, norm: "layer", dropout: o.dropout },
  { kind: "attention", form: "query", heads: o.heads },
]);

/**
 * GRU from the past and from the end, mixed per channel by a gate, and its last, mean and largest state side by side: both directions and
 * three summaries fused. Cho et al. 2014; Arevalo et al. 2017 for the gate.
 */
export const gruFusion = defineNet(20, { units: count(64), layers: count(1), dropout }, (o) => [
  {
    kind: "parallel",
    join: "gate",
    branches: (["forward", "backward"] as const).map((direction) => [
      { kind: "gru", units: o.units, layers: o.layers, direction, norm: "layer", dropout: o.dropout },
    ]),
  },
  { kind: "parallel", branches: [[{ kind: "last" }], [{ kind: "mean" }], [{ kind: "max" }]] },
  { kind: "dense", units: o.units, dropout: o.dropout },
]);
