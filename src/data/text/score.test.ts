// The lexicon scorer: laws that hold for any text. How far it gets on labeled sentences: test/data/text-score.test.ts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEXICON } from "./lexicon.js";
import { scoreText } from "./score.js";
import { stem } from "./stem.js";

describe("scoreText", () => {
  const text = fc
    .array(fc.oneof(fc.constantFrom("profit", "loss", "not", "very", "fell", "rose", "costs", "may", "$", "aapl", ":)", "🚀"), fc.string()))
    .map((words) => words.join(" "));

  it("is bounded and finite for any text", () => {
    fc.assert(
      fc.property(text, (any) => {
        const { tone, positive, negative, uncertain, words } = scoreText(any);
        expect(Math.abs(tone)).toBeLessThan(1);
        for (const share of [positive, negative, uncertain]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(positive + negative).toBeLessThanOrEqual(1);
        expect(Number.isInteger(words)).toBe(true);
      }),
    );
  });

  it("does not depend on case, nor on what was scored before", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const forward = texts.map(scoreText);
        expect([...texts].reverse().map(scoreText).reverse()).toEqual(forward);
        const ascii = texts.map((one) => one.replaceAll(/[^\x20-\x7e]/g, ""));
        expect(ascii.map((one) => scoreText(one.toUpperCase()))).toEqual(ascii.map(scoreText));
      }),
    );
  });

  it.each([
    ["profit rose sharply", 1],
    ["not good", -1],
    ["operating costs fell", 1],
    ["the net loss widened", -1],
    ["net loss narrowed", 1],
    ["do n't buy", -1],
    ["$ aapl to the moon 🚀", 1],
    ["shares plunge after fraud charges", -1],
    ["the meeting is on tuesday", 0],
    [": (", -1],
  ])("%s", (words, sign) => {
    expect(Math.sign(scoreText(words).tone)).toBe(sign);
  });

  it("a stronger word before weighs more, a weaker one less", () => {
    const [plain, strong, weak] = ["results good", "results very good", "results slightly good"].map((one) => scoreText(one).tone) as [
      number,
      number,
      number,
    ];
    expect(strong).toBeGreaterThan(plain);
    expect(weak).toBeLessThan(plain);
  });

  it("tickers, users, addresses and the marks of tokenizers are no words", () => {
    expect(scoreText("rt AT_USER $ aapl $goog @someone https://x.y/z URL").words).toBe(0);
    expect(scoreText("").words).toBe(0);
  });

  it("an empty text has no tone", () => {
    expect(scoreText("")).toEqual({ tone: 0, positive: 0, negative: 0, uncertain: 0, words: 0 });
  });
});

describe("the lexicon", () => {
  it("has some hundreds of words on each side and is keyed by stems", () => {
    const lean = (sign: number): number => [...LEXICON.values()].filter(({ polarity }) => polarity === sign).length;
    expect(lean(1)).toBeGreaterThan(250);
    expect(lean(-1)).toBeGreaterThan(350);
    for (const word of ["rises", "rising", "profits", "losses", "declined"]) expect(LEXICON.has(stem(word)), word).toBe(true);
  });
});
