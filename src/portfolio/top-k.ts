// Long-only: the k members with the highest expected return, equally weighted or by a rule of their risk.
import type { TargetPortfolio } from "#domain/signal.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { AnswerLog, joinMemories } from "./builder-memory.js";
import type { WeightRule } from "./weight-rule.js";
import { emptyWeights, rankMembers } from "./weights.js";

export interface TopKOptions {
  /** Names held; fewer when fewer have an opinion. */
  readonly k: number;
  /** A held name is kept while its rank is within `keep` (>= k): less turnover for a slightly worse rank. */
  readonly keep: number;
  /** Fraction of equity put to work, in (0, 1]. */
  readonly invested: number;
  /** Left out: equal weights. */
  readonly rule?: WeightRule | undefined;
}

export function createTopK({ k, keep, invested, rule }: TopKOptions): PortfolioBuilder {
  const log = new AnswerLog();
  return {
    ...(rule === undefined ? {} : { memory: joinMemories([rule.memory, log]), answers: () => (log.all.length === 0 ? null : log.all) }),
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
      const found = rule?.shares(chosen, signals);
      chosen.forEach((row, i) => (weights[row] = found === undefined ? invested / chosen.length : invested * (found.shares[i] as number)));
      if ((found?.failed ?? null) === null) return { asOf: signals.asOf, weights };
      const answer = { step: "equal-weight", failed: [found?.failed as string] };
      log.note({ ...answer, gap: null });
      return { asOf: signals.asOf, weights, answer };
    },
  };
}
