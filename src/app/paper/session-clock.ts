// The time of a paper session that waits: the wall's, or one that begins at a moment of the data and runs faster.
import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "#adapters/clock/system-clock.js";
import type { Micros } from "#domain/time.js";
import type { Clock } from "#ports/clock.js";

/** Shows `from` now and runs so many times as fast as the wall; null is the wall clock itself. */
export function createSessionClock(speed: number, from: Micros | null): Clock {
  if (from === null) return systemClock;
  const start = systemClock.now();
  return { now: () => Math.floor(from + (systemClock.now() - start) * speed) as Micros };
}

/** The wall's time, but never back: behind a wall that was set back it goes on by the time that has passed. */
export function createSteadyClock(): Clock {
  let [shown, since] = [systemClock.now() as number, performance.now()];
  return {
    now: () => {
      const moment = performance.now();
      shown = Math.max(systemClock.now(), shown + Math.floor((moment - since) * 1000));
      since = moment;
      return shown as Micros;
    },
  };
}

/** Milliseconds between looks at the clock: a step of it is never longer. */
export const TICK_MS = 250;

/** A pause that an abort ends early. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return wait(ms, undefined, { signal }).catch(() => undefined);
}
