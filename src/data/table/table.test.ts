// Tables read by hand-made files: the order of rows, what a window may hold, every complaint with its place, and the same from disk.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_US, isoDateOrThrow, utcMidnight } from "#domain/time.js";
import { openDuckDb, sqlText } from "../lake/duckdb.js";
import { orderByTime } from "./order-by-time.js";
import { type Table, openTable } from "./row-file.js";
import { endedBy, sampleSourceOf, selectSamples, trainingSetOf } from "./samples.js";
import { createWindows, lastRows } from "./windows.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "truewind-table-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = { time: "date", instrument: "symbol", features: ["a", "b"], label: "label" };
const HEADER = "date,symbol,a,b,label";
/** Two instruments, out of order in the file; B has no row on the second day. */
const GOLDEN = [HEADER, "2020-01-03,A,5,6,-1", "2020-01-01,A,1,2,1", "2020-01-02,A,3,,0", "2020-01-01,B,7,8,1", "2020-01-03,B,9,10,1"];

let files = 0;
function file(content: string | Uint8Array, name = "t.csv"): string {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
}
const open = (content: string | Uint8Array, options: { inMemoryBytes?: number; labelOptional?: boolean } = {}): Promise<Table> =>
  openTable(file(content), columns, { cache: join(folder, "cache"), ...options });
const day = (text: string): number => utcMidnight(isoDateOrThrow(text));
const all = { from: isoDateOrThrow("2000-01-01"), to: isoDateOrThrow("2100-01-01") };

