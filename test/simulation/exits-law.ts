// The law of exits, by an arithmetic of the oracle's own: where what guards a position stands, from what was paid and from how far bars ranged when the
// position began, and which positions have lasted long enough. The average is computed anew from all bars each time that it is asked for.
import type { Order } from "#domain/order.js";
import type { ProtectionOptions } from "#execution/protection.js";

const CENT = 0.01;
const CLOSE = 1e-6;

export class Exits {
  /** Of each name, on the basis of today's shares: the last close, and the true range of each bar but the first. */
  private readonly close: number[];
  private readonly ranges: number[][];
  /** Mean price paid, the average range when the position began (NaN: not known), and bars since. */
  private readonly paid: number[];
  private readonly range: number[];
  private readonly age: number[];

  constructor(
    names: number,
    private readonly options: ProtectionOptions | null,
  ) {
    const none = Array.from({ length: names }, () => Number.NaN);
    [this.close, this.paid, this.range, this.age] = [[...none], [...none], [...none], none.map(() => 0)];
    this.ranges = none.map(() => []);
  }

  bar(i: number, high: number, low: number, close: number): void {
    const before = this.close[i] as number;
    if (before > 0) this.ranges[i]?.push(Math.max(high - low, Math.abs(high - before), Math.abs(low - before)));
    this.close[i] = close;
    this.age[i] = (this.age[i] as number) + 1;
  }

  filled(i: number, held: number, lots: number, price: number): void {
    const now = held + lots;
    if (held * now <= 0) [this.paid[i], this.range[i], this.age[i]] = [price, this.average(i), 0];
    else if (Math.abs(now) > Math.abs(held)) this.paid[i] = (held * (this.paid[i] as number) + lots * price) / now;
  }

  split(i: number, ratio: number): void {
    for (const figures of [this.close, this.paid, this.range]) figures[i] = (figures[i] as number) / ratio;
    this.ranges[i] = (this.ranges[i] as number[]).map((range) => range / ratio);
  }

  /** Exits of each position. */
  get each(): number {
    const { stopLoss, takeProfit, trailing } = this.options ?? { stopLoss: null, takeProfit: null, trailing: null };
    return [stopLoss, takeProfit, trailing].filter((asked) => asked !== null).length;
  }

  /** Held for as many bars as a position may last. */
  isOver(i: number): boolean {
    const { time } = this.options ?? { time: null };
    return time !== null && (this.age[i] as number) >= time;
  }

  /** What is wrong with where an order stands that guards `held` lots, in words; null when nothing is. */
  wrong({ instrument: i, type, limit, terms, lots }: Order): string | null {
    const { options } = this;
    if (options === null) return null;
    const side = -Math.sign(lots);
    const paid = this.paid[i] as number;
    const stop = this.distance(i, options.stopLoss, options.stopLossAtr);
    const gain = this.distance(i, options.takeProfit, options.takeProfitAtr);
    const trail = this.distance(i, options.trailing, options.trailingAtr);
    const [stands, wanted] =
      type === "trailing-stop"
        ? [(terms?.trail ?? Number.NaN) * CENT, trail]
        : type === "stop"
          ? [side * (paid - (terms?.trigger ?? Number.NaN) * CENT), stop]
          : [side * ((limit ?? Number.NaN) * CENT - paid), gain];
    // On the grid, and never nearer than asked for.
    if (wanted !== null && stands > wanted - CLOSE && stands < wanted + CENT + CLOSE) return null;
    return `it stands ${stands} from ${paid}, and ${wanted ?? "nothing"} is asked for`;
  }

  /** The nearer of a part of what was paid and of so many ranges; a market that stands still has none. */
  private distance(i: number, part: number | null, ranges: number | null): number | null {
    if (part === null) return null;
    const [fixed, moved] = [part * (this.paid[i] as number), (ranges ?? Number.NaN) * (this.range[i] as number)];
    return moved > 0 ? Math.min(fixed, moved) : fixed;
  }

  /** Wilder's: the mean of the first ranges, then each new one counts as one of so many. */
  private average(i: number): number {
    const { atrBars } = this.options ?? { atrBars: 1 };
    const ranges = this.ranges[i] as number[];
    if (ranges.length < atrBars) return Number.NaN;
    const first = ranges.slice(0, atrBars).reduce((sum, range) => sum + range, 0) / atrBars;
    return ranges.slice(atrBars).reduce((mean, range) => (mean * (atrBars - 1) + range) / atrBars, first);
  }
}
