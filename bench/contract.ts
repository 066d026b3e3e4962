// The one contract of all benchmarks: ours and a peer on the same work, in interleaved rounds, compared by medians.
// A peer that cannot be installed is reported as not run, and never replaced by another.

/** Rates end in `/s`, and more is better; of anything else less is better. A regret is how far a search stayed above the least there is. */
export type Unit = "s" | "ms" | "us" | "MB" | "regret" | `${string}/s`;

/** Why a peer gave no number, in words for a person. */
export interface NotRun {
  readonly notRun: string;
}

export interface BenchCase {
  readonly name: string;
  readonly unit: Unit;
  /** One round. Timed by the case itself, so that it can say what is inside the clock. Throws when the work went wrong. */
  readonly ours: () => Promise<number>;
  /** One round of the peer on the same input, in the same unit. */
  readonly peer?: { readonly name: string; readonly run: () => Promise<number | NotRun> };
  /** The best that the hardware allows by count of operations or bytes, in `unit`: how much room anyone has left. */
  readonly floor?: number;
}

export interface Bench {
  /** Run in this order. */
  readonly cases: readonly BenchCase[];
}

/** One line of `--json`. */
export interface BenchLine {
  readonly bench: string;
  readonly case: string;
  readonly unit: Unit;
  /** Median over the rounds. */
  readonly ours: number;
  /** Median over the rounds; null when there is no peer or it was not run. */
  readonly peer: number | null;
  readonly peerName: string | null;
  /** Below 1 we are ahead: ours / peer for times and memory, peer / ours for rates. */
  readonly ratio: number | null;
  readonly rounds: number;
  readonly floor?: number;
  /** `not run: reason`. */
  readonly note?: string;
}
