// `truewind status RUN`
import type { Command } from "commander";
import { performStatus } from "../status/perform-status.js";
import { statusLines } from "../status/status-lines.js";
import { latchesOf } from "../runs/emergency-stop.js";
import { findRunFolder, PAPER_PAGE } from "../runs/run-folder.js";
import { latchAt } from "../stop/kill-latch.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

export function addStatus(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("status"))
    .description("how a paper session stands, running or ended, beside equal weight and the benchmark; draws its page")
    .argument("<run>", "id of a paper session, or the beginning of one")
    .action((id: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const folder = findRunFolder(workspace, id);
      const session = performStatus(folder);
      const stop = latchAt(latchesOf(workspace, folder));
      for (const line of statusLines(session, stop)) terminal.say(line);
      terminal.say();
      terminal.say(`Look at the page: ${folder.file(PAPER_PAGE)}`);
      const { run, finished, halted, stage, days, dates, alerts, orders, fills } = session;
      terminal.result({ page: folder.file(PAPER_PAGE), run, finished, halted, stop, stage, dates, days, alerts, orders, fills });
    });
}
