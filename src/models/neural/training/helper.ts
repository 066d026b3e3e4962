// A thread that computes one share of every batch, seen from the thread that trains. ONNX Runtime takes no memory that threads share, so
// values are copied: parameters and samples over, gradients back, both through one piece of shared memory.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import { sizeOf } from "#models/tensor/tensor.js";
import type { PartPlan, Slot, SlotShape } from "./part.js";

/** What both threads look at. */
export interface HelperSetup {
  readonly plan: PartPlan<SlotShape>;
  /** The feeds of a step one behind the other until it has begun; when it is done, the fetches. */
  readonly shared: Float32Array;
  /** `[step asked for; -1: end][step done; -1: failed]`, Int32. */
  readonly control: Int32Array;
  /** State of the generator of the step's masks. */
  readonly chance: Float64Array;
}

export type FromHelper = { readonly kind: "open" } | { readonly kind: "failed"; readonly code: string | null; readonly message: string };

export interface Helper {
  /** Copies the feeds and begins; the next call is `finish`. */
  begin(rng: Rng): void;
  /** Resolves to the fetches one behind the other, in shared memory that the next step takes. Throws what the thread threw. */
  finish(): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Looks at the other thread's word this often before it lies down to wait: halves of a batch end at nearly the same moment. */
const SPINS = 100_000;
const WAIT_MS = 100;

/** Of the fetches only names and shapes count. */
export async function openHelper({ model, threads, feeds, fetches, masks }: PartPlan): Promise<Helper> {
  const shapes = (slots: readonly SlotShape[]): readonly SlotShape[] => slots.map(({ name, shape }) => ({ name, shape }));
  const length = (slots: readonly SlotShape[]): number => slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const shared = new Float32Array(new SharedArrayBuffer(4 * Math.max(length(feeds), length(fetches))));
  const fetched = shared.subarray(0, length(fetches));
  const control = new Int32Array(new SharedArrayBuffer(8));
  const chance = new Float64Array(new SharedArrayBuffer(8 * 5));
  const plan = { model, threads, feeds: shapes(feeds), fetches: shapes(fetches), masks };
  const setup: HelperSetup = { plan, shared, control, chance };
  // Resolved by the package's own map, because threads run what was built.
  const file = createRequire(import.meta.url).resolve("#models/neural/training/helper-worker.js");
  const worker = new Worker(file, { workerData: setup });
  let failure: Error | null = null;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      failure ??= error;
      reject(failure);
    };
    worker.on("message", (message: FromHelper) => {
      if (message.kind === "open") resolve();
      else fail(toError(message));
    });
    worker.on("error", fail);
    worker.on("exit", () => {
      end();
      fail(new Error("A thread that helped to train ended."));
    });
  });

  // An idle helper must not keep the process from ending.
  worker.unref();
  let step = 0;
  return {
    begin(rng) {
      pack(feeds, shared);
      chance.set(rng.save());
      step++;
      Atomics.store(control, 0, step);
      Atomics.notify(control, 0);
    },
    async finish() {
      for (let spins = 0; Atomics.load(control, 1) !== step; ) {
        if (++spins < SPINS) continue;
        Atomics.wait(control, 1, step - 1, WAIT_MS);
        if (Atomics.load(control, 1) === step) break;
        // Lets what the thread says of itself come in.
        await turn();
        if (failure !== null) throw failure;
      }
      return fetched;
    },
    async release() {
      // It ends by itself: a thread that is torn down while ONNX Runtime answers it takes the whole process with it.
      Atomics.store(control, 0, -1);
      Atomics.notify(control, 0);
      worker.ref();
      await ended;
    },
  };
}

/** Writes the values of all slots one behind the other. */
export function pack(slots: readonly Slot[], into: Float32Array): void {
  let at = 0;
  for (const { values } of slots) {
    into.set(values, at);
    at += values.length;
  }
}

/** Undoes `pack`. */
export function unpack(from: Float32Array, slots: readonly Slot[]): void {
  let at = 0;
  for (const { values } of slots) values.set(from.subarray(at, (at += values.length)));
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.on("message", () => {
      port1.close();
      resolve();
    });
    port2.postMessage(null);
  });
}

function toError({ code, message }: Extract<FromHelper, { kind: "failed" }>): Error {
  return code === "out-of-memory" ? new TruewindError(code, message) : new Error(message);
}
