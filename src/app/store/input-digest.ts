// A hash of everything that a part of a feature set has folded: its bars and its reference events, in their order.
// When a dataset has grown, it shows that what was folded before is still there, unchanged.
import { createHash, type Hash } from "node:crypto";
import { sha256 } from "#base/hash.js";
import type { BarBatch } from "#domain/market.js";

const WIDTH = 9;
const ROWS = 1024;

export class InputDigest {
  private bars: Hash = createHash("sha256");
  private events: Hash = createHash("sha256");
  private readonly packed = new Float64Array(WIDTH * ROWS);
  private filled = 0;

  rows({ instrument, at, seenAt, openAt, open, high, low, close, volume }: BarBatch, start: number, end: number): void {
    const { packed } = this;
    for (let row = start; row < end; row++) {
      let cell = this.filled;
      packed[cell++] = instrument[row] as number;
      packed[cell++] = at[row] as number;
      packed[cell++] = seenAt[row] as number;
      packed[cell++] = openAt[row] as number;
      for (const lane of [open, high, low, close, volume]) {
        const v = lane[row] as number;
        packed[cell++] = Number.isNaN(v) ? Number.NaN : v;
      }
      this.filled = cell;
      if (cell === packed.length) this.drain();
    }
  }

  /** Plain data. */
  event(event: object): void {
    this.events.update(`${JSON.stringify(event)}\n`);
  }

  /** Of all since the last call. */
  take(): string {
    this.drain();
    const digest = sha256(this.bars.digest(), this.events.digest());
    this.bars = createHash("sha256");
    this.events = createHash("sha256");
    return digest;
  }

  /** Of all since the last `take`, without ending it. */
  peek(): string {
    this.drain();
    return sha256(this.bars.copy().digest(), this.events.copy().digest());
  }

  private drain(): void {
    this.bars.update(new Uint8Array(this.packed.buffer, 0, this.filled * 8));
    this.filled = 0;
  }
}
