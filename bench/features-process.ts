// Runs a part of the feature benchmark in a process of its own, so that memory and compiled code are its own.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The JSON line that a program prints. Throws when it fails. */
export function runOurs<T>(program: URL, args: readonly string[]): T {
  const path = fileURLToPath(program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${path} failed: ${stderr.trim().split("\n").at(-1) ?? "no message"}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) as string) as T;
}

/** Peak resident size of this process alone, MB. */
export function peakMb(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
