// What a run found of the confidence of its model, as plain data: part of a run's result where the model says how sure it is.

export interface ConfidenceResult {
  /** Of the intervals around expected returns; null when none were given. Shares are fractions. */
  readonly coverage: {
    readonly nominal: number;
    readonly observed: number;
    /** Central 95 % of `observed`, whole days drawn; null with fewer than two days. */
    readonly low: number | null;
    readonly high: number | null;
    readonly rows: number;
    /** Decisions with labels, `YYYY-MM-DD`; one entry of the following per decision. */
    readonly dates: readonly string[];
    readonly perDecision: readonly number[];
    /** Over the decisions of the last 250 sessions; null until there are that many. */
    readonly year: readonly (number | null)[];
  } | null;
  /** Of the probability that the sign is right: bins of equally many rows, and scores as in research/metrics/reliability. */
  readonly probability: {
    readonly bins: readonly { readonly predicted: number; readonly observed: number; readonly rows: number }[];
    readonly calibrationError: number;
    readonly brier: number;
    readonly reliability: number;
    readonly resolution: number;
    readonly uncertainty: number;
    readonly within: number;
    readonly rows: number;
    /** The highest confidence that was ever told. */
    readonly mostConfident: number;
  } | null;
  /** Share of rows that lie farther out than 99 % of the training rows; null when the model does not tell. */
  readonly outOfDomain: {
    readonly share: number;
    readonly dates: readonly string[];
    readonly perDecision: readonly number[];
  } | null;
}

/** BUY and SELL of one decision, strongest first. */
export interface AdviceResult {
  /** `YYYY-MM-DD` of the decision. */
  readonly date: string;
  readonly rows: readonly {
    readonly instrument: string;
    readonly action: "BUY" | "SELL" | "HOLD";
    /** Expected return over the horizon, a fraction. */
    readonly expectedReturn: number;
    /** Null when the model gives none. */
    readonly confidence: number | null;
    /** In [-1, 1]. */
    readonly strength: number;
  }[];
  /** Members with neither. */
  readonly hold: number;
}
