// Runs the repetitions of a control on worker threads. Threads share the market by memory and write nothing: what is finished comes back as
// a message, so that a thread may be ended at any moment.
import { Worker } from "node:worker_threads";
import { type ErrorCode, TruewindError } from "#base/errors.js";
import type { Device } from "#models/tensor/runtime.js";
import type { MarketFit } from "#research/controls/market-fit.js";
import type { Repetition } from "./control-result.js";
import type { DatasetLikeness } from "./drawn-dataset.js";
import type { PipelineSetup } from "./experiment-pipeline.js";
import { type ControlTask, taskName } from "./tasks.js";

/** Facts are those of the real names: what is drawn are prices, and facts tell nothing of them. Threads are those of each repetition. */
export interface ControlSetup extends PipelineSetup {
  readonly fit: MarketFit;
  readonly likeness: DatasetLikeness;
  readonly device: Device;
}

export type FromControl =
  | { readonly kind: "done"; readonly repetition: Repetition }
  | { readonly kind: "failed"; readonly code: ErrorCode | null; readonly message: string };

export interface ControlHooks {
  readonly workers: number;
  readonly onDone: (task: ControlTask, repetition: Repetition) => void;
  readonly signal: AbortSignal;
}

/** Resolves when all are done. Throws what the first failing repetition threw, or `interrupted`. */
export async function runRepetitions(tasks: readonly ControlTask[], setup: ControlSetup, hooks: ControlHooks): Promise<void> {
  const waiting = [...tasks];
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, hooks.signal]);
  const count = Math.max(1, Math.min(hooks.workers, tasks.length));
  const runs = await Promise.allSettled(
    Array.from({ length: count }, () =>
      runThread(waiting, setup, hooks.onDone, signal).catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    ),
  );
  const failures = runs.flatMap((run) => (run.status === "rejected" ? [run.reason as Error] : []));
  // A thread that was ended because another failed has nothing to say.
  const first = failures.find((error) => !(error instanceof TruewindError && error.code === "interrupted")) ?? failures[0];
  if (first !== undefined) throw first;
}

async function runThread(waiting: ControlTask[], setup: ControlSetup, onDone: ControlHooks["onDone"], signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw stopped();
  const worker = new Worker(new URL("./control-worker.js", import.meta.url), { workerData: setup });
  let task: ControlTask | undefined;
  let onAbort = (): void => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      onAbort = () => reject(stopped());
      signal.addEventListener("abort", onAbort, { once: true });
      const next = (): void => {
        task = waiting.shift();
        if (task === undefined) resolve();
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        else worker.postMessage(task);
      };
      worker.on("message", (message: FromControl) => {
        if (message.kind === "failed") return reject(failure(message, task));
        onDone(task as ControlTask, message.repetition);
        next();
      });
      worker.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory(error) : error));
      worker.on("exit", () => reject(new Error("A control thread ended before its work was done.")));
      next();
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}

function failure({ code, message }: Extract<FromControl, { kind: "failed" }>, task: ControlTask | undefined): Error {
  const text = `Repetition ${task === undefined ? "" : taskName(task)} failed: ${message}`;
  return code === null ? new Error(text) : new TruewindError(code, text);
}

function outOfMemory(cause: Error): TruewindError {
  return new TruewindError("out-of-memory", "There is not enough memory for so many repetitions at once: give fewer --threads.", { cause });
}

function stopped(): TruewindError {
  return new TruewindError("interrupted", "The control was interrupted: give the same command again, and it goes on behind what is done.");
}
