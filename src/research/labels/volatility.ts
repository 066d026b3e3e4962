// The volatility of a name as it was known at a session's close: the scale of labels that are told in deviations or end at barriers.
import type { Session } from "#domain/session.js";
import type { PricePanel } from "./price-panel.js";
import type { TotalReturns } from "./total-return.js";

export interface Volatilities {
  /** Per session, a fraction; NaN before enough returns are known, and 0 where the price never moved. Uses nothing after the session's close. */
  at(instrument: number, session: number): number;
}

/**
 * Root of the exponentially weighted mean of squared total returns from close to close (RiskMetrics 1996, equation 5.2: mean taken as 0,
 * weights that sum to 1 from the first return on), a return's weight halving every `halfLife` returns. A missing close joins its
 * session's return to the next one. Known from `halfLife` returns on, rounded up, two at least.
 */
export function createVolatilities(panel: PricePanel, returns: TotalReturns, halfLife: number): Volatilities {
  const { instruments, close, sessions } = panel;
  const decay = 0.5 ** (1 / halfLife);
  const least = Math.max(2, Math.ceil(halfLife));
  const out = new Float64Array(close.length).fill(Number.NaN);
  for (let i = 0; i < instruments; i++) {
    let [squares, mass, count, last] = [0, 0, 0, -1];
    for (let session = 0; session < sessions.length; session++) {
      const cell = session * instruments + i;
      const price = close[cell] as number;
      if (price > 0) {
        if (last >= 0) {
          const move = returns.worth(i, last, session, price) / (close[last * instruments + i] as number) - 1;
          squares = decay * squares + move * move;
          mass = decay * mass + 1;
          count++;
        }
        last = session;
      }
      if (count >= least) out[cell] = Math.sqrt(squares / mass);
    }
  }
  return { at: (instrument, session) => (session < 0 ? Number.NaN : (out[session * instruments + instrument] as number)) };
}

/** The last session that had closed at a moment, given the first one that opens at or after it; -1 when there is none. */
export function lastClosed(sessions: readonly Session[], next: number, at: number): number {
  let session = next - 1;
  while (session >= 0 && (sessions[session] as Session).closeAt > at) session--;
  return session;
}
