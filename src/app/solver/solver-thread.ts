// Solves on a worker thread: the main thread goes on with its steps and waits only where the answer is due and not there.
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import type { OptimizedPortfolio } from "#portfolio/optimization/portfolio-problem.js";
import type { SolverRunner } from "#portfolio/optimization/scheduled-solve.js";

export interface SolverThread extends SolverRunner {
  close(): Promise<number>;
}

export interface SolverSetup {
  /** One whole number: of the last problem that was answered. */
  readonly done: SharedArrayBuffer;
}

export type SolverAnswer = { readonly number: number } & ({ readonly found: OptimizedPortfolio } | { readonly failed: string });

/** Longest wait for an answer before the session is given up as hanging. */
const PATIENCE_MS = 120_000;

export function openSolverThread(): SolverThread {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./solver-worker.js", import.meta.url), {
    workerData: { done: done.buffer, port: port2 },
    transferList: [port2],
    execArgv: [], // those of the program may be none that a thread can start with
  });
  worker.unref();
  let started = 0;
  return {
    start(problem) {
      port1.postMessage({ number: ++started, problem });
    },
    finish() {
      const until = started;
      while (Atomics.load(done, 0) < until) {
        const before = Atomics.load(done, 0);
        if (before < until && Atomics.wait(done, 0, before, PATIENCE_MS) === "timed-out")
          throw new TruewindError("diverged", `The optimizer has not answered within ${PATIENCE_MS / 1000} s: give it fewer names.`);
      }
      for (;;) {
        const answer = receiveMessageOnPort(port1)?.message as SolverAnswer | undefined;
        if (answer === undefined) throw new TruewindError("diverged", "The optimizer's thread ended without an answer.");
        if (answer.number < until) continue; // given up for a newer one
        if ("failed" in answer) throw new TruewindError("bad-usage", answer.failed);
        return answer.found;
      }
    },
    close: () => worker.terminate(),
  };
}
