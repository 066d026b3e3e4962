// A worker thread that computes one share of every batch, step by step, as it is asked through shared memory. Started by helper.ts only.
import { parentPort, workerData } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { type FromHelper, type HelperSetup, pack, unpack } from "./helper.js";
import { openPart, withValues } from "./part.js";

const port = parentPort;
if (port === null) throw new TruewindError("invariant", "Invariant: helper-worker.ts runs as a worker thread");
const { plan, shared, control, chance } = workerData as HelperSetup;
const say = (message: FromHelper): void => port.postMessage(message);

/** A pause between two steps is short: a look costs less than to be woken. */
const SPINS = 20_000;

function waitForStep(done: number): number {
  for (let spins = 0; Atomics.load(control, 0) === done; spins++) if (spins > SPINS) Atomics.wait(control, 0, done);
  return Atomics.load(control, 0);
}

try {
  const feeds = withValues(plan.feeds);
  const fetches = withValues(plan.fetches);
  const part = await openPart({ ...plan, feeds, fetches });
  say({ kind: "open" });
  for (let step = waitForStep(0); step !== -1; step = waitForStep(step)) {
    unpack(shared, feeds);
    const rng = createRng(`masks ${chance.join(" ")}`);
    await part.run(rng);
    pack(fetches, shared);
    Atomics.store(control, 1, step);
    Atomics.notify(control, 1);
  }
  await part.release();
} catch (error) {
  say({
    kind: "failed",
    code: error instanceof TruewindError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
  });
}
