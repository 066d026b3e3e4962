import { describe, expect, it } from "vitest";
import type { EngineEvent, TimerFired } from "#domain/event.js";
import type { Currency } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import { createLiveQueue } from "./live-queue.js";

const timer: TimerFired = { kind: "timer", name: "decide", at: 0 as Micros, seenAt: 0 as Micros, since: 0 as Micros };
const cash = (at: number): EngineEvent => ({
  kind: "cash",
  postingId: "p1",
  at: at as Micros,
  seenAt: at as Micros,
  reason: "interest",
  currency: "USD" as Currency,
  amountMicro: 1n,
});

describe("the live queue", () => {
  const run = (moments: readonly number[], events: readonly EngineEvent[]): (readonly [string, number, number])[] => {
    let now = 0;
    const queue = createLiveQueue({ now: () => now as Micros }, 5 as Micros);
    events.forEach((event, i) => {
      now = moments[i] as number;
      queue.push(event);
    });
    const out: (readonly [string, number, number])[] = [];
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) out.push([event.kind, event.at, event.seenAt]);
    return out;
  };

  it("stamps what arrives, and never runs back when the clock does", () => {
    expect(run([10, 7, 12], [cash(9), cash(3), cash(11)])).toEqual([
      ["cash", 9, 10],
      ["cash", 3, 10],
      ["cash", 11, 12],
    ]);
  });

  it("begins no earlier than the engine's last event", () => {
    expect(run([1], [cash(0)])).toEqual([["cash", 0, 5]]);
  });

  it("keeps the order of classes within a moment: what comes too late for it is seen a microsecond later", () => {
    expect(run([10, 10, 10], [timer, timer, cash(9)]).map(([kind, , seenAt]) => [kind, seenAt])).toEqual([
      ["timer", 10],
      ["timer", 10],
      ["cash", 11],
    ]);
  });

  it("takes what a source says of the future for something that happened now", () => {
    expect(run([10], [cash(99)])).toEqual([["cash", 10, 10]]);
  });

  it("wakes whoever waits, at once when something is there", async () => {
    const queue = createLiveQueue({ now: () => 1 as Micros }, 0 as Micros);
    const arrival = queue.arrival();
    queue.push(timer);
    await arrival;
    await queue.arrival();
    queue.shift();
    const woken = queue.arrival();
    queue.wake();
    await woken;
    expect(queue.shift()).toBeUndefined();
  });
});
