// Brings what comes from several sources into the one total order: each event is stamped when it arrives, by one clock that never
// runs back, and waits in line. It never drops, merges or reorders.
import { type ReferenceEvent, identityOf, isReference } from "#domain/corporate-action.js";
import { type EngineEvent, eventClass } from "#domain/event.js";
import type { Micros } from "#domain/time.js";
import type { Clock } from "#ports/clock.js";

export interface LiveQueue {
  /** Stamps the event, puts it in line, and returns what it has become. */
  push(event: EngineEvent): EngineEvent;
  shift(): EngineEvent | undefined;
  /** Resolves at the next push, at once if something is waiting. */
  arrival(): Promise<void>;
  /** Wakes whoever waits for an arrival. */
  wake(): void;
}

/** `from`: the moment of the last event that the engine has seen. */
export function createLiveQueue(clock: Clock, from: Micros): LiveQueue {
  const line: EngineEvent[] = [];
  let last: number = from;
  let lastClass = 0;
  let waiting: (() => void)[] = [];

  function stamp(event: EngineEvent): EngineEvent {
    const rank = eventClass(event);
    // At one moment the classes come in their order: what is too late for it is seen a microsecond later.
    const seenAt = Math.max(clock.now(), rank < lastClass ? last + 1 : last) as Micros;
    last = seenAt;
    lastClass = rank;
    // A source whose clock runs ahead of ours says things from the future: they happened now at the latest.
    const stamped = { ...event, at: Math.min(event.at, seenAt) as Micros, seenAt };
    // Its identity is that of the moment which the source named.
    return isReference(event) && event.at > seenAt ? ({ ...stamped, id: identityOf(event) } as ReferenceEvent) : stamped;
  }

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }

  return {
    push(event) {
      const stamped = stamp(event);
      line.push(stamped);
      wake();
      return stamped;
    },
    shift: () => line.shift(),
    arrival() {
      if (line.length > 0) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    wake,
  };
}
