// What the confidence of a run was worth: were intervals as wide as they said, was the sign right as often as it said, and how much was strange.
import { normalQuantile } from "#base/normal-quantile.js";
import type { Rng } from "#base/rng.js";
import type { ConfidenceResult } from "#domain/confidence-result.js";
import { dayBootstrap } from "./day-bootstrap.js";
import { reliability, tenthEdges } from "./reliability.js";

/** What was said of the rows of one decision, and what followed. One entry per row; NaN: not said, or no label. */
export interface JudgedDecision {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly expectedReturn: Float64Array;
  readonly uncertainty: Float64Array;
  readonly confidence: Float64Array;
  readonly outOfDomain: Float64Array;
  readonly label: Float64Array;
}

/** A row is strange when it lies farther out than this share of the training rows: in a world that stays, one in a hundred is. */
export const STRANGE = 0.99;

/**
 * `nominal`: the coverage of intervals of +- normal quantile x uncertainty. `window`: decisions of a year. Intervals for means draw whole days.
 * Parts of which nothing was said are null.
 */
export function measureConfidence(
  decisions: readonly JudgedDecision[],
  { nominal, window, rng }: { readonly nominal: number; readonly window: number; readonly rng: Rng },
): ConfidenceResult {
  const deviations = normalQuantile((1 + nominal) / 2);
  const covered: number[] = [];
  const days: number[] = [];
  const perDecision: {
    readonly date: string;
    readonly covered: number;
    readonly rows: number;
    readonly strange: number;
    readonly seen: number;
  }[] = [];
  const said: number[] = [];
  const came: number[] = [];
  let mostConfident = 0;
  decisions.forEach(({ date, expectedReturn, uncertainty, confidence, outOfDomain, label }, day) => {
    let [inside, rows, strange, seen] = [0, 0, 0, 0];
    for (let i = 0; i < label.length; i++) {
      const expected = expectedReturn[i] as number;
      const far = outOfDomain[i] as number;
      if (!Number.isNaN(far)) {
        seen++;
        if (far > STRANGE) strange++;
      }
      const sure = confidence[i] as number;
      if (sure > mostConfident) mostConfident = sure;
      const followed = label[i] as number;
      if (Number.isNaN(followed) || Number.isNaN(expected)) continue;
      const half = deviations * (uncertainty[i] as number);
      if (!Number.isNaN(half)) {
        const hit = Math.abs(followed - expected) <= half ? 1 : 0;
        inside += hit;
        rows++;
        covered.push(hit);
        days.push(day);
      }
      if (Number.isNaN(sure)) continue;
      said.push(sure);
      came.push(expected >= 0 === followed > 0 ? 1 : 0);
    }
    perDecision.push({ date, covered: inside, rows, strange, seen });
  });
  const probabilities = Float64Array.from(said);
  const judged = perDecision.filter(({ rows }) => rows > 0);
  const band = dayBootstrap(Float64Array.from(covered), Float64Array.from(days), rng.fork("coverage"));
  const found = reliability(probabilities, Uint8Array.from(came), tenthEdges(probabilities));
  const shown = perDecision.filter(({ seen }) => seen > 0);
  return {
    coverage:
      judged.length === 0
        ? null
        : {
            nominal,
            observed: covered.reduce((sum, hit) => sum + hit, 0) / covered.length,
            low: band?.low ?? null,
            high: band?.high ?? null,
            rows: covered.length,
            dates: judged.map(({ date }) => date),
            perDecision: judged.map((one) => one.covered / one.rows),
            year: judged.map((_, at) => (at + 1 < window ? null : shareOf(judged.slice(at + 1 - window, at + 1)))),
          },
    probability: found === null ? null : { ...found, rows: said.length, mostConfident },
    outOfDomain:
      shown.length === 0
        ? null
        : {
            share: shown.reduce((sum, { strange }) => sum + strange, 0) / shown.reduce((sum, { seen }) => sum + seen, 0),
            dates: shown.map(({ date }) => date),
            perDecision: shown.map(({ strange, seen }) => strange / seen),
          },
  };
}

function shareOf(decisions: readonly { readonly covered: number; readonly rows: number }[]): number {
  return decisions.reduce((sum, { covered }) => sum + covered, 0) / decisions.reduce((sum, { rows }) => sum + rows, 0);
}
