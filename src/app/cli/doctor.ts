// `truewind doctor`: is this installation able to work, and if not, what is missing.
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { openDuckDb } from "#data/lake/duckdb.js";
import { NAMES, probeDevice } from "#models/tensor/device.js";
import { loadRuntime } from "#models/tensor/runtime.js";
import { codeVersion } from "../config/code-version.js";
import { probeHere } from "../devices/choose.js";
import { thisMachine, whyNoRuntime } from "../devices/needs.js";
import { counted } from "../report/number-format.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** `mend` is left out where the probe's own words say what to do. */
async function attempt(name: string, probe: () => string | Promise<string>, mend?: string): Promise<Check> {
  try {
    return { name, ok: true, detail: await probe() };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { name, ok: false, detail: mend === undefined ? what : `${what}; ${mend}` };
  }
}

export function addDoctor(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("doctor"))
    .description("check this installation and say what is missing")
    .action(async (options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const checks = [
        await attempt("node", nodeVersion, "install Node 20.19 or newer (22 and 24 work)"),
        await attempt("workspace", () => writable(workspace.root), "choose a folder you may write with --workspace or TRUEWIND_HOME"),
        await attempt("disk", () => freeDisk(workspace.root), "make room, or move the workspace to another disk"),
        await attempt("memory", memory, "close other programs: a few gigabytes are wanted for large datasets"),
        await attempt("time zones (Intl)", timeZones, "use an official build of Node: this one was made without time zone data"),
        await attempt("lake (DuckDB)", () => duckDb(workspace.root), "reinstall with `npm ci`"),
        await attempt("state (SQLite)", () => stateDatabase(workspace.stateDb), "move the file away, or reinstall with `npm ci`"),
        await attempt("nets (ONNX)", netRuntime),
        { name: "nets on a GPU", ok: true, detail: await gpu() },
        { name: "machine", ok: true, detail: `${availableParallelism()} cores, ${process.platform} ${process.arch}` },
        { name: "code version", ok: true, detail: codeVersion() },
        { name: "network", ok: true, detail: "optional; nothing here needs it" },
        { name: "live trading", ok: true, detail: "off; this version has no broker connection" },
      ];
      const ok = checks.every((check) => check.ok);
      for (const check of checks) terminal.say(`${check.ok ? "ok  " : "FAIL"}  ${check.name.padEnd(17)}  ${check.detail}`);
      terminal.say();
      terminal.say(ok ? "All is well." : `${counted(checks.filter((check) => !check.ok).length, "check")} failed.`);
      terminal.result({ ok, checks });
      if (!ok) process.exitCode = 1;
    });
}

function nodeVersion(): string {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`Node ${process.versions.node} is too old`);
  return process.versions.node;
}

function writable(folder: string): string {
  const probe = join(folder, `.doctor-${process.pid}`);
  writeFileSync(probe, "");
  rmSync(probe);
  return folder;
}

/** Below this an import of a few million rows may not end. */
const LEAST_DISK_GIB = 1;
const LEAST_MEMORY_GIB = 1;

function freeDisk(folder: string): string {
  const { bavail, bsize } = statfsSync(folder);
  return enough((bavail * bsize) / 2 ** 30, LEAST_DISK_GIB, "free");
}

/** The limit of a container counts, where there is one. */
function memory(): string {
  const limit = process.constrainedMemory();
  const bytes = limit !== undefined && limit > 0 && limit < totalmem() ? limit : totalmem();
  return enough(bytes / 2 ** 30, LEAST_MEMORY_GIB, "in all");
}

function enough(gib: number, least: number, what: string): string {
  if (gib < least) throw new Error(`only ${gib.toFixed(1)} GiB ${what}, at least ${least} are wanted`);
  return `${gib.toFixed(1)} GiB ${what}`;
}

/** New York was on summer time then, India never is. */
function timeZones(): string {
  const at = new Date("2024-07-01T12:00:00Z");
  for (const [zone, hour] of [
    ["America/New_York", "08"],
    ["Asia/Kolkata", "17"],
  ] as const) {
    const found = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" }).format(at);
    if (found !== hour) throw new Error(`${zone} is off: ${found} instead of ${hour} o'clock`);
  }
  return `New York and Kolkata are right; this machine is in ${Intl.DateTimeFormat().resolvedOptions().timeZone}, which changes nothing`;
}

async function duckDb(folder: string): Promise<string> {
  const db = await openDuckDb(null, folder);
  try {
    const reader = await db.connection.runAndReadAll("SELECT version() AS version");
    return String(reader.getRows()[0]?.[0]);
  } finally {
    db.close();
  }
}

async function stateDatabase(path: string): Promise<string> {
  const state = await openStateDatabase(path);
  await state.close();
  return path;
}

/** ONNX Runtime computes a sum. */
async function netRuntime(): Promise<string> {
  const why = whyNoRuntime(thisMachine());
  if (why !== null) throw new Error(why);
  const { env } = await loadRuntime();
  const fault = await probeDevice("cpu");
  if (fault !== null) throw new Error(`${fault}; reinstall with \`npm ci\``);
  return `ONNX Runtime ${env.versions.node ?? env.versions.common} on the CPU`;
}

/** A GPU is optional: what it lacks is told and is no failure. */
async function gpu(): Promise<string> {
  if (whyNoRuntime(thisMachine()) !== null) return "none without ONNX Runtime";
  const said: string[] = [];
  for (const device of ["cuda", "webgpu"] as const) {
    const fault = await probeHere(device);
    said.push(`${NAMES[device]}: ${fault === null ? "works" : `no, ${fault}`}`);
  }
  return `optional; ${said.join(". ")}. How to get it: docs/guide/devices.md`;
}
