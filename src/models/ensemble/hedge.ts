// Weights that follow losses, with a bound on what that can cost whatever the losses are (Freund & Schapire 1997; with a share dealt out anew,
// Herbster & Warmuth 1998).

/** Weights of experts after the losses that were told. */
export class Hedge {
  /** Logarithms, the largest 0: nothing underflows for good. */
  private logs: Float64Array;

  /**
   * `rate`: how strongly a loss counts. `share`: part of all weight that is dealt out evenly after each loss; 0 is Hedge itself.
   *
   * With losses in [0, 1], n experts and T rounds, the summed loss of the weights exceeds that of the best expert by ln(n) / rate +
   * rate T / 8 at most (share 0; sqrt(T ln(n) / 2) at `usualRate`), and that of any sequence of experts with m changes by
   * ((m + 1) ln(n) + m ln(1 / share) + (T - m - 1) ln(1 / (1 - share))) / rate + rate T / 8 (Cesa-Bianchi & Lugosi 2006, theorems 2.2, 5.1).
   */
  constructor(
    experts: number,
    private readonly rate: number,
    private readonly share: number,
  ) {
    this.logs = new Float64Array(experts);
  }

  /** Not negative, 1 in all. */
  weights(): readonly number[] {
    const raw = Array.from(this.logs, Math.exp);
    const total = raw.reduce((sum, one) => sum + one, 0);
    return raw.map((one) => one / total);
  }

  /** One loss in [0, 1] per expert. */
  learn(losses: readonly number[]): void {
    const { rate, share } = this;
    let logs = this.logs.map((log, i) => log - rate * (losses[i] as number));
    let most = Math.max(...logs);
    logs = logs.map((log) => log - most);
    if (share > 0) {
      const even = logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length;
      logs = logs.map((log) => Math.log((1 - share) * Math.exp(log) + share * even));
      most = Math.max(...logs);
      logs = logs.map((log) => log - most);
    }
    this.logs = logs;
  }
}

/** The rate at which the bound is smallest over `rounds` rounds. */
export function usualRate(experts: number, rounds: number): number {
  return Math.sqrt((8 * Math.log(experts)) / Math.max(1, rounds));
}