describe("a table", () => {
  it("is ordered by instrument and time, and knows what is not known", async () => {
    const table = await open(GOLDEN.join("\n"));
    expect(table.instruments).toEqual(["A", "B"]);
    expect([...table.firstRow]).toEqual([0, 3, 5]);
    expect([...table.times]).toEqual(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-01", "2020-01-03"].map(day));
    expect([...(table.labels as Float64Array)]).toEqual([1, 0, -1, 1, 1]);
    expect(table.knownAfter).toBe(DAY_US);
    const x = new Float32Array(10);
    table.read(0, 5, x, 0);
    expect([...x]).toEqual([1, 2, 3, Number.NaN, 5, 6, 7, 8, 9, 10]);
    table.close();
  });

  it("is the same from CSV, packed CSV and Parquet, in memory and from disk", async () => {
    const csv = file(GOLDEN.join("\n"));
    const parquet = join(folder, "t.parquet");
    const db = await openDuckDb(null, null);
    await db.connection.run(`COPY (SELECT * FROM read_csv(${sqlText(csv)})) TO ${sqlText(parquet)} (FORMAT parquet)`);
    db.close();
    const cache = join(folder, "cache-formats");
    for (const path of [csv, file(gzipSync(GOLDEN.join("\n")), "t.csv.gz"), parquet]) {
      for (const inMemoryBytes of [0, 1e6]) {
        const table = await openTable(path, columns, { cache, inMemoryBytes });
        const x = new Float32Array(4);
        table.read(2, 2, x, 0);
        expect([...x], path).toEqual([5, 6, 7, 8]);
        expect([table.rows, table.knownAfter, ...table.times.slice(0, 1)]).toEqual([5, DAY_US, day("2020-01-01")]);
        table.close();
      }
    }
    expect(readdirSync(cache)).toHaveLength(3);
  });

  it("takes moments, whose rows are known at once", async () => {
    const table = await open([HEADER, "2020-01-01T10:30:00Z,A,1,2,1", "2020-01-01 10:31,A,1,2,1"].join("\n"));
    expect(table.knownAfter).toBe(0);
    expect([...table.times]).toEqual([day("2020-01-01") + 37_800e6, day("2020-01-01") + 37_860e6]);
  });

  it.each([
    ["lacks a column", "date,symbol,a,label\n2020-01-01,A,1,1", /lacks b: it has date, symbol, a, label/],
    ["has a column twice", `${HEADER},b\n2020-01-01,A,1,2,1,3`, /two columns named b/],
    [
      "has a word for a number",
      `${HEADER}\n2020-01-01,A,1,2,1\n2020-01-02,A,1,many,1`,
      /line 3: column b holds "many", which is not a finite number of 32 bits/,
    ],
    ["has an infinity", `${HEADER}\n2020-01-01,A,inf,2,1`, /line 2: column a holds "inf"/],
    ["has a number beyond f32", `${HEADER}\n2020-01-01,A,1e300,2,1`, /line 2: column a holds "1e300"/],
    ["has no such day", `${HEADER}\n2020-02-30,A,1,2,1`, /line 2: column date holds "2020-02-30", which is not a date/],
    ["has a day with junk", `${HEADER}\n2020-02-03x,A,1,2,1`, /line 2: column date holds "2020-02-03x"/],
    ["has no name", `${HEADER}\n2020-02-03,,1,2,1`, /line 2: column symbol holds nothing/],
    ["has a row twice", `${HEADER}\n2020-02-03,A,1,2,1\n2020-02-04,A,1,2,1\n2020-02-03,A,1,2,1`, /two rows of A on 2020-02-03/],
    ["has a row that is too short", `${HEADER}\n2020-02-03,A,1,2,1\n2020-02-04,A,1`, /line 3: 3 cells where the header has 5\.$/],
    ["has an open quotation", `${HEADER}\n2020-02-03,"A,1,2,1\n2020-02-04,A,1,2,1`, /line 2: a quotation mark that is never closed\.$/],
    ["is no text", Buffer.from([200, 1, 2, 3, 255, 10, 44, 9]), /is no table: its first line is no text in UTF-8\. Give a CSV/],
    ["is text of another encoding", Buffer.from(`\ufeff${GOLDEN.join("\n")}`, "utf16le"), /no text in UTF-8/],
    ["has no rows", HEADER, /a header and no rows/],
    ["is empty", "", /is empty/],
    ["is cut off", gzipSync(GOLDEN.join("\n")).subarray(0, 60), /cut off or damaged/],
  ])("that %s is refused in one sentence", async (_, content, sentence) => {
    await expect(open(content)).rejects.toThrow(sentence);
    expect(readdirSync(join(folder, "cache")).filter((name) => name.includes("part") || name.includes("spill"))).toEqual([]);
  });

  it("that is not there is refused", async () => {
    await expect(openTable(join(folder, "none.csv"), columns, { cache: folder })).rejects.toThrow(/no such file/);
  });

  it("may lack its label where none is needed", async () => {
    const table = await open("date,symbol,a,b\n2020-01-01,A,1,2", { labelOptional: true });
    expect(table.labels).toBeNull();
  });
});

describe("samples", () => {
  it("read rows strictly before their own", async () => {
    const table = await open(GOLDEN.join("\n"));
    const windows = createWindows(table, 1);
    const samples = selectSamples(table, windows, "direction", all);
    // A's label 0 is none, the first rows have no past: A on the third day, B on the third day with its row of the first.
    expect([...samples.labelRow]).toEqual([4, 2]);
    expect([...samples.y]).toEqual([1, -1]);
    expect([...samples.asOf]).toEqual([day("2020-01-02"), day("2020-01-03")]);
    expect([...samples.labelEndAt]).toEqual([day("2020-01-04"), day("2020-01-04")]);
    const out = new Float32Array(2 * 2 * 2);
    sampleSourceOf(samples, windows).gather(Int32Array.of(0, 1), 2, out);
    expect([...out]).toEqual([Number.NaN, Number.NaN, 7, 8, 1, 2, 3, Number.NaN]);
    expect(endedBy(samples, day("2020-01-03")).rows).toBe(0);
    expect([...createWindowsOf(table, 2, 2)]).toEqual([Number.NaN, Number.NaN, 1, 2]);
  });

  const createWindowsOf = (table: Table, lag: number, row: number): Float32Array => {
    const out = new Float32Array(4);
    createWindows(table, lag).write(row, 2, out, 0);
    return out;
  };

  it("refuse a label that is no direction", async () => {
    const table = await open([HEADER, "2020-01-01,A,1,2,1", "2020-01-02,A,1,2,2"].join("\n"));
    expect(() => selectSamples(table, createWindows(table, 1), "direction", all)).toThrow(/must be -1, 0 or 1, and A has 2/);
    expect(selectSamples(table, createWindows(table, 1), "value", all).rows).toBe(1);
  });

  it("are the same by position from disk as in memory, and their past of another file is the same as in one", async () => {
    const market = fc.record({
      rows: fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.constantFrom("A", "B", "C")), {
        selector: ([d, s]) => `${d}${s}`,
        minLength: 4,
        maxLength: 40,
      }),
      lag: fc.integer({ min: 1, max: 3 }),
      steps: fc.integer({ min: 1, max: 5 }),
      cut: fc.integer({ min: 2, max: 28 }),
    });
    await fc.assert(
      fc.asyncProperty(market, async ({ rows, lag, steps, cut }) => {
        const lines = rows.map(([d, s]) => `2020-01-${String(d).padStart(2, "0")},${s},${d},${s.charCodeAt(0)},${d % 2 === 0 ? 1 : -1}`);
        const whole = await open([HEADER, ...lines].join("\n"));
        const disk = await open([HEADER, ...lines].join("\n"), { inMemoryBytes: 0 });
        const windows = createWindows(whole, lag);
        const samples = selectSamples(whole, windows, "direction", all);
        const positions = Int32Array.from({ length: samples.rows }, (_, i) => i);
        const [a, b] = [new Float32Array(samples.rows * steps * 2), new Float32Array(samples.rows * steps * 2)];
        sampleSourceOf(samples, windows).gather(positions, steps, a);
        sampleSourceOf(samples, createWindows(disk, lag)).gather(positions, steps, b);
        expect(b).toEqual(a);
        const set = trainingSetOf(whole, samples, windows, lag, steps);
        for (let i = 0; i < samples.rows; i++)
          expect(set.x.slice(i * 2, i * 2 + 2)).toEqual(a.slice((i + 1) * steps * 2 - 2, (i + 1) * steps * 2));
        if (set.past !== null) expect(gathered(set.past, samples.rows, steps)).toEqual(a);
        const isLater = (line: string): boolean => Number(line.slice(8, 10)) >= cut;
        const [before, after] = [lines.filter((line) => !isLater(line)), lines.filter(isLater)];
        if (before.length > 0 && after.length > 0) {
          const early = await open([HEADER, ...before].join("\n"));
          const late = await open([HEADER, ...after].join("\n"));
          const kept = createWindows(late, lag, lastRows(early, lag + steps - 1));
          for (let row = 0; row < late.rows; row++) {
            const symbol = late.instruments[late.firstRow.findIndex((first, i) => row >= first && row < (late.firstRow[i + 1] as number))];
            const at = whole.instruments.indexOf(symbol as string);
            const same = whole.times.findIndex(
              (time, r) => time === late.times[row] && r >= (whole.firstRow[at] as number) && r < (whole.firstRow[at + 1] as number),
            );
            const [one, two] = [new Float32Array(steps * 2), new Float32Array(steps * 2)];
            kept.write(row, steps, one, 0);
            windows.write(same, steps, two, 0);
            expect(one).toEqual(two);
            expect(kept.newest(row) === null).toBe(windows.newest(same) === null);
          }
          early.close();
          late.close();
        }
        whole.close();
        disk.close();
      }),
      { numRuns: 25 },
    );
  });
});

/** Windows of a training set as `[sample][step][feature]`, by the port's own words. */
function gathered(
  past: { x: Float32Array; instruments: number; rowOf: Int32Array; cell: Int32Array },
  rows: number,
  steps: number,
): Float32Array {
  const out = new Float32Array(rows * steps * 2).fill(Number.NaN);
  for (let i = 0; i < rows; i++) {
    for (let s = 0; s < steps; s++) {
      const at = (past.cell[i] as number) - (steps - 1 - s) * past.instruments;
      const row = at < 0 ? -1 : (past.rowOf[at] as number);
      if (row >= 0) out.set(past.x.subarray(row * 2, row * 2 + 2), (i * steps + s) * 2);
    }
  }
  return out;
}

it("positions are ordered by time, stably", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 })), (times) => {
      const order = orderByTime(Float64Array.from(times));
      const wanted = [...times.keys()].sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
      expect([...order]).toEqual(wanted);
    }),
  );
});
