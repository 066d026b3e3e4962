// The import on real files: what is known to be wrong with them is found, without any declaration.
// The counts were taken from the files by an independent script (plain Python, float comparison), see the names of the tests.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDeclaration } from "#data/import/declaration.js";
import { detectDeclaration } from "#data/import/detect-declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { showDataset } from "#data/lake/show.js";
import { renderQuality } from "#data/quality/render.js";
import type { InstrumentId } from "#domain/instrument.js";
import { createFixture, type Fixture } from "./lake-fixture.js";
import { sharedData } from "#test/needs.js";

const found = sharedData();
const present = found !== null;
const data = found ?? "";

describe.skipIf(!present)("real sets", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.dispose());

  it("572 US symbols 2005-2016: 1,505,196 rows, 33 broken bars, 278 other bars without volume; survivors only", async () => {
    const { manifest, quality } = await importDataset(await detectDeclaration(join(data, "us_equity_daily_2005_2017")), fixture.lake);
    expect(quality.rowsRead).toBe(1_505_196);
    expect(quality.quarantined).toEqual({ "broken-bar": 33 });
    expect(quality.flagged["zero-volume"]).toBe(278);
    expect(manifest).toMatchObject({
      rows: 1_505_163,
      survivorsOnly: true,
      survivorsAssumed: true,
      priceBasis: "full",
      priceBasisAssumed: true,
    });
    expect(manifest.instruments).toHaveLength(572);
    expect(manifest.instruments.find((instrument) => instrument.id === "A")?.sector).toBe("Health Care");
    expect(renderQuality(quality)).toMatch(/33 x broken-bar[\s\S]*278 x zero-volume/);
    let rows = 0;
    let last = 0;
    for await (const batch of (await openDataset(fixture.lake, manifest.name)).source().batches(0)) {
      expect(batch.seenAt[0] as number).toBeGreaterThan(last);
      last = batch.seenAt[batch.length - 1] as number;
      rows += batch.length;
    }
    expect(rows).toBe(manifest.rows);
  }, 300_000);

  it("raw AAPL with Lean's factor files: the 7:1 split of 2014-06-09 is an event, not a finding", async () => {
    const declaration = parseDeclaration({
      name: "lean",
      files: "us_equity_unadjusted_lean/daily/aapl.csv.gz",
      columns: { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" },
      symbolCase: "upper",
      priceBasis: "raw",
      actions: { kind: "lean-factor-files", path: "corporate_actions_lean/factor_files" },
    });
    const { manifest, quality } = await importDataset({ declaration, root: data }, fixture.lake);
    expect(manifest).toMatchObject({ hasActions: true, priceBasis: "raw", priceBasisAssumed: false });
    const dataset = await openDataset(fixture.lake, "lean");
    const splits = dataset.references({ instruments: ["AAPL" as InstrumentId] }).filter((event) => event.kind === "split");
    expect(splits.find((event) => event.ratio === 7)?.at).toBeGreaterThan(Date.UTC(2014, 5, 9) * 1000);
    expect(quality.examples.filter((example) => example.finding === "extreme-move" && example.at.startsWith("2014"))).toEqual([]);
    const { rows } = await showDataset(fixture.lake, "lean", { symbol: "AAPL", from: (Date.UTC(2014, 5, 6) * 1000) as never, limit: 2 });
    expect(rows.map((row) => row.close)).toEqual([645.57, 93.7]);
  });

  it("the NSE set is known by its own holidays", async () => {
    const { manifest } = await importDataset(await detectDeclaration(join(data, "nse_nifty50_daily_2020_2025")), fixture.lake);
    expect(manifest).toMatchObject({ calendar: "XNSE", rows: 44_407 });
    expect(manifest.instruments[0]?.currency).toBe("INR");
  });

  it("minute bars of US equities, trades only", async () => {
    const { manifest } = await importDataset(await detectDeclaration(join(data, "intraday_minute_bars", "equity_usa")), fixture.lake);
    expect(manifest).toMatchObject({ barInterval: 60, rows: 16_428, quarantinedRows: 0 });
  });
});
