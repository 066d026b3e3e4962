// Shares the draws of a bootstrap among worker threads; the calling thread takes a share, too.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { addMaxima, countMaxima, type Maxima, type MaximaJob } from "./maxima.js";

export interface MaximaShare {
  readonly job: MaximaJob;
  readonly from: number;
  readonly to: number;
}

/** All draws. Throws `worker-lost` when a thread ends without its share. */
export async function allMaxima(job: MaximaJob, threads: number): Promise<Maxima> {
  const { draws } = job.resampling;
  const shares = Math.min(threads, draws);
  const edge = (share: number): number => Math.round((share * draws) / shares);
  const others = Array.from({ length: shares - 1 }, (_, i) => inThread({ job, from: edge(i + 1), to: edge(i + 2) }));
  // Threads start while this one works.
  await Promise.resolve();
  const own = countMaxima(job, 0, edge(1));
  return addMaxima([own, ...(await Promise.all(others))]);
}

function inThread(share: MaximaShare): Promise<Maxima> {
  // Resolved by the package's own map, because threads run what was built.
  const file = createRequire(import.meta.url).resolve("#research/inference/snooping/maxima-worker.js");
  const worker = new Worker(file, { workerData: share });
  return new Promise<Maxima>((resolve, reject) => {
    worker.on("message", resolve);
    worker.on("error", (error) => reject(lost(error.message)));
    worker.on("exit", () => reject(lost("it ended without an answer")));
  });
}

function lost(why: string): TruewindError {
  return new TruewindError("worker-lost", `A thread of the bootstrap was lost: ${why}. Ask again, with fewer threads if it recurs.`);
}
