// Markets without an edge: what they keep, what they destroy, and that an oracle finds nothing in the two that count as evidence.
import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Instrument } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import { isoDateOrThrow } from "#domain/time.js";
import { type SimulatedMarket, simulateMarket } from "#simulation/market/simulate-market.js";
import { drawNull } from "./draw-null.js";
import { type MarketFit, fitMarket } from "./market-fit.js";
import { type MarketMoves, type Moves, readMarketMoves } from "./market-moves.js";
import { NULL_KINDS, nullKinds } from "./null-kind.js";
import { findLinear } from "./oracle-predictor.js";
import { permutation } from "./permuted-days.js";
import { plantEdge } from "./planted-edge.js";
import { proveNull } from "./prove-null.js";
import { rebuildMarket } from "./rebuild-market.js";

const sessions = calendarByName("XNYS").sessions(isoDateOrThrow("2014-01-01"), isoDateOrThrow("2017-12-31"));

async function movesOf({ bars, references, instruments }: SimulatedMarket, over: readonly Session[] = sessions): Promise<MarketMoves> {
  const source = {
    async *batches() {
      yield* bars();
    },
  };
  return readMarketMoves(source, { sessions: over, names: instruments.length, references });
}

/** A reversal that an oracle of the simulator turns into a Sharpe ratio of 5: no market is as kind. */
let strong: SimulatedMarket;
let moves: MarketMoves;
let fit: MarketFit;
const tradableOf = ({ instruments, notTradable }: SimulatedMarket): Uint8Array =>
  Uint8Array.from(instruments, ({ id }) => (notTradable.includes(id) ? 0 : 1));

beforeAll(async () => {
  strong = simulateMarket({ seed: "strong", names: 20, sectors: 2, sessions, oracleSharpe: 5 });
  moves = await movesOf(strong);
  fit = fitMarket(moves, tradableOf(strong));
});

const values = (all: Float64Array): number[] => [...all].filter((value) => !Number.isNaN(value));
const ordered = (all: Float64Array): string =>
  values(all)
    .sort((a, b) => a - b)
    .join();
const average = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

describe("taking a market apart and putting it together", () => {
  it("gives back the bars and the actions that went in", () => {
    const { bars, references } = rebuildMarket(moves, moves, strong.instruments);
    expect(bars.length).toBe(strong.allBars.length);
    const worst = (key: "open" | "high" | "low" | "close" | "volume", allowed: (was: number) => number): number =>
      Math.max(
        ...bars[key].map(
          (again, row) => Math.abs(again - (strong.allBars[key][row] as number)) / allowed(strong.allBars[key][row] as number),
        ),
      );
    for (const key of ["open", "high", "low", "close"] as const)
      expect(
        worst(key, () => 0.011),
        key,
      ).toBeLessThan(1);
    expect(worst("volume", (was) => 1 + 0.002 * was)).toBeLessThan(1);
    expect([...bars.instrument]).toEqual([...strong.allBars.instrument]);
    expect([...bars.at]).toEqual([...strong.allBars.at]);
    const kept = (list: readonly ReferenceEvent[]): ReferenceEvent[] => list.filter(({ kind }) => kind !== "delisting");
    // What fell before a name's first bar concerned nobody.
    expect(kept(references).map(({ kind, at }) => [kind, at])).toEqual(kept(strong.references).map(({ kind, at }) => [kind, at]));
    const dividends = (list: readonly ReferenceEvent[]): number[] =>
      list.flatMap((event) => (event.kind === "dividend" ? [event.amount] : []));
    const was = dividends(strong.references);
    dividends(references).forEach((amount, k) => expect(amount).toBeCloseTo(was[k] as number, 2));
  });

  it("refuses bars shorter than a session", async () => {
    const batch = strong.allBars;
    const twice = {
      batches: async function* () {
        yield batch;
        yield batch;
      },
    };
    await expect(readMarketMoves(twice, { sessions, names: strong.instruments.length, references: [] })).rejects.toThrow(/need daily bars/);
  });
});

