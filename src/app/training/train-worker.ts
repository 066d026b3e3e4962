// A worker thread that does one training from its first row to its last artifact. Started by train-thread.ts only.
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { useDevice } from "#models/tensor/runtime.js";
import { type Share, type SharedWork, alone, shareWork } from "./share-work.js";
import type { TrainHooks } from "./train-hooks.js";
import { trainStudy } from "./train-study.js";
import { trainTable } from "./train-table.js";
import type { FromTrainer, SystemFault, TrainerSetup } from "./train-thread.js";

const port = parentPort;
if (port === null) throw new TruewindError("invariant", "Invariant: train-worker.ts runs as a worker thread");
const { job, stop, device } = workerData as TrainerSetup;
useDevice(device);
const say = (message: FromTrainer): void => port.postMessage(message);

const EVERY_MS = 50;
const controller = new AbortController();
const flag = new Int32Array(stop);
const look = (): void => {
  if (Atomics.load(flag, 0) === 1 && !controller.signal.aborted) controller.abort();
};
// A fit that never waits lets no timer run: it is asked at every progress, too.
const timer = setInterval(look, EVERY_MS);

let toldAt = 0;
let toldStep = "";
const hooks: TrainHooks = {
  signal: controller.signal,
  onProgress(step, done, metrics) {
    look();
    const now = Date.now();
    if (step === toldStep && now - toldAt < EVERY_MS) return;
    toldAt = now;
    toldStep = step;
    say({ kind: "progress", step, done, metrics });
  },
};

let shared: SharedWork | null = null;
const share: Share = async () => (shared = await shareWork(job, device)).exchange;

/** An error that crosses threads keeps its words alone: what the operating system refused is told apart. */
function systemFault(error: unknown): SystemFault | null {
  const { code, path } = error as NodeJS.ErrnoException;
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall !== undefined ? { code, path } : null;
}

try {
  const together = job.compute.processes === 1 ? alone : share;
  const { id, path } = job.folder;
  const folder = { id, path, file: (name: string) => join(path, name) };
  say({
    kind: "done",
    outcome: await (job.kind === "table" ? trainTable(job, folder, hooks, together) : trainStudy(job, folder, hooks, together)),
  });
} catch (error) {
  say({
    kind: "failed",
    code: error instanceof TruewindError ? error.code : null,
    system: systemFault(error),
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? (error.stack ?? null) : null,
  });
} finally {
  (shared as SharedWork | null)?.close();
  clearInterval(timer);
}
