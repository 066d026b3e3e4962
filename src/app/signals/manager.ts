// The two verbs of a portfolio manager over one experiment: what to do overnight, and to watch and adjust through the day.
import type { Experiment } from "../config/experiment.js";
import { parseExperiment } from "../config/experiment.js";
import { type PaperOptions, type PaperRun, performPaper } from "../runs/perform-paper.js";
import type { OvernightSignals } from "./overnight-signals.js";
import { performSignals, type SignalsOptions } from "./perform-signals.js";

export interface Monitor extends Partial<Pick<PaperOptions, "sessions" | "speed" | "feed" | "risk">> {
  /** `15m`, `1h`, `90s`: whole bars of the data. */
  readonly every: string;
  /** Most that one adjustment trades, buys and sells together, fraction of equity. */
  readonly maxTurnover: number;
}

export interface PortfolioManager {
  /**
   * For each name of the universe (null: of the experiment) after the last session of the data: BUY, SELL or HOLD, expected return, confidence,
   * weight within the budget of volatility a year (a fraction; null: none), and the order from what is held. Nothing is sent.
   */
  overnightSignals(
    universe: readonly string[] | null,
    riskBudget: number | null,
    more?: Pick<SignalsOptions, "from" | "risk">,
  ): Promise<OvernightSignals>;
  /** A paper session (of 20 sessions, where none are named) whose portfolio is solved again every so often between decisions. */
  monitorAndAdjust(monitor: Monitor): Promise<PaperRun>;
}

/** Throws nothing: the verbs do, as `paper` does. */
export function openManager(
  experiment: Experiment,
  options: Pick<PaperOptions, "workspace"> & Partial<Pick<PaperOptions, "onProgress" | "onAlert" | "onTrouble" | "signal">>,
): PortfolioManager {
  const common = { onProgress: () => undefined, ...options };
  return {
    overnightSignals: (universe, riskBudget, more = {}) => performSignals(experiment, { ...common, ...more, universe, riskBudget }),
    async monitorAndAdjust({ every, maxTurnover, ...session }) {
      const monitored = parseExperiment({ ...experiment, monitor: { every, maxTurnover } }, `Experiment ${experiment.name} with a monitor`);
      return performPaper(monitored, { sessions: 20, pace: null, ...common, ...session });
    },
  };
}
