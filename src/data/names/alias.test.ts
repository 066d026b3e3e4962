// The laws of anonymized names: one per symbol, the same under the same secret, none that depends on who else is there.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hmacSha256, sha256 } from "#base/hash.js";
import { looksLikeAlias, nameSymbols, type NamedSymbol, SIZE_CLASSES } from "./alias.js";
import { sectorWord } from "./sector-word.js";
import { sizeClass, sizeCuts } from "./size-class.js";

const symbol = fc.record({
  symbol: fc.string({ minLength: 1, maxLength: 12 }),
  sector: fc.option(fc.string({ maxLength: 30 }), { nil: null }).map(sectorWord),
  size: fc.constantFrom(...SIZE_CLASSES),
});
const symbols = fc.uniqueArray(symbol, { selector: (one) => one.symbol, maxLength: 40 });
const secret = fc.string({ minLength: 1 }).map((text) => sha256(text));

const NONE: ReadonlyMap<string, string> = new Map();
const under =
  (key: string) =>
  (text: string): string =>
    hmacSha256(key, text);
const sorted = (names: ReadonlyMap<string, string>): unknown => [...names].sort(([a], [b]) => (a < b ? -1 : 1));

describe("aliases", () => {
  it("are one per symbol, of one pattern, with the sector's word and the size class", () => {
    fc.assert(
      fc.property(symbols, secret, (all, key) => {
        const names = nameSymbols(all, NONE, under(key));
        expect(names.size).toBe(all.length);
        expect(new Set(names.values()).size).toBe(all.length);
        for (const one of all) {
          const alias = names.get(one.symbol) as string;
          expect(looksLikeAlias(alias), alias).toBe(true);
          expect(alias.startsWith(`${one.sector}_${one.size}_`), alias).toBe(true);
        }
      }),
    );
  });

  it("are the same under the same secret in any order, and others under another", () => {
    fc.assert(
      fc.property(symbols, secret, secret, fc.infiniteStream(fc.nat()), (all, key, other, chance) => {
        const shuffled = all
          .map((one) => ({ one, at: chance.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        const names = nameSymbols(all, NONE, under(key));
        expect(sorted(nameSymbols(shuffled, NONE, under(key)))).toEqual(sorted(names));
        if (key !== other) for (const [one, alias] of nameSymbols(all, NONE, under(other))) expect(alias).not.toBe(names.get(one));
      }),
    );
  });

  it("do not depend on which other symbols are there, and stay when more come", () => {
    fc.assert(
      fc.property(symbols, secret, fc.nat(), (all, key, at) => {
        const names = nameSymbols(all, NONE, under(key));
        const [first, rest] = [all.slice(0, at % (all.length + 1)), all.slice(at % (all.length + 1))];
        const before = nameSymbols(first, NONE, under(key));
        const after = nameSymbols(rest, before, under(key));
        expect(sorted(new Map([...before, ...after]))).toEqual(sorted(names));
      }),
    );
  });

  it("are longer where digests begin alike: in one go by no order, later for the one that comes later", () => {
    // Digests that agree on many digits, as no secret in use would make them.
    const digits = fc.constantFrom("0", "1");
    const alike = fc.uniqueArray(
      fc.array(digits, { minLength: 4, maxLength: 4 }).map((d) => d.join("")),
      { minLength: 2, maxLength: 16 },
    );
    fc.assert(
      fc.property(alike, fc.integer({ min: 1, max: 15 }), (ids, at) => {
        const digest = (id: string): string => `${[...id].map((digit) => digit.repeat(7)).join("")}${sha256(id)}`.slice(0, 64);
        const all = ids.map((id): NamedSymbol => ({ symbol: id, sector: "TECH", size: "MID" }));
        const names = nameSymbols(all, NONE, digest);
        expect(sorted(nameSymbols([...all].reverse(), NONE, digest))).toEqual(sorted(names));
        expect(new Set(names.values()).size).toBe(ids.length);
        const before = nameSymbols(all.slice(0, at), NONE, digest);
        const both = new Map([...before, ...nameSymbols(all.slice(at), before, digest)]);
        expect(new Set(both.values()).size).toBe(ids.length);
        for (const [id, alias] of before) expect(both.get(id)).toBe(alias);
      }),
    );
  });

  it("are nobody's symbol", () => {
    const digest = under(sha256("key"));
    const [alias] = nameSymbols([{ symbol: "A", sector: "TECH", size: "MID" }], NONE, digest).values();
    const odd = { symbol: alias as string, sector: "NA", size: "NA" } as const;
    const names = nameSymbols([{ symbol: "A", sector: "TECH", size: "MID" }, odd], NONE, digest);
    expect(names.get("A")).not.toBe(alias);
    expect(names.get("A")?.startsWith(alias as string)).toBe(true);
  });

  it("look like aliases, and symbols do not", () => {
    for (const text of ["AAPL", "BRK.B", "TECH_LARGE", "TECH_HUGE_01234567", "TECH_LARGE_0123456", "tech_LARGE_01234567", ""])
      expect(looksLikeAlias(text), text).toBe(false);
    expect(looksLikeAlias("TECH_LARGE_01234567")).toBe(true);
  });
});

describe("sector words", () => {
  it.each([
    [null, "NA"],
    ["Information Technology", "TECH"],
    ["Health Care", "HEALTH"],
    ["Real Estate", "REALESTATE"],
    ["Oil, Gas & Consumable Fuels", "OILGASCONSUM"],
    ["Énergie", "ENERGIE"],
    ["能源", "OTHER"],
    ["", "OTHER"],
    ["constructor", "CONSTRUCTOR"],
    ["45", "45"],
  ])("%s is %s", (sector, word) => expect(sectorWord(sector)).toBe(word));
});

describe("size classes", () => {
  const classes = (values: readonly number[]): string[] => values.map((value) => sizeClass(value, sizeCuts(values)));

  it("are thirds, of few values the largest first", () => {
    expect(classes([5, 1, 3, 2, 6, 4])).toEqual(["LARGE", "SMALL", "MID", "SMALL", "LARGE", "MID"]);
    expect(classes([1, 2])).toEqual(["MID", "LARGE"]);
    expect(classes([7])).toEqual(["LARGE"]);
  });

  it("are one for equal values, whatever their order, and none where nothing is known", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }), (values) => {
        const cuts = sizeCuts(values);
        expect(sizeCuts([...values].reverse())).toEqual(cuts);
        const order = ["SMALL", "MID", "LARGE"];
        const ranks = [...values].sort((a, b) => a - b).map((value) => order.indexOf(sizeClass(value, cuts)));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        expect(ranks.at(-1)).toBe(2);
      }),
    );
    expect(sizeClass(null, [1, 2])).toBe("NA");
    expect(sizeClass(5, undefined)).toBe("NA");
  });
});
