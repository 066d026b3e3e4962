// Computes the parts of a feature set on several worker threads. Each thread reads the dataset for itself and writes its own files, so
// only words travel between them. The first failure stops all; a stop lets each finish the file at hand.
import { Worker } from "node:worker_threads";
import { type ErrorCode, TruewindError } from "#base/errors.js";
import type { OpenFactSet } from "#data/facts/told.js";
import type { Part } from "./parts.js";
import type { PeerSymbols } from "../modes/plan-of-dataset.js";

export interface WorkerSetup {
  readonly datasetFolder: string;
  readonly peers: PeerSymbols;
  readonly factSets: readonly OpenFactSet[];
}

export interface PartWork {
  readonly part: Part;
  readonly folder: string;
}

export type ToWorker = ({ readonly kind: "compute" } & PartWork) | { readonly kind: "stop" };

export type FromWorker =
  | { readonly kind: "rows"; readonly rows: number }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code: ErrorCode | null; readonly message: string };

export interface WorkersOptions extends WorkerSetup {
  readonly threads: number;
  readonly onRows: (rows: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves when all parts are done. Throws what the first failing thread threw, after all have stopped. */
export async function runPartWorkers(work: readonly PartWork[], options: WorkersOptions): Promise<void> {
  const waiting = [...work];
  const threads = Math.max(1, Math.min(options.threads, work.length));
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const runs = await Promise.allSettled(
    Array.from({ length: threads }, async () => {
      try {
        await runThread(waiting, options, signal);
      } catch (error) {
        stop.abort();
        throw error;
      }
    }),
  );
  const failures = runs.flatMap((run) => (run.status === "rejected" ? [run.reason as Error] : []));
  // A thread that was stopped because another failed has nothing to say.
  const first = failures.find((error) => !(error instanceof TruewindError && error.code === "interrupted")) ?? failures[0];
  if (first !== undefined) throw first;
}

function runThread(waiting: PartWork[], { datasetFolder, peers, factSets, onRows }: WorkersOptions, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(stopped());
  const setup: WorkerSetup = { datasetFolder, peers, factSets };
  const worker = new Worker(new URL("./part-worker.js", import.meta.url), { workerData: setup });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const tell = (message: ToWorker): void => worker.postMessage(message);
  const onAbort = (): void => tell({ kind: "stop" });
  signal.addEventListener("abort", onAbort, { once: true });
  const finished = new Promise<void>((resolve, reject) => {
    const next = (): void => {
      if (signal.aborted) return reject(stopped());
      const work = waiting.shift();
      if (work === undefined) resolve();
      else tell({ kind: "compute", ...work });
    };
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "rows") onRows(message.rows);
      else if (message.kind === "done") next();
      else reject(message.code === null ? new Error(message.message) : new TruewindError(message.code, message.message));
    });
    worker.on("error", reject);
    worker.on("exit", () => reject(new Error("A worker thread ended before its work was done.")));
    next();
  });
  return finished.finally(async () => {
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  });
}

function stopped(): TruewindError {
  return new TruewindError("interrupted", "Stopped while features were computed; the same command goes on from there.");
}
