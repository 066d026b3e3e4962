// How far a part of a feature set has come: its files, what went into them, and the plan's state behind the last row. Written whole
// after each file, so whoever finds it can go on from there; what it does not name does not count.
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { sha256 } from "#base/hash.js";

const segmentSchema = z.strictObject({
  file: z.string(),
  rows: z.number().int().positive(),
  /** First and last `seenAt`, Micros. */
  from: z.number(),
  to: z.number(),
  /** Of its columns. */
  hash: z.string(),
  /** Of the bars and events that were folded for it. */
  input: z.string(),
});

const headerSchema = z.strictObject({
  symbols: z.array(z.string()),
  features: z.array(z.string()),
  segments: z.array(segmentSchema),
});

export type Segment = Readonly<z.infer<typeof segmentSchema>>;

export interface PartState {
  readonly symbols: readonly string[];
  readonly features: readonly string[];
  readonly segments: readonly Segment[];
  /** Six numbers per feature; see statistics.ts. */
  readonly statistics: Float64Array;
  /** Of the plan, behind the last row. */
  readonly snapshot: Uint8Array;
}

const MAGIC = "truewind feature part 1";

export async function writePartState(file: string, state: PartState): Promise<void> {
  const { symbols, features, segments, statistics, snapshot } = state;
  const body = new ByteWriter(snapshot.length + 4096).text(MAGIC).json({ symbols, features, segments }).f64s(statistics).bytes(snapshot);
  const bytes = body.finish();
  await writeFile(`${file}.unfinished`, new ByteWriter(bytes.length + 128).text(sha256(bytes)).bytes(bytes).view());
  await rename(`${file}.unfinished`, file);
}

/** Null when there is none or it is damaged: the part is then computed from its beginning. */
export async function readPartState(file: string): Promise<PartState | null> {
  if (!existsSync(file)) return null;
  try {
    const outer = new ByteReader(await readFile(file));
    const hash = outer.text();
    const bytes = outer.bytes();
    if (sha256(bytes) !== hash) return null;
    const reader = new ByteReader(bytes);
    if (reader.text() !== MAGIC) return null;
    return { ...headerSchema.parse(reader.json()), statistics: reader.f64s(), snapshot: reader.bytes() };
  } catch {
    return null;
  }
}
