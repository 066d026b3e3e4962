// Wall time. For adapters (to stamp what arrives) and `app` (to raise timers); the engine's time is its events'.
import type { Micros } from "#domain/time.js";

export interface Clock {
  now(): Micros;
}
