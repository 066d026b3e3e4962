// A tape turns what happens between two bars of an instrument (trades, quotes, books) into columns of the later bar.
// It works message by message, so a stream and a batch are one; its state is a row of cells per instrument, saved with the plan.
import type { EventBatch } from "#domain/market.js";
import type { Dimension } from "./columns.js";

export interface Tape {
  /** Kinds of batches that it listens to. */
  readonly kinds: readonly EventBatch["kind"][];
  /** What it gives at a bar: name and dimension, in the order in which `emit` writes them. */
  readonly columns: Readonly<Record<string, Dimension>>;
  /** One per state cell: a split rescales the cell by its dimension. All begin as 0. */
  readonly cells: readonly Dimension[];
  /** One row of a batch of its kinds. `cells` are those of the row's instrument. */
  absorb(batch: EventBatch, row: number, cells: Float64Array): void;
  /** At a bar that ended at `at`: writes one value per column (NaN: not known), then makes the cells ready for the next bar. */
  emit(cells: Float64Array, out: Float64Array, at: number): void;
}
