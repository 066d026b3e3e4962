// What is held out of the training samples to tell when to stop: the latest of them, and nothing that overlaps with what is learned.
import { clearPositions } from "#domain/purge.js";
import type { SampleFacts } from "#ports/model.js";

export interface HeldOut {
  /** Positions of the samples that are learned from, in order. */
  readonly training: Int32Array;
  /** Positions of the samples that are held out; empty when the fraction is 0 or there is but one decision moment. */
  readonly validation: Int32Array;
}

/**
 * Holds out whole decision moments from the end: at least `fraction` of the samples, as long as one moment is left to learn from. A
 * training sample whose label ends after the first held-out decision is purged: it belongs to neither part.
 */
export function holdOut({ rows, asOf, labelEndAt }: Pick<SampleFacts, "asOf" | "labelEndAt" | "rows">, fraction: number): HeldOut {
  let first = rows - Math.ceil(rows * fraction);
  while (first > 0 && first < rows && asOf[first - 1] === asOf[first]) first--;
  if (first === 0) {
    // The first moment alone holds more than may be learned from: it stays, and what follows is held out.
    while (first < rows && asOf[first] === asOf[0]) first++;
  }
  // Nothing follows what is held out: it takes up all time from its first decision on.
  const begins = first < rows ? (asOf[first] as number) : Number.POSITIVE_INFINITY;
  const zone = { begins, from: begins, ends: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  return { training: clearPositions({ begins: asOf, ends: labelEndAt }, 0, first, [zone]), validation: positions(first, rows) };
}

/** `from` to `to - 1`. */
export function positions(from: number, to: number): Int32Array {
  const out = new Int32Array(to - from);
  for (let i = 0; i < out.length; i++) out[i] = from + i;
  return out;
}
