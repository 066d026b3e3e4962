// The model text of LightGBM as blocks of `key=value` lines: the head, and one block per tree. Knows nothing of what the keys mean.
import { TruewindError } from "#base/errors.js";

export const badText = (what: string, options?: ErrorOptions): TruewindError =>
  new TruewindError("bad-file", `This LightGBM model cannot be imported: ${what}.`, options);

/** One block. */
export class TextFields {
  private readonly fields: ReadonlyMap<string, string>;
  /** For messages: `its head`, `tree 3`. */
  private readonly name: string;

  constructor(name: string, lines: readonly string[]) {
    this.name = name;
    this.fields = new Map(
      lines.map((line) => {
        const at = line.indexOf("=");
        return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
      }),
    );
  }

  /** Null where the key does not stand. */
  text(key: string): string | null {
    return this.fields.get(key) ?? null;
  }

  /** A whole number from `least` to `most`. Throws `bad-file`. */
  integer(key: string, least: number, most: number): number {
    return this.integers(key, 1, least, most)[0] as number;
  }

  /** Throws `bad-file` unless there are `count` whole numbers from `least` to `most`. */
  integers(key: string, count: number, least: number, most: number): Int32Array {
    const numbers = this.numbers(key, count);
    const bad = numbers.findIndex((value) => !(Number.isInteger(value) && value >= least && value <= most));
    if (bad >= 0) throw badText(`${key} of ${this.name} holds ${numbers[bad]}, and must hold whole numbers from ${least} to ${most}`);
    return Int32Array.from(numbers);
  }

  /** Throws `bad-file` unless there are `count` numbers, none of them NaN, and infinite only where that is allowed. */
  numbers(key: string, count: number, infinite = false): Float64Array {
    const text = this.fields.get(key)?.trim();
    if (text === undefined) throw badText(`${this.name} has no ${key}; the file may be cut off`);
    const words = text === "" ? [] : text.split(" ");
    if (words.length !== count) throw badText(`${key} of ${this.name} holds ${words.length} numbers, and ${count} were expected`);
    return Float64Array.from(words, (word) => {
      const value = infinite && /^-?inf$/.test(word) ? Number(`${word}inity`.replace("inf", "Inf")) : Number(word);
      if (word === "" || Number.isNaN(value) || (!infinite && !Number.isFinite(value)))
        throw badText(`${key} of ${this.name} holds "${word.slice(0, 40)}", which is no finite number`);
      return value;
    });
  }
}

export interface ModelText {
  readonly head: TextFields;
  readonly trees: readonly TextFields[];
}

/** Throws `bad-file` when it is no model of LightGBM, or only a part of one. */
export function readModelText(text: string): ModelText {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== "tree") throw badText("it does not begin with the line `tree`, as `Booster.save_model` writes it");
  const end = lines.indexOf("end of trees");
  if (end < 0) throw badText("the line `end of trees` is missing, so the file is cut off");
  const starts = lines.flatMap((line, i) => (i < end && line.startsWith("Tree=") ? [i] : []));
  const block = (name: string, from: number, to: number): TextFields =>
    new TextFields(
      name,
      lines.slice(from, to).filter((line) => line !== ""),
    );
  const trees = starts.map((start, tree) => {
    if (lines[start] !== `Tree=${tree}`) throw badText(`after ${tree} trees comes "${lines[start]?.slice(0, 40)}": trees are missing`);
    return block(`tree ${tree}`, start + 1, starts[tree + 1] ?? end);
  });
  return { head: block("its head", 1, starts[0] ?? end), trees };
}
