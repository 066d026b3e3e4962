// Labels against hand-made price sheets: first tradable price, splits, dividends, delistings, the end of the data.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Currency, InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { DAY_US, HOUR_US, utcDate } from "#domain/time.js";
import type { Micros } from "#domain/time.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { forwardReturns } from "./forward-return.js";
import { createPanelRecorder } from "./price-panel.js";
import type { PricePanel } from "./price-panel.js";
import { createTotalReturns } from "./total-return.js";

const nan = Number.NaN;
const sessionAt = (i: number): Session => ({
  date: utcDate((i * DAY_US) as Micros),
  openAt: (i * DAY_US + 9 * HOUR_US) as Micros,
  closeAt: (i * DAY_US + 16 * HOUR_US) as Micros,
  early: false,
});
const sessions = (n: number): Session[] => Array.from({ length: n }, (_, i) => sessionAt(i));
/** One column per instrument. */
function panelOf(opens: readonly (readonly number[])[], closes: readonly (readonly number[])[] = opens): PricePanel {
  const n = opens[0]?.length ?? 0;
  const fill = (columns: readonly (readonly number[])[]): Float64Array =>
    Float64Array.from({ length: n * columns.length }, (_, at) => columns[at % columns.length]?.[Math.floor(at / columns.length)] as number);
  return { sessions: sessions(n), instruments: opens.length, open: fill(opens), close: fill(closes) };
}
const event = (at: number, rest: object): ReferenceEvent => ({ at, seenAt: at, instrument: 0, ...rest }) as unknown as ReferenceEvent;
const split = (session: number, ratio: number): ReferenceEvent => event(sessionAt(session).openAt, { kind: "split", ratio });
const dividend = (session: number, amount: number): ReferenceEvent => event(sessionAt(session).openAt, { kind: "dividend", amount });
const delisting = (session: number, finalReturn: number): ReferenceEvent =>
  event(sessionAt(session).closeAt, { kind: "delisting", finalReturn });

/** Decisions at closes; every instrument is a member. */
function framesAt(decisionSessions: readonly number[], instruments: number): FrameStore {
  const rows = decisionSessions.length * instruments;
  return {
    features: [],
    instruments,
    decisions: decisionSessions.map((i) => ({ at: sessionAt(i).closeAt + 60e6, since: sessionAt(i).closeAt })),
    rows,
    x: new Float32Array(0),
    instrument: Int32Array.from({ length: rows }, (_, row) => row % instruments),
    firstRow: Int32Array.from({ length: decisionSessions.length + 1 }, (_, d) => d * instruments),
  };
}

describe("total returns", () => {
  it("go from open to open", () => {
    expect(createTotalReturns(panelOf([[10, 11, 12]], [[99, 99, 99]]), []).between(0, 0, 2)).toBeCloseTo(0.2, 12);
  });
  it("do not fall on a split: 7 for 1 at 700", () => {
    expect(createTotalReturns(panelOf([[690, 700, 101, 102]]), [split(2, 7)]).between(0, 1, 3)).toBeCloseTo((102 * 7) / 700 - 1, 12);
  });
  it("count an action of the end's own open and none of the start's", () => {
    const returns = createTotalReturns(panelOf([[10, 10, 5]]), [split(0, 3), dividend(0, 4), split(2, 2)]);
    expect(returns.between(0, 0, 2)).toBeCloseTo(0, 12);
  });
  it("add dividends for the shares then held", () => {
    expect(createTotalReturns(panelOf([[10, 5, 5, 5]]), [split(1, 2), dividend(2, 0.5)]).between(0, 0, 3)).toBeCloseTo(0.1, 12);
  });
  it("include the delisting return of a name that dies on the way", () => {
    const panel = panelOf([[10, 9, nan, nan]], [[10, 8, nan, nan]]);
    expect(createTotalReturns(panel, [delisting(1, -0.5)]).between(0, 0, 3)).toBeCloseTo(-0.6, 12);
    expect(createTotalReturns(panel, [delisting(1, -1)]).between(0, 0, 2)).toBeCloseTo(-1, 12);
  });
  it("take the last known price when a name vanishes without a word, or misses the day", () => {
    const panel = panelOf([[10, 9, nan, 12]], [[10, 8, nan, 12]]);
    const returns = createTotalReturns(panel, []);
    expect(returns.between(0, 0, 2)).toBeCloseTo(-0.2, 12);
    expect(returns.between(0, 0, 3)).toBeCloseTo(0.2, 12);
  });
  it("are not known where nothing could be bought", () => {
    expect(createTotalReturns(panelOf([[nan, 9, 10]]), []).between(0, 0, 2)).toBeNaN();
  });
  it("chain: a raw series with random splits equals the adjusted series without", () => {
    const price = fc.double({ min: 1, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(price, { minLength: 4, maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(19), fc.constantFrom(2, 3, 0.1, 7)), { maxLength: 4 }),
        (adjusted, raw) => {
          const events = raw.filter(([s]) => s < adjusted.length).sort((a, b) => a[0] - b[0]);
          const quoted = adjusted.map((p, i) => events.filter(([s]) => s > i).reduce((q, [, ratio]) => q * ratio, p));
          const a = createTotalReturns(
            panelOf([quoted]),
            events.map(([s, ratio]) => split(s, ratio)),
          );
          const b = createTotalReturns(panelOf([adjusted]), []);
          for (let from = 0; from < adjusted.length - 1; from++)
            expect(a.between(0, from, adjusted.length - 1)).toBeCloseTo(b.between(0, from, adjusted.length - 1), 8);
        },
      ),
    );
  });
});

