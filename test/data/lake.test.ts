// Reading the lake: batches, selections, resumption, actions, ticks, and data written by the simulator.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { updateDataset } from "#data/import/update-dataset.js";
import { checkDataset } from "#data/lake/check.js";
import { openDuckDb } from "#data/lake/duckdb.js";
import { openDataset } from "#data/lake/open-dataset.js";
import type { ManifestFacts } from "#data/lake/seal.js";
import { listDatasets, showDataset } from "#data/lake/show.js";
import { writeDataset } from "#data/lake/write-dataset.js";
import { renderQuality } from "#data/quality/render.js";
import type { Currency, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { BATCH_ROWS, type BarBatch, createBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { createFixture, csv, type Fixture, quietRows, readBatches, SESSIONS } from "./lake-fixture.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.dispose());

/** `moments` x `names` bars, one per name and moment. */
function grid(moments: number, names: number): { readonly facts: ManifestFacts; readonly batch: BarBatch } {
  const batch = createBarBatch(moments * names);
  for (let i = 0; i < batch.length; i++) {
    const at = 1_400_000_000_000_000 + Math.floor(i / names) * DAY_US;
    batch.at[i] = at;
    batch.seenAt[i] = at;
    batch.openAt[i] = at - 1;
    batch.instrument[i] = i % names;
    for (const lane of [batch.open, batch.high, batch.low, batch.close]) lane[i] = 1 + i / 7;
    batch.volume[i] = i % 5 === 0 ? Number.NaN : i;
  }
  const instruments = Array.from({ length: names }, (_, k) => ({
    id: `N${String(k).padStart(5, "0")}` as InstrumentId,
    venue: "24/7",
    currency: "USD" as Currency,
    tickSize: 0.01,
    relativeTick: null,
    lotSize: 1,
    sector: null,
  }));
  const facts: ManifestFacts = {
    name: "grid",
    kind: "bar",
    barInterval: "1d",
    priceBasis: "raw",
    priceBasisAssumed: false,
    survivorsOnly: false,
    survivorsAssumed: false,
    calendar: "24/7",
    instruments,
    notTradable: [],
    source: "test",
  };
  return { facts, batch };
}

describe("data written from memory", () => {
  it("come back bit by bit, in batches that never split a moment", async () => {
    const { facts, batch } = grid(300, 701);
    const references = [
      { kind: "split", at: batch.at[701] as Micros, seenAt: batch.at[701] as Micros, instrument: 5 as InstrumentIx, ratio: 7 },
      { kind: "fx", at: 5 as Micros, seenAt: 5 as Micros, from: "EUR" as Currency, to: "USD" as Currency, rate: 1.1 },
    ] as const;
    const manifest = await writeDataset(fixture.lake, facts, [batch], references, { edge: 0 });
    const dataset = await openDataset(fixture.lake, "grid");
    expect(dataset.references()).toEqual([references[1], references[0]]);
    const batches = (await readBatches(dataset)) as BarBatch[];
    expect(batches.length).toBeGreaterThan(2);
    let row = 0;
    for (const [b, part] of batches.entries()) {
      expect(part.length).toBeLessThanOrEqual(BATCH_ROWS);
      if (b > 0) expect(part.seenAt[0]).not.toBe(batches[b - 1]?.seenAt.at(-1));
      for (const lane of ["at", "seenAt", "openAt", "instrument", "open", "high", "low", "close", "volume"] as const) {
        expect(part[lane]).toEqual(batch[lane].slice(row, row + part.length));
      }
      row += part.length;
    }
    expect(row).toBe(batch.length);
    expect((await checkDataset(fixture.lake, "grid")).manifest).toEqual(manifest);
    expect(JSON.parse(await readFile(join(dataset.folder, "truth.json"), "utf8"))).toEqual({ edge: 0 });
  });

  it("keep one id, however they are cut into batches", async () => {
    const { facts, batch } = grid(40, 3);
    const whole = await writeDataset(fixture.lake, facts, [batch], []);
    const first = grid(10, 3).batch;
    const rest = createBarBatch(90);
    for (const lane of ["at", "seenAt", "openAt", "instrument", "open", "high", "low", "close", "volume"] as const)
      rest[lane].set(batch[lane].subarray(30));
    expect((await writeDataset(fixture.lake, facts, [first, rest], [])).id).toBe(whole.id);
  });

  it("a moment wider than a batch makes a wider batch", async () => {
    const { facts, batch } = grid(2, BATCH_ROWS + 5000);
    await writeDataset(fixture.lake, facts, [batch], []);
    const batches = await readBatches(await openDataset(fixture.lake, "grid"));
    expect(batches.map((part) => part.length)).toEqual([BATCH_ROWS + 5000, BATCH_ROWS + 5000]);
  }, 60_000);

  it("can be resumed at any row", async () => {
    const { facts, batch } = grid(50, 4);
    await writeDataset(fixture.lake, facts, [batch], []);
    const dataset = await openDataset(fixture.lake, "grid");
    for (const from of [0, 1, 77, 199, 200]) {
      const closes = (await readBatches(dataset, {}, from)).flatMap((part) => [...(part as BarBatch).close]);
      expect(closes).toEqual(Array.from(batch.close.subarray(from)));
    }
  });
});

describe("selections", () => {
  it("renumber the kept instruments densely, in rows, list and actions alike", async () => {
    for (const [i, name] of ["A", "B", "C", "D"].entries()) await fixture.write(`${name}.csv`, csv(quietRows(10 + i)));
    await fixture.write("moves.txt", "ex_date,symbol,dividend\n2015-01-06,A,0.1\n2015-01-07,D,0.2\n");
    await importDataset(fixture.declare({ actions: { kind: "csv", path: "moves.txt" } }), fixture.lake);
    const dataset = await openDataset(fixture.lake, "set");
    const selection = {
      instruments: ["D", "B"] as InstrumentId[],
      from: (Date.UTC(2015, 0, 6) * 1000) as Micros,
      to: (Date.UTC(2015, 0, 8) * 1000) as Micros,
    };
    expect(dataset.instruments(selection).map((instrument) => instrument.id)).toEqual(["B", "D"]);
    const [batch] = (await readBatches(dataset, selection)) as BarBatch[];
    expect([...(batch?.instrument ?? [])]).toEqual([0, 1, 0, 1]);
    expect([...(batch?.close ?? [])]).toEqual([11.2, 13.2, 11.3, 13.3]);
    expect(dataset.references(selection)).toMatchObject([{ kind: "dividend", instrument: 1, amount: 0.2 }]);
    expect(() => dataset.source({ instruments: ["X" as InstrumentId] })).toThrow(/has no X/);
  });

  it("rows are shown with names and readable times", async () => {
    await fixture.write("A.csv", csv(quietRows()));
    await importDataset(fixture.declare(), fixture.lake);
    const { rows } = await showDataset(fixture.lake, "set", { symbol: "A", limit: 1 });
    expect(rows).toEqual([
      {
        symbol: "A",
        open_at: "2015-01-02T14:30:00Z",
        end_at: "2015-01-02T21:00:00Z",
        seen_at: "2015-01-02T21:00:00Z",
        open: 10,
        high: 11,
        low: 9,
        close: 10,
        volume: 1000,
      },
    ]);
    await expect(showDataset(fixture.lake, "set", { symbol: "Z" })).rejects.toThrow(/no symbol/);
    expect((await listDatasets(fixture.lake)).map((manifest) => manifest.rows)).toEqual([SESSIONS.length]);
  });
});

describe("extreme moves", () => {
  const crash = (factor: number): string[] =>
    quietRows(70).map((line, i) => {
      if (i < 4) return line;
      const price = 70 / factor + i / 10;
      return `${SESSIONS[i]},${price},${price + 1},${price - 1},${price},1000`;
    });
  const split = "ex_date,symbol,split_ratio\n2015-01-08,A,7\n";
  const run = async (rows: string[], changes: Record<string, unknown> = {}): ReturnType<typeof importDataset> => {
    await fixture.write("A.csv", csv(rows));
    return importDataset(fixture.declare({ files: "A.csv", ...changes }), fixture.lake);
  };

  it("are flagged and kept when nothing contradicts them: 2008 was real", async () => {
    const { quality } = await run(crash(7));
    expect(quality.flagged).toEqual({ "extreme-move": 1 });
    expect(quality.rowsKept).toBe(SESSIONS.length);
    expect(renderQuality(quality)).toMatch(/extreme-move[\s\S]*A 2015-01-08: -85\.\d % from 70\.3/);
  });

  it("are no finding when a split of that day explains them", async () => {
    await fixture.write("splits.txt", split);
    const { quality, manifest } = await run(crash(7), { actions: { kind: "csv", path: "splits.txt" } });
    expect(quality.flagged).toEqual({});
    expect(manifest.hasActions).toBe(true);
  });

  it("are quarantined when the split of that day contradicts them, and the series goes on", async () => {
    await fixture.write("splits.txt", split);
    const rows = quietRows(70);
    rows[4] = "2015-01-08,2,3,1,2,1000";
    const { quality } = await run([...rows.slice(0, 5), ...crash(7).slice(5)], { actions: { kind: "csv", path: "splits.txt" } });
    expect(quality.quarantined).toEqual({ "contradicted-by-action": 1 });
    expect(quality.flagged).toEqual({});
  });

  it("a split that the prices do not show is flagged", async () => {
    await fixture.write("splits.txt", split);
    const { quality } = await run(quietRows(70), { actions: { kind: "csv", path: "splits.txt" } });
    expect(quality.flagged).toEqual({ "split-without-jump": 1 });
  });

  it("are quarantined when a second source does not show them", async () => {
    await run(quietRows(70), { name: "other" });
    const spike = quietRows(70);
    spike[4] = "2015-01-08,700,701,699,700,1000";
    const { quality } = await run(spike, { secondSource: "other" });
    expect(quality.quarantined).toEqual({ "contradicted-by-second-source": 1 });
    expect(quality.flagged).toEqual({});
    await expect(run(spike, { secondSource: "nobody" })).rejects.toMatchObject({ code: "no-such-dataset" });
  });
});

describe("a bar that contradicts itself", () => {
  const replaced = (changes: Readonly<Record<number, string>>): string =>
    csv(quietRows(40).map((line, i) => (changes[i] === undefined ? line : `${SESSIONS[i]},${changes[i]}`)));
  const run = async (content: string, changes: Record<string, unknown> = {}): ReturnType<typeof importDataset> => {
    await fixture.write("A.csv", content);
    return importDataset(fixture.declare({ files: "A.csv", ...changes }), fixture.lake);
  };
  const nothing = "0.004,0.004,0.004,0.004,0";

  it("is quarantined when nothing traded at its extreme price, however many follow; the next trade is no finding", async () => {
    const { quality } = await run(replaced({ 2: nothing, 3: nothing, 4: nothing, 5: nothing, 6: nothing }));
    expect(quality.quarantined).toEqual({ "price-without-trade": 5 });
    expect(quality.flagged).toEqual({});
    expect(renderQuality(quality)).toMatch(/price-without-trade: nothing traded[\s\S]*A 2015-01-06: -100.0 % from 40.1 to 0.004/);
  });

  it("is kept when its symbol never reports volume: an index moves without trading", async () => {
    const index = csv(SESSIONS.map((date, i) => (i < 3 ? `${date},17,18,16,17,0` : `${date},18,39,17,37,0`)));
    const { quality } = await run(index);
    expect(quality.quarantined).toEqual({});
    expect(quality.flagged).toMatchObject({ "extreme-move": 1 });
  });

  it("is kept when a split of that day, or a second source, explains it", async () => {
    const halved = replaced({ 4: "5,5,5,5,0", 5: "5,5,5,5,9", 6: "5,5,5,5,9", 7: "5,5,5,5,9" });
    await fixture.write("splits.txt", "ex_date,symbol,split_ratio\n2015-01-08,A,8\n");
    const split = await run(halved, { actions: { kind: "csv", path: "splits.txt" } });
    expect(split.quality.quarantined).toEqual({});
    await run(replaced({ 4: "5,5,5,5,9", 5: "5,5,5,5,9", 6: "5,5,5,5,9", 7: "5,5,5,5,9" }), { name: "other" });
    const confirmed = await run(halved, { secondSource: "other" });
    expect(confirmed.quality.quarantined).toEqual({});
    expect((await run(halved)).quality.quarantined).toEqual({ "price-without-trade": 1 });
  });

  it("waits when it is a hundred times off, in either direction, and is believed when the level stays", async () => {
    const lost = await run(replaced({ 3: "0.39,0.4,0.38,0.39,900" }));
    expect(lost.quality.quarantined).toEqual({ "absurd-move": 1 });
    expect(lost.quality.flagged).toEqual({});
    const high = "5000,5001,4999,5000,900";
    const stays = await run(replaced({ 3: high, 4: high, 5: high, 6: high, 7: high }));
    expect(stays.quality.quarantined).toEqual({ "absurd-move": 3 });
    expect(stays.quality.flagged).toMatchObject({ "extreme-move": 1 });
    expect((await run(replaced({ 3: "0.41,0.42,0.4,0.41,900" }))).quality.quarantined).toEqual({});
  });

  it("is believed after a long silence: what was halted may come back a hundred times lower", async () => {
    const lines = csv(["2015-01-02,106,107,105,106,900", "2015-01-05,106,107,105,106,900", "2015-01-14,0.4,0.5,0.3,0.4,900"]);
    const { quality } = await run(lines);
    expect(quality.quarantined).toEqual({});
    expect(quality.flagged).toMatchObject({ "extreme-move": 1 });
  });

  it("an update does not take it for a revision", async () => {
    await run(replaced({ 2: nothing, 4: "0.39,0.4,0.38,0.39,900" }));
    const { update } = await updateDataset(fixture.declare({ files: "A.csv" }), fixture.lake);
    expect(update).toMatchObject({ revisedRows: 0, appended: 0 });
  });

  it("a high or low far beyond open and close is flagged and kept: some of 2010-05-06 were real", async () => {
    const { quality } = await run(replaced({ 2: "40,41,4,40,900", 3: "40,410,39,40,900" }));
    expect(quality.flagged).toEqual({ spike: 2 });
    expect(quality.quarantined).toEqual({});
  });
});

it("zero volume, stale runs and gaps are found and stated, nothing is filled", async () => {
  const rows = quietRows().map((line, i) => (i < 5 ? `${SESSIONS[i]},10,11,9,10,${i === 2 ? 0 : 7}` : line));
  await fixture.write("A.csv", csv([...rows.slice(0, 6), ...rows.slice(7)]));
  const { quality, manifest } = await importDataset(fixture.declare(), fixture.lake);
  expect(quality.flagged).toEqual({ "stale": 5, "zero-volume": 1 });
  expect(manifest.flaggedRows).toBe(5);
  expect(quality.gaps).toEqual([{ symbol: "A", from: "2015-01-12", to: "2015-01-12", sessions: 1 }]);
  expect(manifest.rows).toBe(SESSIONS.length - 1);
});

it("Parquet with dates and numbers gives the same dataset as CSV with their texts", async () => {
  await fixture.write("A.csv", csv(quietRows()));
  const text = await importDataset(fixture.declare(), fixture.lake);
  const db = await openDuckDb(null, null);
  const typed = `SELECT date::DATE AS date, * EXCLUDE (date) FROM read_csv('${join(fixture.root, "A.csv")}')`;
  await db.connection.run(`COPY (${typed}) TO '${join(fixture.root, "A.parquet")}' (FORMAT parquet)`);
  db.close();
  const columnar = await importDataset(fixture.declare({ name: "columnar", files: "A.parquet", format: "parquet" }), fixture.lake);
  expect(columnar.manifest.id).toBe(text.manifest.id);
  expect(columnar.quality.rowsKept).toBe(SESSIONS.length);
});

it("the stored declaration can be read again", async () => {
  await fixture.write("A.csv", csv(quietRows()));
  await importDataset(fixture.declare(), fixture.lake);
  const { declaration } = await readDeclaration(join((await openDataset(fixture.lake, "set")).folder, "declaration.yaml"));
  expect(declaration).toEqual(fixture.declare().declaration);
});

describe("rows that are no daily bars", () => {
  const at = { column: "ts", unit: "iso" };
  it("minute bars: stamped with start or end, in the venue's zone or with their own", async () => {
    await fixture.write("A.csv", csv(["2015-07-01T09:30:00,1,2,1,2,5", "2015-07-01T13:31:00Z,1,2,1,2,5"], "ts,open,high,low,close,volume"));
    const columns = { at, open: "open", high: "high", low: "low", close: "close", volume: "volume" };
    await importDataset(fixture.declare({ columns, interval: 60, feedDelay: 2 }), fixture.lake);
    const [start] = (await readBatches(await openDataset(fixture.lake, "set"))) as BarBatch[];
    const minute = Date.UTC(2015, 6, 1, 13, 30) * 1000;
    expect([...(start?.openAt ?? [])]).toEqual([minute, minute + 60e6]);
    expect([...(start?.seenAt ?? [])]).toEqual([minute + 62e6, minute + 122e6]);
    await importDataset(fixture.declare({ columns: { ...columns, at: { ...at, edge: "end" } }, interval: 60 }), fixture.lake);
    const [end] = (await readBatches(await openDataset(fixture.lake, "set"))) as BarBatch[];
    expect([...(end?.at ?? [])]).toEqual([minute, minute + 60e6]);
  });

  it("trades keep repetitions and their order within a moment; quotes know one-sided and crossed states", async () => {
    await fixture.write(
      "T.csv",
      "ms,price,size,side\n1420210800000,10,5,B\n1420210800000,10,5,B\n1420210800000,9.99,1,S\n1420210801000,-1,1,\n",
    );
    const trades = fixture.declare({
      name: "t",
      files: "T.csv",
      kind: "trade",
      columns: { at: { column: "ms", unit: "ms" }, price: "price", size: "size", aggressor: "side" },
    });
    const { quality } = await importDataset(trades, fixture.lake);
    expect(quality.quarantined).toEqual({ "non-positive-price": 1 });
    expect((await readBatches(await openDataset(fixture.lake, "t")))[0]).toMatchObject({
      kind: "trade",
      price: Float64Array.of(10, 10, 9.99),
      aggressor: Int8Array.of(1, 1, -1),
    });
    await fixture.write("Q.csv", "ms,b,a\n1420210800000,10,10.1\n1420210800500,0,10.2\n1420210801000,10.3,10.2\n1420210802000,0,0\n");
    const quotes = fixture.declare({
      name: "q",
      files: "Q.csv",
      kind: "quote",
      columns: { at: { column: "ms", unit: "ms" }, bid: "b", ask: "a" },
    });
    const found = await importDataset(quotes, fixture.lake);
    expect(found.quality.quarantined).toEqual({ "missing-field": 1 });
    expect(found.quality.flagged).toEqual({ "crossed-quote": 1 });
    expect((await readBatches(await openDataset(fixture.lake, "q")))[0]).toMatchObject({
      kind: "quote",
      bid: Float64Array.of(10, Number.NaN, 10.3),
    });
  });
});
