// No opinion about anything: what the equal-weight baseline is fed with.
import type { FeatureFrame } from "#domain/frame.js";
import type { Signals } from "#domain/signal.js";
import type { Strategy } from "#ports/stages.js";

export function noSignals(frame: FeatureFrame, horizonUs: number): Signals {
  return {
    asOf: frame.asOf,
    expectedReturn: new Float64Array(frame.instruments).fill(Number.NaN),
    uncertainty: null,
    confidence: null,
    horizonUs,
    model: "none",
  };
}

export function createIndifferentStrategy(): Strategy {
  return { name: "indifferent", decide: (frame) => noSignals(frame, 0) };
}
