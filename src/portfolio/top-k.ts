// Long-only: the k members with the highest expected return, equally weighted.
import type { TargetPortfolio } from "#domain/signal.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { emptyWeights, rankMembers } from "./weights.js";

export interface TopKOptions {
  /** Names held; fewer when fewer have an opinion. */
  readonly k: number;
  /** A held name is kept while its rank is within `keep` (>= k): less turnover for a slightly worse rank. */
  readonly keep: number;
  /** Fraction of equity put to work, in (0, 1]. */
  readonly invested: number;
}

export function createTopK({ k, keep, invested }: TopKOptions): PortfolioBuilder {
  return {
    build(signals, frame, view): TargetPortfolio {
      const weights = emptyWeights(frame);
      const ranked = rankMembers(signals.expectedReturn, frame);
      const chosen = ranked
        .slice(0, keep)
        .filter((row) => (view.lots[row] as number) > 0)
        .slice(0, k);
      const held = new Set(chosen);
      for (const row of ranked) {
        if (chosen.length >= k) break;
        if (!held.has(row)) chosen.push(row);
      }
      for (const row of chosen) weights[row] = invested / chosen.length;
      return { asOf: signals.asOf, weights };
    },
  };
}
