// A table of any size as plain arrays on disk: rows of f32 features, instrument by instrument and each in time, with times and labels
// beside them. Made once per content and columns in a cache folder; a window of rows is then one read. Memory: 16 bytes per row, and the
// features only where they are few.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { DAY_US, type Micros, formatMicros, utcDate } from "#domain/time.js";
import { type DuckDb, openDuckDb, readRows } from "../lake/duckdb.js";
import { doublesOf } from "../lake/vector-numbers.js";
import { type FileDigest, digestTableFile } from "./file-digest.js";
import { type TableColumns, type TableSource, columnNames, tableSource } from "./table-sql.js";

/** Rows ordered by (instrument, time). */
export interface Table {
  /** SHA-256 of the file that it was made of. */
  readonly id: string;
  readonly features: readonly string[];
  /** In the order of their bytes. */
  readonly instruments: readonly string[];
  /** First row of each instrument, and the number of rows at the end. */
  readonly firstRow: Int32Array;
  readonly rows: number;
  /** Time of each row as the file has it, Micros. */
  readonly times: Float64Array;
  /** What must be added to a row's time until it is known: a day where times are dates (a row is known at the END of its day), else 0. */
  readonly knownAfter: number;
  /** NaN where it is not known; null where the file has no such column. */
  readonly labels: Float64Array | null;
  /** Writes `count` rows from `row` on into `out`, beginning at `at`; NaN where a value is not known. */
  read(row: number, count: number, out: Float32Array, at: number): void;
  close(): void;
}

