// Exchange rates as of a moment, from the rates that were seen by then. Cross rates go through one pivot currency.
import type { FxRate } from "#domain/corporate-action.js";
import type { Currency } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";

interface Series {
  readonly seenAt: number[];
  /** Units of the second currency of the key per unit of the first. */
  readonly rate: number[];
}

export class FxTable {
  private readonly series = new Map<string, Series>();

  /** Events in any order; of two seen at one moment the later in the list holds. Throws `RangeError` on a rate that is not positive. */
  constructor(
    events: readonly FxRate[],
    readonly pivot: Currency,
  ) {
    for (const event of [...events].sort((a, b) => a.seenAt - b.seenAt)) {
      if (!(event.rate > 0 && Number.isFinite(event.rate)))
        throw new RangeError(`The rate from ${event.from} to ${event.to} is ${event.rate}.`);
      const inverse = event.from > event.to;
      const key = inverse ? `${event.to}/${event.from}` : `${event.from}/${event.to}`;
      let series = this.series.get(key);
      if (series === undefined) {
        series = { seenAt: [], rate: [] };
        this.series.set(key, series);
      }
      series.seenAt.push(event.seenAt);
      series.rate.push(inverse ? 1 / event.rate : event.rate);
    }
  }

  /**
   * Units of `to` per unit of `from` with what was seen up to and including `asOf`: the pair itself in either direction, else through the
   * pivot; 1 for a currency and itself, NaN before the first rate.
   */
  rateAt(from: Currency, to: Currency, asOf: Micros): number {
    if (from === to) return 1;
    const direct = this.direct(from, to, asOf);
    if (!Number.isNaN(direct) || from === this.pivot || to === this.pivot) return direct;
    return this.direct(from, this.pivot, asOf) * this.direct(this.pivot, to, asOf);
  }

  private direct(from: string, to: string, asOf: number): number {
    if (from > to) return 1 / this.direct(to, from, asOf);
    const series = this.series.get(`${from}/${to}`);
    if (series === undefined) return Number.NaN;
    let low = 0;
    let high = series.seenAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((series.seenAt[middle] as number) <= asOf) low = middle + 1;
      else high = middle;
    }
    return series.rate[low - 1] ?? Number.NaN;
  }
}
