// Signals, labels or sizes are divided by the volatility of the whole sample; mended, by that of the days so far.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { atDecisions, type Desk } from "../pipeline/desk.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { forwardLabels } from "../pipeline/labels.js";
import { carried, deviation, finite, logChange } from "../pipeline/panels.js";
import { walkForward } from "../pipeline/walk.js";

type Use = "signal" | "label" | "size" | "market level";
const uses: readonly Use[] = ["signal", "label", "size", "market level"];

export const fullSampleVolatility = codeLeak({
  kind: "full-sample volatility",
  plan(draft) {
    const use = draft.turn(uses);
    const window = 5 + draft.rng.int(15);
    const shrink = draft.turn([1, 0.1, 0.5]); // how much of the whole sample's figure is mixed in
    const name = `momentum-${window}-by-risk`;
    return {
      place: use === "label" ? "labels" : use === "size" ? "predictions" : `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const risk = riskOf(desk, use === "market level", leaky ? shrink : 0);
        const features = ordinaryFeatures(desk, draft);
        const over = (sheet: Float64Array): Float64Array => sheet.map((value, cell) => value / (risk[cell] as number));
        if (use === "signal" || use === "market level")
          return finish(desk, draft, { features: features.set(name, over(sheetOfFormula(desk, "momentum", window))) });
        const plain = forwardLabels(desk, "return", draft.horizon);
        const labels = use === "label" ? { ...plain, value: over(plain.value) } : plain;
        const guess = walkForward(desk, [...features.values()], labels, draft.fit, draft.walk);
        return finish(desk, draft, { ending: "predictions", features, labels, predictions: use === "size" ? over(guess) : guess });
      },
    };
  },
});

/** Deviation of daily returns of each name, or of their mean over names, so far and of all days, mixed. */
function riskOf(desk: Desk, ofMarket: boolean, share: number): Float64Array {
  const { world, width } = desk;
  const own = logChange(carried(world, world.close), width, 1);
  const daily = ofMarket ? own.map((_, cell) => meanOfRow(own, cell - (cell % width), width)) : own;
  const panel = new Float64Array(daily.length).fill(Number.NaN);
  for (let i = 0; i < width; i++) {
    const whole = share === 0 ? 0 : deviation(finite(daily.filter((_value, cell) => cell % width === i)));
    let n = 0;
    let sum = 0;
    let squares = 0;
    for (let cell = i; cell < panel.length; cell += width) {
      const move = daily[cell] as number;
      if (Number.isFinite(move)) {
        n++;
        sum += move;
        squares += move * move;
      }
      const soFar = n < 10 ? 0.015 : Math.sqrt(Math.max(squares / n - (sum / n) ** 2, 1e-10));
      panel[cell] = share === 0 ? soFar : share * whole + (1 - share) * soFar;
    }
  }
  return atDecisions(desk, panel);
}

function meanOfRow(panel: Float64Array, from: number, width: number): number {
  let sum = 0;
  let count = 0;
  for (let cell = from; cell < from + width; cell++)
    if (Number.isFinite(panel[cell])) {
      sum += panel[cell] as number;
      count++;
    }
  return count === 0 ? Number.NaN : sum / count;
}
