// Labels that are no plain returns: against figures worked out elsewhere, by hand on the odd bars, and blind to all that follows their end.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Session } from "#domain/session.js";
import { DAY_US, HOUR_US, type Micros, utcDate } from "#domain/time.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { averageUniqueness, spansOf } from "#research/weights/uniqueness.js";
import { forwardReturns, returnsOf } from "./forward-return.js";
import { type LabelSettings, makeLabels } from "./make-labels.js";
import type { PricePanel } from "./price-panel.js";
import { createTotalReturns } from "./total-return.js";
import { createVolatilities, lastClosed } from "./volatility.js";

interface Reference {
  readonly horizon: number;
  readonly markets: readonly {
    readonly open: readonly number[];
    readonly high: readonly number[];
    readonly low: readonly number[];
    readonly close: readonly number[];
    readonly halfLife: number;
    readonly profit: number;
    readonly stop: number;
    readonly volatility: readonly (number | null)[];
    readonly rows: readonly {
      readonly decision: number;
      readonly value: number;
      readonly side: number;
      readonly session: number;
      readonly atOpen: boolean;
    }[];
    readonly uniqueness: readonly number[];
  }[];
}
const reference = JSON.parse(readFileSync(new URL("../../../test/reference/labels/labels.json", import.meta.url), "utf8")) as Reference;

const nan = Number.NaN;
const sessionAt = (i: number): Session => ({
  date: utcDate((i * DAY_US) as Micros),
  openAt: (i * DAY_US + 9 * HOUR_US) as Micros,
  closeAt: (i * DAY_US + 16 * HOUR_US) as Micros,
  early: false,
});

interface Bars {
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
}

/** One market per instrument. */
function panelOf(markets: readonly Bars[]): PricePanel {
  const days = markets[0]?.open.length ?? 0;
  const sheet = (part: keyof Bars): Float64Array =>
    Float64Array.from(
      { length: days * markets.length },
      (_, at) => markets[at % markets.length]?.[part][Math.floor(at / markets.length)] as number,
    );
  return {
    sessions: Array.from({ length: days }, (_, i) => sessionAt(i)),
    instruments: markets.length,
    open: sheet("open"),
    close: sheet("close"),
    range: { high: sheet("high"), low: sheet("low") },
  };
}

/** Decisions after the closes of sessions; every instrument is a member. */
function framesAt(decisions: readonly number[], instruments: number): FrameStore {
  const rows = decisions.length * instruments;
  return {
    features: [],
    instruments,
    decisions: decisions.map((i) => ({ at: sessionAt(i).closeAt + 60e6, since: sessionAt(i).closeAt })),
    rows,
    x: new Float32Array(0),
    instrument: Int32Array.from({ length: rows }, (_, row) => row % instruments),
    firstRow: Int32Array.from({ length: decisions.length + 1 }, (_, d) => d * instruments),
  };
}
const event = (session: number, rest: object): ReferenceEvent =>
  ({ at: sessionAt(session).openAt, seenAt: sessionAt(session).openAt, instrument: 0, ...rest }) as unknown as ReferenceEvent;

