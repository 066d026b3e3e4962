import { describe, expect, it } from "vitest";
import { parseExperiment } from "./experiment.js";

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
