// BUY, SELL or HOLD: the one rule that turns an expected return and the confidence in its sign into an advice. Pure; everything in it is
// set by the experiment's `portfolio: { kind: signals }`.

export interface SignalRule {
  /** An advice needs a confidence above it, in [0, 1]; 0.6 unless set. */
  readonly minConfidence: number;
  /** And an expected return whose size is above it, a fraction over the label's horizon; 0.005 unless set. */
  readonly minReturn: number;
  /** Strength per confidence x expected return; 20 unless set: a sure 5 % has full strength. */
  readonly scale: number;
  /** No advice for a row that is stranger to the model than this share of its training rows, in [0, 1]; 1, the default, takes all. */
  readonly maxOutOfDomain: number;
}

export interface Advice {
  readonly action: "BUY" | "SELL" | "HOLD";
  /** confidence x expected return x scale, cut to [-1, 1]; 0 for HOLD. */
  readonly strength: number;
}

const HOLD: Advice = { action: "HOLD", strength: 0 };

/** What is not known (NaN) advises to HOLD. `outOfDomain`: 0 when the model does not tell. */
export function adviseOn(rule: SignalRule, expectedReturn: number, confidence: number, outOfDomain: number): Advice {
  const { minConfidence, minReturn, scale, maxOutOfDomain } = rule;
  if (!(confidence > minConfidence && Math.abs(expectedReturn) > minReturn && outOfDomain <= maxOutOfDomain)) return HOLD;
  const strength = Math.max(-1, Math.min(1, confidence * expectedReturn * scale));
  return { action: expectedReturn > 0 ? "BUY" : "SELL", strength };
}
