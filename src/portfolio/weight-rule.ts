// How much of each name that was chosen: by rules that look at how the names have moved together.
import { TruewindError } from "#base/errors.js";
import type { Signals } from "#domain/signal.js";
import type { MarketMemory } from "#ports/stages.js";
import { hierarchicalEqualRisk } from "./allocation/hierarchical-equal-risk.js";
import { hierarchicalRiskParity } from "./allocation/hierarchical-risk-parity.js";
import { maximumDiversification, minimumVariance, type WeightBox } from "./allocation/minimum-variance.js";
import { cappedShares } from "./allocation/capped-shares.js";
import { riskParity } from "./allocation/risk-parity.js";
import type { Covariance } from "./covariance/covariance.js";
import { ewmaCovariance } from "./covariance/ewma.js";
import { factorCovariance } from "./covariance/factor-model.js";
import { ledoitWolf } from "./covariance/ledoit-wolf.js";
import { nonlinearShrinkage } from "./covariance/nonlinear-shrinkage.js";
import { type ReturnsPanel, returnsPanel } from "./covariance/panel.js";
import { regular } from "./covariance/regular.js";
import { sampleCovariance } from "./covariance/sample.js";
import type { ReturnMemory } from "./return-memory.js";

export interface Shares {
  /** Not negative, with sum 1 unless there are no names. */
  readonly shares: Float64Array;
  /** Why the rule has no answer, so that all shares are equal: one sentence; null where it has one. */
  readonly failed: string | null;
}

/** Shares the invested part among the chosen names. */
export interface WeightRule {
  /** Share of each of `rows`, in their order. */
  shares(rows: readonly number[], signals: Signals): Shares;
  readonly memory: MarketMemory;
}

export const ruleNames = ["minimum-variance", "maximum-diversification", "risk-parity", "hrp", "herc"] as const;
export const covarianceNames = ["ledoit-wolf", "nonlinear", "sample", "ewma", "factor"] as const;
type RuleName = (typeof ruleNames)[number];
export type CovarianceName = (typeof covarianceNames)[number];

/** The box is the business of rules that have one in their problem; shares of the others are cut afterwards. */
const RULES: Readonly<Record<RuleName, (covariance: Covariance, box: WeightBox) => Float64Array>> = {
  "minimum-variance": minimumVariance,
  "maximum-diversification": maximumDiversification,
  "risk-parity": (covariance) => riskParity(covariance),
  "hrp": hierarchicalRiskParity,
  "herc": (covariance) => hierarchicalEqualRisk(covariance),
};

/** Factors of `factor`: as many as there are, up to five. */
const FACTORS = 5;

/** How many of them there are for so many names. */
export const factorCount = (names: number): number => Math.max(1, Math.min(FACTORS, names - 1));

export const COVARIANCES: Readonly<Record<CovarianceName, (panel: ReturnsPanel) => Covariance>> = {
  "ledoit-wolf": ledoitWolf,
  "nonlinear": nonlinearShrinkage,
  "sample": sampleCovariance,
  "ewma": (panel) => ewmaCovariance(panel),
  "factor": (panel) => factorCovariance(panel, factorCount(panel.names)),
};

export interface CovarianceRuleOptions {
  readonly rule: RuleName;
  readonly covariance: CovarianceName;
  /** Largest share of one name, above 0; not less than an equal share when few names are chosen. */
  readonly most: number;
  /** Returns of the window that may be missing of a name. */
  readonly missing: number;
}

/**
 * A name of whose window too much is missing, or that has not moved at all, gets an equal share: its risk is not known. The others share the rest
 * by the rule, so that with nobody known all shares are equal. So they are where the rule finds no weights, and then that is said.
 */
export function createCovarianceRule({ rule, covariance, most, missing }: CovarianceRuleOptions, memory: ReturnMemory): WeightRule {
  return {
    memory,
    shares(rows, { asOf }) {
      const shares = new Float64Array(rows.length).fill(1 / Math.max(1, rows.length));
      const known: number[] = [];
      const series: Float64Array[] = [];
      rows.forEach((row, at) => {
        const returns = memory.returnsOf(row, asOf, missing);
        if (returns === null || returns.every((value) => value === returns[0])) return;
        known.push(at);
        series.push(returns);
      });
      if (known.length < 2) return { shares, failed: null };
      const part = known.length / rows.length;
      const high = Math.min(1, Math.max(most / part, 1 / known.length));
      const weights = foundOrWhy(() => RULES[rule](regular(COVARIANCES[covariance](returnsPanel(series))), { low: 0, high }));
      if (typeof weights === "string") return { shares, failed: `${rule}: ${weights}` };
      const capped = cappedShares(weights, high);
      known.forEach((at, k) => (shares[at] = part * (capped[k] as number)));
      return { shares, failed: null };
    },
  };
}

/** The sentence of a rule that has found nothing. */
function foundOrWhy(solve: () => Float64Array): Float64Array | string {
  try {
    return solve();
  } catch (error) {
    if (error instanceof TruewindError && error.code === "diverged") return error.message;
    throw error;
  }
}
