// The one test behind the verdict: an estimate, its influence values, a cosine long-run variance and Student's t.
// Chosen by measured false alarms over Newey-West and the stationary bootstrap: see test/reference/metrics/verdict-size.json.
import { cosineVariance } from "./long-run-variance.js";
import { upperTail } from "#base/student-t.js";

export interface Studentised {
  /** Standard error of the estimate. */
  readonly error: number;
  readonly degrees: number;
  /** One-sided p-value of "the true value is not above zero"; 1 when nothing varies or there is too little to tell. */
  readonly pValue: number;
}

/** `influence`: one value per session, whose mean is the estimate's error to first order. */
export function studentise(estimate: number, influence: readonly number[]): Studentised {
  if (influence.length < 2) return { error: 0, degrees: 1, pValue: 1 };
  const { variance, degrees } = cosineVariance(influence);
  const error = Math.sqrt(variance / influence.length);
  return { error, degrees, pValue: error > 1e-15 ? upperTail(estimate / error, degrees) : 1 };
}
