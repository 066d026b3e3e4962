// Whether choosing among all that was tried on the data would have been a good idea: overfitting of the search, from the ledger's own series.
import type { RecordedTrial } from "#ports/store.js";
import { cscv } from "#research/overfitting/cscv.js";
import type { OverfittingFound } from "./validation-result.js";

const BLOCKS = 16;
/** Sessions that all must share. */
const LEAST_SESSIONS = 252;

/** Over the sessions that the traded experiments share; those with another period are left out. Null with fewer than two configurations. */
export function overfittingFound(representatives: readonly RecordedTrial[], at: Float64Array): OverfittingFound | null {
  const own = new Set(at);
  const traded = representatives.filter(
    (trial) =>
      trial.measure === "active return" && trial.at.length === trial.outOfSample.length && sharedWith(own, trial) >= LEAST_SESSIONS,
  );
  if (traded.length < 2) return null;
  const byMoment = traded.map((trial) => new Map(Array.from(trial.at, (moment, i) => [moment, trial.outOfSample[i] as number])));
  const common = at.filter((moment) => byMoment.every((values) => values.has(moment)));
  if (common.length < LEAST_SESSIONS) return null;
  const series = byMoment.map((values) => Float64Array.from(common, (moment) => values.get(moment) as number));
  const { pbo, logits } = cscv(series, { blocks: BLOCKS });
  return { probability: pbo, configurations: traded.length, blocks: BLOCKS, logits: [...logits] };
}

function sharedWith(own: ReadonlySet<number>, { at }: RecordedTrial): number {
  let shared = 0;
  for (const moment of at) if (own.has(moment)) shared++;
  return shared;
}