describe("against figures worked out elsewhere", () => {
  it.each(reference.markets.map((market, i) => [i, market] as const))("volatilities, barriers and uniqueness of market %i", (_, market) => {
    const panel = panelOf([market]);
    const { halfLife, profit, stop } = market;
    const volatilities = createVolatilities(panel, createTotalReturns(panel, []), halfLife);
    let compared = 0;
    market.volatility.forEach((expected, session) => {
      const ours = volatilities.at(0, session);
      if (Number.isNaN(ours)) return expect(session).toBeLessThan(Math.max(2, halfLife));
      expect(ours).toBeCloseTo(expected as number, 12);
      return compared++;
    });
    expect(compared).toBe(90 - Math.max(2, halfLife));
    const decisions = market.rows.map(({ decision }) => decision);
    const frames = framesAt(decisions, 1);
    const settings = { kind: "triple-barrier", horizonSessions: reference.horizon, profit, stop, halfLife } as const;
    const returns = makeLabels(frames, panel, [], { ...settings, target: "return" });
    const classes = makeLabels(frames, panel, [], { ...settings, target: "class" });
    market.rows.forEach(({ value, side, session, atOpen }, row) => {
      expect(returns.value[row]).toBeCloseTo(value, 12);
      expect(classes.value[row]).toBe(side);
      expect(classes.outcome?.[row]).toBe(returns.value[row]);
      expect(returns.endAt[row]).toBe(atOpen ? sessionAt(session).openAt : sessionAt(session).closeAt);
    });
    expect(new Set(market.rows.map(({ side }) => side)).size).toBeGreaterThan(1);
    const rows = Int32Array.from(decisions.keys());
    const unique = averageUniqueness(
      spansOf(panel.sessions, returns.startAt, returns.endAt, rows),
      frames.instrument,
      panel.sessions.length,
    );
    market.uniqueness.forEach((expected, row) => expect(unique[row]).toBeCloseTo(expected, 12));
  });
});

describe("triple barriers", () => {
  // Five quiet closes with moves of 1 %: a volatility of 1 %, and of 2 % over four sessions. The name is bought at 100 at the open of session 6.
  const quiet = [100, 101, 100, 101, 100, 101];
  const settings = { kind: "triple-barrier", horizonSessions: 4, profit: 1, stop: 1, halfLife: 4 } as const;
  const label = (
    days: readonly (readonly [number, number, number, number])[],
    actions: readonly ReferenceEvent[] = [],
    more: Partial<LabelSettings> = {},
  ) => {
    const all = [...quiet.map((price) => [price, price, price, price] as const), ...days];
    const column = (at: 0 | 1 | 2 | 3): readonly number[] => all.map((day) => day[at]);
    const panel = panelOf([{ open: column(0), high: column(1), low: column(2), close: column(3) }]);
    const { value, outcome, endAt } = makeLabels(framesAt([5], 1), panel, actions, {
      ...settings,
      target: "class",
      ...more,
    } as LabelSettings);
    return { side: value[0], value: outcome?.[0] ?? nan, end: endAt[0] };
  };
  const flat = [100, 100, 100, 100] as const;
  const width =
    createVolatilities(
      panelOf([{ open: quiet, high: quiet, low: quiet, close: quiet }]),
      createTotalReturns(panelOf([{ open: quiet, high: quiet, low: quiet, close: quiet }]), []),
      4,
    ).at(0, 5) * 2;

  it("end at the barrier's own return when a bar reaches it, known at the bar's close", () => {
    expect(width).toBeCloseTo(0.02, 3);
    expect(label([flat, [100, 103, 99, 101], flat, flat, flat])).toEqual({ side: 1, value: width, end: sessionAt(7).closeAt });
    expect(label([flat, flat, [100, 101, 97, 101], flat, flat])).toEqual({ side: -1, value: -width, end: sessionAt(8).closeAt });
  });
  it("take a bar that reaches both for the loss", () => {
    expect(label([[100, 110, 90, 105], flat, flat, flat, flat])).toEqual({ side: -1, value: -width, end: sessionAt(6).closeAt });
  });
  it("end at the open of a bar that opens beyond, for better or worse", () => {
    const up = label([flat, [104, 110, 90, 105], flat, flat, flat]);
    expect(up).toEqual({ side: 1, value: 104 / 100 - 1, end: sessionAt(7).openAt });
    const down = label([flat, [90, 110, 89, 105], flat, flat, flat]);
    expect(down).toEqual({ side: -1, value: 90 / 100 - 1, end: sessionAt(7).openAt });
  });
  it("end at the open when the time is up, whose own gap counts as a touch", () => {
    expect(label([flat, flat, flat, flat, [101, 101, 101, 101]])).toEqual({ side: 0, value: 101 / 100 - 1, end: sessionAt(10).openAt });
    expect(label([flat, flat, flat, flat, [95, 95, 95, 95]])).toMatchObject({ side: -1, value: 95 / 100 - 1 });
    // What that last bar does after its open is none of the label's business.
    expect(label([flat, flat, flat, flat, [101, 150, 10, 101]])).toMatchObject({ side: 0 });
  });
  it("stand still through splits and dividends", () => {
    const half = [50, 50, 50, 50] as const;
    const split = event(7, { kind: "split", ratio: 2 });
    expect(label([flat, half, half, half, half], [split])).toMatchObject({ side: 0, value: 0 });
    expect(label([flat, half, [50, 51.5, 50, 50], half, half], [split])).toEqual({ side: 1, value: width, end: sessionAt(8).closeAt });
    const dividend = event(8, { kind: "dividend", amount: 3 });
    const ex = [97, 97, 97, 97] as const;
    expect(label([flat, flat, ex, ex, ex], [dividend])).toMatchObject({ side: 0, value: 0 });
  });
  it("end with a name that leaves the market, at its final return", () => {
    const gone = [nan, nan, nan, nan] as const;
    const left = label([flat, gone, gone, gone, gone], [event(7, { kind: "delisting", finalReturn: -0.6 })]);
    expect(left).toMatchObject({ side: -1, value: -0.6, end: sessionAt(10).openAt });
    expect(left.value).toBeCloseTo(-0.6, 12);
  });
  it("may stand on one side only, or on none", () => {
    expect(label([flat, [100, 110, 90, 105], flat, flat, flat], [], { stop: null } as Partial<LabelSettings>)).toMatchObject({ side: 1 });
    expect(label([flat, [100, 110, 90, 105], flat, flat, flat], [], { stop: null, profit: null } as Partial<LabelSettings>)).toMatchObject({
      side: 0,
    });
  });
  it("have no label without a volatility, without a price to buy at, or with an end behind the data", () => {
    expect(label([[nan, nan, nan, nan], flat, flat, flat, flat]).end).toBeNaN();
    expect(label([flat, [100, 110, 90, 105], flat, flat]).end).toBeNaN();
    expect(label([flat, flat, flat, flat, flat], [], { halfLife: 9 } as Partial<LabelSettings>).end).toBeNaN();
  });
  it("ask for highs and lows", () => {
    const { range: _, ...bare } = panelOf([
      { open: [...quiet, 100, 100, 100, 100, 100], high: quiet, low: quiet, close: [...quiet, 100, 100, 100, 100, 100] },
    ]);
    expect(() => makeLabels(framesAt([5], 1), bare, [], { ...settings, target: "class" })).toThrow(/high and the low/);
  });
});

