// What may come over the horizon of a limit, as it is known at a moment: a list of outcomes, or a law. Asked for one instrument at a time, so that nothing is
// estimated for names that nobody holds or orders. Null: too little is known, and what is not known does not hold.
import type { Micros } from "#domain/time.js";

/** Scenarios, each as likely as any other. */
export interface Outcomes {
  readonly kind: "outcomes";
  readonly scenarios: number;
  /** Returns over the horizon, fractions, one per scenario, in the same order for all instruments. */
  column(instrument: number): Float64Array | null;
}

/** Returns with means and covariances, and one shape for every portfolio of them: then the worst that orders can do is the largest deviation. */
export interface Law {
  readonly kind: "law";
  /** Of a loss with mean 0 and a deviation of 1 per session, over the horizon; from 0 on. */
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  /** Over the horizon, a fraction; null where not known, and so are the covariances then. */
  mean(instrument: number): number | null;
  /** Per session. */
  covariance(one: number, other: number): number;
}

export type Prospect = Outcomes | Law;

export interface ProspectSource<P extends Prospect = Prospect> {
  /** Null while too little has been seen. */
  at(asOf: Micros): P | null;
}
