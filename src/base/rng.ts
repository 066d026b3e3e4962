// Seeded, forkable random numbers: xoshiro128** (Blackman & Vigna 2018), seeded from SHA-256 of a label path.
// The only source of chance outside adapters; the same seed gives the same stream on every machine.
import { createHash } from "node:crypto";

export interface Rng {
  /** Uniform in [0, 1) with 53 random bits. */
  next(): number;
  /** Standard normal (Marsaglia's polar method). */
  normal(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** An independent stream that depends only on this stream's seed and the label, not on how far it has run. */
  fork(label: string): Rng;
  /** The state as plain numbers, for snapshots. */
  save(): readonly number[];
  load(state: readonly number[]): void;
}

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

export function createRng(seed: string): Rng {
  const digest = createHash("sha256").update(seed).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let d = digest.readInt32LE(12) | 1; // never the all-zero state
  let spare = Number.NaN;

  const bits = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    return result;
  };
  const next = (): number => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992;

  return {
    next,
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      for (;;) {
        const u = 2 * next() - 1;
        const v = 2 * next() - 1;
        const s = u * u + v * v;
        if (s >= 1 || s === 0) continue;
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * scale;
        return u * scale;
      }
    },
    int: (n) => Math.floor(next() * n),
    fork: (label) => createRng(`${seed}/${label}`),
    save: () => [a, b, c, d, spare],
    load(state) {
      [a, b, c, d, spare] = state as [number, number, number, number, number];
    },
  };
}
