// What every command gets, and the options that every command takes.
import type { Command } from "commander";
import type { Workspace } from "../config/workspace.js";
import type { Terminal } from "./terminal.js";

export interface CommonOptions {
  readonly workspace?: string;
  readonly json?: boolean;
}

export interface Opened {
  readonly workspace: Workspace;
  readonly terminal: Terminal;
}

export interface CommandContext {
  open(options: CommonOptions): Opened;
}

/** `--json` and `--workspace` are understood before and after the command's name. */
export function withCommonOptions(command: Command): Command {
  return command.option("--json", "print one JSON document for machines").option("--workspace <folder>", "where data, runs and state live");
}
