// A portfolio and its positions over scenarios, wherever these come from: history, filtered history or Monte Carlo.
import { empiricalTail, tailSize } from "./empirical-tail.js";
import { type PortfolioRisk, portfolioRisk } from "./positions.js";
import { type Scenarios, outcomesOf } from "./scenarios.js";
import { knownOrThrow, levelOrThrow } from "./tail-risk.js";

/**
 * `weights`: fractions of the portfolio's value, negative for short, one per asset. The marginal shortfall is the mean loss of the asset in the
 * portfolio's tail (Tasche 2002), the marginal value at risk its loss where the portfolio loses just that: the mean over the scenarios
 * whose ranks are nearest the quantile, as one alone says little (Hallerbach 2003), scaled so that components add up to the whole.
 * Throws `bad-usage` for sizes that do not fit, values that are not finite, and a level out of range.
 */
export function scenarioRisk(scenarios: Scenarios, weights: Float64Array, level: number): PortfolioRisk {
  const { assets, rows, values } = scenarios;
  levelOrThrow(level);
  knownOrThrow(weights, 1, "weights");
  const outcomes = outcomesOf(scenarios, weights);
  const worst = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => (outcomes[a] as number) - (outcomes[b] as number));
  const { size, place } = tailSize(rows, level);
  /** Mean loss of each asset over the ranks [from, to), and of the portfolio. */
  const lossesOver = (from: number, to: number): Float64Array => {
    const losses = new Float64Array(assets + 1);
    for (let rank = from; rank < to; rank++) {
      const row = worst[rank] as number;
      for (let i = 0; i < assets; i++) losses[i] = (losses[i] as number) - (values[row * assets + i] as number) / (to - from);
      losses[assets] = (losses[assets] as number) - (outcomes[row] as number) / (to - from);
    }
    return losses;
  };
  const at = lossesOver(place, place + 1);
  const beyond = place === 0 ? at : lossesOver(0, place);
  const share = place / size;
  const around = Math.min(place, rows - 1 - place, Math.round(Math.sqrt(size)));
  const near = lossesOver(place - around, place + around + 1);
  const scale = (at[assets] as number) / (near[assets] as number);
  // Losses so near zero that their neighbors have another sign cannot be scaled.
  const smooth = scale > 0 && scale < 2 ? near.map((loss) => loss * scale) : at;
  const marginal = Array.from({ length: assets }, (_, i) => ({
    valueAtRisk: smooth[i] as number,
    expectedShortfall: share * (beyond[i] as number) + (1 - share) * (at[i] as number),
  }));
  return portfolioRisk(weights, empiricalTail(outcomes, level), (w) => empiricalTail(outcomesOf(scenarios, w), level), marginal);
}
