// features.json: what a computed feature set is. Written last and at once: a folder without it is not finished and nobody reads it.
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";

const FILE = "features.json";

const bound = z.number().nullable();

const segmentSchema = z.strictObject({
  file: z.string(),
  rows: z.number().int().positive(),
  from: z.number(),
  to: z.number(),
  hash: z.string(),
});

const partSchema = z.strictObject({
  name: z.string(),
  symbols: z.array(z.string()),
  features: z.array(z.string()),
  segments: z.array(segmentSchema),
});

const manifestSchema = z.strictObject({
  layout: z.literal(1),
  /** The set's name, or `custom`. */
  set: z.string(),
  /** Hash of the names, versions, formulas and reference instruments. */
  version: z.string(),
  dataset: z.strictObject({ name: z.string(), id: z.string(), lineage: z.string() }),
  /** Ids of the fact sets that were folded in. */
  facts: z.array(z.string()),
  /** Instruments in the dataset's order. */
  symbols: z.array(z.string()),
  features: z.array(
    z.strictObject({
      name: z.string(),
      version: z.number().int(),
      unit: z.string(),
      range: z.tuple([bound, bound]),
      statistics: z.strictObject({
        rows: z.number().int(),
        known: z.number().int(),
        mean: bound,
        deviation: bound,
        least: bound,
        most: bound,
        outside: z.number().int(),
      }),
    }),
  ),
  rows: z.number().int(),
  /** First and last `seenAt`, Micros; null without rows. */
  from: bound,
  to: bound,
  /** SHA-256 over the columns of all parts: the same inputs give the same id, in one go or day by day. */
  contentId: z.string(),
  parts: z.array(partSchema),
});

type Manifest = z.infer<typeof manifestSchema>;
export type FeatureManifest = Readonly<Manifest>;
export type FeaturePart = Readonly<z.infer<typeof partSchema>>;

export async function writeFeatureManifest(folder: string, manifest: FeatureManifest): Promise<void> {
  const file = join(folder, FILE);
  await writeFile(`${file}.unfinished`, `${JSON.stringify(manifest, null, 1)}\n`);
  await rename(`${file}.unfinished`, file);
}

/** Null when the folder holds no finished set. Throws `bad-file` when the file is damaged. */
export async function readFeatureManifest(folder: string): Promise<FeatureManifest | null> {
  const file = join(folder, FILE);
  if (!existsSync(file)) return null;
  try {
    return manifestSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new TruewindError("bad-file", `${file} cannot be read: delete its folder and compute the features again.`, { cause });
  }
}
