// Runs graphs on ONNX Runtime. The package is loaded on first use: who never trains or scores a net does not need it.
import type { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { TruewindError } from "#base/errors.js";
import { sizeOf, type Tensor } from "./tensor.js";

type Runtime = typeof import("onnxruntime-node");

let loading: Promise<Runtime> | null = null;

/** Throws `no-runtime` where there is no binary for this machine. */
export function loadRuntime(): Promise<Runtime> {
  loading ??= import("onnxruntime-node").then(
    (module) => {
      const runtime = (module as { default?: Runtime }).default ?? module;
      // Whatever goes wrong is thrown, too: a second telling on standard error helps nobody.
      runtime.env.logLevel = "fatal";
      return runtime;
    },
    (cause: unknown) => {
      loading = null;
      const why = cause instanceof Error ? (cause.message.split("\n")[0] as string) : String(cause);
      throw new TruewindError(
        "no-runtime",
        `Nets need ONNX Runtime, which does not load here (${why}): \`truewind doctor\` says what is missing.`,
        { cause },
      );
    },
  );
  return loading;
}

export type Device = "cpu" | "cuda" | "webgpu";

let device: Device = "cpu";

/** Where the sessions run that are opened from now on: a fact of this process, told once by who composes the program. */
export function useDevice(chosen: Device): void {
  device = chosen;
}

export function deviceInUse(): Device {
  return device;
}

export interface SessionOptions {
  /** Threads within one operator: one is best for single predictions, all cores for training; 0: as many as there are cores. */
  readonly threads: number;
  /** Where it runs, if not where all sessions of this process do. */
  readonly device?: Device;
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Fetches are written in place where a tensor is given for a name. */
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches?: Readonly<Record<string, RuntimeTensor | null>>,
  ): Promise<InferenceSession.OnnxValueMapType>;
  release(): Promise<void>;
}

/** Throws what ONNX Runtime says of a model that it cannot read. */
export async function openSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const { InferenceSession } = await loadRuntime();
  const { threads, device: own = device } = options;
  return InferenceSession.create(model, {
    // What the device cannot do is done on the CPU.
    executionProviders: own === "cpu" ? ["cpu"] : [own, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // A pattern is learned in the first run and given memory of its own in the second, beside that of the first, which stays: nearly twice
    // the memory, and not quicker.
    enableMemPattern: false,
    // Warnings speak of the graph's inner life, which is ours and not the user's.
    logSeverityLevel: 4,
  });
}

/** Memory of a float32 tensor, shared with the runtime: no copy is made on the way in or out. */
export async function toRuntime(tensor: Pick<Tensor, "shape">, data: Float32Array): Promise<RuntimeTensor> {
  const { Tensor: RuntimeTensorClass } = await loadRuntime();
  if (data.length !== sizeOf(tensor.shape)) throw new RangeError(`${data.length} values for the shape [${tensor.shape.join()}]`);
  return new RuntimeTensorClass("float32", data, tensor.shape);
}
