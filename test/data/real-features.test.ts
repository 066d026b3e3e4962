// Stored features of real bars: each part's files hold the bits that one live plan over all instruments shows bar by bar.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { computePart } from "#app/store/compute-part.js";
import { cutIntoParts } from "#app/store/parts.js";
import { planOfDataset } from "#app/modes/plan-of-dataset.js";
import { SegmentBuffer } from "#data/feature-lake/segment-buffer.js";
import { readSegment } from "#data/feature-lake/segment-file.js";
import { type Declaration, parseDeclaration } from "#data/import/declaration.js";
import { detectDeclaration } from "#data/import/detect-declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { type OpenDataset, openDataset } from "#data/lake/open-dataset.js";
import type { Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { resolveFeatures } from "#features/registry.js";
import { sharedData } from "#test/needs.js";

const found = sharedData();
const data = found ?? "";

async function agrees(dataset: OpenDataset, definitions: readonly FeatureDefinition[], folder: string): Promise<number> {
  const symbols = dataset.manifest.instruments.map(({ id }) => id as string);
  const parts = cutIntoParts(symbols, definitions).map((part) => ({
    part,
    buffer: new SegmentBuffer(part.definitions.length),
    rowOf: Int32Array.from(symbols, (symbol) => part.symbols.indexOf(symbol)),
    columns: part.definitions.map((definition) => definitions.indexOf(definition)),
  }));
  const plan = planOfDataset(dataset.manifest, dataset.instruments(), definitions, {});
  const references = dataset.references();
  for await (const batch of dataset.source().batches(0)) {
    for (let start = 0, end = 0; start < batch.length; start = end) {
      while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
      const now = batch.seenAt[start] as Micros;
      for (let event = references[0]; event !== undefined && event.seenAt <= now; event = references[0]) {
        if (event.kind === "split" || event.kind === "dividend") plan.reference(event);
        references.shift();
      }
      plan.advance(batch, start, end);
      const since = Math.min(...batch.at.subarray(start, end)) as Micros;
      const { values } = plan.frame(now, since);
      for (let row = start; row < end; row++) {
        const i = batch.instrument[row] as number;
        for (const { buffer, rowOf, columns } of parts) {
          if ((rowOf[i] as number) < 0) continue;
          const own = Float64Array.from(columns, (column) => values[i * definitions.length + column] as number);
          buffer.add(rowOf[i] as number, batch.at[row] as number, now, own, 0);
        }
      }
    }
  }
  let rows = 0;
  for (const { part, buffer } of parts) {
    const names = part.definitions.map(({ name }) => name);
    const options = { dataset, peers: {}, facts: [], folder: join(folder, part.name), segment: 1e9 };
    const { segments } = await computePart(part, options);
    expect(segments.map(({ hash }) => hash)).toEqual([buffer.hash()]);
    const back = new SegmentBuffer(names.length);
    await readSegment(join(options.folder, segments[0]?.file as string), back, part.symbols, names);
    expect(back.hash()).toBe(buffer.hash());
    rows += back.rows;
  }
  return rows;
}

describe.skipIf(found === null)("stored features of real bars", () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "truewind-real-features-"));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("are the live plan's: raw US shares with their splits, among them ranks over all instruments", async () => {
    const declaration: Declaration = parseDeclaration({
      name: "lean",
      files: "us_equity_unadjusted_lean/daily/*.csv.gz",
      columns: { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" },
      symbolCase: "upper",
      priceBasis: "raw",
      actions: { kind: "lean-factor-files", path: "corporate_actions_lean/factor_files" },
    });
    const { manifest } = await importDataset({ declaration, root: data }, join(home, "lake"));
    expect(manifest.hasActions).toBe(true);
    const definitions = resolveFeatures(["classic-40", "classic-40-raw", "levels"]);
    expect(await agrees(await openDataset(join(home, "lake"), "lean"), definitions, join(home, "lean"))).toBe(2 * manifest.rows);
  }, 240_000);

  it("are the live plan's: minute bars, with features on longer bars made from them", async () => {
    const { manifest } = await importDataset(await detectDeclaration(join(data, "intraday_minute_bars", "equity_usa")), join(home, "lake"));
    const definitions = resolveFeatures(["classic-40-raw", "mom_20@15m", "vol_20@1h"]);
    expect(await agrees(await openDataset(join(home, "lake"), manifest.name), definitions, join(home, "minutes"))).toBe(manifest.rows);
  }, 240_000);
});
