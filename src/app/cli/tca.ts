// `truewind tca RUN`
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { tcaLines } from "../execution/tca-lines.js";
import { drawReport } from "../explain/explanation-file.js";
import { folderOf, keepTca } from "../execution/tca-file.js";
import { performTca } from "../execution/perform-tca.js";
import { EXTRAS_FILE, REPORT_FILE, findRunFolder } from "../runs/run-folder.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addTca(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("tca"))
    .description(
      "what the trading of a run cost against the prices at which it was decided, from its journal; draws its page, and puts it into a backtest's report",
    )
    .argument("<run>", "id of a run or the beginning of one, its folder, or a journal")
    .action(async (run: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const path = existsSync(run) ? run : findRunFolder(workspace, run).path;
      const result = await performTca(path, workspace, (step, done) => terminal.progress(step, done));
      terminal.settle();
      const folder = folderOf(path);
      const page = keepTca(folder, result);
      if (existsSync(folder.file(REPORT_FILE)) && existsSync(folder.file(EXTRAS_FILE))) drawReport(folder);
      for (const line of tcaLines(result)) terminal.say(line);
      terminal.say();
      terminal.say(`Look at the page: ${page}`);
      terminal.result({ page, ...result });
    });
}
