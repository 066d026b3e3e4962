// `truewind data import`: files of a declaration become a dataset of the lake, in one step that a crash cannot tear.
import { sqlTexts } from "../lake/duckdb.js";
import { datasetFolder, replaceDataset } from "../lake/folder.js";
import { readManifest } from "../lake/manifest.js";
import { partitionFiles } from "../lake/partitions.js";
import { buildVersion, type ImportOptions, type ImportResult } from "./build-version.js";
import type { LocatedDeclaration } from "./declaration.js";

/** Throws `no-such-file`, `no-data` or `interrupted`; a dataset of that name is untouched then. */
export async function importDataset(located: LocatedDeclaration, lakeDir: string, options: ImportOptions = {}): Promise<ImportResult> {
  const results: ImportResult[] = [];
  await replaceDataset(lakeDir, located.declaration.name, async (folder) => {
    results.push(await buildVersion(located, folder, await secondSourceSql(located, lakeDir), options));
  });
  return results[0] as ImportResult;
}

/** SQL of (symbol, at, close) of the declared second source; null when none is declared. Throws `no-such-dataset`. */
export async function secondSourceSql({ declaration }: LocatedDeclaration, lakeDir: string): Promise<string | null> {
  if (declaration.secondSource === undefined) return null;
  const folder = await datasetFolder(lakeDir, declaration.secondSource);
  const manifest = await readManifest(folder);
  if (manifest.kind !== "bar" || declaration.kind !== "bar") return null;
  const symbols = sqlTexts(manifest.instruments.map((instrument) => instrument.id));
  return `SELECT ${symbols}[ix + 1] AS symbol, end_at, close FROM read_parquet(${sqlTexts(await partitionFiles(folder, "bar"))})`;
}
