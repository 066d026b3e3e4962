// Runs one Python peer from bench/peers and reads the JSON line it prints. A peer that is not installed is not run, and says why.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { NotRun } from "./contract.js";

// From dist/bench back to the repository's own folder.
export const PEERS = fileURLToPath(new URL("../../bench/peers/", import.meta.url));

/** Whatever the script printed as its last line. */
export function runPeer(script: string, args: readonly string[]): Record<string, number> | NotRun {
  const python = `${PEERS}.venv/bin/python`;
  if (!existsSync(python)) return { notRun: "no Python environment; make it with bench/peers/setup.sh" };
  const { status, stdout, stderr } = spawnSync(python, [`${PEERS}${script}`, ...args], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) return { notRun: `${script} failed: ${stderr.trim().split("\n").at(-1) ?? "no message"}` };
  return JSON.parse(stdout.trim().split("\n").at(-1) as string) as Record<string, number>;
}

export function isNotRun(value: Record<string, number> | NotRun): value is NotRun {
  return "notRun" in value;
}
