// Garbage in: each kind of broken input ends in a clear sentence; what is sound beside it is imported all the same.
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { createFixture, csv, dailyDeclaration, type Fixture, quietRows, readBatches, SESSIONS } from "./lake-fixture.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
  await fixture.write("GOOD.csv", csv(quietRows()));
});
afterEach(() => fixture.dispose());

const manyRows = csv(Array.from({ length: 4000 }, (_, i) => `2015-01-02,${10 + i * 0.013},99,1,${11 + i * 0.017},${i * 7919}`));
const zipped = gzipSync(manyRows);
const flipped = Buffer.from(zipped);
flipped.writeUInt8(flipped.readUInt8(flipped.length >> 1) ^ 0xff, flipped.length >> 1);

describe("a broken file is put aside with its reason, and the others are imported", () => {
  const cases: [string, string, string | Uint8Array, RegExp][] = [
    ["a truncated gzip", "BAD.csv.gz", zipped.subarray(0, zipped.length >> 1), /gzip file is truncated/],
    ["a damaged gzip", "BAD.csv.gz", flipped, /gzip file is (damaged|truncated)/],
    ["text under the name of a gzip", "BAD.csv.gz", csv(quietRows()), /name says gzip/],
    ["wrong columns", "BAD.csv", "when,o,h\n2015-01-02,1,2\n", /wrong columns: it has no "date", "open".*it has when, o, h/],
    [
      "a column that occurs twice",
      "BAD.csv",
      csv(["2015-01-02,1,2,1,1,1,1"], "date,open,high,low,close,volume,close"),
      /"close" occurs twice/,
    ],
    [
      "mixed encodings",
      "BAD.csv",
      Buffer.concat([Buffer.from(csv(quietRows())), Buffer.from("2015-01-14,caf\xe9,1,1,1,1\n", "latin1")]),
      /not UTF-8/,
    ],
    ["UTF-16", "BAD.csv", Buffer.from(csv(quietRows()), "utf16le"), /binary data|not UTF-8/],
    ["an empty file", "BAD.csv", "", /file is empty/],
    ["an empty gzip", "BAD.csv.gz", gzipSync(""), /file is empty/],
    ["binary garbage", "BAD.csv", Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) % 256), /binary data|not UTF-8/],
    ["a quote that never ends", "BAD.csv", csv(['2015-01-02,"1,2,1,1,1', "2015-01-05,1,2,1,1,1"]), /odd number of quote/],
  ];
  it.each(cases)("%s", async (_, name, content, reason) => {
    await fixture.write(name, content);
    const { manifest, quality } = await importDataset(fixture.declare(), fixture.lake);
    expect(manifest.instruments.map((instrument) => instrument.id)).toEqual(["GOOD"]);
    expect(manifest.rows).toBe(SESSIONS.length);
    expect(manifest.quarantinedFiles).toBe(1);
    expect(quality.files.find((file) => file.path === name)?.reason).toMatch(reason);
  });

  it("a broken Parquet file", async () => {
    await fixture.write("BAD.parquet", "PAR1 is not enough");
    const located = fixture.declare({ files: "*.parquet", format: "parquet" });
    await expect(importDataset(located, fixture.lake)).rejects.toThrow(
      /Nothing of set could be imported \(BAD\.parquet: it is no readable Parquet file/,
    );
  });
});

describe("an impossible row is quarantined with its reason", () => {
  const cases: [string, string, string][] = [
    ["a price of 1e308", "2015-01-02,1e308,1e308,1e308,1e308,5", "absurd-price"],
    ["an infinite price", "2015-01-02,inf,inf,1,2,5", "not-finite"],
    ["a price that overflows", "2015-01-02,1e400,1e400,1,2,5", "not-finite"],
    ["a NaN", "2015-01-02,1,2,nan,1,5", "not-finite"],
    ["a missing price", "2015-01-02,1,,1,1,5", "missing-field"],
    ["a missing date", ",1,2,1,1,5", "missing-field"],
    ["the word null", "2015-01-02,null,2,1,1,5", "missing-field"],
    ["a price of zero", "2015-01-02,1,2,0,1,5", "non-positive-price"],
    ["a negative price", "2015-01-02,1,2,-1,1,5", "non-positive-price"],
    ["high below close", "2015-01-02,1,2,1,3,5", "broken-bar"],
    ["low above open", "2015-01-02,1,3,2,3,5", "broken-bar"],
    ["negative volume", "2015-01-02,1,2,1,1,-5", "negative-size"],
    ["words for numbers", "2015-01-02,one,2,1,1,5", "unparsable-number"],
    ["a day that is none", "2015-02-30,1,2,1,1,5", "unparsable-date"],
    ["an American date", "01/02/2015,1,2,1,1,5", "unparsable-date"],
    ["a date with rubbish behind it", "2015-01-02rubbish,1,2,1,1,5", "unparsable-date"],
    ["a Sunday", "2015-01-04,1,2,1,1,5", "not-a-session"],
    ["a holiday", "2015-01-01,1,2,1,1,5", "not-a-session"],
    ["a year no calendar knows", "1066-10-14,1,2,1,1,5", "outside-calendar"],
    ["a date outside the declared range", "2031-01-02,1,2,1,1,5", "outside-range"],
    ["too few fields", "2015-01-02,1,2", "malformed-row"],
    ["too many fields", "2015-01-02,1,2,1,1,5,6,7", "malformed-row"],
  ];
  it.each(cases)("%s", async (_, line, reason) => {
    await fixture.write("BAD.csv", csv([...quietRows(10, SESSIONS.slice(1)), line]));
    const { quality, manifest } = await importDataset(fixture.declare({ range: { to: "2030-12-31" } }), fixture.lake);
    expect(quality.quarantined).toEqual({ [reason]: 1 });
    expect(manifest.rows).toBe(2 * SESSIONS.length - 1);
    const example = quality.examples.find((one) => one.finding === reason);
    expect(example?.file).toBe("BAD.csv");
  });
});

