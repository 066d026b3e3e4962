import { describe, expect, it } from "vitest";
import { renderTcaPage } from "./tca-page.js";
import type { TcaCosts, TcaResult } from "./trade-costs.js";

/** What people read. */
const written = (page: string): string => page.replace(/<(script|style)[\s\S]*?<\/\1>/g, "");

const costs: TcaCosts = {
  parents: 2,
  notional: 10_000,
  filled: 0.5,
  parts: { delay: -2, timing: 3, crossing: 4, opportunity: 5, fees: 1, total: 11 },
  error: 2.5,
  vwap: Number.NaN,
};
const markouts = [1, 2, 5, 10, 20].map((bars) => ({ bars, mean: -bars, error: 0.5, fills: 3 }));
const side = { ...costs, participation: 0.01, markouts };
const RESULT: TcaResult = {
  run: "paced-1",
  name: "paced",
  currency: "USD",
  style: "twap",
  simulated: true,
  sides: [
    { ...side, side: "all" },
    { ...side, side: "buys" },
    { ...side, side: "sales" },
  ],
  styles: [{ name: "twap, at the market", ...costs }],
  instruments: [{ name: "<b>EVIL</b>", ...costs }],
  days: [{ name: "2020-01-02", ...costs, error: Number.NaN }],
  parents: [{ instrument: "A", decidedAt: "2020-01-02T21:05:00Z", lots: -100, filledLots: -50, notional: 10_000, parts: costs.parts }],
  leftOut: 1,
};

describe("the page of trading costs", () => {
  const page = renderTcaPage(RESULT, "test");

  it("takes the shortfall apart in basis points, with the error of the whole", () => {
    for (const figure of ["\u22122.0", "3.0", "4.0", "5.0", "1.0", "11.0 \u00b1 2.5"]) expect(page).toContain(figure);
  });

  it("writes the whole on its bar where that reaches from end to end, and leaves no room beside it", () => {
    expect(page).toMatch(/<b class="on" style="right:[^"]*">11\.0 \u00b1 2\.5/);
  });

  it("shows markouts, styles, instruments, days and parents, and what was left out", () => {
    for (const words of ["After the fills", "twap, at the market", "2020-01-02", "1 parent order left out", "Simulated data"])
      expect(page).toContain(words);
    expect(page.match(/<section /g)).toHaveLength(5);
  });

  it("writes a dash for what is not known, and no error where there is none", () => {
    expect(written(page)).not.toMatch(/NaN|undefined|\u00b1 \u2013|\u2013 bps/);
  });

  it("lists days in their order while they all have room, else those that cost most", () => {
    const day = (k: number) => ({ name: `2020-01-${String(k).padStart(2, "0")}`, ...costs, parts: { ...costs.parts, total: k } });
    const listed = (count: number): string[] =>
      [
        ...renderTcaPage({ ...RESULT, days: Array.from({ length: count }, (_, k) => day(k + 1)) }, "test").matchAll(
          /<th scope="row">(2020-01-\d\d)/g,
        ),
      ].map(([, name]) => name as string);
    expect(listed(3)).toEqual(["2020-01-01", "2020-01-02", "2020-01-03"]);
    expect(listed(26)[0]).toBe("2020-01-26");
  });

  it("trusts no name, and needs no network", () => {
    expect(page).not.toContain("<b>EVIL");
    expect(page).not.toMatch(/(src|href)="https?:/);
  });

  it("of a run without an order says so", () => {
    const none = { ...costs, parents: 0, notional: 0, parts: { delay: 0, timing: 0, crossing: 0, opportunity: 0, fees: 0, total: 0 } };
    const empty = { ...side, ...none, side: "all" as const, markouts: markouts.map((one) => ({ ...one, mean: Number.NaN, fills: 0 })) };
    const page = renderTcaPage({ ...RESULT, sides: [empty], styles: [], instruments: [], days: [], parents: [], leftOut: 0 }, "test");
    expect(page).toContain("No order was decided that could be judged.");
    expect(written(page)).not.toMatch(/NaN|undefined/);
  });
});
