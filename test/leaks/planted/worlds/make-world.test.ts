import { describe, expect, it } from "vitest";
import type { World } from "#research/leaks/subject.js";
import { makeWorld } from "./make-world.js";

const topics = ["earnings", "sentiment", "macro", "member", "sector"] as const;
const worlds = Array.from({ length: 6 }, (_, k) => makeWorld(`a world ${k}`, { topics, delistedShare: 0.25 }));

/** Sessions in which a name traded. */
const days = (world: World, i: number): number[] =>
  [...world.sessions.keys()].filter((s) => Number.isFinite(world.close[s * world.symbols.length + i]));

describe("a made world", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(makeWorld("a world 1", { topics, delistedShare: 0.25 })).toEqual(worlds[1]);
    expect(worlds[0]?.close).not.toEqual(worlds[1]?.close);
  });

  it("has sessions in order, and bars that are whole or missing, with the range around open and close", () => {
    for (const { sessions, open, high, low, close, volume } of worlds) {
      for (const [s, { openAt, closeAt }] of sessions.entries())
        expect(closeAt > openAt && openAt > (sessions[s - 1]?.closeAt ?? 0), `session ${s}`).toBe(true);
      for (let cell = 0; cell < close.length; cell++) {
        const bar = [open, high, low, close, volume].map((column) => column[cell] as number);
        if (bar.every(Number.isNaN)) continue;
        const [o, h, l, c, v] = bar as [number, number, number, number, number];
        expect(h >= Math.max(o, c) && l <= Math.min(o, c) && l > 0 && v > 0, `cell ${cell}`).toBe(true);
      }
    }
  });

  it("has names that list late, names that leave, and days without a trade", () => {
    for (const world of worlds) {
      const spans = world.symbols.map((_, i) => days(world, i));
      expect(spans.some((span) => (span[0] as number) > 20)).toBe(true);
      expect(spans.some((span) => (span.at(-1) as number) < world.sessions.length - 10)).toBe(true);
      expect(spans.some((span) => span.length < (span.at(-1) as number) - (span[0] as number) + 1)).toBe(true);
    }
  });

  it("publishes each fact after what it describes, and revisions after the first publication", () => {
    for (const { facts } of worlds) {
      expect(facts.filter(({ about, publishedAt }) => publishedAt === null || publishedAt <= about)).toEqual([]);
      const publications = new Map<string, number[]>();
      for (const { name, symbol, about, publishedAt } of facts) {
        const key = `${name}/${symbol}/${about}`;
        publications.set(key, [...(publications.get(key) ?? []), publishedAt as number]);
      }
      for (const times of publications.values()) expect(new Set(times).size).toBe(times.length);
      for (const name of ["eps", "activity"])
        expect([...publications].some(([key, times]) => key.startsWith(name) && times.length > 1)).toBe(true);
    }
  });
});
