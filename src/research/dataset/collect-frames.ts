// Runs a feature plan over history as the engine would and keeps the frames of the decision moments.
// The order of events is the engine's: (seenAt, reference < market < timer). The frames are therefore the engine's own, rounded to f32.
import { TruewindError, invariant } from "#base/errors.js";
import type { ToldEvents } from "#domain/fact.js";
import type { BarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { FeaturePlan } from "#ports/stages.js";
import type { Decision, FrameStore } from "./frame-store.js";

export interface CollectOptions {
  readonly source: MarketDataSource;
  /** Ordered by seenAt. Delistings and FX do not touch features. */
  readonly references: ToldEvents;
  /** Fresh; it is advanced to the last decision. */
  readonly plan: FeaturePlan;
  readonly instruments: number;
  /** Ascending in `at`. */
  readonly decisions: readonly Decision[];
  /** Sees every bar, also those after the last decision: to fill a price panel in the same pass. */
  readonly onBars?: (batch: BarBatch, start: number, end: number) => void;
  /** Decisions done of all decisions, after each batch. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Throws `no-data` when the frames would not fit into one matrix, and `interrupted` when the signal says so. */
export async function collectFrames(options: CollectOptions): Promise<FrameStore> {
  const { source, references, plan, decisions, onBars, onProgress, signal } = options;
  invariant(ascending(decisions.map((decision) => decision.at)), "decisions are not in time order");
  const keep = createKeeper(plan.features, options.instruments, decisions);
  let nextReference = 0;
  let reference = references.at(0);
  let nextDecision = 0;

  /** Everything due before market rows seen at `moment`: older timers, and references up to and at it. */
  const upTo = (moment: number): void => {
    for (;;) {
      const decision = decisions[nextDecision];
      const timerFirst = decision !== undefined && (reference === undefined || decision.at < reference.seenAt);
      if (timerFirst && decision.at < moment) {
        keep.frame(plan.frame(decision.at as Micros, decision.since as Micros));
        nextDecision++;
      } else if (!timerFirst && reference !== undefined && reference.seenAt <= moment) {
        if (reference.kind === "split" || reference.kind === "dividend" || reference.kind === "fact") plan.reference(reference);
        const { seenAt } = reference;
        reference = references.at(++nextReference);
        invariant(reference === undefined || reference.seenAt >= seenAt, "reference events are not in time order");
      } else return;
    }
  };

  for await (const batch of source.batches(0)) {
    if (signal?.aborted) throw new TruewindError("interrupted", "Stopped while features were computed; run it again.");
    if (batch.kind !== "bar") continue;
    for (let start = 0, end = 0; start < batch.length; start = end) {
      const moment = batch.seenAt[start] as number;
      while (end < batch.length && batch.seenAt[end] === moment) end++;
      upTo(moment);
      if (nextDecision < decisions.length) plan.advance(batch, start, end);
      onBars?.(batch, start, end);
    }
    if (nextDecision === decisions.length && onBars === undefined) break;
    onProgress(nextDecision, decisions.length);
  }
  upTo(Number.POSITIVE_INFINITY);
  onProgress(nextDecision, decisions.length);
  return keep.finish();
}

function createKeeper(features: readonly string[], instruments: number, decisions: readonly Decision[]) {
  const k = features.length;
  const most = decisions.length * instruments;
  let x: Float32Array;
  try {
    // The upper bound; pages that no member fills are never touched.
    x = new Float32Array(new SharedArrayBuffer(4 * most * k));
  } catch (cause) {
    const gigabytes = ((most * k * 4) / 1e9).toFixed(1);
    throw new TruewindError(
      "no-data",
      `${decisions.length} decisions of ${instruments} instruments and ${k} features need ${gigabytes} GB: decide less often, start later or use fewer features.`,
      { cause },
    );
  }
  const instrument = new Int32Array(most);
  const firstRow = new Int32Array(decisions.length + 1);
  let rows = 0;
  let done = 0;
  return {
    frame(frame: ReturnType<FeaturePlan["frame"]>): void {
      for (let i = 0; i < frame.instruments; i++) {
        if (frame.member[i] !== 1) continue;
        instrument[rows] = i;
        for (let j = 0, to = rows * k, from = i * k; j < k; j++) x[to + j] = frame.values[from + j] as number;
        rows++;
      }
      firstRow[++done] = rows;
    },
    finish: (): FrameStore => ({
      features,
      instruments,
      decisions,
      rows,
      x: x.subarray(0, rows * k),
      instrument: instrument.subarray(0, rows),
      firstRow,
    }),
  };
}

function ascending(times: readonly number[]): boolean {
  return times.every((time, i) => i === 0 || (times[i - 1] as number) <= time);
}
