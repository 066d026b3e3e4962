import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkRecording } from "#data/books/check-recording.js";
import { openRecordings } from "#data/books/recording.js";
import { openDuckDb, readRows, sqlText } from "#data/lake/duckdb.js";
import { bookLines } from "../cli/book-lines.js";
import { type BookReplay, replayBooks } from "./replay-books.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-replay-books-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two minutes of a book whose mid rises a tick a second, heard 5 ms late by a clock that runs 2 s behind; one message is lost. */
function recording(lost: number | null): string {
  const start = 1_700_000_000_000;
  const stamp = (ms: number): string => `${(ms - 2000 + 5) * 1000}000`;
  const lines = [`${stamp(start)} {"lastUpdateId":10,"E":${start},"T":${start},"bids":[["99.0","1"]],"asks":[["101.0","1"]]}`];
  for (let k = 1; k <= 120; k++) {
    const ms = start + k * 1000 - 500;
    const data = `"E":${ms},"T":${ms},"s":"X","U":${10 + k},"u":${10 + k},"pu":${9 + k}`;
    const bid = `["${(98.9 + k / 10).toFixed(1)}","0"],["${(99 + k / 10).toFixed(1)}","${k}"]`;
    const ask = `["${(100.9 + k / 10).toFixed(1)}","0"],["${(101 + k / 10).toFixed(1)}","${k}"]`;
    if (k !== lost) lines.push(`${stamp(ms)} {"stream":"x@depth","data":{"e":"depthUpdate",${data},"b":[${bid}],"a":[${ask}]}}`);
    lines.push(`${stamp(ms)} {"stream":"x@trade","data":{"e":"trade","E":${ms},"T":${ms},"s":"X","p":"100.0","q":"2","m":false}}`);
  }
  const path = join(folder, `lost-${String(lost)}`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const wanted = (path: string, out: string): BookReplay => ({
  paths: [path],
  names: ["close", "mom_5"],
  every: 1_000_000,
  out: join(folder, out),
  heal: false,
  signal: new AbortController().signal,
});

describe("features over a recording", () => {
  it("stand in CSV and Parquet alike, a row a second, on the exchange's clock", async () => {
    const path = recording(null);
    const done = await replayBooks(wanted(path, "out.csv"));
    expect(done).toMatchObject({ symbol: "X", rows: 119, features: ["close", "mom_5"] });
    // Heard 5 ms after sending by a clock 2 s behind: all that shows is that it is 1,995 ms behind.
    expect(done.behindMs).toBeCloseTo(1995, 6);
    const [header, first, ...rows] = readFileSync(join(folder, "out.csv"), "utf8").trim().split("\n");
    expect(header).toBe("at,mid,close,mom_5");
    expect(first).toBe("1700000001000000,100.1,100.1,");
    const [at, mid, , momentum] = (rows[4] as string).split(",").map(Number);
    expect([at, mid]).toEqual([1_700_000_006_000_000, 100.6]);
    expect(momentum).toBeCloseTo(100.6 / 100.1 - 1, 12);

    await replayBooks({ ...wanted(path, "out.parquet"), names: ["mom_5"] });
    const db = await openDuckDb(null, null);
    const parquet = await readRows(db.connection, `SELECT * FROM read_parquet(${sqlText(join(folder, "out.parquet"))}) ORDER BY "at"`);
    db.close();
    expect(parquet).toHaveLength(119);
    expect(parquet[0]).toEqual({ at: 1_700_000_001_000_000, mid: 100.1, mom_5: null });
    expect(parquet[5]).toEqual({ at, mid, mom_5: momentum });
    expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual([]);
  });

  it("are empty from a lost message on, for no snapshot comes", async () => {
    const path = recording(60);
    await replayBooks(wanted(path, "lost.csv"));
    const rows = readFileSync(join(folder, "lost.csv"), "utf8").trim().split("\n").slice(1);
    expect(rows.filter((row) => row.split(",")[1] !== "").length).toBe(60);
    const [opened] = await openRecordings([path], { heal: false });
    const report = await checkRecording(opened as NonNullable<typeof opened>, () => undefined);
    expect(report.book).toMatchObject({ state: "stale", trouble: { gap: 1 } });
    expect(report.shownRows).toBe(60);
    expect(bookLines(report, null, 1).join("\n")).toMatch(/1 gaps in 119 diffs[^]*at the end the book is stale[^]*1995\.0 ms behind/);
  });

  it("refuse another ending, a folder that is not there, unknown names and several symbols at once, and leave nothing behind", async () => {
    const path = recording(null);
    await expect(replayBooks(wanted(path, "out.txt"))).rejects.toThrow("must end in .csv or .parquet");
    await expect(replayBooks(wanted(path, "nowhere/out.csv"))).rejects.toThrow("There is no folder");
    await expect(replayBooks({ ...wanted(path, "bad.csv"), names: ["mom_6"] })).rejects.toThrow('There is no feature "mom_6"');
    const other = join(folder, "other");
    writeFileSync(other, readFileSync(path, "utf8").replaceAll('"s":"X"', '"s":"Y"'));
    await expect(replayBooks({ ...wanted(path, "bad.csv"), paths: [path, other] })).rejects.toThrow("several recordings");
    writeFileSync(other, `${readFileSync(path, "utf8")}garbage\n`);
    await expect(replayBooks({ ...wanted(path, "bad.csv"), paths: [other] })).rejects.toThrow(/other, line 242: it does not begin/);
    expect(existsSync(join(folder, "bad.csv"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual([]);
  });
});
