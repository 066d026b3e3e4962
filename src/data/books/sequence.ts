// Which diffs follow on which book. Binance: "How to manage a local order book correctly", spot and futures; other venues count by one.
import type { BookMessage, DiffMessage } from "./message.js";

/**
 * `spot`: U and u run on without a break. `futures`: pu names the u before. `counted`: every message counts one. `uncounted`: the venue
 * gives no numbers, so a lost message cannot be noticed.
 */
export type SequenceRule = "spot" | "futures" | "counted" | "uncounted";

/** What a diff is to a book that stands at update `last`. */
export type Verdict = "next" | "old" | "gap";

/** `first` is true for the first diff after a snapshot, where an overlap is allowed: sizes are totals, so applying twice changes nothing. */
export function judgeDiff(rule: SequenceRule, diff: DiffMessage, last: number | null, first: boolean): Verdict {
  if (rule === "uncounted" || last === null) return "next";
  const { first: from, last: to, previous } = diff;
  if (from === null || to === null) return "gap";
  if (rule === "futures") {
    if (first) {
      if (to < last) return "old";
      // The second half: no update of this book between the message before and the snapshot.
      return from <= last || (previous !== null && previous <= last) ? "next" : "gap";
    }
    if (to <= last) return "old";
    return previous === last ? "next" : "gap";
  }
  if (to <= last) return "old";
  if (first) return from <= last + 1 ? "next" : "gap";
  return from === last + 1 ? "next" : "gap";
}

/** Why a message is not fit to be applied, or null. A message with a broken number or a one-sided range is refused whole. */
export function faultOf(message: BookMessage): string | null {
  for (const changes of [message.bids, message.asks]) {
    for (let k = 0; k < changes.length; k += 2) {
      if (!Number.isSafeInteger(changes[k]) || (changes[k] as number) <= 0) return "a price that is no positive decimal";
      const size = changes[k + 1] as number;
      if (!(size >= 0 && size < Number.POSITIVE_INFINITY)) return "a size that is no number";
    }
  }
  if (message.last !== null && !Number.isSafeInteger(message.last)) return "an update number that is none";
  if (message.kind === "diff" && message.first !== null && message.last !== null && message.first > message.last)
    return "update numbers that run backwards";
  return null;
}
