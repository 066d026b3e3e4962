// A small made market for pipelines under test, from a seed. By default everything about it is true and declared so.
import { createRng } from "#base/rng.js";
import type { Provenance, World } from "#research/leaks/subject.js";
import { type BarOptions, makeBars, makeLives } from "./bars.js";
import { makeSessions } from "./calendar.js";
import { type FactTopic, makeFacts } from "./facts.js";

export interface WorldOptions extends Partial<BarOptions> {
  readonly topics?: readonly FactTopic[];
}

export const honestProvenance: Provenance = {
  survivorsOnly: false,
  priceBasis: "raw",
  pointInTimeUniverse: true,
  vintage: "all",
  publicationTimes: true,
};

/** 8 to 20 names and 150 to 260 sessions unless told otherwise; only the topics asked for have facts. */
export function makeWorld(seed: string, options: WorldOptions = {}): World {
  const rng = createRng(seed);
  const shape = rng.fork("shape");
  const chosen: BarOptions = {
    names: 8 + shape.int(13),
    sessions: 150 + shape.int(111),
    sectors: 3 + shape.int(2),
    gapRate: 0.01 + 0.03 * shape.next(),
    lateShare: 0.2,
    delistedShare: 0.15,
    ...options,
  };
  const sessions = makeSessions(rng.fork("calendar"), chosen.sessions);
  const lives = makeLives(rng.fork("lives"), chosen);
  const bars = makeBars(rng.fork("bars"), lives, chosen);
  const facts = makeFacts(rng.fork("facts"), { sessions, lives, bars }, options.topics ?? []);
  return { symbols: makeTickers(seed, chosen.names), sessions, ...bars, facts, provenance: honestProvenance };
}

function makeTickers(seed: string, count: number): readonly string[] {
  const rng = createRng(`${seed}/tickers`);
  const tickers = new Set<string>();
  while (tickers.size < count) tickers.add(String.fromCharCode(...Array.from({ length: 3 + rng.int(2) }, () => 65 + rng.int(26))));
  return [...tickers];
}
