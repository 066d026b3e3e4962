// The whole paper stack in simulated worlds where everything goes wrong (docs/guide/fault-simulation.md): a sample here, ten thousand at night.
import { describe, expect, it } from "vitest";
import { nightlyOr, sampleOf } from "#test/needs.js";
import { MUTANTS } from "#test/simulation/mutants.js";
import { failureLine, shrink } from "#test/simulation/shrink.js";
import { simulate } from "#test/simulation/world.js";

describe("a simulated world", () => {
  it("keeps every law, whatever goes wrong", async () => {
    const failures: string[] = [];
    let [restarts, stopped] = [0, 0];
    const worlds = nightlyOr(10_000, 300);
    for (let seed = 1; seed <= worlds && failures.length < 5; seed++) {
      const report = await simulate(seed);
      restarts += report.counts.starts - 1;
      if (report.halted !== "") stopped++;
      if (report.violation !== null) failures.push(failureLine(await shrink(report)));
    }
    expect(failures).toEqual([]);
    // Worlds in which nothing goes wrong, or in which nothing goes on, would prove nothing.
    expect(restarts).toBeGreaterThan(worlds / 2);
    expect(stopped).toBeLessThan(worlds / 2);
  });

  it("gives an order that a recovered process told again as long to arrive as a new one", async () => {
    const setting = { losses: null, optimized: null, ruled: false, quoted: false }; // as the world was then
    const report = await simulate(8074, { kinds: ["loss", "duplication", "reordering", "feed", "clock", "power"], setting });
    expect(report.violation).toBeNull(); // ordered anew while on its way, as long as ages were those of the first telling
    expect(report.counts.starts).toBe(3);
  });

  it("is the same world again under the same seed", async () => {
    for (const seed of [3, 68, 534]) {
      const traces = [0, 1].map(() => [] as string[]);
      for (const trace of traces) await simulate(seed, { trace: (line) => trace.push(line) });
      expect(traces[0]?.length).toBeGreaterThan(50);
      expect(traces[1]).toEqual(traces[0]);
    }
  });

  it("ends as if nothing had happened when the process is killed, or loses power, at any of its writes and is started again", async () => {
    // Among them each style of execution, orders of every kind, exits, splits, stages, breakers, postings; exits by ranges, trails and time, limits on
    // losses, rules of the venue, quotes, optimized portfolios.
    for (const seed of sampleOf([6, 4, 12, 50, 44, 17, 8, 14, 26, 7, 2], 2)) {
      const whole = await simulate(seed, { kinds: [] });
      expect(whole).toMatchObject({ violation: null, halted: "" });
      expect(whole.counts.orders).toBeGreaterThan(10);
      const points = Array.from({ length: whole.counts.points }, (_, i) => i + 1);
      for (const point of sampleOf(points, 15)) {
        for (const power of [false, true]) {
          const { violation, outcome, counts } = await simulate(seed, { kinds: [], deaths: [{ at: { point }, power, downUs: 0 }] });
          expect({ violation, outcome, starts: counts.starts }, `seed ${seed}, point ${point}, power ${power}`).toEqual({
            violation: null,
            outcome: whole.outcome,
            starts: 2,
          });
        }
      }
    }
  });

  it.each(Object.entries(MUTANTS))("catches a planted bug: %s", async (_, mutant) => {
    let seed = 1;
    while (seed <= 100 && (await simulate(seed, { kinds: mutant.kinds, setting: mutant.setting, mutant })).violation === null) seed++;
    expect(seed, mutant.bug).toBeLessThanOrEqual(100);
  });
});
