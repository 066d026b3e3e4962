// The honest baseline: the same weight in every member of the point-in-time universe.
import type { FeatureFrame } from "#domain/frame.js";
import type { TargetPortfolio } from "#domain/signal.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { emptyWeights } from "./weights.js";

/** `invested` is the fraction of equity put to work, in (0, 1]. Ignores the signals. */
export function createEqualWeight({ invested }: { readonly invested: number }): PortfolioBuilder {
  return {
    build(signals, frame: FeatureFrame): TargetPortfolio {
      const weights = emptyWeights(frame);
      let members = 0;
      for (let i = 0; i < frame.instruments; i++) members += frame.member[i] as number;
      const each = members === 0 ? 0 : invested / members;
      for (let i = 0; i < frame.instruments; i++) if (frame.member[i] === 1) weights[i] = each;
      return { asOf: signals.asOf, weights };
    },
  };
}