export interface OpenTableOptions {
  /** Where row files are kept, and what spills. */
  readonly cache: string;
  /** Of the file, where it is known already. */
  readonly digest?: FileDigest | undefined;
  /** A label column that is missing is no error. */
  readonly labelOptional?: boolean | undefined;
  /** Features are read from disk above this many bytes. */
  readonly inMemoryBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `done` in [0, 1]. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

interface Manifest {
  readonly format: number;
  readonly id: string;
  readonly features: readonly string[];
  readonly instruments: readonly string[];
  readonly counts: readonly number[];
  readonly rows: number;
  readonly daily: boolean;
  readonly labeled: boolean;
}

const FORMAT = 1;
const IN_MEMORY_BYTES = 256 * 2 ** 20;
const BLOCK_ROWS = 16_384;
const MEMORY_LIMIT = "512MB";

/**
 * Throws `no-such-file`, and `bad-file` naming column and line: a missing column, a cell that is no number, a bad date, two rows of one
 * instrument and time, no rows, data that are cut off.
 */
export async function openTable(path: string, columns: TableColumns, options: OpenTableOptions): Promise<Table> {
  mkdirSync(options.cache, { recursive: true });
  const digest = options.digest ?? (await digestTableFile(path));
  const spill = join(options.cache, `spill-${process.pid}`);
  const db = await openDuckDb(null, spill, { memoryLimit: MEMORY_LIMIT });
  try {
    const known =
      options.labelOptional === true &&
      columns.label !== null &&
      !(await columnNames(db.connection, path, digest.format)).includes(columns.label)
        ? { ...columns, label: null }
        : columns;
    const folder = join(options.cache, hashJson({ FORMAT, hash: digest.hash, known }).slice(0, 24));
    if (!existsSync(join(folder, "table.json"))) {
      const part = `${folder}.part-${process.pid}`;
      rmSync(part, { recursive: true, force: true });
      mkdirSync(part);
      try {
        await writeRowFile(db, path, digest, known, part, options);
        rmSync(folder, { recursive: true, force: true });
        renameSync(part, folder);
      } finally {
        rmSync(part, { recursive: true, force: true });
      }
    }
    return openRowFile(folder, options.inMemoryBytes ?? IN_MEMORY_BYTES);
  } catch (cause) {
    if (cause instanceof TruewindError || (cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
    options.signal?.throwIfAborted();
    throw new TruewindError("bad-file", unreadable(path, (cause as Error).message), { cause });
  } finally {
    db.close();
    rmSync(spill, { recursive: true, force: true });
  }
}

/** What DuckDB says of a file that it cannot read, as a sentence. */
function unreadable(path: string, said: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(said)?.[1];
  const cells = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(said);
  if (line !== undefined && cells !== null) return `${path}, line ${line}: ${cells[2]} cells where the header has ${cells[1]}.`;
  if (line !== undefined && said.includes("unterminated quote")) return `${path}, line ${line}: a quotation mark that is never closed.`;
  return `${path} cannot be read as a table: ${said.split("\n")[0]}`;
}

function openRowFile(folder: string, inMemoryBytes: number): Table {
  const manifest = JSON.parse(readFileSync(join(folder, "table.json"), "utf8")) as Manifest;
  const { rows, features, counts } = manifest;
  const k = features.length;
  const firstRow = new Int32Array(counts.length + 1);
  counts.forEach((count, i) => (firstRow[i + 1] = (firstRow[i] as number) + count));
  const doubles = (name: string): Float64Array => {
    const bytes = readFileSync(join(folder, name));
    if (bytes.length !== rows * 8) throw damaged(folder);
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  };
  const file = join(folder, "rows.f32");
  const fd = openSync(file, "r");
  let memory: Float32Array | null = null;
  const fill = (row: number, count: number, out: Float32Array, at: number): void => {
    const bytes = new Uint8Array(out.buffer, out.byteOffset + at * 4, count * k * 4);
    for (let done = 0; done < bytes.length; ) {
      const got = readSync(fd, bytes, done, bytes.length - done, row * k * 4 + done);
      if (got === 0) throw damaged(folder);
      done += got;
    }
  };
  if (rows * k * 4 <= inMemoryBytes) fill(0, rows, (memory = new Float32Array(rows * k)), 0);
  return {
    id: manifest.id,
    features,
    instruments: manifest.instruments,
    firstRow,
    rows,
    times: doubles("times.f64"),
    knownAfter: manifest.daily ? DAY_US : 0,
    labels: manifest.labeled ? doubles("labels.f64") : null,
    read: (row, count, out, at) => (memory === null ? fill(row, count, out, at) : out.set(memory.subarray(row * k, (row + count) * k), at)),
    close: () => closeSync(fd),
  };
}

function damaged(folder: string): TruewindError {
  return new TruewindError("bad-file", `${folder} is damaged: remove that folder, and it is made anew.`);
}

async function writeRowFile(
  { connection }: DuckDb,
  path: string,
  digest: FileDigest,
  columns: TableColumns,
  folder: string,
  { signal, onProgress }: OpenTableOptions,
): Promise<void> {
  const source = await tableSource(connection, path, digest.format, columns);
  onProgress?.(0.1);
  const [sums] = await readRows(
    connection,
    `SELECT count(*) AS n, min(line) FILTER (WHERE bad) AS first_bad, coalesce(bool_and(t = date_trunc('day', t)), true) AS daily
     FROM (SELECT row_number() OVER () AS line, ${source.time} AS t, ${source.bad} AS bad FROM ${source.from})`,
  );
  if (sums?.["first_bad"] !== null)
    throw await badCell(connection, path, source, sums?.["first_bad"] as number, digest.format !== "parquet");
  const total = sums["n"] as number;
  if (total === 0) throw new TruewindError("bad-file", `${path} has a header and no rows.`);
  signal?.throwIfAborted();
  onProgress?.(0.3);
  const daily = sums["daily"] as boolean;
  const labeled = columns.label !== null;
  const k = columns.features.length;
  const result = await connection.stream(
    `SELECT ${source.instrument} AS s, CAST(epoch_us(${source.time}) AS DOUBLE) AS t, ${source.numbers.join(", ")} FROM ${source.from} ORDER BY s, t`,
  );
  const instruments: string[] = [];
  const counts: number[] = [];
  const rowsFile = new BlockFile(join(folder, "rows.f32"), new Float32Array(BLOCK_ROWS * k));
  const timesFile = new BlockFile(join(folder, "times.f64"), new Float64Array(BLOCK_ROWS));
  const labelsFile = labeled ? new BlockFile(join(folder, "labels.f64"), new Float64Array(BLOCK_ROWS)) : null;
  let last = "";
  let lastTime = Number.NaN;
  let rows = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    signal?.throwIfAborted();
    const symbols = chunk.getColumnVector(0);
    const times = doublesOf(chunk, 1);
    const lanes = columns.features.map((_, f) => doublesOf(chunk, f + (labeled ? 3 : 2)));
    const labels = labeled ? doublesOf(chunk, 2) : null;
    for (let r = 0; r < chunk.rowCount; r++) {
      const symbol = symbols.getItem(r) as string;
      const time = times[r] as number;
      if (symbol !== last || counts.length === 0) {
        instruments.push(symbol);
        counts.push(0);
        last = symbol;
      } else if (time === lastTime) {
        const when = daily ? utcDate(time as Micros) : formatMicros(time as Micros);
        throw new TruewindError("bad-file", `${path} has two rows of ${symbol} on ${when}: keep one of them.`);
      }
      lastTime = time;
      counts[counts.length - 1] = (counts.at(-1) as number) + 1;
      timesFile.add(time);
      labelsFile?.add(labels?.[r] as number);
      for (const lane of lanes) rowsFile.add(lane[r] as number);
    }
    rows += chunk.rowCount;
    onProgress?.(0.3 + (0.7 * rows) / total);
  }
  for (const file of [rowsFile, timesFile, labelsFile]) file?.finish();
  const manifest: Manifest = { format: FORMAT, id: digest.hash, features: columns.features, instruments, counts, rows, daily, labeled };
  writeFileSync(join(folder, "table.json"), `${JSON.stringify(manifest)}\n`, { flush: true });
}

async function badCell(
  connection: DuckDb["connection"],
  path: string,
  source: TableSource,
  line: number,
  header: boolean,
): Promise<TruewindError> {
  const asked = source.cells.flatMap(({ text, sound }, i) => [`${text} AS text_${i}`, `${sound} AS sound_${i}`]);
  const [row = {}] = await readRows(
    connection,
    `SELECT * EXCLUDE (line) FROM (SELECT row_number() OVER () AS line, ${asked.join(", ")} FROM ${source.from}) WHERE line = ${line}`,
  );
  const at = source.cells.findIndex((_, i) => row[`sound_${i}`] !== true);
  const cell = source.cells[at];
  const text = String(row[`text_${at}`]);
  const where = header ? `line ${line + 1}` : `row ${line}`;
  return new TruewindError(
    "bad-file",
    `${path}, ${where}: column ${cell?.name} holds ${text === "" ? "nothing" : `"${text.slice(0, 40)}"`}, which is not ${cell?.wanted}.`,
  );
}

/** Numbers appended to a file, a block at a time. */
class BlockFile {
  private readonly fd: number;
  private filled = 0;

  constructor(
    path: string,
    private readonly block: Float32Array | Float64Array,
  ) {
    this.fd = openSync(path, "w");
  }

  add(value: number): void {
    this.block[this.filled++] = value;
    if (this.filled === this.block.length) this.flush();
  }

  finish(): void {
    this.flush();
    fsyncSync(this.fd);
    closeSync(this.fd);
  }

  private flush(): void {
    const bytes = new Uint8Array(this.block.buffer, 0, this.filled * this.block.BYTES_PER_ELEMENT);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    this.filled = 0;
  }
}
