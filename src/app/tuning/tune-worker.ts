// A thread that runs trials, one after the other; while one waits at a gate it may take another. Started by trial-pool.ts only.
import { parentPort, workerData } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { useDevice } from "#models/tensor/runtime.js";
import type { TrialRun } from "#research/tuning/run-study.js";
import { openUniverse } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import { TrialBench } from "./trial-bench.js";
import type { FromTuner, ToTuner, TunerSetup } from "./tune-messages.js";

const port = parentPort;
if (port === null) throw new TruewindError("invariant", "Invariant: tune-worker.ts runs as a worker thread");
const { experiment: asked, tuning, places, data, stop, device } = workerData as TunerSetup;
useDevice(device);
const say = (message: FromTuner): void => port.postMessage(message);

const EVERY_MS = 50;
const controller = new AbortController();
const flag = new Int32Array(stop);
const timer = setInterval(() => {
  if (Atomics.load(flag, 0) === 1 && !controller.signal.aborted) controller.abort();
}, EVERY_MS);
timer.unref();

function broken(number: number, error: unknown): void {
  say({
    kind: "broken",
    number,
    code: error instanceof TruewindError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? (error.stack ?? null) : null,
  });
}

const gates = new Map<number, (ends: boolean) => void>();

async function open(): Promise<TrialBench> {
  const { experiment, dataset, facts } = await openExperiment(places, asked);
  return new TrialBench(experiment, tuning, openUniverse(experiment, dataset, facts), data);
}

const bench = open();
// Whoever runs a trial hears of it.
bench.catch(() => undefined);

port.on("message", (message: ToTuner) => {
  if (message.kind === "run") return void runTrial(message.run);
  gates.get(message.number)?.(message.ends);
  gates.delete(message.number);
});

async function runTrial(run: Omit<TrialRun, "gate">): Promise<void> {
  const { number } = run;
  try {
    const gate = (step: number, value: number): Promise<boolean> =>
      new Promise((resolve) => {
        gates.set(number, resolve);
        say({ kind: "gate", number, step, value });
      });
    say({ kind: "done", number, trial: await (await bench).run({ ...run, gate }, controller.signal) });
  } catch (error) {
    broken(number, error);
  }
}
