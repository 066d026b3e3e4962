// What is known of the members before anything is weighted: what each said of samples that it was not fitted on.
import { clearOf } from "#domain/purge.js";
import type { Opinion, SampleFacts } from "#ports/model.js";

export interface Evidence {
  /** Of the samples that were held out, in the order of time. */
  readonly facts: SampleFacts;
  /** What each member said of them. */
  readonly members: readonly Opinion[];
  /** Where each decision moment begins, and the end behind the last. */
  readonly starts: Int32Array;
  /** Per moment: its time, when the last of its labels ends, in which block it was held out, and the regime; NaN where not known. */
  readonly at: Float64Array;
  readonly endsAt: Float64Array;
  readonly block: Int32Array;
  readonly regime: Float64Array;
}

/** The evidence of some of its moments, in that order. */
export function evidenceAt(evidence: Evidence, moments: Int32Array): Evidence {
  const { facts, starts } = evidence;
  const rows: number[] = [];
  const begins = [0];
  for (const moment of moments) {
    for (let row = starts[moment] as number; row < (starts[moment + 1] as number); row++) rows.push(row);
    begins.push(rows.length);
  }
  const take = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] as number);
  const ofMoments = (values: Float64Array): Float64Array => Float64Array.from(moments, (moment) => values[moment] as number);
  return {
    facts: {
      features: facts.features,
      rows: rows.length,
      y: take(facts.y),
      asOf: take(facts.asOf),
      labelEndAt: take(facts.labelEndAt),
      weight: facts.weight === null ? null : take(facts.weight),
    },
    members: evidence.members.map(({ expectedReturn, uncertainty, confidence }) => ({
      expectedReturn: take(expectedReturn),
      uncertainty: uncertainty === null ? null : take(uncertainty),
      confidence: confidence === null ? null : take(confidence),
    })),
    starts: Int32Array.from(begins),
    at: ofMoments(evidence.at),
    endsAt: ofMoments(evidence.endsAt),
    block: Int32Array.from(moments, (moment) => evidence.block[moment] as number),
    regime: ofMoments(evidence.regime),
  };
}

/** Without one member. */
export function evidenceWithout(evidence: Evidence, member: number): Evidence {
  return { ...evidence, members: evidence.members.filter((_, m) => m !== member) };
}

/**
 * Positions of the moments from which something may be learned that is judged on `block`: those of other blocks whose labels do not overlap
 * with its.
 */
export function momentsOutside({ block, at, endsAt }: Evidence, held: number): Int32Array {
  let begins = Number.POSITIVE_INFINITY;
  let ends = Number.NEGATIVE_INFINITY;
  block.forEach((one, moment) => {
    if (one !== held) return;
    begins = Math.min(begins, at[moment] as number);
    ends = Math.max(ends, endsAt[moment] as number);
  });
  const zone = { from: begins, to: ends };
  return Int32Array.from(block.keys()).filter((t) => block[t] !== held && clearOf(at[t] as number, endsAt[t] as number, zone));
}
