// What was known at a moment. An open is printed when its session opens; high, low, close and volume when it closes; a fact is known once it
// is published (one without a time of publication, for want of better, at the end of the period it speaks of).
import type { World, WorldFact } from "./subject.js";

/** The first session that had not closed by the moment; the number of sessions when all had. */
export function firstUnclosed({ sessions }: Pick<World, "sessions">, moment: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle]?.closeAt as number) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether that session had opened by then, so that its open was known. */
export function isRunning({ sessions }: Pick<World, "sessions">, session: number, moment: number): boolean {
  const opened = sessions[session]?.openAt;
  return opened !== undefined && opened <= moment;
}

export function knownAt(fact: WorldFact): number {
  return fact.publishedAt ?? fact.about;
}

/** The world as it stood at the moment: later sessions and facts are gone, of a running session only the open is left. */
export function truncate(world: World, moment: number): World {
  const n = world.symbols.length;
  const closed = firstUnclosed(world, moment);
  const running = isRunning(world, closed, moment);
  const rows = closed + (running ? 1 : 0);
  const cut = (column: Float64Array, keepRunning: boolean): Float64Array => {
    const kept = column.slice(0, rows * n);
    if (running && !keepRunning) kept.fill(Number.NaN, closed * n);
    return kept;
  };
  return {
    ...world,
    sessions: world.sessions.slice(0, rows),
    open: cut(world.open, true),
    high: cut(world.high, false),
    low: cut(world.low, false),
    close: cut(world.close, false),
    volume: cut(world.volume, false),
    facts: world.facts.filter((fact) => knownAt(fact) <= moment),
  };
}

/** When a fill at that moment is settled: an open is printed at once, a price within a session hangs on the bar until it closes. */
export function settlement(world: Pick<World, "sessions">): (at: number) => number {
  return (at) => {
    const session = world.sessions[firstUnclosed(world, at - 1)];
    return session === undefined || session.openAt >= at ? at : session.closeAt;
  };
}
