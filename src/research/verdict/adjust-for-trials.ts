// Who searches long enough finds something: the level of the verdict is shared among all experiments tried on the same data.
import type { Verdict } from "#domain/run-result.js";
import { chance } from "./words.js";

/** The level each of `trials` independent tests may use so that all together keep `level` (Sidak 1967). `trials` may be an effective number. */
export function sidakLevel(level: number, trials: number): number {
  return -Math.expm1(Math.log1p(-level) / trials);
}

/**
 * An "edge" that fails at the corrected level becomes "not enough evidence"; other verdicts are unchanged.
 * `distinctTrials` counts different experiments on the dataset, this one included; `effective` is how many independent ones they are worth at
 * most (`effectiveTrials`), and decides. Figures and the declared level stay.
 */
export function adjustForTrials(verdict: Verdict, distinctTrials: number, effective: number = distinctTrials): Verdict {
  if (verdict.decision !== "edge" || distinctTrials <= 1) return verdict;
  const corrected = sidakLevel(verdict.level, Math.max(1, Math.min(effective, distinctTrials)));
  const worst = Math.max(verdict.pValue, verdict.alphaPValue);
  const asked = `${distinctTrials} different experiments were tried on this data${worthOf(distinctTrials, effective)}, so each may use a level of ${chance(corrected)}`;
  if (worst <= corrected) return { ...verdict, because: `${verdict.because} ${asked}: it passes that too.` };
  return {
    ...verdict,
    decision: "not enough evidence",
    because: `${verdict.because} But ${asked}: it does not pass that (${chance(worst)}).`,
  };
}

/** `, worth 3.4 independent ones`; nothing where the two numbers are the same when shown. */
export function worthOf(distinctTrials: number, effective: number): string {
  const shown = effective.toFixed(1).replace(/\.0$/, "");
  return Number(shown) >= distinctTrials ? "" : `, worth ${shown} independent ${shown === "1" ? "one" : "ones"}`;
}
