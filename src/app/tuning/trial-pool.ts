// Threads that run the trials of a study. Which thread runs which trial, and when, changes no result.
import { Worker } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { deviceInUse } from "#models/tensor/runtime.js";
import type { TrialRun } from "#research/tuning/run-study.js";
import type { MeasuredTrial } from "./trial-bench.js";
import type { FromTuner, ToTuner, TunerSetup } from "./tune-messages.js";

export interface TrialPool {
  /** Queued where all threads are taken. */
  run(run: TrialRun): Promise<MeasuredTrial>;
  close(): Promise<void>;
}

interface Task {
  readonly run: TrialRun;
  readonly resolve: (trial: MeasuredTrial) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** That are not waiting at a gate. */
  busy: number;
  readonly tasks: Map<number, Task>;
}

export function openTrialPool(setup: Omit<TunerSetup, "device" | "stop">, threads: number, signal: AbortSignal): TrialPool {
  const stop = new SharedArrayBuffer(4);
  const onAbort = (): void => void Atomics.store(new Int32Array(stop), 0, 1);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  const waiting: Task[] = [];
  const pool = Array.from({ length: threads }, () => startThread({ ...setup, stop, device: deviceInUse() }, dispatch));
  let closing = false;

  function dispatch(): void {
    for (const thread of pool)
      while (thread.busy === 0 && waiting.length > 0) {
        const task = waiting.shift() as Task;
        const { number, params, known } = task.run;
        thread.busy++;
        thread.tasks.set(number, task);
        // Series are not needed to prune, and would be copied each time.
        const told = known.map(({ number: of, params: what, state, value, intermediates, reason }) => ({
          number: of,
          params: what,
          state,
          value,
          intermediates,
          reason,
        }));
        post(thread, { kind: "run", run: { number, params, known: told } });
      }
  }

  for (const thread of pool) {
    const lost = (error: unknown): void => {
      if (closing) return;
      for (const task of [...thread.tasks.values(), ...waiting.splice(0)]) task.reject(error);
      thread.tasks.clear();
    };
    thread.worker.on("error", (error: NodeJS.ErrnoException) =>
      lost(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? new TruewindError("out-of-memory", "There is not enough memory for this search: let fewer --workers run, or take fewer rows.", {
              cause: error,
            })
          : error,
      ),
    );
    thread.worker.on("exit", () =>
      lost(new TruewindError("worker-lost", "A thread of the search ended: give the same command again, and it goes on.")),
    );
  }

  return {
    run: (run) =>
      new Promise((resolve, reject) => {
        waiting.push({ run, resolve, reject });
        dispatch();
      }),
    async close() {
      closing = true;
      signal.removeEventListener("abort", onAbort);
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}

function post(thread: Thread, message: ToTuner): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  thread.worker.postMessage(message);
}

function startThread(setup: TunerSetup, dispatch: () => void): Thread {
  const worker = new Worker(new URL("./tune-worker.js", import.meta.url), { workerData: setup });
  const thread: Thread = { worker, busy: 0, tasks: new Map() };
  worker.on("message", (message: FromTuner) => {
    const task = thread.tasks.get(message.number);
    if (task === undefined) return;
    thread.busy--;
    if (message.kind === "gate") void waitAtGate(thread, task, message);
    else {
      thread.tasks.delete(message.number);
      if (message.kind === "done") task.resolve(message.trial);
      else task.reject(failure(message));
    }
    // Whoever waits leaves the thread to others.
    dispatch();
  });
  return thread;
}

async function waitAtGate(thread: Thread, { run }: Task, { number, step, value }: Extract<FromTuner, { kind: "gate" }>): Promise<void> {
  const ends = await run.gate(step, value);
  thread.busy++;
  post(thread, { kind: "pass", number, ends });
}

function failure({ code, message, stack }: Extract<FromTuner, { kind: "broken" }>): Error {
  const error = code === null ? new Error(message) : new TruewindError(code, message);
  if (stack !== null) error.stack = stack;
  return error;
}
