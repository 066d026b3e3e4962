// The key of a dataset's anonymized names: a secret, and the name of every symbol that was ever seen. With it names are given and read back;
// without it they are digests. It only grows: what has a name keeps it.
import { z } from "zod";
import { canonicalJson, hmacSha256 } from "#base/hash.js";
import { nameSymbols } from "./alias.js";
import { sectorWord } from "./sector-word.js";
import { type SizeCuts, sizeClass, sizeCuts } from "./size-class.js";

export interface NameKey {
  /** Of the dataset: its versions share one key. */
  readonly lineage: string;
  /** 64 hex digits, from a source of true chance. */
  readonly secret: string;
  /** By currency, cut when the first names in it were given. */
  readonly cuts: ReadonlyMap<string, SizeCuts>;
  /** Symbol -> alias. */
  readonly names: ReadonlyMap<string, string>;
}

/** What decides the name of a symbol besides the secret. */
export interface SymbolFacts {
  readonly symbol: string;
  readonly sector: string | null;
  readonly currency: string;
  /** Traded on a median day, in `currency`; null when not known. */
  readonly dollarVolume: number | null;
}

/** Names in both directions. */
export interface SymbolNames {
  /** Tells keys apart, by dataset (`lineageMark`) and by secret, and gives nothing away. */
  readonly id: string;
  aliasOf(symbol: string): string | undefined;
  symbolOf(alias: string): string | undefined;
}

export function emptyKey(lineage: string, secret: string): NameKey {
  return { lineage, secret, cuts: new Map(), names: new Map() };
}

/** The key with names for all of `symbols`. Those that have one keep it, and so do the cuts of their currency. */
export function growKey(key: NameKey, symbols: readonly SymbolFacts[]): NameKey {
  const fresh = symbols.filter(({ symbol }) => !key.names.has(symbol));
  const cuts = new Map(key.cuts);
  for (const currency of new Set(fresh.map((one) => one.currency))) {
    const values = fresh.flatMap((one) => (one.currency === currency && one.dollarVolume !== null ? [one.dollarVolume] : []));
    if (!cuts.has(currency) && values.length > 0) cuts.set(currency, sizeCuts(values));
  }
  const classed = fresh.map(({ symbol, sector, currency, dollarVolume }) => ({
    symbol,
    sector: sectorWord(sector),
    size: sizeClass(dollarVolume, cuts.get(currency)),
  }));
  const given = nameSymbols(classed, key.names, (symbol) => hmacSha256(key.secret, `symbol ${symbol}`));
  return { ...key, cuts, names: new Map([...key.names, ...given]) };
}

/** The beginning of the ids of all keys of a dataset and its updates. */
export function lineageMark(lineage: string): string {
  return `${lineage.slice(0, 8)}-`;
}

export function namesOf({ lineage, secret, names }: NameKey): SymbolNames {
  const symbols = new Map(Array.from(names, ([symbol, alias]) => [alias, symbol]));
  return {
    id: `${lineageMark(lineage)}${hmacSha256(secret, "id").slice(0, 8)}`,
    aliasOf: (symbol) => names.get(symbol),
    symbolOf: (alias) => symbols.get(alias),
  };
}

const VERSION = 1;

const fileSchema = z.strictObject({
  truewindNames: z.literal(VERSION),
  lineage: z.string().min(1),
  secret: z.string().regex(/^[0-9a-f]{64}$/),
  cuts: z.array(z.tuple([z.string(), z.number(), z.number()])),
  names: z.array(z.tuple([z.string(), z.string()])),
  /** HMAC of the rest under the secret: a digit that changed would rename symbols without a word. */
  seal: z.string(),
});

/** Pairs are sorted, so that equal keys are equal texts. */
export function keyAsText({ lineage, secret, cuts, names }: NameKey): string {
  const byFirst = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number => (a < b ? -1 : 1);
  const rest = {
    truewindNames: VERSION,
    lineage,
    secret,
    cuts: Array.from(cuts, ([currency, [low, high]]): [string, number, number] => [currency, low, high]).sort(byFirst),
    names: [...names].sort(byFirst),
  };
  return `${JSON.stringify({ ...rest, seal: hmacSha256(secret, canonicalJson(rest)) }, null, 1)}\n`;
}

/** `newer`: written by a later Truewind. */
export function parseKey(text: string): NameKey | "damaged" | "newer" {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return "damaged";
  }
  const version = (raw as { readonly truewindNames?: unknown } | null)?.truewindNames;
  if (typeof version === "number" && version > VERSION) return "newer";
  const parsed = fileSchema.safeParse(raw);
  if (!parsed.success) return "damaged";
  const { seal, ...rest } = parsed.data;
  if (hmacSha256(rest.secret, canonicalJson(rest)) !== seal) return "damaged";
  const { lineage, secret, cuts, names } = rest;
  return {
    lineage,
    secret,
    cuts: new Map(cuts.map(([currency, low, high]) => [currency, [low, high]])),
    names: new Map(names),
  };
}