describe.each(nullKinds)("a null market (%s)", (kind) => {
  it("has a bar where the real one has one, each a possible bar, and the same for the same seed", () => {
    const drawn = drawNull(kind, fit, createRng("seed"));
    const { bars, references } = rebuildMarket(moves, drawn, strong.instruments);
    expect([...bars.instrument]).toEqual([...strong.allBars.instrument]);
    for (let row = 0; row < bars.length; row++) {
      const [open, high, low, close] = [bars.open[row], bars.high[row], bars.low[row], bars.close[row]] as [number, number, number, number];
      if (!(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close))) expect([open, high, low, close]).toBe("a bar");
      if (!((bars.volume[row] as number) >= 0)) expect(bars.volume[row]).toBe("a volume");
    }
    for (const event of references) if (event.kind === "delisting") expect(event.finalReturn).toBe(0);
    expect(drawNull(kind, fit, createRng("seed")).move).toEqual(drawn.move);
    expect(drawNull(kind, fit, createRng("other")).move).not.toEqual(drawn.move);
  });
});

describe("the market null", () => {
  it("keeps volatility, its clusters, fat tails and what names do together", () => {
    const names = strong.instruments.length;
    const drawn = drawNull("market", fit, createRng("kept"));
    const series = ({ move }: Moves, i: number): number[] => sessions.slice(1).map((_, t) => move[(t + 1) * names + i] as number);
    const whole = Array.from({ length: names }, (_, i) => i).filter((i) => series(moves, i).every((value) => !Number.isNaN(value)));
    expect(whole.length).toBeGreaterThan(10);
    const facts = (from: Moves): readonly number[] => {
      const all = whole.map((i) => series(from, i));
      const variance = (x: readonly number[]): number => average(x.map((v) => v * v));
      const correlation = (x: readonly number[], y: readonly number[]): number => {
        const [mx, my] = [average(x), average(y)];
        const cov = average(x.map((v, k) => (v - mx) * ((y[k] as number) - my)));
        return cov / Math.sqrt(average(x.map((v) => (v - mx) ** 2)) * average(y.map((v) => (v - my) ** 2)));
      };
      const sizes = all.map((x) => x.map(Math.abs));
      return [
        average(all.map((x) => Math.sqrt(variance(x)))),
        average(sizes.map((x) => correlation(x.slice(1), x.slice(0, -1)))),
        average(all.map((x) => average(x.map((v) => v ** 4)) / variance(x) ** 2)),
        average(all.map((x, k) => correlation(x, all[(k + 1) % all.length] as number[]))),
      ];
    };
    const [volatility, clusters, kurtosis, together] = facts(drawn) as [number, number, number, number];
    const [wasVolatility, wereClusters, wasKurtosis, wereTogether] = facts(moves) as [number, number, number, number];
    expect(Math.abs(volatility / wasVolatility - 1)).toBeLessThan(0.1);
    expect(Math.abs(clusters - wereClusters)).toBeLessThan(0.07);
    expect(clusters).toBeGreaterThan(0.05);
    expect(Math.abs(kurtosis / wasKurtosis - 1)).toBeLessThan(0.5);
    expect(Math.abs(together - wereTogether)).toBeLessThan(0.08);
  });

  it("gives all names one mean", () => {
    const names = strong.instruments.length;
    const drawn = Array.from({ length: 12 }, (_, d) => drawNull("market", fit, createRng(`mean/${d}`)).move);
    const scores = Array.from(fit.tradable, (tradable, i) => {
      const all = drawn.flatMap((move) => values(Float64Array.from(sessions, (_, t) => move[t * names + i] as number)));
      // Names of a few sessions have no law of their own: they rise with the market.
      if (tradable !== 1 || all.length < 12 * 100) return 0;
      const centre = average(all);
      return (centre - fit.drift) / Math.sqrt(average(all.map((value) => (value - centre) ** 2)) / all.length);
    });
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4);
  });

  it("deals every day out once, and lets its direction fall by a coin", () => {
    const names = strong.instruments.length;
    const { move } = drawNull("market", fit, createRng("coin"));
    const market = sessions.slice(1).map((_, t) => average(values(move.subarray((t + 1) * names, (t + 2) * names))));
    const rises = market.filter((value) => value > fit.drift).length;
    expect(Math.abs(rises / market.length - 0.5)).toBeLessThan(0.05);
  });
});

