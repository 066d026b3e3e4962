// Traded volume by price, from the start of the session: where the market did its business. Begins anew at the first trade of a session.

export interface VolumeProfile {
  /** Price with the most volume (the lower one of equals), in ticks; NaN without trades. */
  readonly pointOfControl: number;
  /** Narrowest range around the point of control, grown on the side with more volume, that holds the wanted part of all volume. */
  readonly valueLow: number;
  readonly valueHigh: number;
  readonly volume: number;
  readonly prices: number;
}

export class VolumeAtPrice {
  private readonly volumes = new Map<number, number>();
  private session = Number.NaN;

  /** `sessionOf`: number of the session that holds a moment (Micros), for example the UTC day. */
  constructor(private readonly sessionOf: (at: number) => number) {}

  /** Returns true when the trade began a session: what was held before is gone. */
  trade(at: number, ticks: number, size: number): boolean {
    const session = this.sessionOf(at);
    const begins = session !== this.session;
    if (begins) this.volumes.clear();
    this.session = session;
    this.volumes.set(ticks, (this.volumes.get(ticks) ?? 0) + size);
    return begins;
  }

  volumeAt(ticks: number): number {
    return this.volumes.get(ticks) ?? 0;
  }

  /** `part`: share of the volume within the value area, customarily 0.7. Sorts the prices: for the end of a stretch, not for every trade. */
  profile(part: number): VolumeProfile {
    const prices = [...this.volumes].sort((a, b) => a[0] - b[0]);
    const total = prices.reduce((sum, [, volume]) => sum + volume, 0);
    let peak = 0;
    prices.forEach(([, volume], k) => {
      if (volume > (prices[peak]?.[1] ?? 0)) peak = k;
    });
    let [low, high] = [peak, peak];
    let held = prices[peak]?.[1] ?? 0;
    while (held < part * total && (low > 0 || high < prices.length - 1)) {
      const [below, above] = [prices[low - 1]?.[1] ?? -1, prices[high + 1]?.[1] ?? -1];
      if (above >= below) high++;
      else low--;
      held += Math.max(above, below);
    }
    const priceOf = (k: number): number => prices[k]?.[0] ?? Number.NaN;
    return { pointOfControl: priceOf(peak), valueLow: priceOf(low), valueHigh: priceOf(high), volume: total, prices: prices.length };
  }
}
