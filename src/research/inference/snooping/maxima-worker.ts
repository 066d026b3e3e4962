// A thread that takes its share of the draws of a bootstrap. Started by maxima-threads.ts only; ends when it has answered.
import { parentPort, workerData } from "node:worker_threads";
import { countMaxima } from "./maxima.js";
import type { MaximaShare } from "./maxima-threads.js";

const { job, from, to } = workerData as MaximaShare;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(countMaxima(job, from, to));
