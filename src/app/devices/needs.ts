// What this machine lacks for nets, and for nets on an NVIDIA GPU, found by looking at files: in plain words, with how to get it.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What is looked at; tests give other machines. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of the C library on Linux; null where it is musl, and on other systems. */
  readonly glibc: string | null;
  readonly exists: (path: string) => boolean;
  /** Folders where libraries are looked for, besides the usual ones. */
  readonly libraryPath: readonly string[];
  /** Folder of the package onnxruntime-node; null where it is not installed. */
  readonly runtime: string | null;
}

export function thisMachine(): Machine {
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: header.glibcVersionRuntime ?? null,
    exists: existsSync,
    libraryPath: (process.env["LD_LIBRARY_PATH"] ?? "").split(":").filter((path) => path !== ""),
    runtime: runtimeFolder(),
  };
}

function runtimeFolder(): string | null {
  try {
    // The main file lies in the package's dist folder.
    return dirname(dirname(createRequire(import.meta.url).resolve("onnxruntime-node")));
  } catch {
    return null;
  }
}

/** Null where ONNX Runtime has a binary for the machine, else why not and what to do, without a full stop. */
export function whyNoRuntime({ platform, arch, glibc, runtime }: Machine): string | null {
  const system = `${platform} ${arch}`;
  if (platform === "darwin" && arch === "x64")
    return "ONNX Runtime has no binary for Macs with an Intel processor: train and score nets on another machine, all else works here";
  if (!["linux", "darwin", "win32"].includes(platform) || !["x64", "arm64"].includes(arch))
    return `ONNX Runtime has no binary for ${system}: train and score nets on Linux, Windows or a Mac with Apple silicon`;
  if (platform === "linux") {
    if (glibc === null) return "ONNX Runtime needs glibc, and this Linux has musl (Alpine): use an image with glibc, such as Debian's";
    const [major = 0, minor = 0] = glibc.split(".").map(Number);
    if (major < 2 || (major === 2 && minor < 28))
      return `ONNX Runtime needs glibc 2.28 or newer, and this Linux has ${glibc}: use a newer one (Debian 10, Ubuntu 20.04, RHEL 8 or later)`;
  }
  return runtime === null ? "the package onnxruntime-node is not installed: reinstall with `npm ci`" : null;
}

const CUDA_LIBRARIES = ["libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcufft.so.11", "libcurand.so.10"];
const CUDNN = "libcudnn.so.9";
const USUAL = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/local/cuda/lib64", "/usr/local/cuda-12/lib64"];

export const INSTALL_CUDA_PROVIDER = "node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12";

/** Each thing that nets on CUDA lack, with how to get it; none when all is there. */
export function missingForCuda(machine: Machine): readonly string[] {
  const { platform, arch, exists, runtime } = machine;
  if (platform !== "linux" || arch !== "x64") return [`ONNX Runtime for Node has CUDA on Linux x64 alone, and this is ${platform} ${arch}`];
  const found = (library: string): boolean => hasLibrary(machine, library);
  const missing: string[] = [];
  if (!exists("/proc/driver/nvidia/version") && !found("libcuda.so.1")) missing.push("the NVIDIA driver (525 or newer)");
  const lacking = CUDA_LIBRARIES.filter((library) => !found(library));
  if (lacking.length > 0) missing.push(`CUDA 12 (${lacking.join(", ")})`);
  if (!found(CUDNN)) missing.push(`cuDNN 9 (${CUDNN})`);
  if (runtime === null || !exists(join(runtime, "bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so")))
    missing.push(
      `ONNX Runtime's library for CUDA, which install scripts would bring and which is opt-in here (\`${INSTALL_CUDA_PROVIDER}\`)`,
    );
  return missing;
}

/** The same for WebGPU, which ONNX Runtime reaches through Vulkan on Linux, Direct3D on Windows and Metal on a Mac. */
export function missingForWebGpu(machine: Machine): readonly string[] {
  return machine.platform === "linux" && !hasLibrary(machine, "libvulkan.so.1") ? ["the loader of Vulkan (libvulkan.so.1)"] : [];
}

function hasLibrary({ exists, libraryPath }: Machine, library: string): boolean {
  return [...libraryPath, ...USUAL].some((folder) => exists(join(folder, library)));
}
