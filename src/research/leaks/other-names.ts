// Futures in which other names trade: some die, days go missing, new names list, old reports are restated. What code does with names that it
// cannot know yet shows here and nowhere else: a universe of survivors, a hole filled from behind, the newest revision under the old date.
import type { Rng } from "#base/rng.js";
import { firstUnclosed, isRunning, knownAt } from "./known.js";
import type { World, WorldFact } from "./subject.js";

/** A third of the names never trades again from one of the next twenty days on, and of the others every tenth day is missing. */
export function letDie(world: World, moment: number, rng: Rng): World {
  const n = world.symbols.length;
  const rows = world.sessions.length;
  const first = firstUnclosed(world, moment);
  // What has opened today also closes today.
  const from = isRunning(world, first, moment) ? first + 1 : first;
  const columns = { open: world.open.slice(), high: world.high.slice(), low: world.low.slice(), close: world.close.slice() };
  const volume = world.volume.slice();
  const diesAt = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const doomed = rng.int(n);
  for (let i = 0; i < n; i++) {
    if (i === doomed || rng.next() < 1 / 3) diesAt[i] = from + rng.int(20);
    for (let row = from; row < rows; row++) {
      if (row < (diesAt[i] as number) && rng.next() >= 0.1) continue;
      for (const column of Object.values(columns)) column[row * n + i] = Number.NaN;
      volume[row * n + i] = Number.NaN;
    }
  }
  const deathOf = (symbol: number): number => world.sessions[diesAt[symbol] as number]?.openAt ?? Number.POSITIVE_INFINITY;
  const facts = world.facts.filter((fact) => fact.symbol < 0 || knownAt(fact) <= moment || knownAt(fact) < deathOf(fact.symbol));
  return { ...world, ...columns, volume, facts };
}

/** New names, a fifth of the old ones, that first trade on the next day and then move like one of the old, at other prices. */
export function listNew(world: World, moment: number, rng: Rng): World {
  const n = world.symbols.length;
  const rows = world.sessions.length;
  const first = firstUnclosed(world, moment);
  const from = isRunning(world, first, moment) ? first + 1 : first;
  const fresh = Array.from({ length: Math.max(1, Math.round(n / 5)) }, () => ({ like: rng.int(n), scale: Math.exp(rng.normal()) }));
  const width = n + fresh.length;
  const widen = (column: Float64Array, isPrice: boolean): Float64Array => {
    const wide = new Float64Array(rows * width).fill(Number.NaN);
    for (let row = 0; row < rows; row++) {
      wide.set(column.subarray(row * n, (row + 1) * n), row * width);
      if (row < from) continue;
      fresh.forEach(({ like, scale }, k) => {
        wide[row * width + n + k] = (column[row * n + like] as number) * (isPrice ? scale : 1);
      });
    }
    return wide;
  };
  return {
    ...world,
    symbols: [...world.symbols, ...fresh.map((_, k) => `NEW${k + 1}`)],
    open: widen(world.open, true),
    high: widen(world.high, true),
    low: widen(world.low, true),
    close: widen(world.close, true),
    volume: widen(world.volume, false),
  };
}

/** Every fourth value that was known is told again, later and otherwise: of reports, which are told after the period that they speak of. */
export function restate(world: World, moment: number, rng: Rng): World {
  const later = world.sessions.filter(({ closeAt }) => closeAt > moment).map(({ closeAt }) => closeAt);
  if (later.length === 0) return world;
  const names = reportsOf(world);
  const revisions: WorldFact[] = [];
  for (const fact of world.facts) {
    if (!names.has(fact.name) || knownAt(fact) > moment || rng.next() >= 0.25) continue;
    const publishedAt = later[rng.int(Math.min(later.length, 60))] as WorldFact["publishedAt"];
    revisions.push({ ...fact, publishedAt, value: fact.value * (rng.next() < 0.5 ? -1 : 2) + rng.normal() });
  }
  return { ...world, facts: [...world.facts, ...revisions] };
}

/** Whether revisions may be added: the source says that it keeps them, or some period was told twice. */
export function keepsRevisions(world: World): boolean {
  if (reportsOf(world).size === 0) return false;
  if (world.provenance.vintage === "all") return true;
  const seen = new Set<string>();
  for (const { name, symbol, about } of world.facts) {
    const key = `${name}/${symbol}/${about}`;
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

/** Names of which some value was published after its period: what is in force as it is told (a split, a rate) is not revised. */
function reportsOf({ facts }: World): ReadonlySet<string> {
  return new Set(facts.filter(({ about, publishedAt }) => publishedAt !== null && publishedAt > about).map(({ name }) => name));
}
