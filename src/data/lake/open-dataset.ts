// A dataset of the lake, opened: its manifest, its quality, its rows as batches and its corporate actions.
// Instruments may be narrowed; rows are then renumbered densely in the dataset's order.
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { Instrument, InstrumentId } from "#domain/instrument.js";
import type { LakeBatch } from "./columns.js";

import type { Micros } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { QualityReport } from "../quality/report.js";
import { openDuckDb, type DuckDbOptions } from "./duckdb.js";
import { datasetFolder } from "./folder.js";
import { readManifest, readQuality } from "./manifest.js";
import { partitionFiles } from "./partitions.js";
import { readReferences, selectReferences } from "./references.js";
import { type StreamWindow, streamPartitions } from "./stream.js";

export interface Selection {
  /** First `at` (inclusive) and end of `at` (exclusive), Micros. */
  readonly from?: Micros | undefined;
  readonly to?: Micros | undefined;
  /** Instruments to keep, in any order; all when absent. */
  readonly instruments?: readonly InstrumentId[] | undefined;
}

export interface OpenDataset {
  /** Folder of the version that was opened; it stays readable while a new version is imported. */
  readonly folder: string;
  readonly manifest: DatasetManifest;
  readonly quality: QualityReport;
  /** The instrument list that `source` and `references` number their rows by. */
  instruments(selection?: Selection): readonly Instrument[];
  source(selection?: Selection, options?: DuckDbOptions): MarketDataSource;
  /** Sorted by (seenAt, kind, instrument); all of history, whatever the selection's times. */
  references(selection?: Selection): ReferenceEvent[];
}

/** Throws `no-such-dataset`, or `bad-file` when the dataset is damaged. */
export async function openDataset(lakeDir: string, name: string): Promise<OpenDataset> {
  return openVersion(await datasetFolder(lakeDir, name));
}

/** Opens the folder of one version, published or not. */
export async function openVersion(folder: string): Promise<OpenDataset> {
  const manifest = await readManifest(folder);
  const quality = await readQuality(folder);
  const references = await loadReferences(folder);
  const partitions = await partitionFiles(folder, manifest.kind);
  const keepOf = (selection: Selection): number[] | undefined => keptRows(manifest, selection.instruments);
  return {
    folder,
    manifest,
    quality,
    instruments: (selection = {}) => {
      const keep = keepOf(selection);
      return keep === undefined ? manifest.instruments : keep.map((ix) => manifest.instruments[ix] as Instrument);
    },
    source: (selection = {}, options = {}) => {
      const window = { from: selection.from, to: selection.to, keep: keepOf(selection) };
      return {
        batches: (fromRow) => skipRows(streamPartitions(manifest.kind, partitions, window satisfies StreamWindow, options), fromRow),
      };
    },
    references: (selection = {}) => {
      const keep = keepOf(selection);
      return keep === undefined ? [...references] : selectReferences(references, keep);
    },
  };
}

function keptRows(manifest: DatasetManifest, wanted: readonly InstrumentId[] | undefined): number[] | undefined {
  if (wanted === undefined) return undefined;
  const rowOf = new Map(manifest.instruments.map((instrument, ix) => [instrument.id, ix]));
  const unknown = wanted.filter((id) => !rowOf.has(id));
  if (unknown.length > 0) {
    const sample = unknown.slice(0, 10).join(", ");
    throw new TruewindError(
      "bad-config",
      `Dataset ${manifest.name} has no ${sample}${unknown.length > 10 ? ", ..." : ""}: choose among its symbols.`,
    );
  }
  return [...new Set(wanted.map((id) => rowOf.get(id) as number))].sort((a, b) => a - b);
}

async function loadReferences(folder: string): Promise<readonly ReferenceEvent[]> {
  const db = await openDuckDb(null, null);
  try {
    return await readReferences(db.connection, folder);
  } finally {
    db.close();
  }
}

async function* skipRows(batches: AsyncIterable<LakeBatch>, fromRow: number): AsyncGenerator<LakeBatch> {
  let row = 0;
  for await (const batch of batches) {
    const skip = fromRow - row;
    row += batch.length;
    if (skip >= batch.length) continue;
    yield skip <= 0 ? batch : tail(batch, skip);
  }
}

function tail(batch: LakeBatch, skip: number): LakeBatch {
  const cut: Record<string, unknown> = { ...batch, length: batch.length - skip };
  for (const [key, value] of Object.entries(cut)) if (ArrayBuffer.isView(value)) cut[key] = (value as Float64Array).slice(skip);
  return cut as unknown as LakeBatch;
}
