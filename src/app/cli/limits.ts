// `truewind limits [FILE]`
import { copyFileSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { stringify } from "yaml";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { RISK_FILE, guardedRisk, readRiskFile } from "../config/risk-limits.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface LimitsOptions extends CommonOptions {
  readonly write?: boolean;
}

/** The file that ships. */
const SHIPPED = new URL("../../../../config/risk_limits.yaml", import.meta.url);

export function addLimits(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("limits"))
    .description("the limits and breakers that a paper session of this workspace takes, or those of a file; checks the file")
    .argument("[file]", "a file of limits (default: the workspace's risk_limits.yaml, else those that ship)")
    .option("--write", "put the file that ships into the workspace, to be changed there; never over one that is there")
    .action((file: string | undefined, options: LimitsOptions) => {
      const { workspace, terminal } = context.open(options);
      const own = join(workspace.root, RISK_FILE);
      if (options.write === true) {
        if (file !== undefined) throw new TruewindError("bad-usage", "--write takes no file: it writes the one that ships.");
        if (existsSync(own)) throw new TruewindError("bad-usage", `${own} is there already: change it, or remove it first.`);
        copyFileSync(fileURLToPath(SHIPPED), own, constants.COPYFILE_EXCL);
      }
      const from = file ?? (existsSync(own) ? own : null);
      const risk = from === null ? guardedRisk() : readRiskFile(from);
      terminal.say(`LIMITS of ${from ?? "Truewind, which hold until this workspace has its own (--write)"}`);
      for (const line of stringify(risk).trimEnd().split("\n")) terminal.say(`  ${line}`);
      terminal.result({ from, hash: hashJson(risk), ...risk });
    });
}
