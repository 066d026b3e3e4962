import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Currency, Instrument, InstrumentId, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { ApprovedOrder, Order, OrderId, WorkingOrder } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Session } from "#domain/session.js";
import { type IsoDate, MINUTE_US, type Micros } from "#domain/time.js";
import { PacedExecution } from "./paced-execution.js";
import { shortfallShare } from "./schedule/shares.js";
import { wholeSlices } from "./schedule/whole-lots.js";
import type { ExecutionStyle } from "./style.js";

const SLOTS = 8;
const NAME: Instrument = {
  id: "A" as InstrumentId,
  venue: "X",
  currency: "USD" as Currency,
  tickSize: 0.01,
  relativeTick: null,
  lotSize: 1,
  sector: null,
};
/** Sessions of eight minutes. */
const steps: readonly Session[] = Array.from({ length: 30 * SLOTS }, (_, s) => ({
  date: `day ${Math.floor(s / SLOTS)}` as IsoDate,
  openAt: ((s + 1) * MINUTE_US) as Micros,
  closeAt: ((s + 2) * MINUTE_US) as Micros,
  early: false,
}));

/** A policy with one instrument, an account that fills at once, and a market that trades what it is told. */
class Desk {
  readonly policy: PacedExecution;
  step = -1;
  held = 0;
  resting: number | null = null;
  price = 100;
  private readonly desired = new Float64Array(1);

  constructor(style: ExecutionStyle, instrument = NAME) {
    this.policy = new PacedExecution(style, [instrument], steps);
  }

  /** The next bar. */
  bar(volume: number, close = this.price): void {
    this.step++;
    this.price = close;
    const at = (steps[this.step] as Session).closeAt;
    const prices = { open: close, high: close, low: close, close };
    const row = { instrument: 0 as InstrumentIx, openAt: (at - MINUTE_US) as Micros, at, seenAt: at, ...prices, volume };
    this.policy.market(toBarBatch([row]), 0, 1);
  }

  want(lots: number): void {
    this.desired[0] = lots;
    this.policy.target(this.desired, this.view());
  }

  /** Lots that the timer after the last bar lets out; all of them fill unless they rest. */
  pace(atOnce = false): { readonly lots: number; readonly limit: number; readonly recall: boolean } {
    const { lots, limits, recall } = this.policy.pace(this.desired, this.view(), atOnce);
    const out = (lots[0] as number) - this.held - (this.resting ?? 0);
    const limit = limits[0] as number;
    if (Number.isNaN(limit)) this.held += out;
    else if (out !== 0) this.resting = (this.resting ?? 0) + out;
    return { lots: out, limit, recall: recall[0] === 1 };
  }

  view(): PortfolioView {
    const working = this.resting ?? 0;
    const order: Order = {
      id: "r" as OrderId,
      instrument: 0 as InstrumentIx,
      lots: working as Lots,
      type: "limit",
      limit: 1 as Ticks,
      createdAt: 0 as Micros,
    };
    const out: WorkingOrder[] = working === 0 ? [] : [{ order: order as ApprovedOrder, remaining: working as Lots, limit: 1 as Ticks }];
    return {
      asOf: (steps[Math.max(0, this.step)] as Session).closeAt,
      equity: 1e6,
      cash: 1e6,
      lots: Float64Array.of(this.held),
      workingBuys: Float64Array.of(Math.max(0, working)),
      workingSells: Float64Array.of(Math.min(0, working)),
      working: out,
      price: Float64Array.of(this.price),
      lotValue: Float64Array.of(this.price),
      markedEquity: 1e6,
      tradedSinceMark: 0,
    };
  }

  /** Slices at the timers after this bar and the next ones. */
  run(volumes: readonly number[]): number[] {
    const slices = [this.pace().lots];
    for (const volume of volumes) {
      this.bar(volume);
      slices.push(this.pace().lots);
    }
    return slices;
  }
}

const free = { participation: null };

