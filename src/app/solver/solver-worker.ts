// The thread behind solver-thread.ts: one problem after the other.
import { type MessagePort, workerData } from "node:worker_threads";
import { meanVariance, type MeanVarianceProblem } from "#portfolio/optimization/mean-variance.js";
import type { SolverAnswer, SolverSetup } from "./solver-thread.js";

const { done, port } = workerData as SolverSetup & { readonly port: MessagePort };
const count = new Int32Array(done);

port.on("message", ({ number, problem }: { readonly number: number; readonly problem: MeanVarianceProblem }) => {
  let answer: SolverAnswer;
  try {
    answer = { number, found: meanVariance(problem) };
  } catch (cause) {
    answer = { number, failed: (cause as Error).message };
  }
  port.postMessage(answer);
  Atomics.store(count, 0, number);
  Atomics.notify(count, 0);
});
