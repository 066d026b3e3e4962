// `truewind tca RUN`
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { tcaLines } from "../execution/tca-lines.js";
import { performTca } from "../execution/perform-tca.js";
import { findRunFolder } from "../runs/run-folder.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addTca(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("tca"))
    .description("what the trading of a run cost against the prices at which it was decided, from its journal")
    .argument("<run>", "id of a run or the beginning of one, its folder, or a journal")
    .action(async (run: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const path = existsSync(run) ? run : findRunFolder(workspace, run).path;
      const result = await performTca(path, workspace, (step, done) => terminal.progress(step, done));
      terminal.settle();
      for (const line of tcaLines(result)) terminal.say(line);
      terminal.result(result);
    });
}
