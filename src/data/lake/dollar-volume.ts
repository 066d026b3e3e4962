// How much money changes hands in each instrument of a dataset of bars: what its size class is cut by.
import type { OpenDataset } from "./open-dataset.js";
import { openDuckDb, readRows, sqlTexts } from "./duckdb.js";
import { partitionFiles } from "./partitions.js";

const DAY_US = 86_400_000_000;

/**
 * Of the median day (UTC) with any volume, in the instrument's currency, by row of the manifest; null where no volume is known. Days are
 * added up in whole units, so that the same data give the same numbers in any number of threads.
 */
export async function medianDollarVolumes({ folder, manifest }: Pick<OpenDataset, "folder" | "manifest">): Promise<(number | null)[]> {
  const volumes = manifest.instruments.map((): number | null => null);
  const files = manifest.kind === "bar" ? await partitionFiles(folder, "bar") : [];
  if (files.length === 0) return volumes;
  const db = await openDuckDb(null, null);
  try {
    const rows = await readRows(
      db.connection,
      `WITH days AS (
         SELECT ix, end_at // ${DAY_US} AS day, sum(TRY_CAST(close * volume AS HUGEINT)) AS value
         FROM read_parquet(${sqlTexts(files)}) WHERE volume > 0 AND isfinite(close * volume) GROUP BY ix, day)
       SELECT ix, quantile_disc(value, 0.5) AS value FROM days WHERE value IS NOT NULL GROUP BY ix ORDER BY ix`,
    );
    for (const { ix, value } of rows) volumes[ix as number] = Number(value);
    return volumes;
  } finally {
    db.close();
  }
}