it("dates that run backwards are sorted and flagged", async () => {
  await fixture.write("BACK.csv", csv(quietRows().reverse()));
  const { quality, manifest } = await importDataset(fixture.declare(), fixture.lake);
  expect(manifest.rows).toBe(2 * SESSIONS.length);
  expect(quality.flagged).toEqual({ "out-of-order": SESSIONS.length - 1 });
  for (const batch of await readBatches(await openDataset(fixture.lake, "set"))) {
    expect([...batch.seenAt]).toEqual([...batch.seenAt].sort((a, b) => a - b));
  }
});

it("exact repetitions are merged, conflicting ones are quarantined altogether", async () => {
  const rows = quietRows();
  await fixture.write("TWICE.csv", csv([...rows, rows[3] as string, rows[3] as string, `${SESSIONS[5]},10,12,9,11,77`]));
  const { quality } = await importDataset(fixture.declare(), fixture.lake);
  expect(quality.rowsMerged).toBe(2);
  expect(quality.quarantined).toEqual({ "conflicting-duplicate": 2 });
  expect(quality.rowsKept).toBe(2 * SESSIONS.length - 1);
});

it("a byte order mark, Windows line ends and quoted fields are read as they should", async () => {
  await fixture.write("WIN.csv", `\ufeff"date",open,high,low,close,volume\r\n"2015-01-02","1",2,1,1,5\r\n\r\n2015-01-05,1,2,1,1,5\r\n`);
  const { manifest, quality } = await importDataset(fixture.declare(), fixture.lake);
  expect(quality.symbols.find((symbol) => symbol.symbol === "WIN")?.rows).toBe(2);
  expect(manifest.quarantinedRows + manifest.quarantinedFiles).toBe(0);
});

it("ten thousand small files are one dataset", async () => {
  for (let i = 0; i < 10_000; i++) {
    await fixture.write(
      `many/S${String(i).padStart(5, "0")}.csv`,
      i === 4321 ? "" : csv([`2015-01-02,${1 + i},${2 + i},${1 + i},${1 + i},5`]),
    );
  }
  const { manifest, quality } = await importDataset(fixture.declare({ files: "many/*.csv" }), fixture.lake);
  expect(manifest.instruments.length).toBe(9999);
  expect(manifest.rows).toBe(9999);
  expect(quality.files.filter((file) => file.reason !== null).map((file) => file.path)).toEqual(["many/S04321.csv"]);
}, 120_000);

describe("a declaration that is wrong says everything at once", () => {
  it("unknown keys, at the top and below", () => {
    const raw = {
      ...dailyDeclaration(),
      priceBasis: "rwa",
      colour: "red",
      columns: { date: "d", open: "o", high: "h", low: "l", close: "c", vollume: "v" },
    };
    const message = /3 problems: .*columns.*vollume.*priceBasis.*colour|3 problems/;
    expect(() => parseDeclaration(raw, "file.yaml")).toThrow(message);
    expect(() => parseDeclaration(raw, "file.yaml")).toThrow(/vollume/);
    expect(() => parseDeclaration(raw, "file.yaml")).toThrow(/colour/);
  });
  it("missing columns", () => {
    expect(() => parseDeclaration({ name: "x", files: "*", columns: { date: "d", open: "o" } })).toThrow(
      /columns.high: a bar needs it; columns.low: .*; columns.close/,
    );
  });
  it("files that are not there", async () => {
    await expect(importDataset(fixture.declare({ files: "nothing/*.csv" }), fixture.lake)).rejects.toThrow(
      /No file under .* matches nothing/,
    );
  });
});
