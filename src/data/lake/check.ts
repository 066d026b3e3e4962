// Verifies that a dataset still is what its manifest says, and gives its quality report.
import { TruewindError } from "#base/errors.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { QualityReport } from "../quality/report.js";
import type { DuckDbOptions } from "./duckdb.js";
import { type OpenDataset, openDataset } from "./open-dataset.js";
import { measureContent } from "./seal.js";

export interface CheckResult {
  /** The version that was checked. */
  readonly dataset: OpenDataset;
  readonly manifest: DatasetManifest;
  readonly quality: QualityReport;
}

/** Reads every row. Throws `data-changed` when the content is not what was imported. */
export async function checkDataset(lakeDir: string, name: string, options: DuckDbOptions = {}): Promise<CheckResult> {
  const dataset = await openDataset(lakeDir, name);
  const { folder, manifest, quality } = dataset;
  const found = await measureContent(folder, manifest, dataset.references(), options);
  if (found.id !== manifest.id) {
    throw new TruewindError(
      "data-changed",
      `Dataset ${name} was changed after its import (${found.rows} rows of ${manifest.rows}, id ${found.id.slice(0, 12)} instead of ${manifest.id.slice(0, 12)}): import it again.`,
    );
  }
  return { dataset, manifest, quality };
}
