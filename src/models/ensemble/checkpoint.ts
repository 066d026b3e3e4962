// The state of an unfinished ensemble: what members have finished, and the own state of the one at work. One file, written whole.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";
import type { CheckpointStore } from "#ports/model.js";

const FORMAT = "truewind ensemble 1";

export interface Work {
  /** What a part left when it was done; null when it is not. */
  done(part: string): Uint8Array | null;
  /** Where the part at work keeps its own state; undefined when nothing is kept. */
  store(part: string): CheckpointStore | undefined;
  /** Keeps what the part leaves, and forgets its state. */
  finish(part: string, result: Uint8Array): void;
}

/**
 * `fingerprint`: of settings, data and chance, without which the state means nothing. Throws `corrupt-artifact` for damaged bytes,
 * `data-changed` for a state of other settings or data.
 */
export function openWork(store: CheckpointStore | undefined, fingerprint: string): Work {
  if (store === undefined) return { done: () => null, store: () => undefined, finish: () => undefined };
  const done = new Map<string, Uint8Array>();
  let current: { readonly part: string; readonly state: Uint8Array } | null = null;
  const stored = store.read();
  if (stored !== null) {
    const body = checkedBody(stored);
    if (body === null)
      throw new TruewindError(
        "corrupt-artifact",
        `The checkpoint ${store.name} is damaged: remove it, and the training starts from the beginning.`,
      );
    const reader = new ByteReader(body);
    if (reader.text() !== FORMAT || reader.text() !== fingerprint)
      throw new TruewindError(
        "data-changed",
        `The checkpoint ${store.name} belongs to other settings, data, or another seed: remove it, or go back to what it was made with.`,
      );
    for (let left = reader.u32(); left > 0; left--) done.set(reader.text(), reader.bytes());
    const part = reader.text();
    if (part !== "") current = { part, state: reader.bytes() };
  }
  const write = (): void => {
    const writer = new ByteWriter(1 << 16).text(FORMAT).text(fingerprint).u32(done.size);
    for (const [part, result] of done) writer.text(part).bytes(result);
    writer.text(current?.part ?? "");
    if (current !== null) writer.bytes(current.state);
    store.write(withChecksum(writer).finish());
  };
  return {
    done: (part) => done.get(part) ?? null,
    store: (part) => ({
      name: store.name,
      read: () => (current?.part === part ? current.state : null),
      write(state) {
        current = { part, state: Uint8Array.from(state) };
        write();
      },
      remove() {
        current = null;
      },
    }),
    finish(part, result) {
      done.set(part, result);
      current = null;
      write();
    },
  };
}
