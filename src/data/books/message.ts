// What a venue's message says, in one vocabulary for all formats. Times are Micros; `at` is the exchange's clock, `localAt` the
// recorder's, as recorded and not yet corrected. Prices are integer ticks of 10^-decimals of the format.
import type { LevelChanges } from "./price-book.js";

interface Stamped {
  /** When it happened by the exchange; NaN when the message does not say. */
  readonly at: number;
  /** When the recorder had it. */
  readonly localAt: number;
}

/** The whole book as of update `last`. */
export interface SnapshotMessage extends Stamped {
  readonly kind: "snapshot";
  /** Number of the last update within it; null when the venue does not count. */
  readonly last: number | null;
  readonly bids: LevelChanges;
  readonly asks: LevelChanges;
}

/** Changed levels: their new total sizes. */
export interface DiffMessage extends Stamped {
  readonly kind: "diff";
  /** Numbers of the first and last update within it; null when the venue does not count. */
  readonly first: number | null;
  readonly last: number | null;
  /** `last` of the message before it, where the venue says so. */
  readonly previous: number | null;
  readonly bids: LevelChanges;
  readonly asks: LevelChanges;
}

/** Best bid and ask told beside the book. */
export interface QuoteMessage extends Stamped {
  readonly kind: "quote";
  /** Number of the update after which it holds; null when the venue does not count. */
  readonly last: number | null;
  readonly bidTicks: number;
  readonly bidSize: number;
  readonly askTicks: number;
  readonly askSize: number;
}

export interface TradeMessage extends Stamped {
  readonly kind: "trade";
  readonly ticks: number;
  readonly size: number;
  readonly aggressor: -1 | 0 | 1;
}

/**
 * One line of a market-by-order feed. `add`, `modify` (new price or size), `cancel` (takes `size` off; all of it removes the order),
 * `clear` (empties the book), `none` (an event's end alone).
 */
export interface OrderMessage extends Stamped {
  readonly kind: "order";
  readonly action: "add" | "modify" | "cancel" | "clear" | "none";
  /** +1 bid, -1 ask, 0 not told. */
  readonly side: -1 | 0 | 1;
  readonly ticks: number;
  readonly size: number;
  readonly id: OrderKey;
  /** True on the last line of an event: only then may the book be read. */
  readonly ends: boolean;
  /** True for lines that give the book as it stood, not what happened. */
  readonly snapshot: boolean;
}

/** The venue's order number; as text where it does not fit a number. */
export type OrderKey = number | string;

export type BookMessage = SnapshotMessage | DiffMessage;
export type FeedMessage = BookMessage | QuoteMessage | TradeMessage | OrderMessage;
