// The last step of every writer: computes the content id from what really lies in the folder, and writes the manifest.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { Micros } from "#domain/time.js";
import type { QualityReport } from "../quality/report.js";
import type { DuckDbOptions } from "./duckdb.js";
import { ColumnHasher, type IdentityFacts } from "./identity.js";
import { writeManifest, writeQuality } from "./manifest.js";
import { partitionFiles } from "./partitions.js";
import { sortReferences, writeReferences } from "./references.js";
import { streamPartitions } from "./stream.js";

/** What a writer knows of its dataset; the rest of the manifest is counted. */
export type ManifestFacts = Omit<
  DatasetManifest,
  "id" | "lineage" | "rows" | "from" | "to" | "quarantinedRows" | "quarantinedFiles" | "flaggedRows" | "hasActions"
>;

/** Partitions must lie in `folder` already. Writes actions.parquet, quality.json and manifest.json. `lineage`: of the version that this one updates. */
export async function sealVersion(
  connection: DuckDBConnection,
  folder: string,
  facts: ManifestFacts,
  references: readonly ReferenceEvent[],
  quality: QualityReport,
  options: DuckDbOptions = {},
  lineage: string | null = null,
): Promise<DatasetManifest> {
  const sorted = sortReferences(references);
  await writeReferences(connection, folder, sorted);
  await writeQuality(folder, quality);
  const content = await measureContent(folder, facts, sorted, options);
  const manifest: DatasetManifest = {
    ...facts,
    ...content,
    lineage: lineage ?? content.id,
    quarantinedRows: quality.rowsQuarantined,
    quarantinedFiles: quality.files.filter((file) => file.reason !== null).length,
    flaggedRows: quality.rowsFlagged,
    hasActions: references.some((event) => event.kind === "split" || event.kind === "dividend"),
  };
  await writeManifest(folder, manifest);
  return manifest;
}

/** Reads the whole version once: id, number of rows, first and last `at`. */
export async function measureContent(
  folder: string,
  facts: IdentityFacts,
  references: readonly ReferenceEvent[],
  options: DuckDbOptions = {},
): Promise<Pick<DatasetManifest, "id" | "rows" | "from" | "to">> {
  const hasher = new ColumnHasher();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for await (const batch of streamPartitions(facts.kind, await partitionFiles(folder, facts.kind), {}, options)) {
    hasher.add(batch);
    for (let i = 0; i < batch.length; i++) {
      const at = batch.at[i] as number;
      if (at < from) from = at;
      if (at > to) to = at;
    }
  }
  const empty = hasher.rows === 0;
  return { id: hasher.id(facts, references), rows: hasher.rows, from: empty ? null : (from as Micros), to: empty ? null : (to as Micros) };
}
