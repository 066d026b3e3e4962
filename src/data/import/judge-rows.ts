// Runs the neighbor checks over `sorted` and writes every verdict and flag to its table. One pass, in time order, constant memory.
import type { DuckDBConnection } from "@duckdb/node-api";
import { invariant } from "#base/errors.js";
import { BarSequence, type FindingSink, type PriceAction } from "../quality/bar-sequence.js";
import type { DayIndex } from "../quality/day-index.js";
import type { Flag, QuarantineReason } from "../quality/findings.js";
import type { Gap } from "../quality/report.js";
import { TickSequence } from "../quality/tick-sequence.js";
import type { DuckDb } from "../lake/duckdb.js";
import { doublesOf } from "../lake/vector-numbers.js";
import type { Declaration } from "./declaration.js";
import { isDaily } from "./row-sql.js";

type F = Float64Array;
type BarColumns = readonly [F, F, F, F, F, F, F, F, F, F, F];
type TickColumns = readonly [F, F, F, F];

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

/** Judges `sorted` and leaves in it what stays. */
export async function judgeRows(
  db: DuckDb,
  declaration: Declaration,
  symbols: readonly string[],
  days: DayIndex,
  actions: ReadonlyMap<number, readonly PriceAction[]>,
  signal?: AbortSignal,
): Promise<Judgement> {
  await dropJudged(db.connection); // an update has such rows by now
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
  for await (const piece of pieces(connection, columns, signal)) {
    const [seq, file, ix, openAt, at, open, high, low, close, volume, second] = piece as BarColumns;
    for (let r = 0; r < seq.length; r++) {
      sequence.add({
        seq: seq[r] as number,
        file: file[r] as number,
        ix: ix[r] as number,
        openAt: openAt[r] as number,
        at: at[r] as number,
        open: open[r] as number,
        high: high[r] as number,
        low: low[r] as number,
        close: close[r] as number,
        volume: volume[r] as number,
        second: second[r] as number,
      });
    }
  }
  const { tallies, gaps } = sequence.finish();
  writer.flush();
  await dropJudged(connection);
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
  for await (const piece of pieces(connection, columns, signal)) {
    const [seq, file, ix, at] = piece as TickColumns;
    for (let r = 0; r < seq.length; r++) sequence.add(seq[r] as number, file[r] as number, ix[r] as number, at[r] as number);
  }
  writer.flush();
  await dropJudged(connection);
  if (declaration.kind === "quote") {
    await connection.run(
      "INSERT INTO flags SELECT seq, 'crossed-quote', 'bid ' || bid || ' above ask ' || ask FROM sorted WHERE bid > ask AND NOT isnan(bid) AND NOT isnan(ask) ORDER BY seq",
    );
  }
  const none = { zeroVolume: 0, extremeMoves: 0, stale: 0, missingSessions: 0 };
  return { tallies: sequence.finish().map(({ rows, first, last }) => ({ rows, first, last, ...none })), gaps: [], outsideHours: 0 };
}

async function dropJudged(connection: DuckDBConnection): Promise<void> {
  await connection.run("DELETE FROM sorted WHERE seq IN (SELECT seq FROM verdicts)");
}

/** Columns of `sorted`, piece by piece. No sort: a plain scan keeps the table's order (a join would not), which is checked. */
async function* pieces(
  connection: DuckDBConnection,
  columns: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<readonly Float64Array[]> {
  const result = await connection.stream(`SELECT ${columns.map((name) => `CAST(${name} AS DOUBLE)`).join(", ")} FROM sorted`);
  const order = ["end_at", "ix", "seq"].map((name) => columns.indexOf(name));
  let last = [Number.NEGATIVE_INFINITY, 0, 0];
  for (;;) {
    signal?.throwIfAborted();
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const piece = columns.map((_, c) => doublesOf(chunk, c));
    const keys = order.map((c) => piece[c] as Float64Array) as [F, F, F];
    invariant(inOrder(last, keys), "rows are judged in order of time, instrument and source");
    last = keys.map((key) => key[key.length - 1] as number);
    yield piece;
  }
}

function inOrder(last: readonly number[], [at, ix, seq]: readonly [F, F, F]): boolean {
  let [a, i, s] = last as [number, number, number];
  for (let r = 0; r < at.length; r++) {
    const [nextAt, nextIx, nextSeq] = [at[r] as number, ix[r] as number, seq[r] as number];
    if (nextAt < a || (nextAt === a && (nextIx < i || (nextIx === i && nextSeq < s)))) return false;
    a = nextAt;
    i = nextIx;
    s = nextSeq;
  }
  return true;
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
