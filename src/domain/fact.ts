// Something that became known besides prices: a figure of a report, a yield, the tone of a tweet, the open interest of the day's options.
// A restatement is a later fact about the same period: both stay, and who asks as of a moment gets what was known then.
import type { ReferenceEvent } from "./corporate-action.js";
import type { InstrumentIx } from "./instrument.js";
import type { Timed } from "./time.js";

/** `at`: the end of the period or the moment that it speaks of. `seenAt`: when it could first be known; never before `at`. */
export interface Fact extends Timed {
  readonly kind: "fact";
  /** Null when it is about the market as a whole. */
  readonly instrument: InstrumentIx | null;
  /** What is said: `eps`, `DGS10`, `tone`. */
  readonly field: string;
  /** Finite. */
  readonly value: number;
}

/** Splits, dividends, rates and facts in the order in which they become known; a plain list is one, and a table that makes them on demand. */
export interface ToldEvents {
  readonly length: number;
  /** Of a list that changes while it is told, by what is still to be told: another number after each change. Left out: it stays as it is. */
  readonly revision?: number;
  /** Undefined past the end. */
  at(index: number): ReferenceEvent | Fact | undefined;
}
