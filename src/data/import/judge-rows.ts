// Runs the neighbor checks over `sorted` and writes every verdict and flag to its table. One pass, in time order, constant memory.
import type { DuckDBConnection, DuckDBDataChunk, DuckDBDoubleVector } from "@duckdb/node-api";
import { BarSequence, type FindingSink, type PriceAction } from "../quality/bar-sequence.js";
import type { DayIndex } from "../quality/day-index.js";
import type { Flag, QuarantineReason } from "../quality/findings.js";
import type { Gap } from "../quality/report.js";
import { TickSequence } from "../quality/tick-sequence.js";
import type { DuckDb } from "../lake/duckdb.js";
import type { Declaration } from "./declaration.js";
import { isDaily } from "./row-sql.js";

export interface SymbolTally {
  readonly rows: number;
  /** `at` of the first and last kept row, Micros; NaN when none was kept. */
  readonly first: number;
  readonly last: number;
  readonly zeroVolume: number;
  readonly extremeMoves: number;
  readonly stale: number;
  readonly missingSessions: number;
}

export interface Judgement {
  /** By provisional instrument number. */
  readonly tallies: readonly SymbolTally[];
  readonly gaps: readonly Gap[];
  readonly outsideHours: number;
}

export async function judgeRows(
  db: DuckDb,
  declaration: Declaration,
  symbols: readonly string[],
  days: DayIndex,
  actions: ReadonlyMap<number, readonly PriceAction[]>,
  signal?: AbortSignal,
): Promise<Judgement> {
  const writer = await VerdictWriter.open(await db.connect());
  try {
    const bars = declaration.kind === "bar";
    return bars
      ? await judgeBars(db.connection, new BarSequence(symbols, days, actions, isDaily(declaration), writer), writer, signal)
      : await judgeTicks(db.connection, new TickSequence(symbols, days, writer), writer, declaration, signal);
  } finally {
    writer.close();
  }
}

async function judgeBars(
  connection: DuckDBConnection,
  sequence: BarSequence,
  writer: VerdictWriter,
  signal?: AbortSignal,
): Promise<Judgement> {
  const columns = ["seq", "file", "ix", "open_at", "end_at", "open", "high", "low", "close", "volume", "second"];
  const order = "ORDER BY seen_at, ix, open, high, low, close, volume, seq";
  for await (const chunk of chunks(connection, columns, order, signal)) {
    const [seq, file, ix, openAt, at, open, high, low, close, volume, second] = vectors(chunk, columns.length);
    for (let r = 0; r < chunk.rowCount; r++) {
      sequence.add({
        seq: num(seq, r),
        file: num(file, r),
        ix: num(ix, r),
        openAt: num(openAt, r),
        at: num(at, r),
        open: num(open, r),
        high: num(high, r),
        low: num(low, r),
        close: num(close, r),
        volume: num(volume, r),
        second: num(second, r),
      });
    }
  }
  const { tallies, gaps } = sequence.finish();
  writer.flush();
  return { tallies: tallies.map((tally) => ({ ...tally, last: tally.last?.at ?? Number.NaN })), gaps, outsideHours: sequence.outsideHours };
}

async function judgeTicks(
  connection: DuckDBConnection,
  sequence: TickSequence,
  writer: VerdictWriter,
  declaration: Declaration,
  signal?: AbortSignal,
): Promise<Judgement> {
  const columns = ["seq", "file", "ix", "end_at"];
  for await (const chunk of chunks(connection, columns, "ORDER BY seen_at, ix, seq", signal)) {
    const [seq, file, ix, at] = vectors(chunk, columns.length);
    for (let r = 0; r < chunk.rowCount; r++) sequence.add(num(seq, r), num(file, r), num(ix, r), num(at, r));
  }
  writer.flush();
  if (declaration.kind === "quote") {
    await connection.run(
      "INSERT INTO flags SELECT seq, 'crossed-quote', 'bid ' || bid || ' above ask ' || ask FROM sorted WHERE bid > ask AND NOT isnan(bid) AND NOT isnan(ask) AND seq NOT IN (SELECT seq FROM verdicts) ORDER BY seq",
    );
  }
  const none = { zeroVolume: 0, extremeMoves: 0, stale: 0, missingSessions: 0 };
  return { tallies: sequence.finish().map(({ rows, first, last }) => ({ rows, first, last, ...none })), gaps: [], outsideHours: 0 };
}

async function* chunks(
  connection: DuckDBConnection,
  columns: readonly string[],
  order: string,
  signal?: AbortSignal,
): AsyncGenerator<DuckDBDataChunk> {
  const result = await connection.stream(
    `SELECT ${columns.map((name) => `CAST(${name} AS DOUBLE)`).join(", ")} FROM sorted WHERE seq NOT IN (SELECT seq FROM verdicts) ${order}`,
  );
  for (;;) {
    signal?.throwIfAborted();
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}

function vectors(chunk: DuckDBDataChunk, n: number): (DuckDBDoubleVector | undefined)[] {
  return Array.from({ length: n }, (_, c) => chunk.getColumnVector(c) as DuckDBDoubleVector);
}

function num(vector: DuckDBDoubleVector | undefined, row: number): number {
  return vector?.getItem(row) as number;
}

/** Findings into the tables, through a connection of its own while `sorted` streams on the other. */
class VerdictWriter implements FindingSink {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly verdicts: Awaited<ReturnType<DuckDBConnection["createAppender"]>>,
    private readonly flags: Awaited<ReturnType<DuckDBConnection["createAppender"]>>,
  ) {}

  static async open(connection: DuckDBConnection): Promise<VerdictWriter> {
    return new VerdictWriter(connection, await connection.createAppender("verdicts"), await connection.createAppender("flags"));
  }

  quarantine(seq: number, reason: QuarantineReason, detail: string): void {
    this.verdict(seq, false, reason, detail);
  }

  merge(seq: number): void {
    this.verdict(seq, true, "exact-duplicate", "");
  }

  flag(seq: number, flag: Flag, detail: string): void {
    this.flags.appendBigInt(BigInt(seq));
    this.flags.appendVarchar(flag);
    this.flags.appendVarchar(detail);
    this.flags.endRow();
  }

  flush(): void {
    this.verdicts.flushSync();
    this.flags.flushSync();
  }

  close(): void {
    this.verdicts.closeSync();
    this.flags.closeSync();
    this.connection.closeSync();
  }

  private verdict(seq: number, merged: boolean, reason: string, detail: string): void {
    this.verdicts.appendBigInt(BigInt(seq));
    this.verdicts.appendBoolean(merged);
    this.verdicts.appendVarchar(reason);
    this.verdicts.appendVarchar(detail);
    this.verdicts.endRow();
  }
}
