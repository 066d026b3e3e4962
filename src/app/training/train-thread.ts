// Runs a training on a thread of its own, so that the terminal stays live and Ctrl-C is heard at once. Only words travel between them.
import { Worker } from "node:worker_threads";
import { type ErrorCode, TruewindError } from "#base/errors.js";
import { type Device, deviceInUse } from "#models/tensor/runtime.js";
import type { TrainHooks } from "./train-hooks.js";
import type { StudyJob, StudyOutcome } from "./train-study.js";
import type { TableJob, TableOutcome } from "./train-table.js";

export type TrainJob = TableJob | StudyJob;
export type TrainOutcome = TableOutcome | StudyOutcome;

export interface TrainerSetup {
  readonly job: TrainJob;
  /** One Int32: 1 when the training shall stop. */
  readonly stop: SharedArrayBuffer;
  /** Where nets run. */
  readonly device: Device;
}

export type FromTrainer =
  | { readonly kind: "progress"; readonly step: string; readonly done: number; readonly metrics: Readonly<Record<string, number>> }
  | { readonly kind: "done"; readonly outcome: TrainOutcome }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode | null;
      readonly system: SystemFault | null;
      readonly message: string;
      readonly stack: string | null;
    };

/** Of an error of the operating system, as Node names them. */
export type SystemFault = Pick<NodeJS.ErrnoException, "code" | "path">;

/** Throws what the training throws, and `interrupted` when the signal ended it. */
export async function runTrainer(job: TrainJob, { onProgress, signal }: TrainHooks): Promise<TrainOutcome> {
  const stop = new SharedArrayBuffer(4);
  const setup: TrainerSetup = { job, stop, device: deviceInUse() };
  const worker = new Worker(new URL("./train-worker.js", import.meta.url), { workerData: setup });
  const onAbort = (): void => void Atomics.store(new Int32Array(stop), 0, 1);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await new Promise<TrainOutcome>((resolve, reject) => {
      worker.on("message", (message: FromTrainer) => {
        if (message.kind === "progress") onProgress(message.step, message.done, message.metrics);
        else if (message.kind === "done") resolve(message.outcome);
        else reject(failure(message, signal.aborted));
      });
      worker.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory(error) : error));
      worker.on("exit", () => reject(new Error("The training thread ended before its work was done.")));
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}

function outOfMemory(cause: Error): TruewindError {
  return new TruewindError(
    "out-of-memory",
    "There is not enough memory for this training: give fewer rows or features, or a smaller net.",
    {
      cause,
    },
  );
}

function failure({ code, system, message, stack }: Extract<FromTrainer, { kind: "failed" }>, stopped: boolean): Error {
  if (stopped)
    return new TruewindError("interrupted", "Training was stopped. What is finished is kept: give the same command again, and it goes on.");
  const error = code === null ? Object.assign(new Error(message), system) : new TruewindError(code, message);
  if (stack !== null) error.stack = stack;
  return error;
}
