// What a strategy believes at one decision moment, for all instruments at once.
import type { Session } from "./session.js";
import type { Micros } from "./time.js";

export interface Signals {
  readonly asOf: Micros;
  /**
   * Expected label per instrument: a return over the horizon as a fraction (0.01 is 1 %), unless the run's labels have another unit; NaN
   * where there is no opinion.
   */
  readonly expectedReturn: Float64Array;
  /** Standard error of `expectedReturn`; null when the model gives none. */
  readonly uncertainty: Float64Array | null;
  /** Calibrated probability that the sign of `expectedReturn` is right, in [0, 1]; null when the model gives none, NaN where there is no opinion. */
  readonly confidence: Float64Array | null;
  /** How strange the row is to the model, in [0, 1]: the share of its training rows that lie nearer; left out when the model does not tell. */
  readonly outOfDomain?: Float64Array;
  /** What the model wants to be told again with the outcome; nobody else reads it. */
  readonly recall?: Float64Array;
  readonly horizonUs: number;
  /** Id of the model that spoke. */
  readonly model: string;
}

/** What followed the signals of one decision, known once their label has ended. */
export interface Outcome {
  readonly signals: Signals;
  /** Label per instrument as research computes it, a fraction; NaN where there is none: no member, or nothing that could be bought. */
  readonly realized: Float64Array;
}

/** Of labels that are no returns: `deviations` are multiples of a volatility, `class` is -1, 0 or 1. */
export type LabelUnit = "deviations" | "class";

/** How the label of a run is made: `forward` is a total return, `excess` that less the mean over the members of the decision. */
export interface LabelLaw {
  readonly kind: "forward" | "excess";
  /** Of labels that are the sign of that return: at most this in size, a fraction, is 0. Left out where the label is the return. */
  readonly deadBand?: number;
  /** Counted in `sessions`. */
  readonly horizonSessions: number;
  /** The steps of the horizon: sessions for daily bars, single bars for shorter ones; ascending, without overlap. */
  readonly sessions: readonly Session[];
}

/** Sign of a return, 0 within the dead band; NaN of NaN. */
export function directionOf(value: number, deadBand: number): number {
  return Math.abs(value) <= deadBand ? 0 : Math.sign(value);
}

/** Standing desire, not a command: sized in lots once, at `asOf`, and in force until the next one replaces it. */
export interface TargetPortfolio {
  readonly asOf: Micros;
  /** Fraction of equity per instrument (0.05 is 5 %, negative is short); NaN leaves the instrument as it is. */
  readonly weights: Float64Array;
  /**
   * Of builders with a chain of ways to an answer: which one it was, why those before it had none, and where names were chosen among how much
   * better the best choice could be, in units of the objective.
   */
  readonly answer?: { readonly step: string; readonly failed: readonly string[]; readonly gap?: number };
}
