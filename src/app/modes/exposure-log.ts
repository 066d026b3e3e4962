// Net weight by sector at each mark, averaged per month: what the portfolio leaned on.
import type { Instrument } from "#domain/instrument.js";
import type { RunResult } from "#domain/run-result.js";
import { utcDate } from "#domain/time.js";
import type { Engine } from "#engine/engine.js";

const UNKNOWN = "No sector";

export class ExposureLog {
  private readonly sectors: readonly string[];
  private readonly sectorOf: Int32Array;
  private readonly months: string[] = [];
  private readonly sums: Float64Array[] = [];
  private readonly counts: number[] = [];

  constructor(instruments: readonly Instrument[]) {
    this.sectors = [...new Set(instruments.map((instrument) => instrument.sector ?? UNKNOWN))].sort();
    this.sectorOf = Int32Array.from(instruments, (instrument) => this.sectors.indexOf(instrument.sector ?? UNKNOWN));
  }

  mark({ account, now }: Engine): void {
    const month = utcDate(now).slice(0, 7);
    if (this.months.at(-1) !== month) {
      this.months.push(month);
      this.sums.push(new Float64Array(this.sectors.length));
      this.counts.push(0);
    }
    const last = this.months.length - 1;
    const sum = this.sums[last] as Float64Array;
    this.counts[last] = (this.counts[last] as number) + 1;
    for (let i = 0; i < account.lots.length; i++) {
      const lots = account.lots[i] as number;
      if (lots === 0) continue;
      const sector = this.sectorOf[i] as number;
      sum[sector] = (sum[sector] as number) + (lots * (account.lotValue[i] as number)) / account.equity;
    }
  }

  /** Sectors never held are left out. */
  summary(): RunResult["sectorExposure"] {
    const used = this.sectors.map((_, s) => s).filter((s) => this.sums.some((sum) => sum[s] !== 0));
    return {
      months: this.months,
      sectors: used.map((s) => ({
        name: this.sectors[s] as string,
        weight: this.sums.map((sum, m) => (sum[s] as number) / (this.counts[m] as number)),
      })),
    };
  }
}
