// Splits, dividends, delistings and exchange rates of a dataset: actions.parquet, in the order in which the engine is told.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Currency, InstrumentIx } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import { readRows, sqlText } from "./duckdb.js";

const KINDS = ["fx", "split", "dividend", "delisting"] as const;

/** By (seenAt, kind, instrument): rates first, delistings last, so that every fold sees one order. */
export function sortReferences(events: readonly ReferenceEvent[]): ReferenceEvent[] {
  const instrument = (event: ReferenceEvent): number => (event.kind === "fx" ? -1 : event.instrument);
  return [...events].sort(
    (a, b) => a.seenAt - b.seenAt || a.at - b.at || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || instrument(a) - instrument(b),
  );
}

/** Keeps the events of the instruments in `keep` (ascending rows, renumbered from 0) and all exchange rates. */
export function selectReferences(events: readonly ReferenceEvent[], keep: readonly number[]): ReferenceEvent[] {
  const fresh = new Map(keep.map((old, ix) => [old, ix as InstrumentIx]));
  return events.flatMap((event): ReferenceEvent[] => {
    if (event.kind === "fx") return [event];
    const instrument = fresh.get(event.instrument);
    return instrument === undefined ? [] : [{ ...event, instrument }];
  });
}

export async function writeReferences(connection: DuckDBConnection, folder: string, events: readonly ReferenceEvent[]): Promise<void> {
  await connection.run(
    "CREATE OR REPLACE TEMP TABLE reference_events (n INTEGER, kind VARCHAR, end_at BIGINT, seen_at BIGINT, ix INTEGER, value DOUBLE, from_currency VARCHAR, to_currency VARCHAR)",
  );
  const appender = await connection.createAppender("reference_events");
  events.forEach((event, n) => {
    appender.appendInteger(n);
    appender.appendVarchar(event.kind);
    appender.appendBigInt(BigInt(event.at));
    appender.appendBigInt(BigInt(event.seenAt));
    if (event.kind === "fx") appender.appendNull();
    else appender.appendInteger(event.instrument);
    appender.appendDouble(valueOf(event));
    if (event.kind === "fx") {
      appender.appendVarchar(event.from);
      appender.appendVarchar(event.to);
    } else {
      appender.appendNull();
      appender.appendNull();
    }
    appender.endRow();
  });
  appender.closeSync();
  const rows = "SELECT kind, end_at, seen_at, ix, value, from_currency, to_currency FROM reference_events ORDER BY n";
  await connection.run(`COPY (${rows}) TO ${sqlText(join(folder, "actions.parquet"))} (FORMAT parquet, COMPRESSION zstd)`);
}

export async function readReferences(connection: DuckDBConnection, folder: string): Promise<ReferenceEvent[]> {
  const file = join(folder, "actions.parquet");
  if (!existsSync(file)) return [];
  const rows = await readRows(
    connection,
    `SELECT *, file_row_number AS n FROM read_parquet(${sqlText(file)}, file_row_number = true) ORDER BY n`,
  );
  return rows.map((row) => {
    const timed = { at: row.end_at as Micros, seenAt: row.seen_at as Micros };
    const instrument = row.ix as InstrumentIx;
    const value = row.value as number;
    switch (row.kind) {
      case "split":
        return { kind: "split", ...timed, instrument, ratio: value };
      case "dividend":
        return { kind: "dividend", ...timed, instrument, amount: value };
      case "delisting":
        return { kind: "delisting", ...timed, instrument, finalReturn: value };
      default:
        return { kind: "fx", ...timed, from: row.from_currency as Currency, to: row.to_currency as Currency, rate: value };
    }
  });
}

function valueOf(event: ReferenceEvent): number {
  switch (event.kind) {
    case "split":
      return event.ratio;
    case "dividend":
      return event.amount;
    case "delisting":
      return event.finalReturn;
    case "fx":
      return event.rate;
    default:
      return event satisfies never;
  }
}
