// What is known of a dataset as a whole: where its honesty ends. Every result carries it.
import type { InstrumentId } from "./instrument.js";
import type { Instrument } from "./instrument.js";
import type { Micros } from "./time.js";

/** `raw`: as quoted that day. `split`: earlier prices divided by later splits. `full`: by later splits and dividends. */
export type PriceBasis = "raw" | "split" | "full";

export interface DatasetManifest {
  readonly name: string;
  /** SHA-256 over the canonical columns of what is in the lake, not over Parquet bytes. */
  readonly id: string;
  /** Id of the version that this one grew from by updates, or its own: what was tried on one of them was tried on all. */
  readonly lineage: string;
  readonly kind: "bar" | "trade" | "quote";
  /** Length of a bar: one session (`1d`) or a number of seconds; null for trades and quotes. */
  readonly barInterval: "1d" | number | null;
  readonly priceBasis: PriceBasis;
  /** True when `priceBasis` was assumed because nobody declared it. */
  readonly priceBasisAssumed: boolean;
  /** True when the set holds only names that were still listed at its end: results flatter every long portfolio. */
  readonly survivorsOnly: boolean;
  /** True when `survivorsOnly` was inferred because nobody declared it. */
  readonly survivorsAssumed: boolean;
  /** Calendar of its sessions: `XNYS`, `XNSE` or `24/7`. */
  readonly calendar: string;
  readonly instruments: readonly Instrument[];
  /** Instruments that never may be traded or be in a universe (indices, benchmarks kept for comparison). */
  readonly notTradable: readonly InstrumentId[];
  readonly rows: number;
  /** First and last `at`; null when there are no rows. */
  readonly from: Micros | null;
  readonly to: Micros | null;
  /** Where the rows came from, in the importer's words. */
  readonly source: string;
  readonly quarantinedRows: number;
  readonly quarantinedFiles: number;
  readonly flaggedRows: number;
  readonly hasActions: boolean;
  /** Id of the key under which the instruments bear anonymized names; absent where they bear their own, as in the lake. */
  readonly names?: string;
}
