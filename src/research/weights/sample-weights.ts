// Weights of training samples: by how unique their labels are, by the return that is theirs alone, and by their age. Made anew of the rows of
// each training set, from nothing but those rows: what a test holds, or later rows, moves none of them.
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Session } from "#domain/session.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import type { SampleWeights } from "#research/training-sets.js";
import { type Labels, returnsOf } from "#research/labels/forward-return.js";
import type { PricePanel } from "#research/labels/price-panel.js";
import { createTotalReturns, type TotalReturns } from "#research/labels/total-return.js";
import { averageUniqueness, concurrency, spansOf } from "./uniqueness.js";

export interface WeightSettings {
  /** Overlapping labels of one name share their weight. */
  readonly uniqueness: boolean;
  /** Weight by the size of the return that a label does not share. It holds the uniqueness within. */
  readonly attribution: boolean;
  /** Sessions after which a sample counts half as much as the latest one; null: age is nothing. */
  readonly halfLife: number | null;
}

/** A sample that earned nothing of its own still counts a little: weights are positive. */
const LEAST = 1e-6;

/** Their mean over a training set is 1. */
export function createSampleWeights(
  frames: FrameStore,
  labels: Labels,
  panel: PricePanel,
  actions: readonly ReferenceEvent[],
  { uniqueness, attribution, halfLife }: WeightSettings,
): SampleWeights {
  const { sessions } = panel;
  const returns = attribution ? createTotalReturns(panel, actions) : null;
  return (rows) => {
    const spans = spansOf(sessions, labels.startAt, labels.endAt, rows);
    const instrument = Int32Array.from(rows, (row) => frames.instrument[row] as number);
    const weight =
      returns !== null
        ? ownReturns(labels, sessions, returns, rows, spans, instrument)
        : uniqueness
          ? averageUniqueness(spans, instrument, sessions.length)
          : new Float64Array(rows.length).fill(1);
    if (halfLife !== null) {
      const newest = spans.first.reduce((most, one) => Math.max(most, one), 0);
      for (let i = 0; i < rows.length; i++) weight[i] = (weight[i] as number) * 0.5 ** ((newest - (spans.first[i] as number)) / halfLife);
    }
    return toMeanOne(weight);
  };
}

/**
 * Size of the sum over the label's sessions of the name's total return within each, divided by how many labels of the name span it (Lopez de
 * Prado 2018, section 4.6), with simple returns in place of logarithms: those of a name that loses all are not finite. The last session's
 * is what is left of the label's own return where that ends within a session, so that nothing after the label's end is read.
 */
function ownReturns(
  labels: Labels,
  sessions: readonly Session[],
  returns: TotalReturns,
  rows: Int32Array,
  spans: { readonly first: Int32Array; readonly end: Int32Array },
  instrument: Int32Array,
): Float64Array {
  const { counts, offset } = concurrency(spans, instrument, sessions.length);
  const followed = returnsOf(labels);
  return Float64Array.from(rows, (row, i) => {
    const [from, end, name] = [spans.first[i] as number, spans.end[i] as number, instrument[i] as number];
    const endsAtOpen = sessions[end]?.openAt === labels.endAt[row];
    let sum = 0;
    let worth = 1;
    for (let session = from, at = offset[i] as number; session < end; session++, at++) {
      const last = session === end - 1;
      const next = 1 + (last && !endsAtOpen ? (followed[row] as number) : returns.between(name, from, session + 1));
      if (worth > 0) sum += (next / worth - 1) / (counts[at] as number);
      worth = next;
    }
    return Math.max(LEAST, Math.abs(sum));
  });
}

function toMeanOne(weight: Float64Array): Float64Array {
  const mean = weight.reduce((sum, one) => sum + one, 0) / weight.length;
  return weight.map((one) => one / mean);
}
