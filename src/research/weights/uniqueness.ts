// How much of each label is its own (Lopez de Prado 2018, sections 4.3 and 4.4): labels of one name that overlap in time tell the same story,
// and a model that counts each of them in full takes one event for many.
import type { Session } from "#domain/session.js";
import { firstSessionFrom } from "#domain/session.js";

/** Sessions that a label spans: the first one, and the one behind the last. */
export interface Spans {
  readonly first: Int32Array;
  readonly end: Int32Array;
}

/** From the session that opens when the label starts to the one whose open it ends at, or after whose close; one at least. */
export function spansOf(sessions: readonly Session[], startAt: Float64Array, endAt: Float64Array, rows: Int32Array): Spans {
  const first = Int32Array.from(rows, (row) => firstSessionFrom(sessions, startAt[row] as number));
  const end = Int32Array.from(rows, (row, i) => Math.max((first[i] as number) + 1, firstSessionFrom(sessions, endAt[row] as number)));
  return { first, end };
}

/**
 * Per sample and session of its span, in the order of the samples: how many of the samples of the same name span that session (c_t of
 * equation 4.3, the sample itself included). `offset`: where each sample's sessions begin, and their number at the end.
 */
export function concurrency(
  { first, end }: Spans,
  instrument: Int32Array,
  sessions: number,
): { readonly counts: Int32Array; readonly offset: Int32Array } {
  const names = instrument.reduce((most, one) => Math.max(most, one), -1) + 1;
  const width = sessions + 1;
  const change = new Int32Array(names * width);
  const offset = new Int32Array(first.length + 1);
  for (let i = 0; i < first.length; i++) {
    const base = (instrument[i] as number) * width;
    change[base + (first[i] as number)] = (change[base + (first[i] as number)] as number) + 1;
    change[base + (end[i] as number)] = (change[base + (end[i] as number)] as number) - 1;
    offset[i + 1] = (offset[i] as number) + (end[i] as number) - (first[i] as number);
  }
  for (let name = 0; name < names; name++)
    for (let at = name * width + 1; at < (name + 1) * width; at++) change[at] = (change[at] as number) + (change[at - 1] as number);
  const counts = new Int32Array(offset[first.length] as number);
  for (let i = 0; i < first.length; i++) {
    const base = (instrument[i] as number) * width;
    counts.set(change.subarray(base + (first[i] as number), base + (end[i] as number)), offset[i]);
  }
  return { counts, offset };
}

/** Mean of 1 / c_t over the span of each sample (u_i, section 4.4): 1 where nothing overlaps. */
export function averageUniqueness(spans: Spans, instrument: Int32Array, sessions: number): Float64Array {
  const { counts, offset } = concurrency(spans, instrument, sessions);
  return Float64Array.from(instrument, (_, i) => {
    let sum = 0;
    for (let at = offset[i] as number; at < (offset[i + 1] as number); at++) sum += 1 / (counts[at] as number);
    return sum / ((offset[i + 1] as number) - (offset[i] as number));
  });
}
