// Text files row by row, packed or not: gzip is told by content, fields by RFC 4180 (quotes, doubled quotes, line ends within quotes).
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { TruewindError } from "#base/errors.js";

/** A row that quotes across more lines than this is damage. */
const LONGEST_ROW_LINES = 100;

/** Lines without their ends; a byte order mark is dropped. Throws `bad-file` where packed data are cut off or damaged, else what the file system says. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const file = await open(path);
  const head = Buffer.alloc(2);
  try {
    await file.read(head, 0, 2, 0);
  } finally {
    await file.close();
  }
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const raw = createReadStream(path);
  const input = packed ? raw.pipe(createGunzip()) : raw;
  // readline does not pass on what its input throws: it would end as if the file had.
  let failure: unknown;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  // `lines` passes an error on once more, also to nobody: a reader of the header alone has gone by then.
  const fail = (error: unknown): void => {
    failure = error;
    lines.close();
  };
  raw.on("error", fail);
  input.on("error", fail);
  // Newer Node hands the error on to `lines`, too, where nobody may be left to hear it: who wanted the header alone has gone.
  lines.on("error", fail);
  let first = true;
  try {
    for await (const line of lines) {
      yield first ? line.replace(/^\ufeff/, "") : line;
      first = false;
    }
  } finally {
    raw.destroy();
  }
  if (failure === undefined) return;
  const { code } = failure as NodeJS.ErrnoException;
  if (code?.startsWith("Z_") !== true) throw failure as Error;
  throw new TruewindError("bad-file", `${path} is cut off or damaged: its packed data cannot be read to the end; copy the file again.`, {
    cause: failure,
  });
}

export interface TableRow {
  /** 1 is the line after the header. */
  readonly row: number;
  readonly text: string;
  readonly cells: readonly string[];
}

/** Rows of a CSV without its header; empty lines are passed over. */
export async function* readRows(path: string): AsyncGenerator<TableRow> {
  let row = 0;
  for await (const { text, cells } of records(path)) if (row++ > 0) yield { row: row - 1, text, cells };
}

/** The first row, trimmed; null for an empty file. */
export async function readHeader(path: string): Promise<readonly string[] | null> {
  for await (const { cells } of records(path)) return cells;
  return null;
}

async function* records(path: string): AsyncGenerator<{ readonly text: string; readonly cells: readonly string[] }> {
  let pending = "";
  let lines = 0;
  for await (const line of readLines(path)) {
    if (pending === "" && line.trim() === "") continue;
    const text = pending === "" ? line : `${pending}\n${line}`;
    if (oddQuotes(text) && ++lines < LONGEST_ROW_LINES) {
      pending = text;
      continue;
    }
    pending = "";
    lines = 0;
    yield { text, cells: splitCsv(text) };
  }
  if (pending !== "") yield { text: pending, cells: splitCsv(pending) };
}

function oddQuotes(text: string): boolean {
  if (!text.includes('"')) return false;
  let count = 0;
  for (let i = text.indexOf('"'); i >= 0; i = text.indexOf('"', i + 1)) count++;
  return count % 2 === 1;
}

/** The fields of one row, trimmed. */
export function splitCsv(text: string): string[] {
  if (!text.includes('"')) return text.split(",").map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted && c === '"' && text[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (c === "," && !quoted) {
      cells.push(cell.trim());
      cell = "";
    } else cell += c;
  }
  cells.push(cell.trim());
  return cells;
}

/** A number as files write it: blank, `.` and `NA` are null (not told), anything else unreadable is NaN. */
export function parseNumber(text: string | undefined): number | null {
  if (text === undefined || text === "" || text === "." || /^(na|n\/a|nan|null|none|-)$/i.test(text)) return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