describe("a target reached step by step", () => {
  it("time-weighted: even slices, all of it, and the remainder carried on", () => {
    const desk = new Desk({ kind: "twap", bars: 4, ...free });
    desk.bar(100);
    desk.want(-10);
    expect(desk.run([100, 100, 100, 100])).toEqual([-3, -2, -3, -2, 0]);
    expect(desk.held).toBe(-10);
  });

  it("shortfall: the closed form of Almgren and Chriss in whole lots", () => {
    const desk = new Desk({ kind: "shortfall", bars: 6, urgency: 2.5, ...free });
    desk.bar(1);
    desk.want(1000);
    const shares = Array.from({ length: 6 }, (_, k) => shortfallShare(k, 6, 2.5));
    expect(desk.run([1, 1, 1, 1, 1])).toEqual(wholeSlices(1000, shares));
  });

  it("volume-weighted: the curve of past sessions where the day is like them, and even slices while none is known", () => {
    const curve = [50, 10, 20, 40, 10, 10, 60, 100];
    const desk = new Desk({ kind: "vwap", bars: 7, ...free });
    desk.bar(50);
    desk.want(700);
    expect(desk.run(curve.slice(1, 7))).toEqual([100, 100, 100, 100, 100, 100, 100]);
    desk.bar(100);
    for (let day = 1; day < 5; day++) for (const volume of curve) desk.bar(volume);
    desk.bar(50);
    desk.want(950);
    expect(desk.run(curve.slice(1, 7))).toEqual([10, 20, 40, 10, 10, 60, 100]);
  });

  it("share of volume: never more than its share of what the market has traded, and it goes on until it is done", () => {
    const desk = new Desk({ kind: "pov", participation: 0.1 });
    desk.bar(1e6);
    desk.want(50);
    expect(desk.run([104, 0, 96, 1000, 5])).toEqual([0, 10, 0, 10, 30, 0]);
  });

  it("under a cap: no slice above its part of the forecast, earlier ones made up for later ones that cannot grow", () => {
    const curve = [50, 40, 40, 40, 10, 10, 10, 10];
    const slices = (kind: "twap" | "shortfall"): number[] => {
      const cap = { bars: 7, participation: 0.5 };
      const desk = new Desk(kind === "twap" ? { kind, ...cap } : { kind, urgency: 0, ...cap });
      for (let day = 0; day < 3; day++) for (const volume of curve) desk.bar(volume);
      desk.bar(50);
      desk.want(70);
      return desk.run(curve.slice(1, 7));
    };
    expect(slices("twap")).toEqual([10, 10, 10, 5, 5, 5, 5]); // it does not look ahead: 15 lots are left for the next decision
    const looking = slices("shortfall");
    expect(looking.reduce((a, b) => a + b)).toBe(70);
    expect(looking).toEqual([17, 16, 17, 5, 5, 5, 5]);
  });

  it("opportunistic: rests while the forecast hopes, is called back when late, and takes", () => {
    const desk = new Desk({ kind: "opportunistic", bars: 6, patience: 1, ...free });
    for (let k = 0; k < 60; k++) desk.bar(100, k % 2 === 0 ? 100 : 101); // what rises falls: the last bar rose
    desk.want(60);
    expect(desk.pace()).toEqual({ lots: 10, limit: 10100, recall: false });
    desk.bar(100, 100); // it fell, and will rise: take
    expect(desk.pace()).toEqual({ lots: 10, limit: Number.NaN, recall: false });
    desk.bar(100, 101);
    expect(desk.pace()).toEqual({ lots: 10, limit: 10100, recall: false });
    desk.bar(100, 100);
    expect(desk.pace()).toMatchObject({ recall: true }); // two slices are due, one is held
    expect(desk.pace(true)).toMatchObject({ recall: true });
  });

  it("begins anew from what is held when a decision changes the target, and goes on when it does not", () => {
    const desk = new Desk({ kind: "twap", bars: 4, ...free });
    desk.bar(1);
    desk.want(40);
    desk.run([1]);
    desk.want(40);
    expect(desk.run([1])).toEqual([0, 10]);
    desk.want(-10);
    expect(desk.run([1, 1, 1])).toEqual([-10, -10, -10, -10]);
  });

  it("splits in the middle leave it where the account is", () => {
    const desk = new Desk({ kind: "twap", bars: 4, ...free });
    desk.bar(1);
    desk.want(40);
    desk.run([1]);
    desk.policy.reference({ kind: "split", instrument: 0 as InstrumentIx, ratio: 3, at: 0 as Micros, seenAt: 0 as Micros });
    desk.held *= 3;
    (desk as unknown as { desired: Float64Array }).desired[0] = 120;
    desk.bar(1);
    expect(desk.run([1])).toEqual([30, 30]);
  });

  it("lets out each lot once, in the order's direction, and all of it by the last bar", () => {
    const bars = 7;
    const style = fc.constantFrom<ExecutionStyle>(
      { kind: "twap", bars, ...free },
      { kind: "vwap", bars, ...free },
      { kind: "shortfall", bars, urgency: 3, ...free },
    );
    fc.assert(
      fc.property(
        style,
        fc.integer({ min: -1e5, max: 1e5 }),
        fc.array(fc.nat(500), { minLength: 40, maxLength: 40 }),
        (one, lots, volumes) => {
          const desk = new Desk(one);
          for (const volume of volumes.slice(0, 25)) desk.bar(volume);
          desk.want(lots);
          const slices = desk.run(volumes.slice(25, 25 + bars));
          expect(slices.slice(0, bars).reduce((a, b) => a + b)).toBe(lots);
          for (const slice of slices) expect(slice * lots).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
