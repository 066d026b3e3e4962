// A seeded sample of what the verdict makes of a search (the whole in `npm run nightly`): the best of many worthless strategies looks splendid
// and must not pass, and a strong one among them must.
import { beforeAll, describe, expect, it } from "vitest";
import { type Searched, search } from "#test/fixtures/search.js";
import { nightlyOr } from "#test/needs.js";

const searches = nightlyOr(200, 6);
const options = { strategies: nightlyOr(1000, 120), sessions: nightlyOr(1512, 1008), planted: [4] };

describe("the verdict on the best of a search", () => {
  let nothing: readonly Searched[] = [];
  let something: readonly Searched[] = [];
  beforeAll(() => {
    const all = Array.from({ length: searches }, (_, i) => search(`test/${i}`, { ...options, compare: i < 6 }));
    nothing = all.map((one) => one[0] as Searched);
    something = all.map((one) => one[1] as Searched);
  }, 3_600_000);

  it("calls a worthless strategy an edge in at most 2 % of searches, though the best looks splendid", () => {
    for (const { best, luck } of nothing) {
      expect(best).toBeGreaterThan(0.7);
      expect(luck).toBeGreaterThan(0.7);
    }
    // The test of each strategy alone is fooled somewhere in nearly every search of a thousand.
    expect(nothing.filter((one) => one.falseAlone > 0).length).toBeGreaterThan(nightlyOr(150, 0));
    expect(nothing.filter((one) => one.falseEdges > 0).length).toBeLessThanOrEqual(nightlyOr(4, 1));
    expect(nothing.filter((one) => one.falseEdgesDeflated > 0).length).toBeLessThanOrEqual(nightlyOr(4, 1));
  });
  it("finds a strategy with an information ratio of 4 among them", () => {
    expect(something.filter((one) => one.found).length).toBeGreaterThanOrEqual(nightlyOr(195, 5));
    expect(something.filter((one) => one.foundDeflated).length).toBeGreaterThanOrEqual(nightlyOr(190, 5));
  });
  it("counts independent strategies nearly fully", () => {
    for (const { effective } of nothing) {
      expect(effective).toBeGreaterThan(0.95 * options.strategies);
      expect(effective).toBeLessThanOrEqual(options.strategies);
    }
  });
});
