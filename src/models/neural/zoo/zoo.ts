// The zoo: nets that are known by name, composed of the same blocks.
import { cnn, deepLob, multiScale, tcn } from "./convolutional.js";
import type { ZooNet } from "./define.js";
import { dlinear, mlpAttention, nlinear } from "./plain.js";
import { gruAttention, gruFusion, gruLayerNorm, lstmAttention, lstmBatchNorm, lstmResidual } from "./recurrent.js";
import { transformer, transformerMultiScale, transformerVolatility } from "./transformer.js";

export const zoo: Readonly<Record<string, ZooNet>> = {
  "lstm-batch-norm": lstmBatchNorm,
  "lstm-attention": lstmAttention,
  "lstm-residual": lstmResidual,
  "gru-layer-norm": gruLayerNorm,
  "gru-attention": gruAttention,
  "gru-fusion": gruFusion,
  "transformer": transformer,
  "transformer-volatility": transformerVolatility,
  "transformer-multi-scale": transformerMultiScale,
  "cnn": cnn,
  "tcn": tcn,
  "deep-lob": deepLob,
  "multi-scale": multiScale,
  "mlp-attention": mlpAttention,
  "dlinear": dlinear,
  "nlinear": nlinear,
};
