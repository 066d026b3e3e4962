// Opens tables far larger than the memory that is used for them, and reads windows of random samples: prints times and peak memory.
// Run after a build: node dist/test/nightly/large-table.js FOLDER [rows, 10 million by default] [csv|parquet]. FOLDER keeps the table.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createRng } from "#base/rng.js";
import { openDuckDb, sqlText } from "#data/lake/duckdb.js";
import { openTable } from "#data/table/row-file.js";
import { sampleSourceOf, selectSamples } from "#data/table/samples.js";
import { createWindows } from "#data/table/windows.js";
import { isoDateOrThrow } from "#domain/time.js";

const [folder = "large-table", rowsText = "10000000", format = "parquet"] = process.argv.slice(2);
const rows = Number(rowsText);
const INSTRUMENTS = 500;
const FEATURES = Array.from({ length: 16 }, (_, i) => `f${i}`);
const STEPS = 30;
const BATCH = 256;
const BATCHES = 2000;

const file = join(folder, `rows-${rows}.${format}`);
if (!existsSync(file)) {
  mkdirSync(folder, { recursive: true });
  const db = await openDuckDb(null, join(folder, "spill"));
  const values = FEATURES.map((name, f) => `CAST(hash(i * 31 + ${f}) % 2000003 AS DOUBLE) / 1000001 - 1 AS ${name}`);
  // A minute a row, the rows of all instruments of a minute together, so that sorting has everything to do.
  const select = `SELECT strftime(TIMESTAMP '2015-01-01' + to_minutes(CAST(i // ${INSTRUMENTS} AS BIGINT)), '%Y-%m-%dT%H:%M:%S') AS date, 'S' || (i % ${INSTRUMENTS}) AS symbol, ${values.join(", ")}, CASE WHEN hash(i) % 2 = 0 THEN 1 ELSE -1 END AS label FROM range(${rows}) t(i)`;
  await db.connection.run(`COPY (${select}) TO ${sqlText(file)} (FORMAT ${format})`);
  db.close();
  console.log(`made ${file}: ${(statSync(file).size / 1e6).toFixed(0)} MB; run again to measure`);
} else {
  const cache = join(folder, "cache");
  rmSync(cache, { recursive: true, force: true });
  const tell = (what: string, since: number): void =>
    console.log(`${what.padEnd(40)} ${((Date.now() - since) / 1000).toFixed(1)} s, peak ${peakMb().toFixed(0)} MB`);
  tell("start", Date.now());
  let since = Date.now();
  const columns = { time: "date", instrument: "symbol", features: FEATURES, label: "label" };
  const table = await openTable(file, columns, { cache });
  tell(`table of ${table.rows} rows`, since);
  since = Date.now();
  const windows = createWindows(table, 1);
  const range = { from: isoDateOrThrow("2015-01-01"), to: isoDateOrThrow("2100-01-01") };
  const samples = selectSamples(table, windows, "direction", range);
  tell(`${samples.rows} samples`, since);
  since = Date.now();
  const source = sampleSourceOf(samples, windows);
  const out = new Float32Array(BATCH * STEPS * FEATURES.length);
  const rng = createRng("large-table");
  const wanted = new Int32Array(BATCH);
  for (let b = 0; b < BATCHES; b++) {
    for (let i = 0; i < BATCH; i++) wanted[i] = rng.int(samples.rows);
    source.gather(wanted, STEPS, out);
  }
  const seconds = (Date.now() - since) / 1000;
  tell(`${BATCHES * BATCH} windows of ${STEPS} rows: ${((BATCHES * BATCH) / seconds).toFixed(0)} samples/s`, since);
  table.close();
}

/** Of this process alone, MB. */
function peakMb(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
