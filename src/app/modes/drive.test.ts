import { expect, it } from "vitest";
import type { EngineEvent, TimerFired } from "#domain/event.js";
import type { Session } from "#domain/session.js";
import { type Micros, SECOND_US, isoDateOrThrow } from "#domain/time.js";
import type { Engine } from "#engine/engine.js";
import { BENCH_START, VenueBench } from "#test/fixtures/venue-bench.js";
import { DRIVE_START, drive } from "./drive.js";

const at = (seconds: number): Micros => (BENCH_START + seconds * SECOND_US) as Micros;

it("asks the venue what time has cost only once all that was heard before the mark is answered", async () => {
  const sessions: Session[] = [{ date: isoDateOrThrow("1970-01-01"), openAt: at(0), closeAt: at(600), early: false }];
  const bench = new VenueBench({ quoted: [1, 0], rules: { sessions }, costs: { latencyUs: SECOND_US, borrowBps: 100 } });
  bench.quote([
    { at: 0, bid: 99, ask: 101 },
    { at: 10 * SECOND_US, bid: 108, ask: 110 },
  ]);
  bench.order(-10);
  const steps: string[] = [];
  let now = 0;
  // As an engine that protects what it has sold.
  const step = (event: EngineEvent): void => {
    now = event.seenAt;
    steps.push(`${event.kind} ${(event.at - BENCH_START) / SECOND_US}`);
    if (event.kind === "fill" && event.lots < 0) bench.order(10, { createdAt: now, terms: { trigger: 105 } });
  };
  const engine = Object.defineProperty({ step }, "now", { get: () => now }) as unknown as Engine;
  const timers = [at(0), at(60)].map((seenAt): TimerFired => ({ kind: "timer", name: "mark", at: seenAt, seenAt, since: 0 as Micros }));
  const source = { batches: () => (async function* () {})() };
  await drive({ engine, venue: bench.venue, references: [], timers: timers.values(), from: DRIVE_START, source });
  // The stop trades when the market comes to it, so that at the mark nothing is borrowed.
  expect(steps).toEqual(["timer 0", "fill 1", "order-accepted 3", "order-triggered 10", "fill 10", "timer 60"]);
  expect(bench.venue.save().accruedTo).toBe(at(60));
});
