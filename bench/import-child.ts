// One import of a folder of daily bars in a process of its own, so that its peak memory is its own. Prints one JSON line.
// `read`: our reader and the rules for single rows, then one sorted Parquet file, as the peers do. `full`: what `truewind data import` does.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocatedDeclaration, parseDeclaration } from "#data/import/declaration.js";
import { findFiles } from "#data/import/file-list.js";
import { importDataset } from "#data/import/import-dataset.js";
import { stageFiles } from "#data/import/stage-files.js";
import { openDuckDb, readNumber, sqlText } from "#data/lake/duckdb.js";

function declare(root: string): LocatedDeclaration {
  const columns = { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" };
  return { root, declaration: parseDeclaration({ name: "bars", files: "*.csv.gz", symbol: { path: "([^/]+)\\.csv\\.gz$" }, columns }) };
}

/** Returns the number of rows. */
async function readOnly(located: LocatedDeclaration, folder: string): Promise<number> {
  const db = await openDuckDb(null, join(folder, "spill"));
  try {
    const files = await findFiles(located.root, located.declaration.files);
    await stageFiles({ connection: db.connection, located, timezone: "America/New_York", onProgress: () => undefined }, files);
    const rows = "SELECT day, symbol, open, high, low, close, volume FROM staged WHERE why IS NULL ORDER BY day, symbol";
    await db.connection.run(`COPY (${rows}) TO ${sqlText(join(folder, "bars.parquet"))} (FORMAT parquet, COMPRESSION zstd)`);
    return await readNumber(db.connection, "SELECT count(*) FROM staged");
  } finally {
    db.close();
  }
}

/** Of this process alone, MB. */
function peakMb(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

const [mode, root] = process.argv.slice(2) as ["read" | "full", string];
const folder = await mkdtemp(join(tmpdir(), "truewind-bench-import-"));
try {
  const startedAt = performance.now();
  const rows = mode === "read" ? await readOnly(declare(root), folder) : (await importDataset(declare(root), folder)).quality.rowsRead;
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`${JSON.stringify({ rows, seconds, mb: peakMb() })}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
