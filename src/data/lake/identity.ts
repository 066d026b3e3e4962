// The content id of a dataset: SHA-256 over its instruments, its facts and its canonical columns in total order. Parquet bytes,
// row groups, thread counts, file names and the split of source files do not enter it.
import { createHash, type Hash } from "node:crypto";
import { endianness } from "node:os";
import { canonicalJson, sha256 } from "#base/hash.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { DatasetManifest } from "#domain/dataset.js";
import { invariant } from "#base/errors.js";
import { type LakeBatch, lanesOf } from "./columns.js";

/** What of a manifest decides the meaning of its numbers. */
export type IdentityFacts = Pick<DatasetManifest, "kind" | "barInterval" | "priceBasis" | "calendar" | "instruments" | "notTradable">;

/** One running hash per column, so that the cut into batches leaves no trace. */
export class ColumnHasher {
  private readonly hashes: Hash[] = [];
  rows = 0;

  add(batch: LakeBatch): void {
    invariant(endianness() === "LE", "columns are hashed as little-endian bytes");
    [batch.instrument, ...lanesOf(batch)].forEach((lane, c) => {
      this.hashes[c] ??= createHash("sha256");
      (this.hashes[c] as Hash).update(new Uint8Array(lane.buffer, lane.byteOffset, lane.byteLength));
    });
    this.rows += batch.length;
  }

  /** May be asked once. */
  id(facts: IdentityFacts, references: readonly ReferenceEvent[]): string {
    const { kind, barInterval, priceBasis, calendar, instruments, notTradable } = facts;
    const head = canonicalJson({ kind, barInterval, priceBasis, calendar, instruments, notTradable, references });
    return sha256(head, ...this.hashes.map((hash) => hash.digest()), String(this.rows));
  }
}
