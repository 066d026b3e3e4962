// What an import found, as plain data: stored as quality.json beside the dataset and rendered for people elsewhere.
// Conservation holds: rowsRead = rowsKept + rowsMerged + rowsQuarantined.
import type { Flag, QuarantineReason } from "./findings.js";

export interface FileQuality {
  /** Relative to the declaration's folder. */
  readonly path: string;
  /** Data rows read; 0 for a file that was put aside. */
  readonly rows: number;
  /** Why the whole file was put aside; null when it was read. */
  readonly reason: string | null;
}

export interface SymbolQuality {
  readonly symbol: string;
  /** Rows in the lake. */
  readonly rows: number;
  /** ISO times of the first and last row's end; null when no row was kept. */
  readonly first: string | null;
  readonly last: string | null;
  readonly quarantined: number;
  readonly zeroVolume: number;
  readonly extremeMoves: number;
  readonly stale: number;
  /** Sessions of the calendar between the first and the last row that have no row. */
  readonly missingSessions: number;
}

/** Consecutive sessions without a row, both ends included. */
export interface Gap {
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
}

export interface Example {
  readonly finding: QuarantineReason | Flag;
  readonly symbol: string;
  /** ISO time, or the text of the source where it could not be read. */
  readonly at: string;
  readonly detail: string;
  readonly file: string;
}

export interface QualityReport {
  readonly rowsRead: number;
  readonly rowsKept: number;
  /** Exact repetitions of a kept row. */
  readonly rowsMerged: number;
  readonly rowsQuarantined: number;
  /** Rows by reason; reasons that did not occur are absent. */
  readonly quarantined: Partial<Record<QuarantineReason, number>>;
  /** Rows by flag; a row may have several. */
  readonly flagged: Partial<Record<Flag, number>>;
  /** Rows with at least one flag that is listed (all but `outside-hours`). */
  readonly rowsFlagged: number;
  readonly files: readonly FileQuality[];
  readonly symbols: readonly SymbolQuality[];
  /** The longest gaps first, at most 1,000; `missingSessions` counts all. */
  readonly gaps: readonly Gap[];
  readonly missingSessions: number;
  /** A few rows per finding, earliest first. */
  readonly examples: readonly Example[];
  /** Assumptions made and things a reader must know, in sentences. */
  readonly notes: readonly string[];
}