describe("the null across names", () => {
  it("keeps what was done on each day, and not by whom", () => {
    const names = strong.instruments.length;
    const drawn = drawNull("names", fit, createRng("across"));
    let moved = 0;
    const differ: number[] = [];
    for (let t = 1; t < sessions.length; t++) {
      const [was, now] = [moves.move, drawn.move].map((all) => all.subarray(t * names, (t + 1) * names)) as [Float64Array, Float64Array];
      if (ordered(now) !== ordered(was) || !Object.is(now[0], was[0])) differ.push(t); // the index keeps its own
      for (let i = 1; i < names; i++) if (!Number.isNaN(was[i]) && was[i] !== now[i]) moved++;
    }
    expect(differ).toEqual([]);
    expect(moved).toBeGreaterThan(0.9 * 18 * sessions.length);
  });
});

describe("the proof", () => {
  it("holds for the two nulls that are evidence, on a market full of signal", () => {
    expect(findLinear(moves, strong.instruments.length, fit.tradable).names.tStat).toBeGreaterThan(6);
    for (const kind of nullKinds.filter((one) => NULL_KINDS[one].evidence)) {
      const proof = proveNull(kind, fit, createRng("proof"));
      expect(proof.holds, proof.because).toBe(true);
    }
  });

  it("refuses, with a sentence, those that keep what can be foretold", () => {
    for (const kind of ["phases", "blocks", "signs"] as const) {
      const proof = proveNull(kind, fit, createRng("proof"));
      expect(proof.holds).toBe(false);
      expect(proof.because).toMatch(/is no null of this market: an oracle linear predictor foretells which names do better/);
      expect(proof.namesScore).toBeGreaterThan(6);
    }
  });

  it("is not given by a market too short to learn from", async () => {
    const short = sessions.slice(0, 300);
    const market = simulateMarket({ seed: "short", names: 6, sectors: 2, sessions: short, oracleSharpe: 0 });
    const few = fitMarket(await movesOf(market, short), tradableOf(market));
    expect(proveNull("market", few, createRng("short"))).toMatchObject({
      holds: false,
      because: expect.stringMatching(/300 sessions/) as string,
    });
  });
});

describe("a planted edge", () => {
  it("comes out at the size that was planted, in the names that may be held alone", () => {
    const drawn = drawNull("market", fit, createRng("planted"));
    const { instruments } = strong as { readonly instruments: readonly Instrument[] };
    const found = [0, 0.05, 0.1].map((size) => plantEdge(moves, drawn, instruments, { size, tradable: fit.tradable }));
    const [none, some, much] = found.map(({ measuredIc }) => measuredIc) as [number, number, number];
    expect(Math.abs(none)).toBeLessThan(0.02);
    expect(Math.abs(some - none - 0.05)).toBeLessThan(0.015);
    expect(Math.abs(much - none - 0.1)).toBeLessThan(0.025);
    const expected = found[2]?.expectedReturn(700, 5) as Float64Array;
    expect(expected[0]).toBeNaN(); // the index
    expect(Math.max(...values(expected))).toBeGreaterThan(0);
    expect(Math.abs(average(values(expected)))).toBeLessThan(1e-3);
    expect(rebuildMarket(moves, drawn, instruments).bars.close).toEqual(found[0]?.bars.close);
  });
});

describe("permutation", () => {
  it("gives every order about as often", () => {
    const rng = createRng("orders");
    const counts = new Map<string, number>();
    for (let k = 0; k < 6000; k++) {
      const order = [...permutation(3, rng)].join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
