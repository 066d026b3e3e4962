// Stochastic volatility: mean-reverting log-volatility (an AR(1), the discrete Ornstein-Uhlenbeck process of Taylor 1986),
// with shocks that may be correlated with the return of the session just ended (leverage effect, Black 1976).
import type { Rng } from "#base/rng.js";

export interface LogVolatilityLaw {
  /** Autoregression per session, in [0, 1). */
  readonly persistence: number;
  /** Stationary standard deviation of the logarithm. */
  readonly deviation: number;
  /** Correlation of the shock with the standardized return, in [-1, 1]; none when absent. */
  readonly leverage?: number;
}

/** A draw from the stationary law. */
export function firstLogVolatility(law: LogVolatilityLaw, rng: Rng): number {
  return law.deviation * rng.normal();
}

/** The next session's value; `shock` is the standardized return of this one, cut at +-4 lest one crash set off a spiral. */
export function nextLogVolatility(value: number, law: LogVolatilityLaw, shock: number, rng: Rng): number {
  const leverage = law.leverage ?? 0;
  const innovation = leverage * Math.max(-4, Math.min(4, shock)) + Math.sqrt(1 - leverage * leverage) * rng.normal();
  return law.persistence * value + law.deviation * Math.sqrt(1 - law.persistence * law.persistence) * innovation;
}

/**
 * The day's mixing variable: log-normal with mean square 1. A normal shock times it has fat tails,
 * and the same variable moves volume (mixture of distributions: Clark 1973; Tauchen and Pitts 1983).
 */
export function mixingVariable(deviation: number, rng: Rng): number {
  return Math.exp(deviation * rng.normal() - deviation * deviation);
}
