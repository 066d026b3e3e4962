// What is known of a set of facts as a whole: where it came from, how late it is known, what was refused. Every result carries it.
import type { Micros } from "#domain/time.js";

/** `point-in-time`: each value as it was first told. `latest`: the newest revision under the old date, so history is better informed than it was. */
export type Vintage = "point-in-time" | "latest";

export interface FactSetManifest {
  readonly schema: 1;
  readonly name: string;
  /** SHA-256 over the canonical columns, not over Parquet bytes. */
  readonly id: string;
  /** Id of the version that this one grew from by updates, or its own. */
  readonly lineage: string;
  /** Readers that made it: `sec-reports`, `fred`, `vix`, `options`, `texts`, `snapshots`, `plain`. */
  readonly readers: readonly string[];
  /** In words: the files and what their times mean. */
  readonly source: string;
  readonly vintage: Vintage;
  /** Field, or `*` for all of them -> the delay that is assumed between `at` and `seenAt`; empty when the source tells both. */
  readonly assumedLag: Readonly<Record<string, string>>;
  readonly facts: number;
  /** Facts per field. */
  readonly fields: Readonly<Record<string, number>>;
  /** Fields of which every fact is an event of its own (a text, a purchase), in alphabetical order. */
  readonly events: readonly string[];
  /** Different instruments; facts about the market have none. */
  readonly symbols: number;
  /** First and last `at`; null when there are no facts. */
  readonly from: Micros | null;
  readonly to: Micros | null;
  /** First and last `seenAt`. */
  readonly seenFrom: Micros | null;
  readonly seenTo: Micros | null;
  /** Periods of which a later fact told another value: both are kept. */
  readonly restated: number;
  /** Facts dropped because the source said the same again. */
  readonly repeated: number;
  /** Reason -> rows that were refused; they stand in quarantine.jsonl. */
  readonly quarantined: Readonly<Record<string, number>>;
  /** Reason -> rows that were kept, or values that were left out, and deserve a look. */
  readonly flagged: Readonly<Record<string, number>>;
  /** Files that were passed over or could not be read, with the reason. */
  readonly passedOver: readonly { readonly file: string; readonly reason: string }[];
}

/** In one word for tables: `latest vintage, revised values, lag assumed`. Empty for a set that tells what was known and when. */
export function honestyOf({ vintage, assumedLag }: Pick<FactSetManifest, "vintage" | "assumedLag">): string {
  const words = vintage === "latest" ? ["latest vintage", "revised values"] : [];
  if (Object.keys(assumedLag).length > 0) words.push("lag assumed");
  return words.join(", ");
}
