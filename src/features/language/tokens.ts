// The words of a formula: numbers, names, quoted names and signs.
import { TruewindError } from "#base/errors.js";

export interface Token {
  readonly kind: "number" | "name" | "string" | "sign";
  /** Of a quoted name: without its quotes. */
  readonly text: string;
  /** Place in the formula, from 0. */
  readonly at: number;
}

const WORD = /\s*(?:(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|"(?<string>[^"]*)"|(?<sign>[-+*/.,()<>[\]]))/y;

/** Throws `bad-config` for a character that no formula has. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  WORD.lastIndex = 0;
  for (let from = 0; text.slice(from).trim() !== ""; from = WORD.lastIndex) {
    const match = WORD.exec(text);
    if (match === null) {
      const at = from + text.slice(from).search(/\S/);
      throw new TruewindError("bad-config", `The formula "${text}" is wrong at character ${at + 1}: "${text[at]}" means nothing here.`);
    }
    const [kind, word] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) as [Token["kind"], string];
    tokens.push({ kind, text: word, at: WORD.lastIndex - word.length - (kind === "string" ? 1 : 0) });
  }
  return tokens;
}
