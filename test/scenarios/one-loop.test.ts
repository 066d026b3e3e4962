// The laws of the loop on random toy markets: conservation, honest fills, restart anywhere, order of the world.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DrivePosition } from "#app/modes/drive.js";
import type { Fill } from "#domain/venue-event.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import { createLongShort } from "#portfolio/long-short.js";
import { createEqualWeight } from "#portfolio/equal-weight.js";
import type { VenueState } from "#simulation/venue/state.js";
import { createRng } from "#base/rng.js";
import { type Instrument, toTicks } from "#domain/instrument.js";
import type { Order } from "#domain/order.js";
import { HOUR_US } from "#domain/time.js";
import type { RiskEngine } from "#ports/stages.js";
import { createRiskEngine } from "#risk/review.js";
import { USD, toyMarket } from "#test/fixtures/toy-market.js";
import { MemoryJournal, TOY_COSTS, TOY_LIMITS, toyRun } from "#test/fixtures/toy-run.js";

const RUNS = process.env["TRUEWIND_NIGHTLY"] === "1" ? 200 : 25;
const seeds = fc.integer({ min: 0, max: 1e9 }).map(String);

/** Turns every order into a limit order near the last price before risk sees it; some are never reached, and cancelled later. */
function byLimit(instruments: readonly Instrument[], seed: string): RiskEngine {
  const risk = createRiskEngine(TOY_LIMITS);
  const rng = createRng(`limits ${seed}`);
  return {
    review(orders, view) {
      const limited = orders.map((order): Order => {
        const price = (view.price[order.instrument] as number) * (1 - Math.sign(order.lots) * 0.02 * (rng.next() - 0.3));
        return { ...order, type: "limit", limit: toTicks(price, instruments[order.instrument] as Instrument) };
      });
      return risk.review(limited, view);
    },
  };
}

const fillsOf = (journal: MemoryJournal): Fill[] =>
  journal.entries.flatMap((e) => (e.kind === "event" && e.event.kind === "fill" ? [e.event] : []));

