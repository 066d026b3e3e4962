// A worker thread that does repetitions of a control, one after the other, as it is told. Started by control-workers.ts only.
import { parentPort, workerData } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { useDevice } from "#models/tensor/runtime.js";
import type { ControlSetup, FromControl } from "./control-workers.js";
import { experimentPipeline } from "./experiment-pipeline.js";
import { repeat } from "./repeat.js";
import type { ControlTask } from "./tasks.js";

const port = parentPort;
if (port === null) throw new TruewindError("invariant", "Invariant: control-worker.ts runs as a worker thread");
const { fit, likeness, device, ...pipeline } = workerData as ControlSetup;
useDevice(device);
const subject = { fit, likeness, seed: pipeline.experiment.seed, pipeline: experimentPipeline(pipeline) };
const say = (message: FromControl): void => port.postMessage(message);

port.on("message", (task: ControlTask) => {
  repeat(task, subject).then(
    (repetition) => say({ kind: "done", repetition }),
    (error: unknown) =>
      say({
        kind: "failed",
        code: error instanceof TruewindError ? error.code : null,
        message: error instanceof Error ? error.message : String(error),
      }),
  );
});
