// Recorded bars at the pace of a clock: each moment of the session is told when the clock shows it, and timers that were due before its bars
// began fire in time. What was recorded before the session, and what a resumed session repeats, is told at once.
import { type BarBatch, barRow, toBarBatch } from "#domain/market.js";
import { MS_US, type Micros } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";
import { invariant } from "#base/errors.js";
import type { LiveSource } from "../modes/drive.js";
import { createSessionClock, pause, TICK_MS } from "./session-clock.js";

export interface Pace {
  /** Times as fast as the data's own time; above zero. */
  readonly speed: number;
  /** Start of the session. */
  readonly from: Micros;
  /** True while recorded ground is repeated. */
  readonly repeats: () => boolean;
  readonly signal: AbortSignal | undefined;
}

/** The orders are those of the bare source: what a timer may know does not depend on the pace. */
export function pacedSource(source: MarketDataSource, { speed, from, repeats, signal }: Pace): LiveSource {
  return {
    async *batches(fromRow) {
      let clock: ReturnType<typeof createSessionClock> | null = null;
      for await (const batch of source.batches(fromRow)) {
        invariant(batch.kind === "bar", "a session reads bars");
        if ((batch.seenAt[batch.length - 1] as number) < from || repeats()) {
          yield batch;
          continue;
        }
        for (const moment of momentsOf(batch)) {
          const seenAt = moment.seenAt[0] as number;
          if (seenAt >= from && !repeats()) {
            clock ??= createSessionClock(speed, Math.max(from, moment.openAt[0] as number) as Micros);
            const opens = moment.openAt.reduce((first, at) => Math.min(first, at));
            for (let now = clock.now(); now < seenAt; now = clock.now()) {
              if (signal?.aborted === true) return;
              yield { kind: "passed", at: Math.min(now, opens) as Micros };
              await pause(Math.min(TICK_MS, (seenAt - now) / speed / MS_US), signal);
            }
          }
          yield moment;
        }
      }
    },
  };
}

function* momentsOf(batch: BarBatch): Generator<BarBatch> {
  for (let start = 0; start < batch.length; ) {
    let end = start + 1;
    while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
    yield toBarBatch(Array.from({ length: end - start }, (_, i) => barRow(batch, start + i)));
    start = end;
  }
}
