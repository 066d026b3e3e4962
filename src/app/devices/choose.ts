// `--device`: chooses where nets run, once per process, and says so in one line.
import { Option } from "commander";
import {
  chooseDevice,
  type DeviceChoice,
  type DeviceProbe,
  type DeviceRequest,
  deviceRequests,
  probeDevice,
} from "#models/tensor/device.js";
import { useDevice } from "#models/tensor/runtime.js";
import { missingForCuda, missingForWebGpu, thisMachine } from "./needs.js";

export interface DeviceOption {
  readonly device: DeviceRequest;
}

/** It changes how long a net takes, and its last digits: it is no part of an experiment. */
export function deviceOption(): Option {
  return new Option("--device <device>", "where nets run").choices(deviceRequests).env("TRUEWIND_DEVICE").default("auto");
}

/** What is missing is told by name; only what looks whole is tried. */
export const probeHere: DeviceProbe = async (device) => {
  const missing = device === "cpu" ? [] : (device === "cuda" ? missingForCuda : missingForWebGpu)(thisMachine());
  return missing.length > 0 ? `missing: ${missing.join("; ")}` : probeDevice(device);
};

/** All nets of this process run there from now on. Throws `no-device` and `no-runtime`. */
export async function settleDevice({ device }: DeviceOption): Promise<DeviceChoice> {
  const choice = await chooseDevice(device, probeHere);
  useDevice(choice.device);
  return choice;
}
