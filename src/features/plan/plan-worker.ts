// The second thread of a plan: does what it is told, in order, and lies down in between.
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { compileFeatures } from "./compile.js";
import { Control, type PlanAnswer, type PlanJob, type PlanThreadSetup } from "./threaded-plan.js";

const { definitions, options, control, values, port } = workerData as PlanThreadSetup;
const say = (answer: PlanAnswer): void => port.postMessage(answer);

try {
  const plan = compileFeatures(definitions, options);
  for (let done = 0; ; ) {
    if (Atomics.load(control, Control.told) === done) {
      Atomics.wait(control, Control.told, done);
      continue;
    }
    const job = receiveMessageOnPort(port)?.message as PlanJob;
    switch (job.do) {
      case "advance":
        plan.advance(job.batch, 0, job.batch.length);
        break;
      case "reference":
        plan.reference(job.event);
        break;
      case "frame":
        values.set(plan.frame(job.asOf, job.since).values);
        break;
      case "snapshot":
        say({ kind: "snapshot", bytes: plan.snapshot() });
        break;
      case "restore":
        plan.restore(job.snapshot);
        break;
      default:
        job satisfies never;
    }
    Atomics.store(control, Control.done, ++done);
    Atomics.notify(control, Control.done);
  }
} catch (error) {
  const code = error instanceof TruewindError ? error.code : null;
  say({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
  Atomics.store(control, Control.done, -1);
  Atomics.notify(control, Control.done);
}
