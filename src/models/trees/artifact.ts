// A fitted model of trees as bytes: magic, version, fields, SHA-256 of all before it. The same model gives the same bytes.
import { z } from "zod";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";
import { ensembleFault, readEnsemble, writeEnsemble } from "./ensemble-bytes.js";
import { type Link, outputsOf } from "./link.js";
import { columnNames } from "./columns.js";
import type { TreeEnsemble } from "./tree-ensemble.js";

const MAGIC = "truewind-trees";
const VERSION = 1;

/** Everything a prediction needs. */
export interface FittedTrees {
  readonly family: string;
  /** Of a frame. The ensemble's own features are the columns of all steps. */
  readonly features: readonly string[];
  readonly steps: number;
  readonly link: Link;
  readonly ensemble: TreeEnsemble;
}

const headSchema = z.object({
  family: z.string(),
  features: z.array(z.string()),
  steps: z.int().positive(),
  link: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("identity") }),
    z.object({ kind: z.literal("direction"), scale: z.number() }),
    z.object({ kind: z.literal("probability"), scale: z.number() }),
    z.object({ kind: z.literal("classes"), means: z.array(z.number()) }),
    z.object({ kind: z.literal("line"), intercept: z.number(), slope: z.number() }),
  ]),
});

export function saveTrees({ family, features, steps, link, ensemble }: FittedTrees): Uint8Array {
  const writer = new ByteWriter(1 << 16).text(MAGIC).u8(VERSION).json({ family, features, steps, link });
  writeEnsemble(writer, ensemble);
  return withChecksum(writer).finish();
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged and sound model of this family. */
export function loadTrees(family: string, artifact: Uint8Array): FittedTrees {
  const bad = (what: string, cause?: unknown): TruewindError =>
    new TruewindError("corrupt-artifact", `This is no usable ${family} model: ${what}. Train it again.`, { cause });
  const body = checkedBody(artifact);
  const reader = new ByteReader(body ?? artifact);
  let read: { readonly head: unknown; readonly ensemble: TreeEnsemble };
  try {
    if (reader.text() !== MAGIC) throw bad("it does not start as a model of trees does");
    if (body === null) throw bad("its checksum differs, so bytes were lost or changed");
    const version = reader.u8();
    if (version !== VERSION) throw bad(`it has version ${version}, and this program reads version ${VERSION}`);
    read = { head: reader.json(), ensemble: readEnsemble(reader) };
  } catch (cause) {
    if (cause instanceof TruewindError && cause.message.startsWith("This is no usable")) throw cause;
    throw bad("its bytes end early or are no fields", cause);
  }
  const head = headSchema.safeParse(read.head);
  if (!head.success) throw bad("its head lacks fields");
  const { data } = head;
  if (data.family !== family) throw bad(`it holds a model of the family ${data.family}`);
  const fault = ensembleFault(read.ensemble) ?? headFault(data, read.ensemble);
  if (fault !== null) throw bad(fault);
  return { ...data, ensemble: read.ensemble };
}

function headFault({ features, steps, link }: z.infer<typeof headSchema>, ensemble: TreeEnsemble): string | null {
  if (outputsOf(link) !== ensemble.outputs) return "its scores are not those that its returns are made of";
  const count = features.length * steps === ensemble.features.length;
  return count && columnNames(features, steps).every((name, j) => name === ensemble.features[j])
    ? null
    : "its trees ask other columns than its features";
}
