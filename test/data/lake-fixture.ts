// A throw-away folder with source files and a lake, for tests of the import.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Declaration, type LocatedDeclaration, parseDeclaration } from "#data/import/declaration.js";
import type { EventBatch } from "#domain/market.js";
import type { OpenDataset, Selection } from "#data/lake/open-dataset.js";

export interface Fixture {
  readonly root: string;
  readonly lake: string;
  write(path: string, content: string | Uint8Array): Promise<void>;
  declare(changes?: Record<string, unknown>): LocatedDeclaration;
  dispose(): Promise<void>;
}

const HEADER = "date,open,high,low,close,volume";

/** A CSV of daily bars: `rows` are lines after the header. */
export function csv(rows: readonly string[], header = HEADER): string {
  return `${[header, ...rows].join("\n")}\n`;
}

/** Dates of NYSE sessions in January 2015. */
export const SESSIONS = ["2015-01-02", "2015-01-05", "2015-01-06", "2015-01-07", "2015-01-08", "2015-01-09", "2015-01-12", "2015-01-13"];

/** Quiet bars on the first sessions, closing at `close` + 0.1 per day. */
export function quietRows(close = 10, sessions = SESSIONS): string[] {
  return sessions.map((date, i) => {
    const price = close + i / 10;
    return `${date},${price},${price + 1},${price - 1},${price},${1000 + i}`;
  });
}

export function dailyDeclaration(changes: Record<string, unknown> = {}): Declaration {
  return parseDeclaration({
    name: "set",
    files: "*.csv*",
    columns: { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" },
    priceBasis: "raw",
    survivorsOnly: false,
    ...changes,
  });
}

export async function createFixture(): Promise<Fixture> {
  const base = await mkdtemp(join(tmpdir(), "truewind-lake-"));
  const root = join(base, "source");
  await mkdir(root);
  return {
    root,
    lake: join(base, "lake"),
    async write(path, content) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    },
    declare: (changes = {}) => ({ root, declaration: dailyDeclaration(changes) }),
    dispose: () => rm(base, { recursive: true, force: true }),
  };
}

export async function readBatches(dataset: OpenDataset, selection: Selection = {}, fromRow = 0): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  for await (const batch of dataset.source(selection).batches(fromRow)) batches.push(batch);
  return batches;
}
