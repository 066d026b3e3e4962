// Laws of the import: no row is lost or made up, and the dataset is the same however its rows are spread over files.
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { importDataset } from "#data/import/import-dataset.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { createFixture, csv, type Fixture, quietRows, readBatches, SESSIONS } from "./lake-fixture.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.dispose());

const price = fc.constantFrom("10", "10.5", "11", "9", "50", "0", "-1", "1e308", "nan", "", "x");
const row = fc.record({
  date: fc.constantFrom(...SESSIONS, "2015-01-04", "2015-01-03", "never", ""),
  symbol: fc.constantFrom("A", "B", ""),
  prices: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("10,12,8,11", "10,12,8,9", "20,22,18,19") },
    { weight: 1, arbitrary: fc.array(price, { minLength: 4, maxLength: 4 }).map((p) => p.join(",")) },
  ),
  volume: fc.constantFrom("0", "100", "-5", "", "abc"),
  extra: fc.constantFrom("", "", "", "", ",surplus"),
});
const line = row.map(({ date, symbol, prices, volume, extra }) => `${date},${symbol},${prices},${volume}${extra}`);
const HEADER = "date,symbol,open,high,low,close,volume";

it("every input row ends in exactly one of lake, quarantine and merged repetitions", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), fc.nat(5), async (lines, cut) => {
      const located = fixture.declare({ symbol: { column: "symbol" } });
      // One row that is surely sound, so that the set is never empty.
      await fixture.write("a.csv", csv(["2015-01-02,Z,10,11,9,10,1", ...lines.slice(0, cut)], HEADER));
      await fixture.write("b.csv", csv(lines.slice(cut), HEADER));
      const { manifest, quality } = await importDataset(located, fixture.lake);
      expect(quality.rowsRead).toBe(lines.length + 1);
      expect(quality.rowsKept + quality.rowsMerged + quality.rowsQuarantined).toBe(quality.rowsRead);
      const byReason = Object.values(quality.quarantined).reduce((sum, n) => sum + n, 0);
      expect(byReason).toBe(quality.rowsQuarantined);
      const streamed = (await readBatches(await openDataset(fixture.lake, "set"))).reduce((sum, batch) => sum + batch.length, 0);
      expect(streamed).toBe(quality.rowsKept);
      expect(manifest.rows).toBe(quality.rowsKept);
      expect(quality.symbols.reduce((sum, symbol) => sum + symbol.rows, 0)).toBe(quality.rowsKept);
      expect(quality.files.reduce((sum, file) => sum + file.rows, 0)).toBe(quality.rowsRead);
    }),
    { numRuns: 25 },
  );
}, 120_000);

it("the id does not depend on file split, file names, row order, threads or broken files beside", async () => {
  const lines = ["A", "B", "C"].flatMap((symbol, k) => quietRows(10 + k).map((text) => text.replace(",", `,${symbol},`)));
  const id = async (parts: readonly (readonly string[])[], threads: number): Promise<string> => {
    const fresh = await createFixture();
    try {
      for (const [i, part] of parts.entries()) await fresh.write(`part-${parts.length - i}.csv`, csv(part, HEADER));
      if (threads === 3) await fresh.write("broken.csv", "");
      return (await importDataset(fresh.declare({ symbol: { column: "symbol" } }), fresh.lake, { threads })).manifest.id;
    } finally {
      await fresh.dispose();
    }
  };
  const whole = await id([lines], 1);
  expect(await id([[...lines].reverse()], 2)).toBe(whole);
  expect(await id([lines.slice(0, 7), lines.slice(7, 11), lines.slice(11)], 3)).toBe(whole);
  expect(await id([[...lines, lines[0] as string]], 2)).toBe(whole);
  expect(await id([lines.slice(1)], 2)).not.toBe(whole);
  expect(await id([lines.map((text) => text.replace(",1000", ",1001"))], 2)).not.toBe(whole);
});
