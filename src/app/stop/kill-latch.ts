// The latch of the emergency stop: a file that another process sets, and that is looked at before every submission. It needs nothing of the
// process that trades: that one may be stuck, stopped or dead.
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { ApprovedOrder } from "#domain/order.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { mayExist, removeDurably, writeDurably } from "./durable-file.js";

/** In the folder of a run, or in that of a workspace, where it stops every run. */
export const KILL_FILE = "kill.json";

const latchSchema = z.strictObject({ reason: z.string(), flatten: z.boolean(), at: z.string() });
export type Latch = z.infer<typeof latchSchema>;

export const setLatch = (path: string, latch: Latch): void => writeDurably(path, `${JSON.stringify(latch)}\n`);

/** What stands in it, for `liftLatch`; null when it is not set. */
export function seenLatch(path: string): string | null {
  if (!mayExist(path)) return null;
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Lifts the stop that was seen; false where another was set since: whoever lifts has not looked at that one. */
export function liftLatch(path: string, seen: string): boolean {
  if (seenLatch(path) !== seen) return false;
  removeDurably(path);
  return true;
}

/**
 * What is set, as one; null when nothing is. The reason is that of the first, and the way to zero is open when any of them opens it. One that cannot
 * be read stops everything.
 */
export function latchAt(paths: readonly string[]): Latch | null {
  const latches = paths.filter(mayExist).map(readLatch);
  const [first] = latches;
  if (first === undefined) return null;
  return latches.find((latch) => latch.at === UNREAD) ?? { ...first, flatten: latches.some(({ flatten }) => flatten) };
}

/** Moment of a latch that cannot be read. */
const UNREAD = "";

function readLatch(path: string): Latch {
  try {
    return latchSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { reason: `${path} is set and cannot be read`, flatten: false, at: UNREAD };
  }
}

/**
 * The venue behind the latch. `refuses` is asked for each order; `refused` is told of those that were not passed on, and has to bring it to the
 * engine as a rejection. Cancellations always pass.
 */
export function behindLatch(
  venue: ExecutionVenue,
  refuses: (order: ApprovedOrder) => boolean,
  refused: (order: ApprovedOrder) => void,
): ExecutionVenue {
  return {
    capabilities: venue.capabilities,
    submit: (order) => (refuses(order) ? refused(order) : venue.submit(order)),
    cancel: (id) => venue.cancel(id),
    snapshot: () => venue.snapshot(),
    fillsSince: (at) => venue.fillsSince(at),
    postingsSince: (at) => venue.postingsSince(at),
  };
}
