// `truewind doctor`: is this installation able to work, and if not, what is missing.
import { accessSync, constants, statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import type { Command } from "commander";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { openDuckDb } from "#data/lake/duckdb.js";
import { codeVersion } from "../config/code-version.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

async function attempt(name: string, probe: () => string | Promise<string>, mend: string): Promise<Check> {
  try {
    return { name, ok: true, detail: await probe() };
  } catch (error) {
    return { name, ok: false, detail: `${error instanceof Error ? error.message : String(error)}; ${mend}` };
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
        await attempt("lake (DuckDB)", () => duckDb(workspace.root), "reinstall with `npm ci`"),
        await attempt("state (SQLite)", () => stateDatabase(workspace.stateDb), "move the file away, or reinstall with `npm ci`"),
        { name: "machine", ok: true, detail: `${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB memory, ${process.platform} ${process.arch}` },
        { name: "code version", ok: true, detail: codeVersion() },
        { name: "live trading", ok: true, detail: "off; this version has no broker connection" },
      ];
      for (const check of checks) terminal.say(`${check.ok ? "ok  " : "FAIL"}  ${check.name.padEnd(16)} ${check.detail}`);
      terminal.result({ ok: checks.every((check) => check.ok), checks });
      if (!checks.every((check) => check.ok)) process.exitCode = 1;
    });
}

function nodeVersion(): string {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`Node ${process.versions.node} is too old`);
  return process.versions.node;
}

function writable(folder: string): string {
  accessSync(folder, constants.W_OK);
  const { bavail, bsize } = statfsSync(folder);
  return `${folder}, ${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free`;
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
