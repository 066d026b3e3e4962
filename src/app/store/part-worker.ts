// A worker thread that computes parts of a feature set, one after the other, as it is told. Started by part-workers.ts only.
import { parentPort, workerData } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { loadFactColumns } from "#data/facts/told.js";
import { openVersion } from "#data/lake/open-dataset.js";
import type { InstrumentId } from "#domain/instrument.js";
import { factFields } from "#features/language/fact-fields.js";
import { computePart } from "./compute-part.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./part-workers.js";

const port = parentPort;
if (port === null) throw new TruewindError("invariant", "Invariant: part-worker.ts runs as a worker thread");
const { datasetFolder, peers, factSets } = workerData as WorkerSetup;
let stopped = false;
const say = (message: FromWorker): void => port.postMessage(message);

async function compute({ part, folder }: Extract<ToWorker, { kind: "compute" }>): Promise<void> {
  try {
    const dataset = await openVersion(datasetFolder);
    const instruments = dataset.instruments({ instruments: part.symbols as readonly InstrumentId[] });
    const facts = await loadFactColumns(factSets, factFields(part.definitions.map(({ expr }) => expr)), instruments);
    await computePart(part, { dataset, peers, facts, folder, onRows: (rows) => say({ kind: "rows", rows }), stopped: () => stopped });
    say({ kind: "done" });
  } catch (error) {
    say({
      kind: "failed",
      code: error instanceof TruewindError ? error.code : null,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

port.on("message", (message: ToWorker) => {
  if (message.kind === "stop") stopped = true;
  else void compute(message);
});
