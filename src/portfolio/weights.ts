// Where every target starts: nothing wanted, except that late instruments stay as they are.
import type { FeatureFrame } from "#domain/frame.js";

/** One weight per instrument: 0, or NaN (leave as it is) where the instrument has no fresh bar and so no price to act on. */
export function emptyWeights(frame: FeatureFrame): Float64Array {
  const weights = new Float64Array(frame.instruments);
  for (let i = 0; i < frame.instruments; i++) if (frame.fresh[i] === 0) weights[i] = Number.NaN;
  return weights;
}

/** Members with an opinion, best first; ties broken by row so that the order never depends on the host. */
export function rankMembers(expectedReturn: Float64Array, frame: FeatureFrame): number[] {
  const rows: number[] = [];
  for (let i = 0; i < frame.instruments; i++) if (frame.member[i] === 1 && !Number.isNaN(expectedReturn[i] as number)) rows.push(i);
  return rows.sort((a, b) => (expectedReturn[b] as number) - (expectedReturn[a] as number) || a - b);
}