describe("forward returns", () => {
  it("start at the open after the decision, never at the close it has seen", () => {
    const labels = forwardReturns(framesAt([0], 1), panelOf([[1, 10, 11, 13]], [[7, 7, 7, 7]]), [], {
      kind: "forward",
      horizonSessions: 1,
    });
    expect(labels.value[0]).toBeCloseTo(0.1, 12);
    expect(labels.startAt[0]).toBe(sessionAt(1).openAt);
    expect(labels.endAt[0]).toBe(sessionAt(2).openAt);
  });
  it("are left out when they would end after the data", () => {
    const labels = forwardReturns(framesAt([0, 1, 2, 3], 1), panelOf([[1, 1, 1, 1]]), [], { kind: "forward", horizonSessions: 2 });
    expect([...labels.value].map((value) => Number.isNaN(value))).toEqual([false, true, true, true]);
    expect(labels.endAt[1]).toBeNaN();
  });
  it("sum to zero across the members as excess", () => {
    const panel = panelOf([
      [1, 10, 11],
      [1, 10, 9],
      [1, nan, 9],
      [1, 10, 14],
    ]);
    const labels = forwardReturns(framesAt([0], 4), panel, [], { kind: "excess", horizonSessions: 1 });
    expect(labels.value[2]).toBeNaN();
    expect((labels.value[0] as number) + (labels.value[1] as number) + (labels.value[3] as number)).toBeCloseTo(0, 12);
    expect(labels.value[0]).toBeCloseTo(0.1 - 0.4 / 3, 12);
  });
  it("do not move when prices before the start or after the end do", () => {
    const opens = [5, 6, 7, 8, 9, 10];
    const options = { kind: "forward", horizonSessions: 2 } as const;
    const one = forwardReturns(framesAt([1], 1), panelOf([opens]), [], options);
    const two = forwardReturns(framesAt([1], 1), panelOf([[50, 60, 7, 8, 9, 100]]), [], options);
    expect(two.value).toEqual(one.value);
  });
});

describe("price panel", () => {
  it("takes the first open and the last close of a session's bars and counts what lies outside", () => {
    const recorder = createPanelRecorder(sessions(2), 2);
    const bar = (session: number, hour: number, instrument: number, open: number, close: number) => {
      const at = (session * DAY_US + hour * HOUR_US) as Micros;
      return {
        instrument: instrument as InstrumentIx,
        openAt: (at - HOUR_US) as Micros,
        at,
        seenAt: at,
        open,
        high: 0,
        low: 0,
        close,
        volume: 0,
      };
    };
    const batch = toBarBatch([bar(0, 10, 0, 1, 2), bar(0, 16, 0, 2, 3), bar(0, 17, 0, 8, 8), bar(1, 9, 1, 8, 8), bar(1, 16, 1, 4, 5)]);
    recorder.add(batch, 0, batch.length);
    expect([...recorder.panel.open]).toEqual([1, nan, nan, 4]);
    expect([...recorder.panel.close]).toEqual([3, nan, nan, 5]);
    expect(recorder.outside()).toBe(2);
  });
  it("ignores FX among the actions", () => {
    const fx: ReferenceEvent = {
      kind: "fx",
      at: 0 as Micros,
      seenAt: 0 as Micros,
      from: "USD" as Currency,
      to: "EUR" as Currency,
      rate: 2,
    };
    expect(createTotalReturns(panelOf([[1, 2]]), [fx]).between(0, 0, 1)).toBeCloseTo(1, 12);
  });
});
