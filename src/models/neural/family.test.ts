// Neural nets keep what every family must keep: a plain net on one decision, and a recurrent one that looks back.
import type { ModelFamily } from "#ports/model.js";
import { modelContract } from "#test/contracts/model.js";
import { neural } from "./family.js";

const ORDER = "batches are drawn by position, and what is held out are the latest rows";
const training = { batch: 40, epochs: 60, learningRate: 0.02, patience: null, validation: 0.1, threads: 1 };

modelContract({
  family: neural as ModelFamily<unknown>,
  config: { training: { ...training, epochs: 30 } },
  badConfig: { steps: 0, training: { epochs: -1, speed: 3 } },
  badNames: ["steps", "training.epochs", "speed"],
  rowOrderTolerance: ORDER,
});

modelContract({
  family: neural as ModelFamily<unknown>,
  config: { steps: 2, blocks: [{ kind: "gru", units: 8 }, { kind: "last" }], training },
  badConfig: { net: "no-such-net", blocks: [], training: { clip: 0 } },
  badNames: ["net", "blocks", "training.clip"],
  rowOrderTolerance: ORDER,
});
