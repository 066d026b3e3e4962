// A process of rank 1 and up of a training that several share: it fits what the command fits, and writes nothing. Started by share-work.ts
// only. It ends when the command does: their channel closes, however the command came to its end.
import { once } from "node:events";
import { join } from "node:path";
import { joinExchange } from "#adapters/compute/processes/exchange.js";
import { useDevice } from "#models/tensor/runtime.js";
import { type FromRank, type RankSetup, TOKEN_VARIABLE } from "./share-work.js";
import { fitStudy } from "./train-study.js";
import { fitTable } from "./train-table.js";

process.on("disconnect", () => process.exit(1));
// Ctrl-C reaches all processes of a terminal: the command decides what it means.
process.on("SIGINT", () => undefined);

const [{ job, device, rank, port }] = (await once(process, "message")) as [RankSetup];
useDevice(device);
const hooks = { onProgress: (): void => undefined, signal: new AbortController().signal };
try {
  const exchange = await joinExchange({ rank, workers: job.compute.processes, token: process.env[TOKEN_VARIABLE] ?? "", port });
  const { id, path } = job.folder;
  const folder = { id, path, file: (name: string) => join(path, name) };
  await (job.kind === "table" ? fitTable(job, folder, hooks, exchange) : fitStudy(job, folder, hooks, exchange));
  process.exit(0);
} catch (error) {
  const word: FromRank = { message: error instanceof Error ? error.message : String(error) };
  process.send?.(word, () => process.exit(1));
}
