// A market that was drawn, as a dataset in memory: what runs on it reads bars, as it would from the lake. It has an id of its own, so that
// nothing done with it can be taken for a trial on the real data.
import { hashJson } from "#base/hash.js";
import type { OpenDataset, Selection } from "#data/lake/open-dataset.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { DatasetManifest } from "#domain/dataset.js";
import { BATCH_ROWS, type BarBatch, createBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";
import { invariant } from "#base/errors.js";

/** What a drawn market takes over from the one that it was drawn from. */
export type DatasetLikeness = Pick<OpenDataset, "manifest" | "quality">;

export function drawnDataset(
  { manifest, quality }: DatasetLikeness,
  { bars, references }: { readonly bars: BarBatch; readonly references: readonly ReferenceEvent[] },
  draw: string,
): OpenDataset {
  const id = hashJson({ drawnFrom: manifest.id, draw });
  const drawn: DatasetManifest = {
    ...manifest,
    id,
    lineage: id,
    rows: bars.length,
    from: bars.length === 0 ? null : (bars.at[0] as Micros),
    to: bars.length === 0 ? null : (bars.at[bars.length - 1] as Micros),
    source: `${draw}, drawn from: ${manifest.source}`,
  };
  const refuseChoice = ({ instruments }: Selection): void =>
    invariant(instruments === undefined, "a drawn market is read with all its instruments");
  return {
    // No folder: what is kept beside a dataset (the truth of a simulated one) is not true of what was drawn from it.
    folder: `drawn:${id}`,
    manifest: drawn,
    quality,
    instruments(selection = {}) {
      refuseChoice(selection);
      return manifest.instruments;
    },
    source(selection = {}) {
      refuseChoice(selection);
      return sourceOf(bars, selection);
    },
    references(selection = {}) {
      refuseChoice(selection);
      return [...references];
    },
  };
}

function sourceOf(bars: BarBatch, { from = -Infinity as Micros, to = Infinity as Micros }: Selection): MarketDataSource {
  let [first, end] = [0, bars.length];
  while (first < end && (bars.at[first] as number) < from) first++;
  while (end > first && (bars.at[end - 1] as number) >= to) end--;
  return {
    async *batches(fromRow) {
      let start = first + fromRow;
      while (start < end) {
        let stop = Math.min(end, start + BATCH_ROWS);
        // A moment is never spread over two batches.
        if (stop < end) while (stop > start && bars.seenAt[stop] === bars.seenAt[stop - 1]) stop--;
        if (stop === start) stop = momentEnd(bars, start, end);
        yield part(bars, start, stop);
        start = stop;
      }
    },
  };
}

function momentEnd({ seenAt }: BarBatch, start: number, end: number): number {
  let stop = start + 1;
  while (stop < end && seenAt[stop] === seenAt[start]) stop++;
  return stop;
}

/** A copy: who reads it may keep it. */
function part(bars: BarBatch, start: number, stop: number): BarBatch {
  const out = createBarBatch(stop - start);
  for (const key of ["at", "seenAt", "openAt", "open", "high", "low", "close", "volume", "instrument"] as const)
    out[key].set(bars[key].subarray(start, stop));
  return out;
}
