// Dollar-neutral: the k best members long and the k worst short, equally weighted.
import type { TargetPortfolio } from "#domain/signal.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { emptyWeights, rankMembers } from "./weights.js";

export interface LongShortOptions {
  /** Names on each side; fewer when the universe has fewer than 2k opinions. */
  readonly k: number;
  /** Long plus short exposure as a fraction of equity. */
  readonly gross: number;
}

export function createLongShort({ k, gross }: LongShortOptions): PortfolioBuilder {
  return {
    build(signals, frame): TargetPortfolio {
      const weights = emptyWeights(frame);
      const ranked = rankMembers(signals.expectedReturn, frame);
      const side = Math.min(k, Math.floor(ranked.length / 2));
      for (let i = 0; i < side; i++) {
        weights[ranked[i] as number] = gross / 2 / side;
        weights[ranked[ranked.length - 1 - i] as number] = -gross / 2 / side;
      }
      return { asOf: signals.asOf, weights };
    },
  };
}