describe("directions", () => {
  const panel = panelOf(
    [1, 2, 3].map((name) => {
      const open = [100, 100, 100 + name, 100];
      return { open, high: open, low: open, close: open };
    }),
  );
  it("are the sign of the return, and 0 within the dead band; what followed is kept", () => {
    const frames = framesAt([0], 3);
    const settings = { kind: "direction", horizonSessions: 1, deadBand: 0.015 } as const;
    const labels = makeLabels(frames, panel, [], { ...settings, of: "forward" });
    expect([...labels.value]).toEqual([0, 1, 1]);
    expect([...returnsOf(labels)]).toEqual([...forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 1 }).value]);
    expect([...makeLabels(frames, panel, [], { ...settings, of: "excess", deadBand: 0.005 }).value]).toEqual([-1, 0, 1]);
    expect(labels.unit).toBe("class");
  });
});

describe("labels of every kind", () => {
  const every: readonly LabelSettings[] = [
    { kind: "forward", horizonSessions: 5 },
    { kind: "excess", horizonSessions: 5 },
    { kind: "volatility-scaled", horizonSessions: 5, of: "excess", halfLife: 4 },
    { kind: "direction", horizonSessions: 5, of: "excess", deadBand: 0.01 },
    { kind: "triple-barrier", horizonSessions: 5, profit: 0.5, stop: 0.5, halfLife: 4, target: "return" },
    { kind: "triple-barrier", horizonSessions: 5, profit: 0.7, stop: null, halfLife: 4, target: "class" },
  ];
  const price = fc.double({ min: 0.93, max: 1.08, noNaN: true });
  const DAYS = 24;
  /** Three names; a missing bar now and then. */
  const worlds = fc.array(fc.array(fc.tuple(price, price, fc.integer({ min: 0, max: 30 })), { minLength: DAYS, maxLength: DAYS }), {
    minLength: 3,
    maxLength: 3,
  });
  const barsOf = (moves: readonly (readonly [number, number, number])[]): Bars => {
    let last = 100;
    const days = moves.map(([first, second, hole]) => {
      const open = last * first;
      const close = open * second;
      last = close;
      return hole === 0 ? [nan, nan, nan, nan] : [open, Math.max(open, close) * 1.01, Math.min(open, close) * 0.99, close];
    });
    const column = (at: number): readonly number[] => days.map((day) => day[at] as number);
    return { open: column(0), high: column(1), low: column(2), close: column(3) };
  };
  const decisions = Array.from({ length: DAYS }, (_, i) => i);

  it.each(every.map((settings) => [`${settings.kind} ${"target" in settings ? settings.target : ""}`, settings] as const))(
    "%s end after they start, and depend on nothing after their end",
    (_, settings) => {
      let labeled = 0;
      fc.assert(
        fc.property(worlds, fc.integer({ min: 8, max: DAYS - 1 }), fc.double({ min: 0.2, max: 5, noNaN: true }), (moves, cut, factor) => {
          const frames = framesAt(decisions, 3);
          const split = event(9, { kind: "split", ratio: 2 });
          const panel = panelOf(moves.map(barsOf));
          const before = makeLabels(frames, panel, [split], settings);
          // Everything changes from the open of session `cut` on; and once more from just after that open.
          for (const afterOpen of [false, true]) {
            const changed = (sheet: Float64Array, isOpen: boolean): Float64Array =>
              sheet.map((one, at) => {
                const session = Math.floor(at / 3);
                return session > cut || (session === cut && !(afterOpen && isOpen)) ? one * factor : one;
              });
            const world = {
              ...panel,
              open: changed(panel.open, true),
              close: changed(panel.close, false),
              range: { high: changed(panel.range?.high as Float64Array, false), low: changed(panel.range?.low as Float64Array, false) },
            };
            const after = makeLabels(frames, world, [split], settings);
            const moment = sessionAt(cut).openAt;
            for (let row = 0; row < frames.rows; row++) {
              const end = before.endAt[row] as number;
              expect(Number.isNaN(end)).toBe(Number.isNaN(before.value[row]));
              if (Number.isNaN(end)) continue;
              labeled++;
              expect(end).toBeGreaterThan(before.startAt[row] as number);
              expect(before.startAt[row]).toBeGreaterThanOrEqual(frames.decisions[Math.floor(row / 3)]?.at as number);
              if (afterOpen ? end > moment : end >= moment) continue;
              expect(after.value[row]).toBe(before.value[row]);
              expect(after.endAt[row]).toBe(end);
              expect(returnsOf(after)[row]).toBe(returnsOf(before)[row]);
            }
          }
        }),
        { numRuns: 10 },
      );
      expect(labeled).toBeGreaterThan(100);
    },
  );

  it("know a volatility of sessions that have closed only", () => {
    const sessions = decisions.map(sessionAt);
    expect(lastClosed(sessions, 4, sessionAt(3).closeAt)).toBe(3);
    expect(lastClosed(sessions, 4, sessionAt(3).closeAt - 1)).toBe(2);
    expect(lastClosed(sessions, 0, 0)).toBe(-1);
  });
});
