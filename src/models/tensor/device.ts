// On what nets are computed. Asks the installed ONNX Runtime what it can do and tries it with a graph of one node: a library that is
// listed may still lack its driver.
import { TruewindError } from "#base/errors.js";
import { Graph } from "./graph.js";
import { toOnnx } from "./onnx-file.js";
import { type Device, loadRuntime, openSession } from "./runtime.js";

export const deviceRequests = ["auto", "cpu", "cuda", "webgpu"] as const;
export type DeviceRequest = (typeof deviceRequests)[number];

export interface DeviceChoice {
  readonly device: Device;
  /** One sentence: what was chosen and why. */
  readonly reason: string;
}

/** Null when it works, else why not, without a full stop. */
export type DeviceProbe = (device: Device) => Promise<string | null>;

/**
 * `auto`: CUDA where it works, else the CPU. WebGPU is experimental in ONNX Runtime and taken only when asked for. Throws `no-device`
 * when the device that was asked for does not work here, and `no-runtime`.
 */
export async function chooseDevice(request: DeviceRequest, probe: DeviceProbe = probeDevice): Promise<DeviceChoice> {
  if (request === "cpu") return { device: "cpu", reason: "Nets run on the CPU, as asked for." };
  if (request !== "auto") {
    const fault = await probe(request);
    if (fault === null) return { device: request, reason: `Nets run on ${NAMES[request]}, as asked for.` };
    throw new TruewindError("no-device", `${NAMES[request]} does not work here: ${fault}. Use --device cpu, or see \`truewind doctor\`.`);
  }
  const fault = await probe("cuda");
  if (fault === null) return { device: "cuda", reason: "Nets run on CUDA: it works here." };
  // The first thing that is missing tells most users that they have no such GPU; the whole list is for those who want one.
  const [first, ...more] = fault.split("; ");
  return { device: "cpu", reason: `Nets run on the CPU: no CUDA (${first}${more.length > 0 ? "; more in `truewind doctor`" : ""}).` };
}

export const NAMES: Readonly<Record<Device, string>> = { cpu: "the CPU", cuda: "CUDA", webgpu: "WebGPU" };

/** Computes one sum on the device. */
export const probeDevice: DeviceProbe = async (device) => {
  const { listSupportedBackends } = await loadRuntime();
  if (!listSupportedBackends().some(({ name }) => name === device))
    return "the package onnxruntime-node has no such backend for this machine";
  const g = new Graph("inference");
  const x = g.input("x", [1]);
  g.output("y", g.emit("Add", [x, x], [1]));
  try {
    const session = await openSession(toOnnx(g), { threads: 1, device });
    await session.release();
    return null;
  } catch (error) {
    return plainFault(error instanceof Error ? error.message : String(error));
  }
};

/** What ONNX Runtime says, cut down to the library or driver that it misses. */
export function plainFault(message: string): string {
  const library = /(lib[\w.+-]+\.so[\w.]*)(?:: cannot open shared object file|[^\n]*No such file)/.exec(message)?.[1];
  if (library !== undefined)
    return library.startsWith("libonnxruntime_providers")
      ? `its library ${library} is not installed, because install scripts are off`
      : `the library ${library} is missing`;
  return (message.split("\n")[0] as string)
    .replace(/^.*\bfalse\. /, "")
    .replace(/\.$/, "")
    .slice(0, 200);
}
