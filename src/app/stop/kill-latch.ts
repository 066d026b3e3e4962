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
export const liftLatch = removeDurably;

/** The first latch that is set; null when none is. One that cannot be read stops everything all the same. */
export function latchAt(paths: readonly string[]): Latch | null {
  const path = paths.find(mayExist);
  if (path === undefined) return null;
  try {
    return latchSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { reason: `${path} is set and cannot be read`, flatten: false, at: "" };
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
