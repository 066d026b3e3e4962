import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Session } from "#domain/session.js";
import type { Signals } from "#domain/signal.js";
import type { IsoDate, Micros } from "#domain/time.js";
import { toBarBatch } from "#domain/market.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { MarketMemory } from "#ports/stages.js";
import { nightlyOr } from "#test/needs.js";
import { ReturnMemory } from "./return-memory.js";
import { createTopK } from "./top-k.js";
import { covarianceNames, createCovarianceRule, ruleNames } from "./weight-rule.js";

const sessions: readonly Session[] = Array.from({ length: 80 }, (_, i) => ({
  date: "2000-01-01" as IsoDate,
  openAt: (1000 * i) as Micros,
  closeAt: (1000 * i + 500) as Micros,
  early: false,
}));

/** A memory of `names` that all move for `days`; of the names in `without` one bar is missing, those in `still` never move. */
function memoryOf(
  seed: string,
  names: number,
  days: number,
  window: number,
  without: readonly number[] = [],
  still: readonly number[] = [],
) {
  const rng = createRng(seed);
  const memory = new ReturnMemory(sessions, names, window);
  const price = new Float64Array(names).fill(100);
  const moves = Array.from({ length: names }, () => 0.005 + 0.02 * rng.next());
  for (let day = 0; day < days; day++) {
    const market = 0.01 * rng.normal();
    const rows = Array.from(price.keys()).flatMap((i) => {
      // The last two are twins: a covariance of theirs is singular.
      const own = i === names - 1 && i > 0 ? 0 : (moves[i] as number) * rng.normal();
      if (!still.includes(i))
        price[i] = i === names - 1 && i > 0 ? (price[i - 1] as number) : (price[i] as number) * Math.exp(market + own);
      const at = (1000 * day + 500) as Micros;
      const close = price[i] as number;
      const bar = {
        instrument: i as InstrumentIx,
        openAt: (1000 * day) as Micros,
        at,
        seenAt: at,
        open: close,
        high: close,
        low: close,
        close,
        volume: 1,
      };
      return without.includes(i) && day === days - 3 ? [] : [bar];
    });
    memory.market(toBarBatch(rows), 0, rows.length);
  }
  return { memory, signals: { asOf: (1000 * (days - 1) + 600) as Micros } as Signals };
}

describe("weights by risk", () => {
  it.each(ruleNames.flatMap((rule) => covarianceNames.map((covariance) => [rule, covariance] as const)))(
    "%s of %s: shares sum to 1 and none is above the limit, for twins and for more names than sessions, too",
    (rule, covariance) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 1e9 }).map(String),
          fc.integer({ min: 2, max: 28 }),
          fc.double({ min: 1, max: 5, noNaN: true }),
          (seed, names, room) => {
            const { memory, signals } = memoryOf(seed, names, 22, 20);
            const most = Math.min(1, room / names);
            const shares = createCovarianceRule({ rule, covariance, most, missing: 0 }, memory).shares(
              [...Array(names).keys()],
              signals,
            ).shares;
            expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
            for (const share of shares) expect(share >= 0 && share <= most + 1e-9).toBe(true);
          },
        ),
        { numRuns: nightlyOr(200, 4) },
      );
    },
  );

  it("finds weights in a box that leaves hardly any room, of a covariance that is nearly singular", () => {
    for (const rule of ["minimum-variance", "maximum-diversification"] as const)
      for (const room of [1e-9, 1e-8, 1e-6, 1e-5, 1e-3])
        for (let names = 2; names <= 28; names++) {
          const { memory, signals } = memoryOf(String(387339952 + names), names, 22, 20);
          const most = Math.min(1, (1 + room) / names);
          const made = createCovarianceRule({ rule, covariance: "nonlinear", most, missing: 0 }, memory);
          const shares = made.shares([...Array(names).keys()], signals).shares;
          expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
          for (const share of shares) expect(share >= 0 && share <= most + 1e-9).toBe(true);
        }
  });

  it("falls back on equal shares where a rule finds none, counts that and says why; in a snapshot, too", () => {
    const rng = createRng("mirror 0");
    const moves = Array.from({ length: 20 }, () => 0.01 * rng.normal());
    // The second name takes back what the first gains: of nearly all risk nothing is left.
    const { memory, signals } = memoryOf("mirror", 2, 30, 20);
    memory.returnsOf = (row) => Float64Array.from(moves, (move) => (row === 0 ? move : -10 * move));
    const rule = createCovarianceRule({ rule: "risk-parity", covariance: "nonlinear", most: 1, missing: 0 }, memory);
    expect(rule.shares([0, 1], signals)).toEqual({
      shares: Float64Array.of(0.5, 0.5),
      failed: "risk-parity: Risk parity found no portfolio: the covariance is singular; use a shrunk one.",
    });
    const frame = { instruments: 2, member: Uint8Array.of(1, 1), fresh: Uint8Array.of(1, 1) } as FeatureFrame;
    const view = { lots: new Float64Array(2) } as PortfolioView;
    const of = (kept: typeof rule) => createTopK({ k: 2, keep: 2, invested: 0.8, rule: kept });
    const builder = of(rule);
    expect(builder.answers?.()).toBe(null);
    const target = builder.build({ ...signals, expectedReturn: Float64Array.of(2, 1) }, frame, view);
    expect([...target.weights]).toEqual([0.4, 0.4]);
    expect(target.answer).toMatchObject({ step: "equal-weight", failed: [expect.stringMatching(/^risk-parity: /) as string] });
    const other = of(createCovarianceRule({ rule: "risk-parity", covariance: "ledoit-wolf", most: 1, missing: 0 }, memory));
    other.memory?.restore((builder.memory as MarketMemory).snapshot());
    expect(other.answers?.()).toMatchObject([{ step: "equal-weight", times: 1, why: expect.stringMatching(/^risk-parity: /) as string }]);
    expect(other.build({ ...signals, expectedReturn: Float64Array.of(2, 1) }, frame, view).answer).toBeUndefined();
  });

  it("gives an equal share to names of whom not every session is known, and all of it where nobody is known", () => {
    const { memory, signals } = memoryOf("holes", 8, 30, 20, [2], [5]);
    const rule = createCovarianceRule({ rule: "minimum-variance", covariance: "ledoit-wolf", most: 1, missing: 0 }, memory);
    const shares = rule.shares([0, 1, 2, 3, 5], signals).shares;
    expect(shares[2]).toBe(0.2);
    expect(shares[4]).toBe(0.2);
    expect(shares[0]).not.toBe(0.2);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const young = memoryOf("young", 4, 12, 20);
    expect([
      ...createCovarianceRule({ rule: "hrp", covariance: "sample", most: 1, missing: 0 }, young.memory).shares([0, 1, 2, 3], young.signals)
        .shares,
    ]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(rule.shares([], signals).shares).toHaveLength(0);
  });
});
