// The headline figures with 90 % bands: sessions are drawn again in blocks, those of strategy, baseline and cash together.
import { createRng } from "#base/rng.js";
import type { RunResult } from "#domain/run-result.js";
import { blockLengths } from "#research/inference/bootstrap/block-length.js";
import { fillIndices, stationaryResampling } from "#research/inference/bootstrap/resampling.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { annualReturn, maxDrawdown, sharpe } from "#research/metrics/performance.js";
import type { BandedFigure } from "./validation-result.js";

const DRAWS = 1000;
/** Fewer values have no band. */
const LEAST = 60;

export interface Record {
  /** Net returns of the strategy, its active returns, and what cash earned, per session. */
  readonly net: readonly number[];
  readonly active: readonly number[];
  readonly cash: readonly number[];
  readonly ic: RunResult["ic"];
  readonly over: string;
  readonly perYear: number;
}

/** A band holds the middle 90 % of 1,000 draws (stationary bootstrap, blocks as long as the series asks); the same record gives the same. */
export function figuresOf({ net, active, cash, ic, over, perYear }: Record): readonly BandedFigure[] {
  const information = (values: readonly number[]): number | null => {
    const deviation = standardDeviation(values);
    return deviation > 1e-12 ? (mean(values) / deviation) * Math.sqrt(perYear) : null;
  };
  const bySession = (at: readonly number[] | null): readonly (number | null)[] => {
    const pick = (values: readonly number[]): readonly number[] => (at === null ? values : at.map((t) => values[t] as number));
    const drawn = pick(net);
    return [
      annualReturn(drawn, perYear),
      mean(pick(active)) * perYear,
      sharpe(drawn, pick(cash), perYear),
      information(pick(active)),
      maxDrawdown(drawn),
    ];
  };
  const figures = named(over).map((figure, i) => ({ ...figure, value: bySession(null)[i] as number | null }));
  const bands = bandsOf(active, "sessions", bySession);
  const icBands = bandsOf(ic.values, "ic", (at) => [mean(at === null ? ic.values : at.map((t) => ic.values[t] as number))]);
  return [
    ...figures.map((figure, i) => ({ ...figure, ...(bands?.[i] ?? NO_BAND) })),
    {
      name: "Mean rank IC",
      value: ic.mean,
      unit: "correlation" as const,
      meaning: "How well predictions ordered the instruments by what followed: 0 is chance, and .03 to .05 is much.",
      ...(icBands?.[0] ?? NO_BAND),
    },
  ];
}

const NO_BAND = { low: null, high: null } as const;

function named(over: string): readonly Pick<BandedFigure, "name" | "unit" | "meaning">[] {
  return [
    { name: "Net return a year", unit: "percent", meaning: "What the account grew by each year, after all costs." },
    {
      name: `Net return over ${over}, a year`,
      unit: "percent",
      meaning: `What the strategy added to ${over === "cash" ? "cash" : "simply holding the same names in equal weight"}, after the costs of both.`,
    },
    {
      name: "Sharpe ratio over cash",
      unit: "ratio",
      meaning: "Return over cash for each unit of ups and downs; the market itself has about 0.4.",
    },
    {
      name: `Information ratio over ${over}`,
      unit: "ratio",
      meaning: "What was added for each unit of difference to the baseline; 0.5 is good and 1 is rare.",
    },
    {
      name: "Deepest drawdown",
      unit: "percent",
      meaning: "The worst fall from a peak; another order of the same days could have made it the band.",
    },
  ];
}

/** Of `statistic` over drawn positions of a series with the dependence of `by`; null where the series is too short. */
function bandsOf(
  by: readonly number[],
  seed: string,
  statistic: (at: readonly number[] | null) => readonly (number | null)[],
): readonly { readonly low: number | null; readonly high: number | null }[] | null {
  if (by.length < LEAST) return null;
  const resampling = stationaryResampling(by.length, DRAWS, Math.min(by.length, blockLengths(by).stationary), createRng(`bands/${seed}`));
  const indices = new Int32Array(by.length);
  const draws = Array.from({ length: DRAWS }, (_, draw) => {
    fillIndices(resampling, draw, indices);
    return statistic(Array.from(indices));
  });
  return (draws[0] as readonly (number | null)[]).map((_, i) => {
    const values = draws.map((figures) => figures[i] as number | null).filter((value) => value !== null);
    if (values.length < DRAWS) return NO_BAND;
    values.sort((a, b) => a - b);
    return { low: values[Math.floor(0.05 * DRAWS)] as number, high: values[Math.ceil(0.95 * DRAWS) - 1] as number };
  });
}
