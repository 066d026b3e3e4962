import { describe, expect, it } from "vitest";
import type { DatasetManifest } from "#domain/dataset.js";
import { parseExperiment } from "./experiment.js";
import { fitToDataset } from "./fits-dataset.js";

const asked = (keys: object) => parseExperiment({ name: "keys", data: { dataset: "market" }, ...keys }, "test");
const parsed = (protect: object) => parseExperiment({ name: "keys", data: { dataset: "market" }, protect }, "test").protect;

describe("protect", () => {
  it("takes each policy alone, and the ranges with their fractions", () => {
    for (const one of [{ stopLoss: 0.1 }, { takeProfit: 0.1 }, { trailing: 0.1 }, { time: 10 }]) expect(parsed(one)).toMatchObject(one);
    expect(parsed({ trailing: 0.2, trailingAtr: 3 })).toMatchObject({ trailing: 0.2, trailingAtr: 3, atrBars: 14, stopLoss: null });
  });

  it.each([
    [{}, "protect: needs stopLoss, takeProfit, trailing or time"],
    [{ atrBars: 20 }, "protect: needs stopLoss, takeProfit, trailing or time"],
    [{ time: 5, stopLossAtr: 2 }, "protect.stopLossAtr: needs stopLoss beside it"],
    [{ stopLoss: 0.1, takeProfitAtr: 2 }, "protect.takeProfitAtr: needs takeProfit beside it"],
    [{ trailing: 1 }, "protect.trailing: must be below 1"],
    [{ time: 0 }, "protect.time: must be above 0"],
    [{ stopLoss: 0.1, atr: 2 }, 'protect: unknown key "atr"'],
  ])("refuses %j with a sentence", (protect, sentence) => {
    expect(() => parsed(protect)).toThrow(sentence);
  });
});

describe("stops and limits that nothing obeys", () => {
  it.each([
    [{ stops: {} }, "stops: needs fixed, trailing, atr or time"],
    [{ stops: { pause: 3 } }, "stops: needs fixed, trailing, atr or time"],
    [{ stops: { lossPerName: 0.01 } }, "stops.lossPerName: needs fixed, trailing or atr beside it"],
    [{ stops: { lossPerName: 0.01, time: 5 } }, "stops.lossPerName: needs fixed, trailing or atr beside it"],
    [{ portfolio: { kind: "optimize", beta: [1.1, 0.8] } }, "portfolio.beta: the least beta comes first"],
  ])("refuses %j with a sentence", (keys, sentence) => {
    expect(() => asked(keys)).toThrow(sentence);
  });

  it("takes each stop alone, and a size by any stop that has a price", () => {
    for (const stops of [
      { time: 5 },
      { fixed: 0.1, lossPerName: 0.01 },
      { atr: 3, lossPerName: 0.01 },
      { trailing: 0.1, lossPerName: 0.01 },
    ])
      expect(asked({ stops }).stops).toMatchObject(stops);
    expect(asked({ portfolio: { kind: "optimize", beta: [1, 1] } }).portfolio).toMatchObject({ beta: [1, 1] });
  });
});

it("limits of sectors that leave no room for what is to be invested are refused, unless a name has no sector", () => {
  const fit = (sectors: readonly (string | null)[], portfolio: object) => {
    const instruments = sectors.map((sector, i) => ({ id: `I${i}`, sector, currency: "USD" }));
    const manifest = { name: "d", instruments, notTradable: [], priceBasis: "raw" } as unknown as DatasetManifest;
    const experiment = asked({ portfolio: { kind: "optimize", ...portfolio }, label: { kind: "forward" }, risk: { maxWeight: 0.2 } });
    return () => fitToDataset(experiment, manifest, new Set(["USD"]));
  };
  const two = [..."aaaaabbbbb"];
  expect(fit(two, { maxSector: 0.3 })).toThrow(/portfolio.maxSector: with 0.3 in each, the 2 sectors .* room for 0.6, .* asks for 0.98/);
  expect(fit([..."aaaaab"], { maxSector: 0.7 })).toThrow(/room for 0.9/); // one name of b
  for (const [sectors, portfolio] of [
    [two, { maxSector: 0.5 }],
    [two, { maxSector: 0.3, invested: 0.6 }],
    [two, { maxSector: 0.3, short: true }],
    [[...two, null, null], { maxSector: 0.3 }],
    [[..."aab"], { maxSector: 1 }], // it is the names that have no room: less is invested, as without sectors
    [[null, null], { maxSector: 0.3 }],
  ] as const)
    expect(fit(sectors, portfolio), JSON.stringify(portfolio)).not.toThrow(/maxSector/);
});
