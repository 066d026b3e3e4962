// A key of names: reversible, growing without a change, and whole or refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "#base/hash.js";
import { emptyKey, growKey, keyAsText, type NameKey, namesOf, parseKey, type SymbolFacts } from "./name-key.js";

const facts = fc.record({
  symbol: fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom("__proto__", "600519", "BRK.B", "A")),
  sector: fc.option(fc.constantFrom("Energy", "Financials", "Utilities"), { nil: null }),
  currency: fc.constantFrom("USD", "EUR"),
  dollarVolume: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
});
const listed = fc.uniqueArray(facts, { selector: (one) => one.symbol, maxLength: 30 });
const made = (symbols: readonly SymbolFacts[], secret = "s"): NameKey => growKey(emptyKey("lineage", sha256(secret)), symbols);

describe("a key of names", () => {
  it("leads from every symbol to its alias and back", () => {
    fc.assert(
      fc.property(listed, (symbols) => {
        const names = namesOf(made(symbols));
        for (const { symbol } of symbols) expect(names.symbolOf(names.aliasOf(symbol) as string)).toBe(symbol);
        expect(names.aliasOf("nobody at all")).toBeUndefined();
        expect(names.symbolOf("TECH_LARGE_01234567")).toBeUndefined();
      }),
    );
  });

  it("is the same in whatever order the symbols come", () => {
    fc.assert(
      fc.property(listed, (symbols) => {
        expect(keyAsText(made([...symbols].reverse()))).toBe(keyAsText(made(symbols)));
      }),
    );
  });

  it("keeps every name and class when it grows, though sectors and volumes have changed since", () => {
    fc.assert(
      fc.property(listed, listed, (before, more) => {
        const key = made(before);
        const since = before.map((one) => ({ ...one, sector: "Other", dollarVolume: 1 }));
        const grown = growKey(key, [...since, ...more.filter((one) => !key.names.has(one.symbol))]);
        for (const [symbol, alias] of key.names) expect(grown.names.get(symbol)).toBe(alias);
        for (const [currency, cuts] of key.cuts) expect(grown.cuts.get(currency)).toEqual(cuts);
        for (const { symbol } of more) expect(grown.names.has(symbol)).toBe(true);
        expect(keyAsText(growKey(grown, [...before, ...more]))).toBe(keyAsText(grown));
      }),
    );
  });

  it("cuts sizes within a currency", () => {
    const of = (symbol: string, currency: string, dollarVolume: number): SymbolFacts => ({ symbol, sector: null, currency, dollarVolume });
    const { names } = made([of("A", "USD", 1), of("B", "USD", 2), of("C", "USD", 3), of("D", "JPY", 1000), of("E", "JPY", 2000)]);
    expect([..."ABCDE"].map((symbol) => names.get(symbol)?.split("_")[1])).toEqual(["SMALL", "MID", "LARGE", "MID", "LARGE"]);
  });

  it("has an id that tells secrets apart and holds none", () => {
    const [one, other] = [made([], "one"), made([], "other")];
    expect(namesOf(one).id).toMatch(/^lineage-[0-9a-f]{8}$/);
    expect(namesOf(one).id).not.toBe(namesOf(other).id);
    expect(one.secret).not.toContain(namesOf(one).id.slice(-8));
  });

  it("is the same after it was written and read", () => {
    fc.assert(
      fc.property(listed, (symbols) => {
        expect(parseKey(keyAsText(made(symbols)))).toEqual(made(symbols));
      }),
    );
  });

  it("is damaged when any letter of its text is another, or the end is lost", () => {
    const text = keyAsText(
      made([
        { symbol: "AAPL", sector: "Information Technology", currency: "USD", dollarVolume: 3e9 },
        { symbol: "XOM", sector: "Energy", currency: "USD", dollarVolume: 1e9 },
      ]),
    );
    // A letter between the values changes nothing that is said.
    const said = (one: string): string => JSON.stringify(JSON.parse(one));
    for (let at = 0; at < text.length; at++) {
      for (const letter of ["0", "x", '"']) {
        const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
        const found = parseKey(changed);
        if (typeof found === "object") expect(said(changed)).toBe(said(text));
      }
      if (at < text.length - 1) expect(parseKey(text.slice(0, at))).toBe("damaged");
    }
  });

  it("is refused when a newer program wrote it, and when it is something else", () => {
    expect(parseKey('{"truewindNames": 2, "whatever": true}')).toBe("newer");
    for (const text of ["", "null", "[]", "{}", '{"truewindNames": 0}', "\u0000"]) expect(parseKey(text)).toBe("damaged");
  });
});
