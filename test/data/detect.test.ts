// Folders without a declaration: what is guessed, and what is only assumed.
import { afterEach, beforeEach, expect, it } from "vitest";
import { detectDeclaration } from "#data/import/detect-declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { createFixture, csv, type Fixture, quietRows } from "./lake-fixture.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.dispose());

it("finds one file per symbol, sectors beside, and marks what it assumes", async () => {
  await fixture.write("bars/A.csv", csv(quietRows()));
  await fixture.write("bars/B.csv", csv(quietRows(20)));
  await fixture.write("bars/BROKEN.csv.gz", "no gzip");
  await fixture.write("symbols.csv", "symbol,name,gics_sector\nA,Alpha,Energy\nB,Beta,\n");
  const located = await detectDeclaration(fixture.root);
  expect(located.declaration).toMatchObject({
    files: ["bars/*.csv"],
    interval: "1d",
    calendar: "XNYS",
    instruments: { file: "symbols.csv", sector: "gics_sector" },
  });
  const { manifest } = await importDataset(located, fixture.lake);
  expect(manifest).toMatchObject({ priceBasis: "full", priceBasisAssumed: true, survivorsOnly: true, survivorsAssumed: true });
  expect(manifest.instruments).toMatchObject([
    { id: "A", sector: "Energy", relativeTick: 1e-4, tickSize: 1e-6 },
    { id: "B", sector: null },
  ]);
});

it("finds many symbols per file, other names for the columns, and leaves other tables alone", async () => {
  const header = "Ticker,Date,Open,High,Low,Close,Adj Close,Volume";
  await fixture.write("prices_1.csv", csv(["A,2015-01-02,1,2,1,2,2,5", "B,2015-01-02,1,2,1,2,2,5"], header));
  await fixture.write("prices_2.csv", csv(["A,2015-01-05,1,2,1,2,2,5"], header));
  await fixture.write("notes.csv", "who,what\nme,this\n");
  const located = await detectDeclaration(fixture.root);
  expect(located.declaration).toMatchObject({
    files: ["prices_*.csv"],
    symbol: { column: "Ticker" },
    columns: { date: "Date", close: "Close" },
  });
  expect((await importDataset(located, fixture.lake)).manifest).toMatchObject({ rows: 3, quarantinedFiles: 0 });
});

it("tells minute bars by their step, and takes the folder's name when files are named by date", async () => {
  const bars = csv(
    ["2015-01-02T14:30:00Z,1,2,1,2,5", "2015-01-02T14:31:00Z,1,2,1,2,5", "2015-01-02T14:33:00Z,1,2,1,2,5"],
    "ts_utc,open,high,low,close,volume",
  );
  await fixture.write("aapl/20150102_trade.csv", bars);
  await fixture.write("spy/20150102_trade.csv", bars);
  await fixture.write("spy/20150102_quote.csv", "ts_utc,bid_open,bid_close\n2015-01-02T14:30:00Z,1,2\n");
  const { declaration, root } = await detectDeclaration(fixture.root);
  expect(declaration).toMatchObject({
    files: ["**/*_trade.csv"],
    interval: 60,
    timezone: "UTC",
    symbolCase: "upper",
    columns: { at: { column: "ts_utc", unit: "iso", edge: "start" } },
  });
  const { manifest } = await importDataset({ declaration, root }, fixture.lake);
  expect(manifest.instruments.map((instrument) => instrument.id)).toEqual(["AAPL", "SPY"]);
});

it("a declaration in the folder wins", async () => {
  await fixture.write("A.csv", csv(quietRows()));
  await fixture.write(
    "truewind-dataset.yaml",
    "name: mine\nfiles: A.csv\ncolumns: {date: date, open: open, high: high, low: low, close: close}\npriceBasis: raw\n",
  );
  expect((await detectDeclaration(fixture.root)).declaration).toMatchObject({ name: "mine", priceBasis: "raw" });
  await fixture.write("truewind-dataset.yaml", "name: mine\nfiles: A.csv\ncolour: red\ncolumns: {}\n");
  await expect(detectDeclaration(fixture.root)).rejects.toMatchObject({ code: "bad-config" });
});

it("prices that jump on the declared splits are taken as raw, which stays marked as assumed", async () => {
  const rows = (ratio: number): string[] =>
    quietRows(70).map((line, i) => (i < 4 ? line : line.replaceAll(/,(\d+(\.\d+)?)/g, (_, p: string) => `,${Number(p) / ratio}`)));
  for (const name of ["A", "B", "C"]) await fixture.write(`bars/${name}.csv`, csv(rows(2)));
  await fixture.write("actions.csv", "ex_date,symbol,split_ratio\n2015-01-08,A,2\n2015-01-08,B,2\n2015-01-08,C,2\n");
  const raw = await importDataset(await detectDeclaration(fixture.root), fixture.lake);
  expect(raw.manifest).toMatchObject({ priceBasis: "raw", priceBasisAssumed: true, hasActions: true });
  for (const name of ["A", "B", "C"]) await fixture.write(`bars/${name}.csv`, csv(quietRows(70)));
  const adjusted = await importDataset(await detectDeclaration(fixture.root), fixture.lake);
  expect(adjusted.manifest).toMatchObject({ priceBasis: "full", priceBasisAssumed: true, hasActions: false });
});

it("a folder with nothing to read says so", async () => {
  await expect(detectDeclaration(fixture.root)).rejects.toThrow(/holds no CSV or Parquet file/);
});
