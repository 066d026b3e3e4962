// manifest.json and quality.json of one version of a dataset: written once, validated on the way back in.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { QualityReport } from "../quality/report.js";

const time = z.number().int().nullable();

const instrumentSchema = z.strictObject({
  id: z.string(),
  venue: z.string(),
  currency: z.string(),
  tickSize: z.number().positive(),
  relativeTick: z.number().positive().nullable(),
  lotSize: z.number().positive(),
  sector: z.string().nullable(),
});

const manifestSchema = z.strictObject({
  name: z.string(),
  id: z.string(),
  lineage: z.string(),
  kind: z.enum(["bar", "trade", "quote"]),
  barInterval: z.union([z.literal("1d"), z.number().positive()]).nullable(),
  priceBasis: z.enum(["raw", "split", "full"]),
  priceBasisAssumed: z.boolean(),
  survivorsOnly: z.boolean(),
  survivorsAssumed: z.boolean(),
  calendar: z.string(),
  instruments: z.array(instrumentSchema),
  notTradable: z.array(z.string()),
  rows: z.number().int().nonnegative(),
  from: time,
  to: time,
  source: z.string(),
  quarantinedRows: z.number().int().nonnegative(),
  quarantinedFiles: z.number().int().nonnegative(),
  flaggedRows: z.number().int().nonnegative(),
  hasActions: z.boolean(),
});

export async function writeManifest(folder: string, manifest: DatasetManifest): Promise<void> {
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
}

/** Throws `bad-file` when the manifest cannot be read. */
export async function readManifest(folder: string): Promise<DatasetManifest> {
  const file = join(folder, "manifest.json");
  const parsed = manifestSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data as unknown as DatasetManifest;
  throw new TruewindError(
    "bad-file",
    `${file} is no manifest of this version (${z.prettifyError(parsed.error)}): import the dataset again.`,
  );
}

export async function writeQuality(folder: string, report: QualityReport): Promise<void> {
  await writeFile(join(folder, "quality.json"), `${JSON.stringify(report)}\n`);
}

/** Throws `bad-file` when there is no readable report. */
export async function readQuality(folder: string): Promise<QualityReport> {
  return (await readJson(join(folder, "quality.json"))) as QualityReport;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as unknown;
  } catch (error) {
    throw new TruewindError("bad-file", `${file} cannot be read: import the dataset again.`, { cause: error });
  }
}
