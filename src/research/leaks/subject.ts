// A research pipeline as the leak detector sees it: a function from the recorded facts of a market to everything that is later believed.
// Types only. The detector knows nothing of how the pipeline works inside: it runs it on worlds that differ after some moment.
import type { Micros } from "#domain/time.js";

/** One value that was published about something: a report, a revision of a statistic, a sentiment score, an index membership. */
export interface WorldFact {
  readonly name: string;
  /** Place in `World.symbols`; -1 for the market as a whole. */
  readonly symbol: number;
  /** End of the period that the value describes. */
  readonly about: Micros;
  /** When it could be known; null where the source does not say. */
  readonly publishedAt: Micros | null;
  readonly value: number;
}

/** What the maker of the data declares; null where nothing is said. */
export interface Provenance {
  /** Whether names that later failed or left are missing. */
  readonly survivorsOnly: boolean | null;
  /** What past prices were later divided by. */
  readonly priceBasis: "raw" | "splits" | "full" | null;
  /** Whether the universe and its attributes (index, sector, size) are those of each day. */
  readonly pointInTimeUniverse: boolean | null;
  /** Whether facts are as first published, each revision a row of its own, or as they stand today. */
  readonly vintage: "first" | "all" | "latest" | null;
  /** Whether each fact has the time of its publication. */
  readonly publicationTimes: boolean | null;
}

/** Everything a pipeline may read. Columns of bars are sessions x symbols, row by row; NaN where a name did not trade. */
export interface World {
  readonly symbols: readonly string[];
  readonly sessions: readonly { readonly date: string; readonly openAt: Micros; readonly closeAt: Micros }[];
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly facts: readonly WorldFact[];
  readonly provenance: Provenance;
}

/** Cells are decision x symbol, row by row, `decisions.length * symbols.length` of them; NaN: no value. */
export interface PipelineOutput {
  /** Moments of decision, ascending. A decision may use what was known at that moment. */
  readonly decisions: readonly Micros[];
  readonly features: ReadonlyMap<string, Float64Array>;
  /** Null for a pipeline that ends with its features. */
  readonly labels: { readonly value: Float64Array; readonly startAt: Float64Array; readonly endAt: Float64Array } | null;
  /** Claimed to be out of sample: each made with what was known at its decision, unless `folds` says otherwise. */
  readonly predictions: Float64Array | null;
  /** Of predictions by cross-validation, which may learn from later days: the cells each model was fitted on and those it then predicted. */
  readonly folds: readonly { readonly train: Int32Array; readonly test: Int32Array }[] | null;
  /** What was traded on account of a decision, at which moment and price. */
  readonly fills: readonly { readonly decision: number; readonly symbol: number; readonly at: Micros; readonly price: number }[];
}

/** A pipeline under test. `run` is deterministic, keeps nothing between calls and does not change its world. */
export interface LeakSubject {
  readonly name: string;
  run(world: World): PipelineOutput | Promise<PipelineOutput>;
}
