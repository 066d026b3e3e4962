// Targets that are reached step by step, in the engine and its simulated venue: what every style promises on any toy market.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "#engine/engine.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import type { ExecutionStyle } from "#execution/style.js";
import type { DrivePosition } from "#app/modes/drive.js";
import type { VenueState } from "#simulation/venue/state.js";
import { toyExecution, toyStyles } from "#test/fixtures/toy-look-back.js";
import { type ToyMarket, toyMarket } from "#test/fixtures/toy-market.js";
import { toyRun } from "#test/fixtures/toy-run.js";

const styles = Object.entries(toyStyles) as [string, ExecutionStyle][];

/** Orders per moment of creation, absolute lots. */
function paceOf(decisions: readonly string[]): ReadonlyMap<number, number> {
  const lots = new Map<number, number>();
  for (const text of decisions) {
    const { asOf, decisions: made } = JSON.parse(text) as { asOf: number; decisions: { verdict: string; order: { lots: number } }[] };
    for (const { verdict, order } of made) if (verdict !== "refuse") lots.set(asOf, (lots.get(asOf) ?? 0) + Math.abs(order.lots));
  }
  return lots;
}

describe.each(styles)("%s", (name, style) => {
  it("orders nothing else when the future is altered or appended to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e9).map(String), fc.integer({ min: 6, max: 20 }), async (seed, day) => {
        const market = toyMarket({ seed, days: 24, names: 4 });
        const until = market.timers[2 * day]?.seenAt ?? 0;
        const altered: ToyMarket = {
          ...market,
          bars: market.bars.map((bar) => (bar.seenAt > until ? { ...bar, volume: 7 * bar.volume + 11, close: bar.low } : bar)),
        };
        const upTo = async (world: ToyMarket): Promise<string[]> => {
          const { journal } = await toyRun(world, { execution: toyExecution(style) });
          return journal.decisions().filter((text) => (JSON.parse(text) as { asOf: number }).asOf <= until);
        };
        expect(await upTo(altered)).toEqual(await upTo(market));
      }),
      { numRuns: 5 },
    );
  });

  it("goes on from a snapshot at any mark as if it had not stopped", async () => {
    const market = toyMarket({ seed: `again ${name}`, days: 30, names: 5 });
    const execution = toyExecution(style);
    const saved: { engine: Uint8Array; venue: VenueState; position: DrivePosition; orders: number }[] = [];
    const whole = await toyRun(market, {
      execution,
      onMark: (engine, venue, position) => {
        saved.push({ engine: snapshotEngine(engine), venue: structuredClone(venue.save()), position, orders: engine.now });
      },
    });
    expect(whole.journal.decisions().length).toBeGreaterThan(10);
    for (const { engine: bytes, venue: state, position, orders } of saved.slice(3, 28)) {
      const rest = await toyRun(market, {
        execution,
        from: position,
        prepare: (engine, venue) => {
          restoreEngine(engine, bytes);
          venue.load(state);
        },
      });
      const later = whole.journal.decisions().filter((text) => (JSON.parse(text) as { asOf: number }).asOf >= orders);
      expect(rest.journal.decisions()).toEqual(later);
      expect(rest.engine.account.equity).toBe(whole.engine.account.equity);
    }
  });

  it("spreads what immediate trading sends at once", async () => {
    const market = toyMarket({ seed: "spread", days: 30, names: 5 });
    const [at, paced] = await Promise.all([toyRun(market), toyRun(market, { execution: toyExecution(style) })]);
    const decides = new Set(market.timers.filter((timer) => timer.name === "decide").map((timer) => timer.seenAt as number));
    const share = (decisions: readonly string[]): number => {
      const lots = [...paceOf(decisions)];
      const total = lots.reduce((sum, [, n]) => sum + n, 0);
      return lots.filter(([moment]) => decides.has(moment)).reduce((sum, [, n]) => sum + n, 0) / total;
    };
    expect(share(paced.journal.decisions())).toBeLessThan(0.75 * share(at.journal.decisions()));
  });

  it("never leads away from the target, nor beyond it, whatever the market does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e9).map(String), async (seed) => {
        const market = toyMarket({ seed, days: 20, names: 4 });
        await toyRun(market, {
          execution: (instruments) => {
            const policy = toyExecution(style)(instruments);
            const pace = policy.pace.bind(policy);
            policy.pace = (desired, view, atOnce) => {
              const out = pace(desired, view, atOnce);
              out.lots.forEach((lots, i) => {
                const at = (view.lots[i] as number) + (view.workingBuys[i] as number) + (view.workingSells[i] as number);
                const to = desired[i] as number;
                expect(lots).toBeGreaterThanOrEqual(Math.min(at, to));
                expect(lots).toBeLessThanOrEqual(Math.max(at, to));
                expect(Number.isInteger(lots)).toBe(true);
              });
              return out;
            };
            return policy;
          },
        });
      }),
      { numRuns: 15 },
    );
  });

  it("is not stopped by the floor of a position on its way to one above it, nor on its way to nothing", async () => {
    const market = toyMarket({ seed: `floor ${name}`, days: 30, names: 5 });
    // Nothing but the floor binds.
    const limits = { maxWeight: 1, minCash: -10, maxGross: 10, maxTurnover: 100, maxOrderNotional: null };
    let below = 0;
    const onMark = ({ account }: Engine): void => {
      below += account.lots.filter(
        (lots, i) => lots !== 0 && Math.abs(lots * (account.lotValue[i] as number)) < 0.15 * account.equity,
      ).length;
    };
    const execution = toyExecution(style);
    const free = await toyRun(market, { execution, limits });
    const floored = await toyRun(market, { execution, limits: { ...limits, minWeight: 0.15 }, onMark });
    expect(free.journal.decisions().length).toBeGreaterThan(10);
    expect(floored.journal.decisions().join("\n") === free.journal.decisions().join("\n")).toBe(true);
    expect(below).toBeGreaterThan(3);
  });
});
