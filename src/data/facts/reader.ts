// What every reader of fact files is given and gives. A reader adds facts to the rows; it never guesses a time of publication.
import type { FactRows } from "./fact-rows.js";
import type { Lag } from "./lag.js";
import type { Vintage } from "./fact-set.js";

export interface ReadContext {
  readonly rows: FactRows;
  /** Declared by the user; null when he did not. */
  readonly lag: Lag | null;
  /** Declared symbol for files that name none; null otherwise. */
  readonly symbol: string | null;
  /** Field -> the delay that was assumed; the reader writes down each that it used. */
  readonly assumedLag: Map<string, string>;
}

export interface FactReader {
  readonly name: string;
  readonly vintage: Vintage;
  /** In words, for the manifest: what its times mean. */
  readonly times: string;
  /** True when every row is an event of its own, so that equal keys are no duplicates. */
  readonly events: boolean;
  /** `header`: the first row of a table, in lower case; of JSON lines, the keys of the first. */
  fits(file: SourceFile): boolean;
  /** All files of the import that fit, in order of their paths. */
  read(files: readonly SourceFile[], context: ReadContext): Promise<void>;
}

export interface SourceFile {
  readonly path: string;
  /** For messages and quarantine: relative to the folder of the import. */
  readonly label: string;
  readonly header: readonly string[];
  readonly format: "csv" | "jsonl";
}

/** Position of each named column; -1 when there is none. */
export function columnsOf<K extends string>({ header }: SourceFile, names: readonly K[]): Readonly<Record<K, number>> {
  return Object.fromEntries(names.map((name) => [name, header.indexOf(name)])) as Record<K, number>;
}

/** File name without folder and endings: `DGS10` of `macro/DGS10.csv.gz`. */
export function stemOf({ label }: SourceFile): string {
  return (label.split("/").at(-1) as string).replace(/(\.(csv|jsonl|json|txt|gz))+$/i, "");
}
