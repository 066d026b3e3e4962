// What is said of machines that can and cannot run nets, and which device is taken.
import { describe, expect, it } from "vitest";
import { chooseDevice, plainFault, probeDevice } from "#models/tensor/device.js";
import { INSTALL_CUDA_PROVIDER, type Machine, missingForCuda, missingForWebGpu, thisMachine, whyNoRuntime } from "./needs.js";

const whole: Machine = {
  platform: "linux",
  arch: "x64",
  glibc: "2.36",
  exists: () => true,
  libraryPath: [],
  runtime: "/app/node_modules/onnxruntime-node",
};

describe("what a machine lacks", () => {
  it("is nothing here, where these tests run nets", () => {
    expect(whyNoRuntime(thisMachine())).toBeNull();
  });

  it.each([
    ["an Intel Mac", { platform: "darwin", arch: "x64", glibc: null }, /Macs with an Intel processor/],
    ["Alpine", { glibc: null }, /needs glibc, and this Linux has musl/],
    ["an old Linux", { glibc: "2.17" }, /2\.28 or newer, and this Linux has 2\.17/],
    ["another processor", { arch: "riscv64" }, /no binary for linux riscv64/],
    ["another system", { platform: "freebsd" }, /no binary for freebsd x64/],
    ["no package", { runtime: null }, /not installed: reinstall/],
  ])("is told for %s", (_, change, sentence) => {
    expect(whyNoRuntime({ ...whole, ...change })).toMatch(sentence);
    expect(whyNoRuntime(whole)).toBeNull();
    expect(whyNoRuntime({ ...whole, platform: "darwin", arch: "arm64", glibc: null })).toBeNull();
  });

  it("for WebGPU is the loader of Vulkan, on Linux", () => {
    expect(missingForWebGpu(whole)).toEqual([]);
    expect(missingForWebGpu({ ...whole, exists: () => false })).toEqual(["the loader of Vulkan (libvulkan.so.1)"]);
    expect(missingForWebGpu({ ...whole, platform: "win32", exists: () => false })).toEqual([]);
  });

  it("for CUDA is named piece by piece", () => {
    expect(missingForCuda(whole)).toEqual([]);
    expect(missingForCuda({ ...whole, platform: "win32" })).toEqual([expect.stringContaining("Linux x64 alone")]);
    const all = missingForCuda({ ...whole, exists: () => false });
    expect(all).toHaveLength(4);
    expect(all.join()).toMatch(/NVIDIA driver.*CUDA 12 \(libcudart\.so\.12.*cuDNN 9.*opt-in here/);
    expect(all.join()).toContain(INSTALL_CUDA_PROVIDER);
    const own = {
      ...whole,
      libraryPath: ["/opt/cuda"],
      exists: (path: string) => path.startsWith("/opt/cuda/") || path.startsWith("/app/"),
    };
    expect(missingForCuda(own)).toEqual([]); // libcuda.so.1 lies there, too
    expect(missingForCuda({ ...whole, exists: (path) => !path.includes("cudnn") })).toEqual(["cuDNN 9 (libcudnn.so.9)"]);
  });
});

describe("the device", () => {
  const works = async (): Promise<null> => null;
  const fails = async (): Promise<string> => "missing: the NVIDIA driver";

  it("is CUDA where it works, and the CPU with the reason where not", async () => {
    expect(await chooseDevice("auto", works)).toEqual({ device: "cuda", reason: "Nets run on CUDA: it works here." });
    expect(await chooseDevice("auto", fails)).toEqual({
      device: "cpu",
      reason: "Nets run on the CPU: no CUDA (missing: the NVIDIA driver).",
    });
    expect((await chooseDevice("auto", async () => "missing: the NVIDIA driver; CUDA 12; cuDNN 9")).reason).toBe(
      "Nets run on the CPU: no CUDA (missing: the NVIDIA driver; more in `truewind doctor`).",
    );
  });

  it("is what was asked for, or a refusal that says what is missing", async () => {
    expect((await chooseDevice("cpu", fails)).device).toBe("cpu");
    expect((await chooseDevice("webgpu", works)).device).toBe("webgpu");
    await expect(chooseDevice("cuda", fails)).rejects.toMatchObject({ code: "no-device" });
    await expect(chooseDevice("cuda", fails)).rejects.toThrow(
      "CUDA does not work here: missing: the NVIDIA driver. Use --device cpu, or see `truewind doctor`.",
    );
  });

  it("always includes the CPU, which is tried like any other", async () => {
    expect(await probeDevice("cpu")).toBeNull();
  });

  it("that fails is told by the library that it misses, or in the runtime's first line", () => {
    expect(
      plainFault("Failed to load library /a/libonnxruntime_providers_shared.so: cannot open shared object file: No such file"),
    ).toMatch(/libonnxruntime_providers_shared\.so is not installed/);
    expect(plainFault("libcudnn.so.9: cannot open shared object file: No such file or directory")).toBe(
      "the library libcudnn.so.9 is missing",
    );
    expect(
      plainFault("/src/webgpu_context.cc:136 Initialize() status was false. Failed to get a WebGPU adapter: No supported adapters\nmore"),
    ).toMatch(/^Failed to get a WebGPU adapter: No supported adapters$/);
  });
});
