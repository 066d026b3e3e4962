// The trailing volume of each instrument, and what trading into it costs: the square-root law as the simulated venue charges it, foretold from the
// bars that have been seen. A fold over events, all of whose state is saved with the engine.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { EventBatch } from "#domain/market.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { MarketMemory } from "#ports/stages.js";

/** Weight of the newest bar: a mean age of about 20 bars. */
const ALPHA = 1 / 20;

export class VolumeMemory implements MarketMemory {
  /** Units per bar; NaN before the first that was reported. */
  private readonly trailing: Float64Array;

  /** `lotSizes`: units of a lot, by instrument. `impact`: cost of trading one whole trailing volume, fraction of its price. */
  constructor(
    private readonly lotSizes: readonly number[],
    private readonly impact: number,
  ) {
    this.trailing = new Float64Array(lotSizes.length).fill(Number.NaN);
  }

  market(batch: EventBatch, start: number, end: number): void {
    if (batch.kind !== "bar") return;
    for (let row = start; row < end; row++) {
      const [i, volume] = [batch.instrument[row] as number, batch.volume[row] as number];
      if (Number.isNaN(volume)) continue;
      const before = this.trailing[i] as number;
      this.trailing[i] = Number.isNaN(before) ? volume : before + ALPHA * (volume - before);
    }
  }

  reference(event: Split | Dividend): void {
    if (event.kind === "split") this.trailing[event.instrument] = (this.trailing[event.instrument] as number) * event.ratio;
  }

  /**
   * c of the cost c x |trade|^(3/2) of trading a fraction of equity at once, as a fraction of equity; 0 where no volume is known, as at the venue.
   * A trade t of equity E is t E / (value of a unit) units, a part q of the volume, and pays impact x sqrt(q) on t.
   */
  costOf(i: number, view: PortfolioView): number {
    const volume = this.tradedOf(i, view);
    return volume > 0 && view.equity > 0 ? this.impact * Math.sqrt(view.equity / volume) : 0;
  }

  /** What is traded a bar at the price of the moment, base currency; NaN where no volume is known. */
  tradedOf(i: number, { lotValue }: PortfolioView): number {
    return (this.trailing[i] as number) * ((lotValue[i] as number) / (this.lotSizes[i] as number));
  }

  snapshot(): Uint8Array {
    return new ByteWriter(8 * this.trailing.length + 16).f64s(this.trailing).finish();
  }

  restore(snapshot: Uint8Array): void {
    const trailing = new ByteReader(snapshot).f64s();
    if (trailing.length !== this.trailing.length)
      throw new TruewindError("corrupt-artifact", "The snapshot holds the volume of other instruments.");
    this.trailing.set(trailing);
  }
}