describe("the loop", () => {
  it("trades at all: the toy market would otherwise prove nothing", async () => {
    const { journal, engine } = await toyRun(toyMarket({ seed: "a", days: 120, names: 8 }));
    expect(fillsOf(journal).length).toBeGreaterThan(50);
    expect(engine.mode).toBe("running");
  });

  it("keeps the engine's book equal to the venue's, to the micro-unit, through fills, splits, dividends, delistings, interest and borrow", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom("top", "neutral", "equal"), async (seed, kind) => {
        const builder =
          kind === "top" ? undefined : kind === "neutral" ? createLongShort({ k: 2, gross: 0.9 }) : createEqualWeight({ invested: 0.9 });
        const { engine, venue } = await toyRun(toyMarket({ seed, days: 60, names: 6 }), builder === undefined ? {} : { builder });
        expect([...engine.account.lots]).toEqual([...venue.holdings.lots]);
        const [ours, theirs] = [engine.account.holdings.ledger, venue.holdings.ledger];
        for (const [currency] of theirs.totals()) expect(ours.balance(currency)).toBe(theirs.balance(currency));
        expect(ours.totals()).toEqual(theirs.totals());
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps both books equal with limit orders, cancellations in flight, and two currencies whose rate moves while fills are on their way", async () => {
    let cancelled = 0;
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(200_000, 0, 7 * HOUR_US), async (seed, latencyUs) => {
        const market = toyMarket({ seed, days: 60, names: 6, euros: true });
        const { engine, venue, journal } = await toyRun(market, {
          risk: byLimit(market.instruments, seed),
          costs: { ...TOY_COSTS, latencyUs },
          builder: createLongShort({ k: 2, gross: 0.9 }),
        });
        expect(engine.mode, engine.reason).toBe("running");
        for (const entry of journal.entries) if (entry.kind === "event" && entry.event.kind === "order-cancelled") cancelled++;
        const limits = new Map(
          journal.entries.flatMap((e) => (e.kind === "decision" ? e.decisions.map((d) => [d.order.id, d.order] as const) : [])),
        );
        const split = new Set(market.references.flatMap((r) => (r.kind === "split" ? [r.instrument] : [])));
        for (const fill of fillsOf(journal)) {
          filled++;
          const order = limits.get(fill.order);
          if (order === undefined || order.limit === null || split.has(fill.instrument)) continue;
          if (order.lots > 0) expect(fill.price).toBeLessThanOrEqual(order.limit);
          else expect(fill.price).toBeGreaterThanOrEqual(order.limit);
        }
        // What the venue still had to say when the data ended is in its book alone: let the engine hear it.
        for (let last = venue.take(); last !== undefined; last = venue.take()) void engine.step(last);
        expect([...engine.account.lots]).toEqual([...venue.holdings.lots]);
        expect(engine.account.holdings.ledger.totals()).toEqual(venue.holdings.ledger.totals());
        const open = (await venue.snapshot()).open.map((o) => `${o.id} ${o.remaining}`);
        expect(engine.account.orders.list().map((w) => `${w.order.id} ${w.remaining}`)).toEqual(expect.arrayContaining(open));
        expect(engine.account.orders.list().length).toBe(open.length);
        for (const [currency] of venue.holdings.ledger.totals())
          expect(currency === USD || engine.account.holdings.ledger.balance(currency) === 0n).toBe(true);
      }),
      { numRuns: RUNS },
    );
    expect(cancelled).toBeGreaterThan(5);
    expect(filled).toBeGreaterThan(100);
  });

  it("never fills before arrival, on a bar that was seen, or beyond the printed volume", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const market = toyMarket({ seed, days: 60, names: 6 });
        const { journal } = await toyRun(market);
        const perBar = new Map<string, number>();
        const createdAt = new Map<string, number>();
        for (const entry of journal.entries) {
          if (entry.kind === "decision") for (const d of entry.decisions) createdAt.set(d.order.id, d.order.createdAt);
        }
        for (const fill of fillsOf(journal)) {
          expect(fill.at).toBeGreaterThanOrEqual((createdAt.get(fill.order) as number) + TOY_COSTS.latencyUs);
          expect(fill.seenAt).toBeGreaterThanOrEqual(fill.at);
          const bar = market.bars.find((b) => b.instrument === fill.instrument && b.openAt <= fill.at && fill.at < b.at);
          expect(bar, "a fill happens within a bar").toBeDefined();
          if (bar === undefined) continue;
          expect(bar.seenAt).toBeGreaterThan(createdAt.get(fill.order) as number);
          const key = `${fill.instrument}@${bar.at}`;
          perBar.set(key, (perBar.get(key) ?? 0) + Math.abs(fill.lots));
          expect(perBar.get(key)).toBeLessThanOrEqual(bar.volume);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("does not depend on how the market data is cut into batches", async () => {
    const market = toyMarket({ seed: "cut", days: 80, names: 6 });
    const whole = await toyRun(market, { perBatch: 1000 });
    const cut = await toyRun(market, { perBatch: 1 });
    expect(cut.journal.decisions()).toEqual(whole.journal.decisions());
    expect(cut.steps).toBe(whole.steps);
  });

  it("goes on from a snapshot taken at any mark exactly as if it had never stopped", async () => {
    const market = toyMarket({ seed: "restart", days: 90, names: 6 });
    const saved: { engine: Uint8Array; venue: VenueState; position: DrivePosition; entries: number }[] = [];
    const journal = new MemoryJournal();
    const whole = await toyRun(market, {
      journal,
      onMark: (engine, venue, position) => {
        const venueState = structuredClone(venue.save());
        saved.push({ engine: snapshotEngine(engine), venue: venueState, position, entries: journal.entries.length });
      },
    });
    for (const at of saved.filter((_, i) => i % 9 === 4)) {
      const rest = await toyRun(market, {
        from: at.position,
        prepare: (engine, venue) => {
          restoreEngine(engine, at.engine);
          venue.load(at.venue);
        },
      });
      expect(rest.journal.entries.filter((e) => e.kind === "decision")).toEqual(
        journal.entries.slice(at.entries).filter((e) => e.kind === "decision"),
      );
      expect(rest.engine.account.equity).toBe(whole.engine.account.equity);
      expect(rest.engine.account.holdings.save()).toEqual(whole.engine.account.holdings.save());
    }
  });

  it("never decides on what was seen later: cutting off the future leaves all earlier decisions as they were", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 10, max: 50 }), async (seed, day) => {
        const market = toyMarket({ seed, days: 60, names: 5 });
        const whole = await toyRun(market);
        const end = market.timers[2 * day - 1]?.seenAt ?? 0;
        const past = {
          ...market,
          bars: market.bars.filter((b) => b.seenAt <= end),
          references: market.references.filter((r) => r.seenAt <= end),
          timers: market.timers.filter((t) => t.seenAt <= end),
        };
        const cut = await toyRun(past);
        const upTo = whole.journal.entries.filter((e) => e.kind === "decision" && e.asOf <= end).map((e) => JSON.stringify(e));
        expect(cut.journal.decisions()).toEqual(upTo);
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps every limit of the worst case at each approval", async () => {
    const market = toyMarket({ seed: "limits", days: 120, names: 8 });
    const { journal } = await toyRun(market, { limits: { ...TOY_LIMITS, maxWeight: 0.2, maxTurnover: 0.3 } });
    const rules = new Set(
      journal.entries.flatMap((e) => (e.kind === "decision" ? e.decisions : [])).flatMap((d) => ("rule" in d ? [d.rule] : [])),
    );
    expect(rules).toContain("max-weight");
    expect(rules).toContain("max-turnover");
  });
});
