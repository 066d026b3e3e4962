// A dataset changes in one step: whatever stops an import, the old version stays whole.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { importDataset } from "#data/import/import-dataset.js";
import { checkDataset } from "#data/lake/check.js";
import { replaceDataset } from "#data/lake/folder.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { listDatasets } from "#data/lake/show.js";
import { partitionFiles } from "#data/lake/partitions.js";
import { createFixture, csv, type Fixture, quietRows, readBatches, SESSIONS } from "./lake-fixture.js";

const built = fileURLToPath(new URL("../../dist/src/data/import/import-dataset.js", import.meta.url));

let fixture: Fixture;
let oldId: string;
beforeEach(async () => {
  fixture = await createFixture();
  await fixture.write("GOOD.csv", csv(quietRows()));
  oldId = (await importDataset(fixture.declare(), fixture.lake)).manifest.id;
});
afterEach(() => fixture.dispose());

const versions = async (): Promise<string[]> => readdir(join(fixture.lake, ".versions"));

it("an aborted import leaves the old dataset and no traces", async () => {
  await fixture.write("MORE.csv", csv(quietRows(20)));
  for (const stage of ["reading", "checking", "writing"] as const) {
    const stop = new AbortController();
    const onProgress = (progress: { stage: string }): void => {
      if (progress.stage === stage) stop.abort();
    };
    const running = importDataset(fixture.declare(), fixture.lake, { signal: stop.signal, onProgress });
    await expect(running).rejects.toMatchObject({ code: "interrupted" });
    expect((await checkDataset(fixture.lake, "set")).manifest.id).toBe(oldId);
    expect(await versions()).toHaveLength(1);
  }
});

it("an import that fails leaves the old dataset", async () => {
  await fixture.write("GOOD.csv", "");
  await expect(importDataset(fixture.declare(), fixture.lake)).rejects.toMatchObject({ code: "no-data" });
  expect((await checkDataset(fixture.lake, "set")).manifest.id).toBe(oldId);
});

it("a reader that opened the old version reads it to its end while a new one is imported", async () => {
  const before = await openDataset(fixture.lake, "set");
  await fixture.write("MORE.csv", csv(quietRows(20)));
  await importDataset(fixture.declare(), fixture.lake);
  expect((await readBatches(before)).reduce((n, batch) => n + batch.length, 0)).toBe(SESSIONS.length);
  expect((await readBatches(await openDataset(fixture.lake, "set"))).reduce((n, batch) => n + batch.length, 0)).toBe(2 * SESSIONS.length);
});

it("an import killed at any stage leaves the old dataset, and the next import clears what it left", async (context) => {
  if (!existsSync(built)) context.skip("the build is missing: npm test makes it first");
  for (let i = 0; i < 30; i++) await fixture.write(`S${i}.csv`, csv(quietRows(20 + i)));
  for (const stage of ["reading", "checking", "writing"]) {
    const code = `
      const { importDataset } = await import(${JSON.stringify(built)});
      const onProgress = ({ stage }) => { if (stage === ${JSON.stringify(stage)}) process.kill(process.pid, "SIGKILL"); };
      await importDataset(${JSON.stringify(fixture.declare())}, ${JSON.stringify(fixture.lake)}, { onProgress });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
    const signal = await new Promise((done) => child.on("exit", (_, by) => done(by)));
    expect(signal).toBe("SIGKILL");
    expect((await checkDataset(fixture.lake, "set")).manifest.id).toBe(oldId);
    expect((await listDatasets(fixture.lake)).map((manifest) => manifest.name)).toEqual(["set"]);
  }
  const { manifest } = await importDataset(fixture.declare(), fixture.lake);
  expect(manifest.instruments).toHaveLength(31);
  // The new version and the one it replaced, which a reader may still hold; nothing of the killed ones.
  expect(await versions()).toHaveLength(2);
});

it("a dataset whose files were touched does not pass the check", async () => {
  const { folder } = await openDataset(fixture.lake, "set");
  await rm((await partitionFiles(folder, "bar"))[0] as string);
  await expect(checkDataset(fixture.lake, "set")).rejects.toMatchObject({ code: "data-changed" });
});

it("what fill throws comes out, and two names do not disturb one another", async () => {
  await expect(replaceDataset(fixture.lake, "other", () => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
  await replaceDataset(fixture.lake, "other", (folder) => writeFile(join(folder, "manifest.json"), "{}"));
  expect((await checkDataset(fixture.lake, "set")).manifest.id).toBe(oldId);
  expect((await versions()).filter((name) => name.startsWith("other@"))).toHaveLength(1);
});
