// Outcomes of several assets together, each row equally likely: what historical, filtered and Monte Carlo simulation have in common.
import { TruewindError } from "#base/errors.js";
import { compounded } from "./historical.js";
import { knownOrThrow } from "./tail-risk.js";

export interface Scenarios {
  readonly rows: number;
  readonly assets: number;
  /** Returns over the horizon, fractions, row by row: `values[row * assets + asset]`. */
  readonly values: Float64Array;
}

/** Rows of one asset each become rows of scenarios. Throws `bad-usage` without assets, for unequal lengths and for values that are not finite. */
export function scenariosOf(series: readonly Float64Array[]): Scenarios {
  const assets = series.length;
  const rows = series[0]?.length ?? 0;
  if (series.some(({ length }) => length !== rows))
    throw new TruewindError(
      "bad-usage",
      "Scenarios need series of returns of one length, one per asset: leave out days that one of them lacks.",
    );
  const values = new Float64Array(rows * assets);
  series.forEach((one, asset) => {
    for (let row = 0; row < rows; row++) values[row * assets + asset] = one[row] as number;
  });
  knownOrThrow(values, 1, "returns");
  return { rows, assets, values };
}

/** What came: all overlapping stretches, compounded asset by asset, as in `historicalRisk`. `series`: fractions per session, one per asset. */
export function historicalScenarios(series: readonly Float64Array[], horizon: number): Scenarios {
  return scenariosOf(series.map((one) => compounded(one, horizon)));
}

/** Returns of a portfolio bought at these weights (fractions of its value, negative for short) and held: one per row. Throws `bad-usage` for other lengths. */
export function outcomesOf({ rows, assets, values }: Scenarios, weights: Float64Array): Float64Array {
  if (weights.length !== assets)
    throw new TruewindError("bad-usage", `There are ${weights.length} weights for scenarios of ${assets} assets.`);
  const outcomes = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let asset = 0; asset < assets; asset++) sum += (weights[asset] as number) * (values[row * assets + asset] as number);
    outcomes[row] = sum;
  }
  return outcomes;
}
