// A net that nobody trained: its parameters are drawn, its statistics are plausible. For tests of what happens behind the training.
import { createRng } from "#base/rng.js";
import { parseNeuralConfig } from "#models/neural/config.js";
import { netSpecs } from "#models/neural/graphs.js";
import type { TrainedNet } from "#models/neural/trained-net.js";
import { drawParameters } from "#models/tensor/parameters.js";

/** `features`: a, b, c, …; the last one is constant in training. */
export function randomNet(settings: unknown, seed = "net", width = 4): TrainedNet {
  const config = parseNeuralConfig(settings);
  const features = Array.from({ length: width }, (_, j) => String.fromCharCode(97 + (j % 26)) + (j < 26 ? "" : `${Math.floor(j / 26)}`));
  const specs = netSpecs(config, { features: width, steps: config.steps });
  const rng = createRng(seed);
  const draw = (label: string, of: (rng: { next(): number; normal(): number }) => number): Float32Array => {
    const own = rng.fork(label);
    return Float32Array.from({ length: width }, () => of(own));
  };
  const inverseDeviation = draw("deviation", (own) => 0.5 + own.next());
  inverseDeviation[width - 1] = 0;
  // A variance that is drawn must stay positive.
  const buffers = drawParameters(specs.buffers, rng.fork("buffers"));
  for (const { name, offset, size } of specs.buffers) {
    const own = rng.fork(`buffer ${name}`);
    for (let i = offset; i < offset + size; i++) buffers[i] = name.endsWith("variance") ? 0.5 + own.next() : 0.3 * own.normal();
  }
  return {
    config,
    features,
    values: { parameters: drawParameters(specs.parameters, rng), buffers },
    normalization: { mean: draw("mean", (own) => own.normal()), inverseDeviation, clip: 5, label: { mean: 0.001, scale: 0.02 } },
    history: [],
    labelMagnitude: 0.01,
  };
}
