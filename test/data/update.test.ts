// Updates: new days are appended, history that the files now tell differently is reported and only rewritten on demand.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importDataset } from "#data/import/import-dataset.js";
import { renderUpdate, updateDataset } from "#data/import/update-dataset.js";
import { checkDataset } from "#data/lake/check.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { createFixture, csv, type Fixture, quietRows, readBatches, SESSIONS } from "./lake-fixture.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.dispose());

async function closes(): Promise<number[]> {
  const batches = await readBatches(await openDataset(fixture.lake, "set"));
  return batches.flatMap((batch) => (batch.kind === "bar" ? [...batch.close] : []));
}

const early = quietRows().slice(0, 5);
const late = quietRows().slice(5);

describe("new days", () => {
  it("from files that hold only them make the same dataset as one import of all", async () => {
    await fixture.write("A.csv", csv([...early, ...late]));
    const all = (await importDataset(fixture.declare({ name: "all" }), fixture.lake)).manifest.id;
    await fixture.write("A.csv", csv(early));
    await importDataset(fixture.declare(), fixture.lake);
    await fixture.write("A.csv", csv(late));
    const { update, manifest, quality } = await updateDataset(fixture.declare(), fixture.lake);
    expect(update).toEqual({ appended: 3, newSymbols: 0, revised: [], revisedRows: 0, applied: false, heldBack: 0 });
    expect(manifest.id).toBe(all);
    expect(quality.rowsKept + quality.rowsMerged + quality.rowsQuarantined).toBe(quality.rowsRead);
    expect((await checkDataset(fixture.lake, "set")).manifest.rows).toBe(SESSIONS.length);
  });

  it("from files that hold everything, and new symbols", async () => {
    await fixture.write("A.csv", csv(early));
    await importDataset(fixture.declare(), fixture.lake);
    await fixture.write("A.csv", csv([...early, ...late]));
    await fixture.write("B.csv", csv(quietRows(20)));
    const { update, manifest } = await updateDataset(fixture.declare(), fixture.lake);
    expect(update).toMatchObject({ appended: 3 + SESSIONS.length, newSymbols: 1, revisedRows: 0 });
    expect(manifest.instruments.map((instrument) => instrument.id)).toEqual(["A", "B"]);
  });

  it("twice the same update changes nothing", async () => {
    await fixture.write("A.csv", csv([...early, `${SESSIONS[5]},1,2,3,1,5`, `${SESSIONS[6]},9,12,8,10,5`, `${SESSIONS[6]},9,12,8,11,5`]));
    const first = await importDataset(fixture.declare(), fixture.lake);
    const { update, manifest } = await updateDataset(fixture.declare(), fixture.lake);
    expect(update).toMatchObject({ appended: 0, revisedRows: 0 });
    expect(manifest.id).toBe(first.manifest.id);
  });
});

describe("revised history", () => {
  const revised = [early[0], `${SESSIONS[1]},10.1,12,9,11.5,1001`, early[3], early[4], ...late] as string[];

  it("is refused and listed by default; new rows are still appended on raw prices", async () => {
    await fixture.write("A.csv", csv(early));
    await importDataset(fixture.declare(), fixture.lake);
    const before = await closes();
    await fixture.write("A.csv", csv(revised));
    const { update, quality } = await updateDataset(fixture.declare(), fixture.lake);
    expect(update.revised).toEqual([{ symbol: "A", changed: 1, inserted: 0, removed: 1, first: "2015-01-05T21:00:00Z" }]);
    expect(update).toMatchObject({ appended: 3, revisedRows: 2, applied: false, heldBack: 0 });
    expect((await closes()).slice(0, 5)).toEqual(before);
    expect(quality.quarantined).toEqual({ "revision-refused": 1 });
    expect(renderUpdate(update)).toMatch(/History was revised in 2 rows of 1 symbols: A from 2015-01-05.*the lake was kept/);
  });

  it("is applied on demand", async () => {
    await fixture.write("A.csv", csv(early));
    await importDataset(fixture.declare(), fixture.lake);
    await fixture.write("A.csv", csv(revised));
    const { update, quality } = await updateDataset(fixture.declare(), fixture.lake, { acceptRevisions: true });
    expect(update).toMatchObject({ appended: 3, revisedRows: 2, applied: true });
    expect((await closes()).slice(0, 2)).toEqual([10, 11.5]);
    expect(await closes()).toHaveLength(SESSIONS.length - 1);
    expect(quality.rowsKept + quality.rowsMerged + quality.rowsQuarantined).toBe(quality.rowsRead);
  });

  it("on adjusted prices holds new rows back, because old and new would not fit together", async () => {
    await fixture.write("A.csv", csv(early));
    await fixture.write("B.csv", csv(quietRows(20).slice(0, 5)));
    const located = fixture.declare({ priceBasis: "full" });
    await importDataset(located, fixture.lake);
    await fixture.write("A.csv", csv(quietRows(5)));
    await fixture.write("B.csv", csv(quietRows(20)));
    const { update, manifest } = await updateDataset(located, fixture.lake);
    expect(update).toMatchObject({ appended: 3, heldBack: 3, applied: false });
    expect(manifest.rows).toBe(5 + SESSIONS.length);
    const applied = await updateDataset(located, fixture.lake, { acceptRevisions: true });
    expect(applied.manifest.rows).toBe(2 * SESSIONS.length);
    expect(Math.min(...(await closes()))).toBe(5);
  });

  it("refuses a declaration that means something else", async () => {
    await fixture.write("A.csv", csv(early));
    await importDataset(fixture.declare(), fixture.lake);
    await expect(updateDataset(fixture.declare({ priceBasis: "full" }), fixture.lake)).rejects.toMatchObject({ code: "data-changed" });
    await expect(updateDataset(fixture.declare({ name: "never" }), fixture.lake)).rejects.toMatchObject({ code: "no-such-dataset" });
  });
});
