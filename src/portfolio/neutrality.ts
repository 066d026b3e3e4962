// What a portfolio is to have no bet on: exposures of its candidates to styles, sectors, statistical factors and features, as rows that an optimizer
// obeys. An exposure is a z-score across the candidates, so that equal weights of all of them have none, whatever is invested.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { MarketMemory } from "#ports/stages.js";
import { factorModel } from "./covariance/factor-model.js";
import { returnsPanel } from "./covariance/panel.js";
import { factorNeutral, type LinearLimit } from "./optimization/portfolio-problem.js";

export const neutralNames = ["momentum", "volatility", "liquidity", "sectors", "statistical"] as const;

export interface Neutrality {
  readonly to: readonly (typeof neutralNames)[number][];
  /** Of the frame. */
  readonly features: readonly string[];
  /** Largest exposure of the portfolio, in deviations across the candidates times fraction of equity; of sectors, fraction of equity. */
  readonly tolerance: number;
}

/** What is known of the candidates, each in their order. */
export interface NeutralSubject {
  readonly rows: readonly number[];
  /** Past returns. */
  readonly series: readonly Float64Array[];
  readonly sectors: readonly (string | null)[];
  /** What is traded a bar, base currency; NaN where nobody knows. */
  readonly traded: readonly number[];
  /** Factors of `statistical`. */
  readonly factors: number;
  readonly features: FeatureColumns;
}

/** Steps of the window that momentum leaves out, where it has more than twice as many: a month of days, which rather turns back. */
const LATEST = 21;

/** One limit per style, feature, factor and sector; none where all candidates are alike. */
export function neutralLimits({ to, features, tolerance }: Neutrality, subject: NeutralSubject): LinearLimit[] {
  const { rows, series, traded } = subject;
  const limit = (name: string, values: ArrayLike<number>): LinearLimit[] => {
    const exposure = zScores(values);
    return exposure.some((value) => value !== 0) ? [{ name: `neutral ${name}`, exposure, low: -tolerance, high: tolerance }] : [];
  };
  return [
    ...to.flatMap((name) => {
      switch (name) {
        case "momentum":
          return limit(name, series.map(momentumOf));
        case "volatility":
          return limit(name, series.map(deviationOf));
        case "liquidity":
          return limit(name, traded.map(Math.log));
        case "sectors":
          return sectorLimits(
            rows.map((row) => subject.sectors[row] ?? null),
            tolerance,
          );
        case "statistical":
          return statistical(series, subject.factors).flatMap(({ exposure }, k) => limit(`factor ${k + 1}`, exposure));
        default:
          return name satisfies never;
      }
    }),
    ...features.flatMap((name) =>
      limit(
        name,
        rows.map((row) => subject.features.of(name, row)),
      ),
    ),
  ];
}

/** Less the mean and over the deviation of those that are known; 0 for those that are not, and for all where there is nothing to tell them apart. */
export function zScores(values: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(values);
  const known = out.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
  if (!(deviation > 1e-12 * Math.abs(mean))) return out.fill(0);
  return out.map((value) => (Number.isFinite(value) ? (value - mean) / deviation : 0));
}

function momentumOf(returns: Float64Array): number {
  const end = returns.length > 2 * LATEST ? returns.length - LATEST : returns.length;
  return returns.subarray(0, end).reduce((sum, value) => sum + Math.log1p(value), 0);
}

function deviationOf(returns: Float64Array): number {
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length);
}

/** Of each sector no other part of what is invested than its part of the candidates. */
function sectorLimits(sectors: readonly (string | null)[], tolerance: number): LinearLimit[] {
  return [...new Set(sectors)].flatMap((sector) => {
    if (sector === null) return [];
    const part = sectors.filter((one) => one === sector).length / sectors.length;
    if (part === 1) return [];
    const exposure = Float64Array.from(sectors, (one) => Number(one === sector) - part);
    return [{ name: `neutral sector ${sector}`, exposure, low: -tolerance, high: tolerance }];
  });
}

function statistical(series: readonly Float64Array[], factors: number): readonly LinearLimit[] {
  if (series.length < 2) return [];
  return factorNeutral(factorModel(returnsPanel(series), factors).exposures, series.length, 0);
}

/** Features of the last decision, of all instruments: what is asked between decisions has no frame. State of the engine. */
export class FeatureColumns implements MarketMemory {
  private readonly values: Float64Array;

  constructor(
    private readonly names: readonly string[],
    private readonly instruments: number,
  ) {
    this.values = new Float64Array(names.length * instruments).fill(Number.NaN);
  }

  /** Throws `bad-config` where the frame lacks one. A frame without any features tells nothing new. */
  remember({ features, values }: FeatureFrame): void {
    if (features.length === 0) return;
    this.names.forEach((name, k) => {
      const column = features.indexOf(name);
      if (column < 0)
        throw new TruewindError("bad-config", `portfolio.neutral.features: the run has no feature ${name}; add it to features.`);
      for (let i = 0; i < this.instruments; i++) this.values[k * this.instruments + i] = values[i * features.length + column] as number;
    });
  }

  /** NaN where it is not known. */
  of(name: string, row: number): number {
    return this.values[this.names.indexOf(name) * this.instruments + row] ?? Number.NaN;
  }

  market(): void {}

  reference(): void {}

  snapshot(): Uint8Array {
    return new ByteWriter(8 * this.values.length + 16).f64s(this.values).finish();
  }

  restore(snapshot: Uint8Array): void {
    const values = new ByteReader(snapshot).f64s();
    if (values.length !== this.values.length)
      throw new TruewindError("corrupt-artifact", "The snapshot holds the features of other instruments.");
    this.values.set(values);
  }
}
