// Holds what the rule of signal-rule.ts advises: BUY takes a weight in proportion to the strength, SELL ends it (or goes short), HOLD leaves
// what is there.
import { TruewindError } from "#base/errors.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Signals, TargetPortfolio } from "#domain/signal.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { adviseOn, type Advice, type SignalRule } from "./signal-rule.js";
import { emptyWeights } from "./weights.js";

export interface SignalsOptions extends SignalRule {
  /** Weight of full strength, fraction of equity. */
  readonly perName: number;
  /** Most that may be put to work, long and short together, fraction of equity; new weights are scaled down to what HOLD leaves of it. */
  readonly invested: number;
  /** Whether SELL goes short; else it only ends a long position. */
  readonly short: boolean;
}

/** Throws `bad-config` at the first decision of a model that gives no confidence, unless none is asked for. */
export function createSignals(options: SignalsOptions): PortfolioBuilder {
  return {
    build(signals, frame, view): TargetPortfolio {
      const weights = emptyWeights(frame);
      let wanted = 0;
      let kept = 0;
      for (let i = 0; i < frame.instruments; i++) {
        if (frame.member[i] === 1) {
          const { action, strength } = adviceFor(options, signals, i);
          weights[i] = action === "HOLD" ? Number.NaN : action === "BUY" || options.short ? strength * options.perName : 0;
        }
        const lots = view.lots[i] as number;
        if (!Number.isNaN(weights[i])) wanted += Math.abs(weights[i] as number);
        else if (lots !== 0) kept += Math.abs(lots * (view.lotValue[i] as number));
      }
      const room = Math.max(0, options.invested - kept / Math.max(view.equity, 1e-6));
      if (wanted > room) for (let i = 0; i < frame.instruments; i++) weights[i] = (weights[i] as number) * (room / wanted);
      return { asOf: signals.asOf, weights };
    },
  };
}

/** The advice for row `i`. A model without confidence is taken to be sure where `minConfidence` is 0, and refused where it is not. */
export function adviceFor(rule: SignalRule, signals: Signals, i: number): Advice {
  const { expectedReturn, confidence, outOfDomain, model } = signals;
  if (confidence === null && rule.minConfidence > 0 && model !== "none" && expectedReturn.some((value) => !Number.isNaN(value)))
    throw new TruewindError(
      "bad-config",
      `portfolio signals asks for a confidence above ${rule.minConfidence}, and the model ${model} gives none: put it into model.family calibrated, or set portfolio.minConfidence to 0.`,
    );
  return adviseOn(rule, expectedReturn[i] as number, confidence === null ? 1 : (confidence[i] as number), outOfDomain?.[i] ?? 0);
}

export interface AdviceRow extends Advice {
  readonly instrument: string;
  readonly expectedReturn: number;
  /** Null when the model gives none. */
  readonly confidence: number | null;
}

/** BUY and SELL of one decision, strongest first; how many members are left at HOLD is told by `hold`. */
export function adviceList(
  rule: SignalRule,
  signals: Signals,
  frame: Pick<FeatureFrame, "instruments" | "member">,
  ids: readonly string[],
): { readonly rows: readonly AdviceRow[]; readonly hold: number } {
  const rows: AdviceRow[] = [];
  let hold = 0;
  for (let i = 0; i < frame.instruments; i++) {
    if (frame.member[i] !== 1) continue;
    const advice = adviceFor(rule, signals, i);
    if (advice.action === "HOLD") hold++;
    else
      rows.push({
        instrument: ids[i] as string,
        ...advice,
        expectedReturn: signals.expectedReturn[i] as number,
        confidence: signals.confidence?.[i] ?? null,
      });
  }
  return { rows: rows.sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength) || (a.instrument < b.instrument ? -1 : 1)), hold };
}
