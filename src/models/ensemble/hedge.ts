// Weights that follow losses, with a bound on what that can cost whatever the losses are (Freund & Schapire 1997; with a share dealt out anew,
// Herbster & Warmuth 1998). Kept as logarithms, the largest 0, so that nothing underflows for good.

export interface HedgeRule {
  /** How strongly a loss counts. */
  readonly rate: number;
  /** Part of all weight that is dealt out evenly after each loss; 0 is Hedge itself. */
  readonly share: number;
}

/**
 * Logarithms of the weights after one loss in [0, 1] per expert. They start at 0.
 *
 * With n experts and T rounds the summed loss of the weights exceeds that of the best expert by ln(n) / rate + rate T / 8 at most (share 0;
 * sqrt(T ln(n) / 2) at `usualRate`), and that of any sequence of experts with m changes by
 * ((m + 1) ln(n) + m ln(1 / share) + (T - m - 1) ln(1 / (1 - share))) / rate + rate T / 8 (Cesa-Bianchi & Lugosi 2006, theorems 2.2, 5.1).
 */
export function hedge({ rate, share }: HedgeRule, logs: readonly number[], losses: readonly number[]): readonly number[] {
  const next = centered(logs.map((log, i) => log - rate * (losses[i] as number)));
  if (share === 0) return next;
  const even = next.reduce((sum, log) => sum + Math.exp(log), 0) / next.length;
  return centered(next.map((log) => Math.log((1 - share) * Math.exp(log) + share * even)));
}

function centered(logs: readonly number[]): readonly number[] {
  const most = Math.max(...logs);
  return logs.map((log) => log - most);
}

/** Not negative, 1 in all. */
export function weightsOf(logs: readonly number[]): readonly number[] {
  const raw = logs.map(Math.exp);
  const total = raw.reduce((sum, one) => sum + one, 0);
  return raw.map((one) => one / total);
}

/** The rate at which the bound is smallest over `rounds` rounds. */
export function usualRate(experts: number, rounds: number): number {
  return Math.sqrt((8 * Math.log(experts)) / Math.max(1, rounds));
}
