// What boosting and forests have in common while they grow: chance, pauses, and the state that a fit goes on from as if nothing had happened.
import { MessageChannel } from "node:worker_threads";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import type { Rng } from "#base/rng.js";
import type { CheckpointStore, FitContext } from "#ports/model.js";
import { readEnsemble, writeEnsemble } from "../ensemble-bytes.js";
import type { TreeSamples } from "./samples.js";
import type { TreeEnsemble } from "../tree-ensemble.js";

const FORMAT = "truewind growing trees 1";

/** Trees so far, numbers, and vectors that stand beside them. */
export interface GrowingState<Progress> {
  readonly progress: Progress;
  readonly ensemble: TreeEnsemble;
  readonly vectors: readonly Float64Array[];
}

/** For the grower: a whole number in [0, 2^32). */
export const treeSeed = (rng: Rng, tree: number): number => rng.fork(`tree ${tree}`).int(2 ** 32);

/** `take` of the whole numbers below `count`, ascending, without replacement (Knuth 1997, algorithm S). */
export function draw(rng: Rng, count: number, take: number): Int32Array {
  const out = new Int32Array(take);
  for (let i = 0, kept = 0; kept < take; i++) if ((count - i) * rng.next() < take - kept) out[kept++] = i;
  return out;
}

/** Lets the event loop take its turn, so that Ctrl-C is heard between two trees. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.once("message", () => {
      port2.close();
      resolve();
    });
    port1.postMessage(null);
  });
}

/** Between two trees: writes the state when it is `due`, and when the fit shall stop, which throws `interrupted`. */
export async function pause(context: FitContext, due: boolean, place: string, state: () => Uint8Array): Promise<void> {
  await turn();
  const stopped = context.signal?.aborted === true;
  if (due || stopped) context.checkpoint?.write(state());
  if (!stopped) return;
  const kept = context.checkpoint === undefined ? "nothing of it is kept." : "give the same command again, and it goes on from there.";
  throw new TruewindError("interrupted", `Training was stopped behind ${place}: ${kept}`);
}

/** What a state must have been made with: settings, data and seed. The number of threads changes nothing. */
export function fingerprintOf(family: string, config: object, { features, rows, trainRows, hash }: TreeSamples, rng: Rng): string {
  return hashJson({ family, config, features, rows, trainRows, hash: hash(), seed: rng.fork("fingerprint").next() });
}

export function encodeState<Progress>(fingerprint: string, { progress, ensemble, vectors }: GrowingState<Progress>): Uint8Array {
  const writer = new ByteWriter(1 << 16).text(FORMAT).text(fingerprint).json(progress);
  writeEnsemble(writer, ensemble);
  writer.u32(vectors.length);
  for (const vector of vectors) writer.bytes(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return withChecksum(writer).view();
}

/** Null when there is none. Throws `corrupt-artifact` for damaged bytes, `data-changed` for a state of another fit. */
export function readState<Progress>(checkpoint: CheckpointStore | undefined, fingerprint: string): GrowingState<Progress> | null {
  const bytes = checkpoint?.read() ?? null;
  if (bytes === null) return null;
  const name = (checkpoint as CheckpointStore).name;
  if (checkedBody(bytes) === null)
    throw new TruewindError(
      "corrupt-artifact",
      `The checkpoint ${name} is damaged: remove it, and the training starts from the beginning.`,
    );
  const reader = new ByteReader(bytes);
  if (reader.text() !== FORMAT || reader.text() !== fingerprint)
    throw new TruewindError(
      "data-changed",
      `The checkpoint ${name} belongs to other settings, data or another seed: remove it, or go back to what it was made with.`,
    );
  const progress = reader.json() as Progress;
  const ensemble = readEnsemble(reader);
  const vectors = Array.from({ length: reader.u32() }, () => new Float64Array(reader.bytes().slice().buffer));
  return { progress, ensemble, vectors };
}
