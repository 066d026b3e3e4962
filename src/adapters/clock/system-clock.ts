// The wall clock of this machine.
import type { Micros } from "#domain/time.js";
import type { Clock } from "#ports/clock.js";

export const systemClock: Clock = { now: () => (Date.now() * 1000) as Micros };
