// The newest feature vector of every instrument, in the process and, beside it, in mirrors. Readers are always served from the process;
// a mirror that is slow, full or gone changes nothing of that. An observer of the loop: it copies, it never acts and never throws.
import type { FeatureFrame } from "#domain/frame.js";
import type { LatestMirror, MirrorCounters } from "#ports/latest-mirror.js";
import { decodeVector, encodeVector, type FeatureVector } from "./vector-codec.js";
import { type CheckedFeature, type FeatureCounters, type Verdict, VectorCheck } from "./vector-check.js";

export interface OnlineOptions {
  /** Of the feature set: vectors of another version are not read. */
  readonly version: string;
  /** Rows of the frames. */
  readonly symbols: readonly string[];
  /** Columns of the frames. */
  readonly features: readonly CheckedFeature[];
  readonly mirrors: readonly LatestMirror[];
  /** Share of unknown values above which a vector is not sound, 0 to 1. */
  readonly maxUnknown: number;
}

export interface ServedVector extends FeatureVector {
  readonly verdict: Verdict;
  /** True when it was made by an earlier process and read back from a mirror. */
  readonly restored: boolean;
}

export interface OnlineCounters {
  readonly vectors: number;
  readonly unsound: number;
  /** Entries of a mirror that were damaged or of another set. */
  readonly unreadable: number;
  readonly features: readonly FeatureCounters[];
  readonly mirrors: readonly MirrorCounters[];
}

export class OnlineStore {
  private readonly latest = new Map<string, ServedVector>();
  private readonly check: VectorCheck;
  private unreadable = 0;

  constructor(private readonly options: OnlineOptions) {
    this.check = new VectorCheck(options.features, options.maxUnknown);
  }

  /** Takes the rows of a frame that have a fresh bar. Late rows keep their older vector, with its older `asOf`. */
  publish({ asOf, instruments, values, fresh }: FeatureFrame): void {
    const { symbols, features, mirrors, version } = this.options;
    const width = features.length;
    for (let i = 0; i < instruments; i++) {
      const symbol = symbols[i];
      if (fresh[i] !== 1 || symbol === undefined) continue;
      // A resumed run covers ground again that is behind what it read back.
      if ((this.latest.get(symbol)?.asOf ?? Number.NEGATIVE_INFINITY) > asOf) continue;
      const vector = { asOf, values: values.slice(i * width, (i + 1) * width) };
      this.latest.set(symbol, { ...vector, verdict: this.check.take(vector.values), restored: false });
      if (mirrors.length === 0) continue;
      const bytes = encodeVector(version, vector);
      for (const mirror of mirrors) mirror.put(symbol, bytes);
    }
  }

  /** Warm start: the newest vector of each instrument that a mirror has and this process has not yet made. Returns how many were taken. */
  async restore(): Promise<number> {
    const { mirrors, version, features, symbols } = this.options;
    const known = new Set(symbols);
    let taken = 0;
    for (const mirror of mirrors) {
      for (const [symbol, bytes] of await mirror.load()) {
        const vector = decodeVector(version, features.length, bytes);
        if (vector === null || !known.has(symbol)) {
          this.unreadable++;
          continue;
        }
        const there = this.latest.get(symbol);
        if (there !== undefined && there.asOf >= vector.asOf) continue;
        if (there === undefined) taken++;
        // Judged, not counted: it was counted by the process that made it.
        const verdict = new VectorCheck(features, this.options.maxUnknown).take(vector.values);
        this.latest.set(symbol, { ...vector, verdict, restored: true });
      }
    }
    return taken;
  }

  /** The newest vector however old it is; its `asOf` says so. Null when there is none. */
  newest(symbol: string): ServedVector | null {
    return this.latest.get(symbol) ?? null;
  }

  /** The newest vector made at `since` or later, Micros; null otherwise. */
  fresh(symbol: string, since: number): ServedVector | null {
    const vector = this.latest.get(symbol);
    return vector !== undefined && vector.asOf >= since ? vector : null;
  }

  get counters(): OnlineCounters {
    const { check, unreadable } = this;
    const mirrors = this.options.mirrors.map(({ counters }) => counters);
    return { vectors: check.vectors, unsound: check.unsound, unreadable, features: check.counters(), mirrors };
  }

  async close(): Promise<void> {
    await Promise.all(this.options.mirrors.map((mirror) => mirror.close()));
  }
}
