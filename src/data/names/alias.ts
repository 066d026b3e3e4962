// Anonymized names: `TECH_LARGE_3fa92c1e` for a symbol. Sector and size are words that anyone may know; what follows is a digest of the
// symbol under a secret, so that a symbol keeps its name whatever other symbols there are. Two symbols never share one.
import { invariant } from "#base/errors.js";

export const SIZE_CLASSES = ["LARGE", "MID", "SMALL", "NA"] as const;
/** By traded value; `NA` where none is known. It is fixed when the name is given, looks at all of the data, and is never a feature. */
export type SizeClass = (typeof SIZE_CLASSES)[number];

export interface NamedSymbol {
  readonly symbol: string;
  /** `[A-Z0-9]+`, of `sectorWord`. */
  readonly sector: string;
  readonly size: SizeClass;
}

/** Digits of the digest in a name; where those of two symbols agree, both take more. */
const DIGITS = 8;
const MORE_DIGITS = 4;
const ALL_DIGITS = 64;

const PATTERN = new RegExp(`^[A-Z0-9]+_(${SIZE_CLASSES.join("|")})_[0-9a-f]{${DIGITS},${ALL_DIGITS}}$`);

export function looksLikeAlias(text: string): boolean {
  return PATTERN.test(text);
}

/**
 * Names for the symbols in `fresh`, which `taken` (symbol -> alias) must not hold; those in it stay as they are. `digest` gives 64 hex
 * digits. The order of the symbols does not matter.
 */
export function nameSymbols(
  fresh: readonly NamedSymbol[],
  taken: ReadonlyMap<string, string>,
  digest: (symbol: string) => string,
): ReadonlyMap<string, string> {
  const used = new Set(Array.from(taken.values(), digitsOf));
  // A name that is somebody's symbol would say two things.
  const symbols = new Set([...taken.keys(), ...fresh.map(({ symbol }) => symbol)]);
  const names = new Map<string, string>();
  let waiting = fresh.map((one) => ({ ...one, digest: digest(one.symbol) }));
  const digests = waiting.map((one) => one.digest);
  for (let length = DIGITS; waiting.length > 0; length += MORE_DIGITS) {
    invariant(length <= ALL_DIGITS, "two symbols have one digest");
    const shared = countsOf(digests.map((one) => one.slice(0, length)));
    waiting = waiting.filter(({ symbol, sector, size, digest: own }) => {
      const digits = own.slice(0, length);
      const alias = `${sector}_${size}_${digits}`;
      if ((shared.get(digits) as number) > 1 || used.has(digits) || symbols.has(alias)) return true;
      names.set(symbol, alias);
      return false;
    });
  }
  return names;
}

function digitsOf(alias: string): string {
  return alias.slice(alias.lastIndexOf("_") + 1);
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
